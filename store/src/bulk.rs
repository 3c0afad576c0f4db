//! Inserting many rows with few calls.
//!
//! A statement has places for a fixed number of rows, so that it is prepared once; places that are not needed stay NULL and are
//! passed over.

use std::sync::Arc;

use sqlx::SqliteConnection;

use crate::{
    StoreError,
    call::{Call, Values},
};

/// Where rows go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Insert {
    head: &'static str,
    columns: usize,
}

impl Insert {
    /// `head` ends before the values. The first of so many columns is never NULL.
    pub(crate) const fn new(head: &'static str, columns: usize) -> Self {
        Self { head, columns }
    }

    /// The statement that has places for so many rows.
    pub(crate) fn sql(self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        let places = vec![row.as_str(); rows].join(",");
        format!("{} SELECT * FROM (VALUES {places}) WHERE column1 IS NOT NULL", self.head)
    }
}

/// Rows that are to be inserted.
pub(crate) struct Rows<'a> {
    left: usize,
    next: Box<dyn FnMut(&mut Values) + Send + 'a>,
}

impl<'a> Rows<'a> {
    /// `bind` adds the values of a row.
    pub(crate) fn of<R: Sync>(rows: &'a [R], bind: impl Fn(&mut Values, &R) + Send + 'a) -> Self {
        let mut rest = rows.iter();
        let next = move |values: &mut Values| rest.next().into_iter().for_each(|row| bind(values, row));
        Self { left: rows.len(), next: Box::new(next) }
    }

    /// Fills so many places, as far as there are rows.
    pub(crate) fn fill(&mut self, values: &mut Values, places: usize, insert: Insert) {
        let filled = self.left.min(places);
        for _ in 0..filled {
            (self.next)(values);
        }
        self.left -= filled;
        values.skip((places - filled) * insert.columns);
    }
}

/// Inserts into several tables with one call, or a few when there are many rows.
#[derive(Debug)]
pub(crate) struct Script {
    inserts: Vec<Insert>,
    /// By the number of rows of each table that it has places for, the smallest first.
    sizes: Vec<(usize, Arc<str>)>,
}

impl Script {
    pub(crate) fn new(inserts: &[Insert], sizes: &[usize]) -> Self {
        let sql = |rows: usize| inserts.iter().map(|insert| insert.sql(rows)).collect::<Vec<_>>().join(";");
        let sizes = sizes.iter().map(|rows| (*rows, sql(*rows).into())).collect();
        Self { inserts: inserts.to_vec(), sizes }
    }

    /// Inserts the rows of each table in their order; the tables stand in the order of the inserts.
    pub(crate) async fn run(
        &self,
        db: &mut SqliteConnection,
        tables: &mut [Rows<'_>],
    ) -> Result<(), StoreError> {
        while let Some(most) = tables.iter().map(|rows| rows.left).max().filter(|most| *most > 0) {
            let fitting = self.sizes.iter().find(|(places, _)| *places >= most).or(self.sizes.last());
            let Some((places, sql)) = fitting else { return Ok(()) };
            let columns: usize = self.inserts.iter().map(|insert| insert.columns).sum();
            let mut values = Values::with_capacity(columns * places);
            for (rows, insert) in tables.iter_mut().zip(&self.inserts) {
                rows.fill(&mut values, *places, *insert);
            }
            Call { sql: Arc::clone(sql), values }.run(db).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, query, query_as};

    use super::*;

    #[tokio::test]
    async fn every_row_is_inserted_once_and_in_order_however_many_there_are() {
        const ONE: Insert = Insert::new("INSERT INTO one (n, square)", 2);
        const OTHER: Insert = Insert::new("INSERT INTO other (n)", 1);
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        query("CREATE TABLE one (n, square)").execute(&mut db).await.unwrap();
        query("CREATE TABLE other (n)").execute(&mut db).await.unwrap();
        let script = Script::new(&[ONE, OTHER], &[1, 4]);
        for (ones, others) in [(0, 0), (1, 0), (0, 1), (3, 9), (4, 4), (17, 5)] {
            query("DELETE FROM one").execute(&mut db).await.unwrap();
            query("DELETE FROM other").execute(&mut db).await.unwrap();
            let (one, other): (Vec<i64>, Vec<i64>) = ((1..=ones).collect(), (1..=others).collect());
            let square = |values: &mut Values, n: &i64| _ = values.bind(*n).bind(n * n);
            let plain = |values: &mut Values, n: &i64| _ = values.bind(*n);
            script.run(&mut db, &mut [Rows::of(&one, square), Rows::of(&other, plain)]).await.unwrap();
            let rows: Vec<(i64, i64)> =
                query_as("SELECT n, square FROM one ORDER BY rowid").fetch_all(&mut db).await.unwrap();
            assert_eq!(rows, one.iter().map(|n| (*n, n * n)).collect::<Vec<_>>());
            let rows: Vec<(i64,)> =
                query_as("SELECT n FROM other ORDER BY rowid").fetch_all(&mut db).await.unwrap();
            assert_eq!(rows, other.iter().map(|n| (*n,)).collect::<Vec<_>>());
        }
    }
}

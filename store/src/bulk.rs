//! Inserting many rows with few statements.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, query, query::Query, sqlite::SqliteArguments};

use crate::StoreError;

/// A query that is being given its values.
pub(crate) type Binding = Query<'static, Sqlite, SqliteArguments>;

/// An insert in a few fixed sizes: each is prepared once, and a batch of any size needs half a dozen statements. Every statement makes
/// two threads wake each other, which costs as much as inserting dozens of rows.
#[derive(Debug)]
pub(crate) struct BulkInsert(Vec<(usize, Arc<str>)>);

impl BulkInsert {
    /// An insert of hundreds of rows with this many columns; `head` ends before `VALUES`.
    pub(crate) fn new(head: &'static str, columns: usize) -> Self {
        Self::of(head, columns, &[1_000, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1])
    }

    /// The same for a dozen or two.
    pub(crate) fn few(head: &'static str, columns: usize) -> Self {
        Self::of(head, columns, &[16, 8, 4, 2, 1])
    }

    fn of(head: &'static str, columns: usize, sizes: &[usize]) -> Self {
        let row = format!("({})", vec!["?"; columns].join(","));
        let sql = |rows: usize| format!("{head} VALUES {}", vec![row.as_str(); rows].join(","));
        Self(sizes.iter().map(|rows| (*rows, sql(*rows).into())).collect())
    }

    /// Inserts the rows in their order; `bind` gives a query the values of one row. Gives the row number of the last one, if
    /// there was any.
    pub(crate) async fn run<R>(
        &self,
        db: &mut SqliteConnection,
        mut rows: &[R],
        bind: impl Fn(Binding, &R) -> Binding,
    ) -> Result<Option<i64>, StoreError> {
        let mut last = None;
        for (size, sql) in &self.0 {
            while let Some((now, later)) = rows.split_at_checked(*size) {
                let insert = query(AssertSqlSafe(Arc::clone(sql)));
                let insert = now.iter().fold(insert, &bind);
                last = Some(insert.execute(&mut *db).await?.last_insert_rowid());
                rows = later;
            }
        }
        Ok(last)
    }
}

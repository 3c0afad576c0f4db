//! Calls to SQLite, which has a thread of its own.
//!
//! A call makes two threads wake each other, which costs as much as inserting dozens of rows. So what is read or written together
//! goes in one call of several statements: the driver takes them apart, keeps them prepared, and gives each its values in turn. It means
//! to stop doing so one day (<https://github.com/launchbadge/sqlx/issues/3108>); the tests below would say so.

use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::{
    Arguments, AssertSqlSafe, Either, Encode, Executor, Sqlite, SqliteConnection, Type,
    error::BoxDynError,
    query_with,
    sqlite::{SqliteArguments, SqliteQueryResult, SqliteRow},
};

use crate::StoreError;

/// What takes the place of the question marks of a call, in their order.
#[derive(Debug)]
pub(crate) struct Values(Result<SqliteArguments, BoxDynError>);

impl Values {
    /// None yet, and room for so many.
    pub(crate) fn with_capacity(count: usize) -> Self {
        let mut values = SqliteArguments::default();
        values.reserve(count, 0);
        Self(Ok(values))
    }

    /// Adds the next one. One that cannot be written fails the call.
    pub(crate) fn bind<'t>(&mut self, value: impl Encode<'t, Sqlite> + Type<Sqlite>) -> &mut Self {
        if let Ok(values) = &mut self.0
            && let Err(error) = values.add(value)
        {
            self.0 = Err(error);
        }
        self
    }

    /// Leaves so many out: NULL.
    pub(crate) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.bind(None::<i64>);
        }
    }
}

/// Statements and their values, as they go to SQLite.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) sql: Arc<str>,
    pub(crate) values: Values,
}

impl Call {
    /// Runs the statements in their order, up to the first that fails.
    pub(crate) async fn run(self, db: &mut SqliteConnection) -> Result<SqliteQueryResult, StoreError> {
        let values = self.values.0.map_err(sqlx::Error::Encode)?;
        Ok(query_with(AssertSqlSafe(self.sql), values).execute(db).await?)
    }

    /// Runs as many questions; the rows that answer each of them.
    pub(crate) async fn rows<const N: usize>(
        self,
        db: &mut SqliteConnection,
    ) -> Result<[Vec<SqliteRow>; N], StoreError> {
        let values = self.values.0.map_err(sqlx::Error::Encode)?;
        let mut answers = db.fetch_many(query_with(AssertSqlSafe(self.sql), values));
        let mut rows = [const { Vec::new() }; N];
        let mut places = rows.iter_mut();
        let mut place = places.next();
        while let Some(answer) = answers.try_next().await? {
            match answer {
                Either::Right(row) => {
                    if let Some(place) = &mut place {
                        place.push(row);
                    }
                }
                Either::Left(_) => place = places.next(),
            }
        }
        drop(answers);
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, Row};

    use super::*;

    async fn numbers() -> SqliteConnection {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let call = Call { sql: "CREATE TABLE numbers (n INTEGER)".into(), values: Values::with_capacity(0) };
        call.run(&mut db).await.unwrap();
        db
    }

    fn call(sql: &str, numbers: &[i64]) -> Call {
        let mut values = Values::with_capacity(numbers.len());
        for number in numbers {
            values.bind(*number);
        }
        Call { sql: sql.into(), values }
    }

    #[tokio::test]
    async fn each_statement_has_its_values_and_its_answer_again_and_again() {
        let mut db = numbers().await;
        for _ in 0..2 {
            let asked = call("SELECT ?; SELECT ? WHERE 0; SELECT ? UNION ALL SELECT ?", &[1, 2, 3, 4]);
            let rows: [Vec<SqliteRow>; 3] = asked.rows(&mut db).await.unwrap();
            let rows = rows.map(|rows| rows.iter().map(|row| row.get(0)).collect::<Vec<i64>>());
            assert_eq!(rows, [vec![1], vec![], vec![3, 4]]);
        }
    }

    #[tokio::test]
    async fn what_is_not_bound_is_null_even_where_a_call_before_had_bound_it() {
        const FILLED: &str = "SELECT count(n) FROM (SELECT ? AS n UNION ALL SELECT ?)";
        let mut db = numbers().await;
        for (values, filled) in [(&[1, 2][..], 2), (&[3], 1), (&[], 0)] {
            let [rows] = call(FILLED, values).rows(&mut db).await.unwrap();
            assert_eq!(rows.first().unwrap().get::<i64, _>(0), filled);
        }
    }

    #[tokio::test]
    async fn nothing_runs_after_a_statement_that_fails() {
        let mut db = numbers().await;
        let failing = "BEGIN; INSERT INTO numbers VALUES (?); INSERT INTO nowhere VALUES (?); COMMIT";
        call(failing, &[1, 2]).run(&mut db).await.unwrap_err();
        call("ROLLBACK", &[]).run(&mut db).await.unwrap();
        let [rows] = call("SELECT n FROM numbers", &[]).rows(&mut db).await.unwrap();
        assert!(rows.is_empty());
    }

    #[tokio::test]
    async fn the_last_row_is_that_of_the_last_insert() {
        let mut db = numbers().await;
        let twice = "BEGIN; INSERT INTO numbers VALUES (?); INSERT INTO numbers VALUES (?); COMMIT";
        assert_eq!(call(twice, &[7, 8]).run(&mut db).await.unwrap().last_insert_rowid(), 2);
    }
}

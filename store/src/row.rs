//! Reading columns into types that cannot be wrong.

use sqlx::{Decode, Row as _, Sqlite, Type, sqlite::SqliteRow};

use crate::StoreError;

/// A row of a table, for errors that name it.
pub(crate) struct Row<'r> {
    table: &'static str,
    row: &'r SqliteRow,
}

impl<'r> Row<'r> {
    pub(crate) fn of(table: &'static str, row: &'r SqliteRow) -> Self {
        Self { table, row }
    }

    /// The column's value, if it has the type `T`.
    pub(crate) fn get<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite>,
    {
        self.get_some(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// Like [`Self::get`], of a column that may be NULL. Asking the driver for a plain integer would make 0 of a NULL.
    pub(crate) fn get_some<T>(&self, column: &'static str) -> Result<Option<T>, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite>,
    {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    /// The column's integer, if it fits into `T`.
    pub(crate) fn fit<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        self.fit_some(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// Like [`Self::fit`], of a column that may be NULL.
    pub(crate) fn fit_some<T: TryFrom<i64>>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let value = self.get_some::<i64>(column)?.map(T::try_from);
        value.transpose().map_err(|_| self.corrupt(column))
    }

    /// The error about this column.
    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, column }
    }
}

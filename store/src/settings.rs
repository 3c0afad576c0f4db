//! Settings of the installation.

use sqlx::{SqliteConnection, query, query_as};

use crate::StoreError;

/// All that were said, by their names.
pub(crate) async fn all(db: &mut SqliteConnection) -> Result<Vec<(String, String)>, StoreError> {
    Ok(query_as("SELECT name, value FROM settings ORDER BY name").fetch_all(db).await?)
}

/// Sets these; one without a value is as it was never said.
pub(crate) async fn set(
    db: &mut SqliteConnection,
    settings: &[(String, Option<String>)],
) -> Result<(), StoreError> {
    for (name, value) in settings {
        let change = match value {
            Some(value) => query("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)")
                .bind(name.clone())
                .bind(value.clone()),
            None => query("DELETE FROM settings WHERE name = ?").bind(name.clone()),
        };
        change.execute(&mut *db).await?;
    }
    Ok(())
}

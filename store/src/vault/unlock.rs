//! What a start does with the secrets of a database: those in the clear are sealed, those that cannot be opened are named.

use sqlx::{SqliteConnection, query, query_as, raw_sql};

use super::{Place, Vault, is_sealed};
use crate::{
    StoreError,
    accounts::totp,
    alerts::settings_of,
    http,
    transaction::{begin, end},
};

/// Rows whose secrets are in the clear, as older programs and hands write them, are sealed in one transaction; done twice, it changes
/// nothing. What was in the clear is overwritten in the file.
pub(crate) async fn unlock(db: &mut SqliteConnection, vault: &Vault) -> Result<(), StoreError> {
    // Freed bytes are overwritten with zeros while this is on.
    raw_sql("PRAGMA secure_delete = ON").execute(&mut *db).await?;
    begin(db).await?;
    let sealed = seal_all(db, vault).await;
    let sealed = end(db, sealed).await?;
    if sealed > 0 {
        tracing::info!("sealed the secrets of {sealed} rows, which were in the clear");
        // The log still has them, and pages that are free may.
        raw_sql("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *db).await?;
    }
    raw_sql("PRAGMA secure_delete = OFF").execute(db).await?;
    Ok(())
}

async fn seal_all(db: &mut SqliteConnection, vault: &Vault) -> Result<u64, StoreError> {
    Ok(trackers(db, vault).await? + accounts(db, vault).await? + channels(db, vault).await?)
}

async fn trackers(db: &mut SqliteConnection, vault: &Vault) -> Result<u64, StoreError> {
    let rows: Vec<(i64, String)> =
        query_as("SELECT id, http FROM trackers WHERE http <> ''").fetch_all(&mut *db).await?;
    let mut changed = 0;
    for (row, text) in rows {
        // What is no JSON is shown with its problem, like every row that breaks a rule.
        let Ok(mut draft) = http::clear_draft(&text) else { continue };
        let mut found = Found::default();
        draft.each_secret(|field, secret| {
            found.look(vault, secret.expose(), Place { table: "trackers", row, field });
        });
        if found.is_clear {
            draft.each_secret(|field, secret| {
                *secret = vault.open(secret.expose(), Place { table: "trackers", row, field });
            });
            let text = http::sealed(draft, vault, row)?;
            query("UPDATE trackers SET http = ? WHERE id = ?").bind(text).bind(row).execute(&mut *db).await?;
            changed += 1;
        }
    }
    Ok(changed)
}

async fn accounts(db: &mut SqliteConnection, vault: &Vault) -> Result<u64, StoreError> {
    let rows: Vec<(i64, String)> =
        query_as("SELECT id, totp_secret FROM accounts WHERE totp_secret IS NOT NULL")
            .fetch_all(&mut *db)
            .await?;
    let mut changed = 0;
    for (row, text) in rows {
        let place = totp(row);
        let mut found = Found::default();
        found.look(vault, &text, place);
        if found.is_clear {
            let sealed = vault.seal(&vault.open(&text, place), place)?;
            let sql = "UPDATE accounts SET totp_secret = ? WHERE id = ?";
            query(sql).bind(sealed).bind(row).execute(&mut *db).await?;
            changed += 1;
        }
    }
    Ok(changed)
}

async fn channels(db: &mut SqliteConnection, vault: &Vault) -> Result<u64, StoreError> {
    let rows: Vec<(i64, String)> = query_as("SELECT id, settings FROM channels").fetch_all(&mut *db).await?;
    let mut changed = 0;
    for (row, text) in rows {
        let place = settings_of(row);
        let mut found = Found::default();
        found.look(vault, &text, place);
        if found.is_clear {
            let sealed = vault.seal(&vault.open(&text, place), place)?;
            let sql = "UPDATE channels SET settings = ? WHERE id = ?";
            query(sql).bind(sealed).bind(row).execute(&mut *db).await?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// What was found in a row.
#[derive(Default)]
struct Found {
    is_clear: bool,
}

impl Found {
    fn look(&mut self, vault: &Vault, text: &str, place: Place<'_>) {
        if !is_sealed(text) {
            self.is_clear = true;
        } else if vault.open(text, place).is_sealed() {
            let (Place { table, row, field }, why) = (place, vault.why(text));
            tracing::error!(
                "{field} in row {row} of {table} cannot be read: {why}; enter it again, or bring the key back"
            );
        }
    }
}

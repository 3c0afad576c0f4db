//! Whether a file is ours, which schema it has, and how it gets the newest one.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    query_scalar, raw_sql,
};

use crate::StoreError;

/// A migration: version, what it does, SQL.
pub(crate) type Step = (i64, &'static str, &'static str);

/// Every migration in order. Append only.
pub(crate) const MIGRATIONS: [Step; 11] = [
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "history", include_str!("../../migrations/sqlite/0002_history.sql")),
    (3, "verdicts", include_str!("../../migrations/sqlite/0003_verdicts.sql")),
    (4, "accounts", include_str!("../../migrations/sqlite/0004_accounts.sql")),
    (5, "groups", include_str!("../../migrations/sqlite/0005_groups.sql")),
    (6, "rests", include_str!("../../migrations/sqlite/0006_rests.sql")),
    (7, "alerts", include_str!("../../migrations/sqlite/0007_alerts.sql")),
    (8, "settings", include_str!("../../migrations/sqlite/0008_settings.sql")),
    (9, "two-factor rule", include_str!("../../migrations/sqlite/0009_two_factor_rule.sql")),
    (10, "one cause", include_str!("../../migrations/sqlite/0010_one_cause.sql")),
    (11, "signals", include_str!("../../migrations/sqlite/0011_signals.sql")),
];

/// The newest schema that this program knows.
pub(crate) const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// `UpTr` in ASCII, in the header of every file of ours (`PRAGMA application_id`).
const APPLICATION_ID: i64 = 0x5570_5472;

/// Whether a file has our mark.
pub(crate) async fn is_ours(db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let id: i64 = query_scalar("PRAGMA application_id").fetch_one(db).await?;
    Ok(id == APPLICATION_ID)
}

/// The schema of a file of ours; 0 for an empty one. Anything else is [`StoreError::NotOurs`], and untouched.
pub(crate) async fn version(db: &mut SqliteConnection, path: &Path) -> Result<i64, StoreError> {
    let id: i64 = query_scalar("PRAGMA application_id").fetch_one(&mut *db).await?;
    if id == APPLICATION_ID {
        return migrated(db).await;
    }
    let things: i64 = query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(db).await?;
    if id == 0 && things == 0 { Ok(0) } else { Err(StoreError::NotOurs { path: path.to_owned() }) }
}

/// Brings a file of ours, or an empty one, to the newest schema. Each migration is one transaction, so a crash leaves a
/// schema that the next start goes on from; the mark comes first, so that it is recognised as ours.
pub(crate) async fn migrate(
    db: &mut SqliteConnection,
    found: i64,
    migrations: &[Step],
) -> Result<(), StoreError> {
    if found == 0 {
        let mark = format!("PRAGMA application_id = {APPLICATION_ID}");
        raw_sql(AssertSqlSafe(mark)).execute(&mut *db).await?;
    }
    Ok(migrator(migrations).run(db).await?)
}

/// Reads the tables that everything depends on page by page, so that damage is known before anything is added to it. They are
/// small; `checks` is not, and its damage shows when it is read.
pub(crate) async fn prove_sound(db: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    for table in ["trackers", "statuses", "faults"] {
        let check = AssertSqlSafe(format!("PRAGMA quick_check({table})"));
        let found: Vec<String> = query_scalar(check).fetch_all(&mut *db).await?;
        if found.first().is_none_or(|line| line != "ok") {
            let found = sqlx::Error::Protocol(format!("quick_check of {table}: {}", found.join("; ")));
            return Err(StoreError::Damaged { path: path.to_owned(), source: found });
        }
    }
    Ok(())
}

async fn migrated(db: &mut SqliteConnection) -> Result<i64, StoreError> {
    let table = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
    let tables: i64 = query_scalar(table).fetch_one(&mut *db).await?;
    if tables == 0 {
        return Ok(0);
    }
    let newest = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
    Ok(query_scalar(newest).fetch_one(db).await?)
}

fn migrator(migrations: &[Step]) -> Migrator {
    let migrations = migrations.iter().map(|&(version, description, sql)| {
        Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// SHA-384 of each shipped migration. A line is added with a migration and never changed.
    const SHIPPED: [&str; 11] = [
        "ec77a1a9821c23e2edd1dd41aa1e120bdf08e942783791bad525e123c169904c68a1c4e02dd58a4ffd550bdeb7716eea",
        "c71b4c676fe906f7d48f84effa36e041c3be41433d5681972b92703ad51eda8ed9fa4503239961d6192fcc805114e519",
        "21aec6e0a8847135b505e914da82ffb4c49eaeb7c35e37208ee5c4a323bf81f39e2f8c58447141c700b8ba65539f538b",
        "575a46436cad9ab322add12604888e9fc075f184f7776472f5c68cf66cbc976503bc3b1801de5ef272ed6802dd003d0c",
        "1f70e4bb3f2f24a9ab6454438379edbb38d89f6ad43387034937bc5adcbf5706468d049251eb917aa2c0c03b02d1b77a",
        "c3f2e97f5154b2eb78e83c8110c0c95d16154b6c40a6396863e3aeef822b370d1c5b01cd6fed733de49e6614be8038c9",
        "efe0b519ca8e10267681dafa5147e4430158af3afb17ebcb8884b34ce18882254946b4015211b0bb7ed5fb2dd145eaf9",
        "f3d06cc44adea322beda95d8bc6560924f8fe39db0c380d620ad58e80bf450d070a99fe1f5eca9a8c0b618da70e42c4f",
        "dc6135717a2c4b0fdaaf8e1f8a1140d2e64880a3bbc669b30922224b984d3267715bd25d4a411cd3dcc83b6f3529263b",
        "6c3c61457cef2f6f156882ac6bdd16df5ec92f33eceb66675408bd155c3cb74c179724cf4a3f34b39b38ec1e933b1c76",
        "5bfacfea4285ad72f64cc841490bed82e4e9b9c05b1bb28ea1c89baacf6b46a33a6c5a4c2fa2e029331fd7d4f501ab82",
    ];

    #[test]
    fn a_shipped_migration_never_changes() {
        let checksums: Vec<String> = migrator(&MIGRATIONS)
            .iter()
            .map(|migration| {
                migration.checksum.iter().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                })
            })
            .collect();
        assert_eq!(checksums, SHIPPED);
    }

    #[test]
    fn versions_count_up_by_one() {
        let versions: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.0).collect();
        assert_eq!(versions, (1..=KNOWN).collect::<Vec<_>>());
    }
}

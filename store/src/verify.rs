//! Reading a whole database for damage. Nothing is written, and a server may be running.

use std::path::Path;

use sqlx::{SqliteConnection, query, query_scalar, raw_sql};

use crate::{
    Contents, StoreError,
    contents::{has_log, open_read_only},
    history::{audit, leftovers},
    row::Row,
};

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// What is in the database; `None` when that cannot be read.
    pub contents: Option<Contents>,
    /// Everything that is wrong; empty when the database is sound.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `pages`, `references` …
    pub what: &'static str,
    /// What is wrong with it, as a sentence without a full stop.
    pub problem: String,
}

/// The most findings of one kind that are reported.
const MOST: usize = 100;

/// Reads everything. Fails only when the file cannot be read at all, or was written by a newer program.
pub async fn verify(path: &Path) -> Result<VerifyReport, StoreError> {
    let had_log = has_log(path);
    let report = read(path).await?;
    // A server that started meanwhile wrote to a file that was taken for fixed. Now it has a log.
    if !report.findings.is_empty() && !had_log && has_log(path) { read(path).await } else { Ok(report) }
}

async fn read(path: &Path) -> Result<VerifyReport, StoreError> {
    let mut report = VerifyReport::default();
    let read = async {
        let mut db = open_read_only(path).await?;
        let contents = Contents::read(&mut db, path).await?;
        report.contents = Some(contents);
        if contents.schema == 0 {
            // The first start was interrupted: there are no tables yet.
            return pages(&mut db, &mut report.findings).await;
        }
        findings(&mut db, &mut report.findings).await
    };
    match read.await.map_err(|error| error.on_opening(path)) {
        Ok(()) => {}
        Err(error @ StoreError::Damaged { .. }) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            report.findings.push(Finding::new("file", cause));
        }
        Err(StoreError::NotOurs { .. }) => {
            report.findings.push(Finding::new("file", "it is no database of Uptime Tracker"));
        }
        Err(error) => return Err(error),
    }
    Ok(report)
}

/// Every look at a database, one after the other; a new one gets a line here.
async fn findings(db: &mut SqliteConnection, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    pages(db, found).await?;
    references(db, found).await?;
    faults(db, found).await?;
    history(db, found).await?;
    verdicts(db, found).await
}

/// Blocks that cannot be read or do not follow each other, and rollups that say something else than their blocks.
async fn history(db: &mut SqliteConnection, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    // A database of the first schema has none.
    let blocks: i64 =
        query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'blocks'").fetch_one(&mut *db).await?;
    if blocks == 0 {
        return Ok(());
    }
    for tracker in audit::trackers(db).await? {
        // What belongs together is read as of one moment: a server may be sealing.
        raw_sql("BEGIN").execute(&mut *db).await?;
        let audit = audit::audit(db, tracker).await?;
        let differences = audit.compare(db, tracker).await?;
        raw_sql("COMMIT").execute(&mut *db).await?;
        let about =
            |what| move |problem: &String| Finding::new(what, format!("tracker {tracker}: {problem}"));
        found.extend(audit.problems.iter().take(MOST).map(about("blocks")));
        found.extend(differences.iter().take(MOST).map(about("rollups")));
    }
    Ok(())
}

/// Phases and evidence that cannot be read.
async fn verdicts(db: &mut SqliteConnection, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    // A database of an older schema has none.
    let tables: i64 = query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'evidence'")
        .fetch_one(&mut *db)
        .await?;
    if tables == 0 {
        return Ok(());
    }
    let damaged = leftovers::damaged(db).await?;
    for (what, rows) in
        [("phases", damaged.hours.len() + damaged.full.len()), ("evidence", damaged.evidence.len())]
    {
        if rows > 0 {
            found.push(Finding::new(what, format!("{rows} rows cannot be read")));
        }
    }
    Ok(())
}

/// Pages that do not fit together, indexes that miss rows, values that their column forbids.
async fn pages(db: &mut SqliteConnection, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    let lines: Vec<String> = query_scalar("PRAGMA integrity_check").fetch_all(db).await?;
    found.extend(lines.into_iter().filter(|line| line != "ok").map(|line| Finding::new("pages", line)));
    Ok(())
}

/// Rows that refer to others which are not there, as far as the schema declares it.
async fn references(db: &mut SqliteConnection, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    let rows = query("PRAGMA foreign_key_check").fetch_all(db).await?;
    for row in rows.iter().take(MOST) {
        let row = Row::of("foreign_key_check", row);
        let (table, parent): (String, String) = (row.get("table")?, row.get("parent")?);
        found.push(Finding::new(
            "references",
            format!("a row of {table} refers to a row of {parent} that is not there"),
        ));
    }
    Ok(())
}

/// Failures without their cause.
async fn faults(db: &mut SqliteConnection, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    for (table, sql) in [
        (
            "checks",
            "SELECT count(*) FROM checks WHERE fault_id IS NOT NULL AND fault_id NOT IN (SELECT id FROM faults)",
        ),
        (
            "transitions",
            "SELECT count(*) FROM transitions WHERE fault_id IS NOT NULL AND fault_id NOT IN (SELECT id FROM faults)",
        ),
        (
            "statuses",
            "SELECT count(*) FROM statuses WHERE fault_id IS NOT NULL AND fault_id NOT IN (SELECT id FROM faults)",
        ),
    ] {
        let lost: i64 = query_scalar(sql).fetch_one(&mut *db).await?;
        if lost > 0 {
            found.push(Finding::new(
                "faults",
                format!("{lost} rows of {table} refer to a fault that is not there"),
            ));
        }
    }
    Ok(())
}

impl Finding {
    fn new(what: &'static str, problem: impl Into<String>) -> Self {
        Self { what, problem: problem.into() }
    }
}

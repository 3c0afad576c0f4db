//! Bytes on disk per check, beside a table with one row a check.

use std::path::Path;

use domain::{Records, Timestamp, access::Actor};
use sqlx::{ConnectOptions, Connection, SqliteConnection, query, query_scalar, sqlite::SqliteConnectOptions};
use store::Store;

use crate::{
    Options, Outcome,
    cpu::{count, settings, tend},
    figures::{Report, say},
    large::remove,
    synthetic::{EPOCH, Source},
};

/// What history consists of on disk, its indexes included.
const PARTS: &str =
    "'blocks', 'blocks_by_number', 'blocks_by_time', 'open_blocks', 'hours', 'days', 'sealed'";

pub(crate) async fn measure(options: &Options, report: &mut Report) -> Outcome<()> {
    let whole = |full: i64, quick: i64| if options.quick { quick } else { full };
    let second = Fill { every: "1s", step_ms: 1_000, trackers: 20, turn_ms: 600_000, turns: whole(288, 36) };
    let minute =
        Fill { every: "60s", step_ms: 60_000, trackers: 50, turn_ms: 3_600_000, turns: whole(24 * 30, 240) };
    second.measure(options, report, 3.0).await?;
    minute.measure(options, report, 6.0).await?;
    plain_rows(options, report).await?;
    report.add(
        "Uptime Kuma 2.5.3, quoted from a measurement of its own",
        (138.0, "bytes"),
        None,
        "138 to 193 with its statistics, by the interval",
    );
    Ok(())
}

/// Trackers of one interval, for a while.
struct Fill {
    every: &'static str,
    step_ms: i64,
    trackers: usize,
    /// How much time passes between two rounds of housekeeping.
    turn_ms: i64,
    turns: i64,
}

impl Fill {
    async fn measure(&self, options: &Options, report: &mut Report, goal: f64) -> Outcome<()> {
        let Self { every, trackers, .. } = self;
        say(format_args!("filling a database with {trackers} trackers of every {every} …"));
        let path = options.scratch.join("disk.db");
        remove(&path);
        let mut writer = Store::open(&path).await?.into_writer().await?;
        let mut source = Source::new(2);
        for id in
            writer.add(&settings(every, *trackers)?, &Actor::program("measuring"), Timestamp(EPOCH)).await?
        {
            source.track(id, self.step_ms, EPOCH);
        }
        for turn in 1..=self.turns {
            let now = EPOCH + turn * self.turn_ms;
            writer.record(&source.until(now)).await?;
            tend(&mut writer, now).await?;
        }
        writer.close().await?;
        let mut db = connect(&path).await?;
        let (bytes, how) = match sizes(&mut db).await {
            Ok(parts) => {
                let all: Vec<String> = parts.iter().map(|(name, bytes)| format!("{name} {bytes}")).collect();
                (parts.iter().map(|(_, bytes)| bytes).sum(), all.join(", "))
            }
            // SQLite was built without `dbstat`.
            Err(_) => (std::fs::metadata(&path)?.len(), "the whole file, unsealed rows included".into()),
        };
        let sealed: i64 = query_scalar("SELECT sum(entries) FROM sealed").fetch_one(&mut db).await?;
        db.close().await?;
        remove(&path);
        let sealed = usize::try_from(sealed)?;
        report.add(
            format!("bytes on disk a check at {every}, rollups and indexes included"),
            (count(usize::try_from(bytes)?) / count(sealed), "bytes"),
            Some(goal),
            format!("{sealed} sealed checks; {how}"),
        );
        Ok(())
    }
}

/// The bytes of each part of history, as pages.
async fn sizes(db: &mut SqliteConnection) -> Result<Vec<(String, u64)>, sqlx::Error> {
    let sql = format!("SELECT name, sum(pgsize) FROM dbstat WHERE name IN ({PARTS}) GROUP BY name");
    let rows: Vec<(String, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(name, bytes)| (name, bytes.unsigned_abs())).collect())
}

pub(crate) async fn connect(path: &Path) -> Outcome<SqliteConnection> {
    Ok(SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await?)
}

/// One row a check and an index to find it, with the same checks.
async fn plain_rows(options: &Options, report: &mut Report) -> Outcome<()> {
    const TABLE: &str = "
        CREATE TABLE plain (id INTEGER PRIMARY KEY, tracker_id INTEGER NOT NULL, due INTEGER NOT NULL,
            outcome INTEGER NOT NULL, latency_us INTEGER, late_ms INTEGER NOT NULL, attempt INTEGER NOT NULL);
        CREATE INDEX plain_by_due ON plain (tracker_id, due);";
    let path = options.scratch.join("plain.db");
    remove(&path);
    let mut db = connect(&path).await?;
    sqlx::raw_sql(TABLE).execute(&mut db).await?;
    let mut source = Source::new(2);
    for id in 1..=100 {
        source.track(domain::TrackerId(id), 1_000, EPOCH);
    }
    let batch = source.until(EPOCH + if options.quick { 600_000 } else { 3_600_000 });
    sqlx::raw_sql("BEGIN").execute(&mut db).await?;
    for recorded in &batch.checks {
        let check = &recorded.check;
        query(
            "INSERT INTO plain (tracker_id, due, outcome, latency_us, late_ms, attempt) VALUES (?,?,?,?,?,?)",
        )
        .bind(check.name.tracker.0)
        .bind(check.name.due.0)
        .bind(i64::from(check.outcome.is_up() != Some(true)))
        .bind(check.latency.map(|latency| i64::from(latency.0)))
        .bind(i64::from(check.late_ms))
        .bind(i64::from(check.name.attempt))
        .execute(&mut db)
        .await?;
    }
    sqlx::raw_sql("COMMIT").execute(&mut db).await?;
    db.close().await?;
    let bytes = usize::try_from(std::fs::metadata(&path)?.len())?;
    remove(&path);
    report.add(
        "bytes a check as one row with an index",
        (count(bytes) / count(batch.checks.len()), "bytes"),
        None,
        format!("{} rows, the whole file", batch.checks.len()),
    );
    Ok(())
}

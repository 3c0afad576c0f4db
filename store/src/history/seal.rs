//! Sealing: entries in memory become a block and add to rollups, in one transaction.

use std::collections::BTreeMap;

use domain::{Grid, Holding, Recount, Rollup, TrackerId};
use sqlx::{SqliteConnection, query, query_as};

use super::{
    blocks::{self, Block},
    entry,
    pending::{SPAN_MS, Stretch, Unsealed},
    recount,
    rollups::{self, Unit},
    timings,
};
use crate::StoreError;

/// A block with this many entries grows no more.
const FULL: usize = 512;

/// What sealing leaves behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealed {
    /// Entries sealed so far.
    pub(crate) entries: u64,
    /// The newest row of `checks` among them.
    pub(crate) last_check: i64,
    /// The newest scheduled entry among them.
    pub(crate) holding: Option<Holding>,
}

/// Seals everything of a tracker, within the caller's transaction.
pub(crate) async fn seal(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    unsealed: &Unsealed,
) -> Result<Sealed, StoreError> {
    let mut number = unsealed.sealed;
    let mut hours = Recount::after(Grid::HOURS, unsealed.holding);
    for stretch in &unsealed.stretches {
        append(db, tracker, number, stretch).await?;
        number += stretch.columns.len() as u64;
        for entry in stretch.columns.iter() {
            hours.add_beat(entry::beat(&entry), entry.latency, stretch.limit_ms);
        }
    }
    let holding = hours.holding();
    add_rollups(db, tracker, hours.into_parts().into_iter().collect()).await?;
    timings::seal(db, tracker, &unsealed.timings).await?;
    let last_check = unsealed.stretches.back().map_or(unsealed.last_check, |stretch| stretch.last_check);
    let sealed = Sealed { entries: number, last_check, holding };
    keep(db, tracker, &sealed).await?;
    Ok(sealed)
}

/// Adds a stretch to the tracker's open block, or begins a new one with it.
async fn append(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    number: u64,
    stretch: &Stretch,
) -> Result<(), StoreError> {
    let open = blocks::open_block(db, tracker).await?;
    let merged = open.as_ref().and_then(|open| merge(open, stretch));
    if open.is_some() && merged.is_none() {
        // It does not fit the stretch, or is damaged: it stays as it is.
        blocks::close(db, tracker).await?;
    }
    let (number, stretch) = match &merged {
        Some((number, merged)) => (*number, merged),
        None => (number, stretch),
    };
    let block = Block::pack(tracker, number, stretch)?;
    if stretch.columns.len() < FULL {
        return blocks::keep_open(db, &block).await;
    }
    blocks::drop_open(db, tracker).await?;
    blocks::append(db, &block).await
}

/// The open block with the stretch appended, if they can be one.
fn merge(open: &Block, stretch: &Stretch) -> Option<(u64, Stretch)> {
    let mut merged = open
        .unpack()
        .inspect_err(
            |error| tracing::error!(tracker = %open.tracker, %error, "an open block of history is damaged"),
        )
        .ok()?;
    let span = stretch.columns.last_due()?.0.checked_sub(merged.columns.first_due()?.0)?;
    if merged.limit_ms != stretch.limit_ms || merged.location != stretch.location || span > SPAN_MS {
        return None;
    }
    for entry in stretch.columns.iter() {
        merged.columns.push(entry).ok()?;
    }
    Some((open.number, merged))
}

/// Adds to the tracker's hours and days.
async fn add_rollups(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    hours: BTreeMap<i64, Rollup>,
) -> Result<(), StoreError> {
    let days = rollups::by_days(&hours);
    for (unit, parts) in [(Unit::Hours, hours), (Unit::Days, days)] {
        let (Some(first), Some(last)) = (parts.keys().next(), parts.keys().next_back()) else { continue };
        let mut known = BTreeMap::new();
        for (number, rollup) in rollups::between(db, unit, tracker, *first, *last).await? {
            let rollup = match rollup {
                Ok(rollup) => rollup,
                Err(error) => recount::instead(db, unit, tracker, number, &error).await?,
            };
            known.insert(number, rollup);
        }
        for (number, part) in parts {
            let mut rollup = known.remove(&number).unwrap_or_default();
            rollup.merge(&part);
            rollups::write(db, unit, tracker, number, &rollup).await?;
        }
    }
    Ok(())
}

const HELD: [domain::Held; 6] = [
    domain::Held::Up,
    domain::Held::Degraded,
    domain::Held::Down,
    domain::Held::Unknown,
    domain::Held::Paused,
    domain::Held::Maintenance,
];

async fn keep(db: &mut SqliteConnection, tracker: TrackerId, sealed: &Sealed) -> Result<(), StoreError> {
    const KEEP: &str = "INSERT OR REPLACE INTO sealed (tracker_id, last_check, entries, due, held, limit_ms, told_until) \
                        VALUES (?, ?, ?, ?, ?, ?, ?)";
    let holding = sealed.holding;
    let held = holding.and_then(|holding| HELD.iter().position(|held| *held == holding.held));
    query(KEEP)
        .bind(tracker.0)
        .bind(sealed.last_check)
        .bind(sealed.entries.cast_signed())
        .bind(holding.map(|holding| holding.due.0))
        .bind(held.and_then(|held| i64::try_from(held).ok()))
        .bind(holding.and_then(|holding| holding.limit_ms).map(i64::from))
        .bind(holding.map(|holding| holding.told_until.0))
        .execute(db)
        .await?;
    Ok(())
}

type SealedRow = (i64, i64, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// How far each tracker is sealed, or one.
pub(crate) async fn all(
    db: &mut SqliteConnection,
    of: Option<TrackerId>,
) -> Result<Vec<(TrackerId, Sealed)>, StoreError> {
    const ALL: &str = "SELECT tracker_id, last_check, entries, due, held, limit_ms, told_until FROM sealed \
                       WHERE ?1 IS NULL OR tracker_id = ?1";
    let rows: Vec<SealedRow> = query_as(ALL).bind(of.map(|id| id.0)).fetch_all(db).await?;
    rows.into_iter().map(read).collect()
}

fn read(
    (tracker, last_check, entries, due, held, limit, told): SealedRow,
) -> Result<(TrackerId, Sealed), StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: "sealed", column };
    let holding = match (due, held, told) {
        (Some(due), Some(held), Some(told)) => Some(Holding {
            due: domain::Timestamp(due),
            held: *usize::try_from(held).ok().and_then(|held| HELD.get(held)).ok_or(corrupt("held"))?,
            limit_ms: limit.map(u32::try_from).transpose().map_err(|_| corrupt("limit_ms"))?,
            told_until: domain::Timestamp(told),
        }),
        (None, ..) => None,
        _ => return Err(corrupt("due")),
    };
    let entries = u64::try_from(entries).map_err(|_| corrupt("entries"))?;
    Ok((TrackerId(tracker), Sealed { entries, last_check, holding }))
}

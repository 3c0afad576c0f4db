//! Sealing: entries in memory become a block and add to rollups, in one transaction.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{Grid, Holding, Recount, Rollup, TrackerId};
use sqlx::{SqliteConnection, query_as, sqlite::SqliteRow};

use super::{
    blocks::{self, Block},
    entry,
    pending::{SPAN_MS, Stretch, Unsealed},
    recount,
    rollups::{self, Placed, Unit},
    timings,
};
use crate::{
    StoreError,
    bulk::{Insert, Rows, Script},
    call::{Call, Values},
};

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

/// The statements that seal. Trackers are sealed by the dozen and with two calls, one that reads and one that writes: a statement for
/// each row of each of them would take longer than all the rest.
#[derive(Debug)]
pub(crate) struct Sealing {
    questions: Arc<str>,
    inserts: Script,
}

impl Sealing {
    pub(crate) fn new() -> Self {
        const SEALED: Insert = Insert::new(
            "INSERT OR REPLACE INTO sealed (tracker_id, last_check, entries, due, held, limit_ms, told_until)",
            7,
        );
        let questions = [Unit::Hours.select_spans(), Unit::Days.select_spans(), blocks::OPEN, timings::KNOWN];
        let inserts = [
            Unit::Hours.insert(),
            Unit::Days.insert(),
            rollups::INSERT_GLANCE,
            blocks::INSERT_CLOSED,
            blocks::INSERT_OPEN,
            timings::INSERT_HOUR,
            timings::INSERT_FULL,
            SEALED,
        ];
        Self { questions: questions.join(";").into(), inserts: Script::new(&inserts, &[1, 4, 16]) }
    }

    /// Seals everything of some trackers, within the caller's transaction.
    pub(crate) async fn seal(
        &self,
        db: &mut SqliteConnection,
        group: &[(TrackerId, Unsealed)],
    ) -> Result<Vec<(TrackerId, Sealed)>, StoreError> {
        let (mut all, mut hours) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
        for (tracker, unsealed) in group {
            let (sealed, rollups) = add_up(unsealed);
            all.push((*tracker, sealed));
            hours.push((*tracker, rollups));
        }
        let days: Parts = hours.iter().map(|(id, hours)| (*id, rollups::by_days(hours))).collect();
        let timings: Vec<timings::Gathered<'_>> =
            group.iter().map(|(tracker, unsealed)| (*tracker, &*unsealed.timings)).collect();
        let [known_hours, known_days, open, phases] = self.ask(&hours, &days, &timings).rows(db).await?;
        // Before the blocks: a damaged rollup is added up again from those that it told of.
        let hours = add_rollups(db, Unit::Hours, hours, &known_hours).await?;
        let days = add_rollups(db, Unit::Days, days, &known_days).await?;
        let (closed, open) = add_blocks(db, group, &open).await?;
        let (phases, full) = (timings::merged(&phases, &timings)?, timings::in_full(&timings));
        let [hours, days, glances] = rollups::rows(&hours, &days);
        let [phases, full] = timings::rows_of(&phases, &full);
        let (closed, open) = (Rows::of(&closed, Block::bind), Rows::of(&open, Block::bind));
        let mut tables = [hours, days, glances, closed, open, phases, full, Rows::of(&all, bind)];
        self.inserts.run(db, &mut tables).await?;
        drop(tables);
        Ok(all)
    }

    /// What is known of these trackers already.
    fn ask(&self, hours: &Parts, days: &Parts, timings: &[timings::Gathered<'_>]) -> Call {
        let mut values = Values::with_capacity(4);
        values
            .bind(spans(hours))
            .bind(spans(days))
            .bind(blocks::list(hours.iter().map(|(tracker, _)| *tracker)))
            .bind(timings::spans(timings));
        Call { sql: Arc::clone(&self.questions), values }
    }
}

/// What entries of each tracker add up to, by hours or days.
type Parts = Vec<(TrackerId, BTreeMap<i64, Rollup>)>;

fn spans(parts: &Parts) -> String {
    rollups::json(parts.iter().filter_map(|(tracker, parts)| {
        Some((*tracker, *parts.first_key_value()?.0, *parts.last_key_value()?.0))
    }))
}

/// Adds stretches to the trackers' open blocks, or begins new ones with them. Gives the blocks that do not grow any more and those that
/// may; `rows` are the open ones.
async fn add_blocks(
    db: &mut SqliteConnection,
    group: &[(TrackerId, Unsealed)],
    rows: &[SqliteRow],
) -> Result<(Vec<Block>, Vec<Block>), StoreError> {
    let mut were_open = blocks::take_open(db, rows).await?;
    let (mut closed, mut open, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
    for (tracker, unsealed) in group {
        let former = were_open.remove(tracker);
        let was_open = former.is_some();
        let last = append(*tracker, former, unsealed, &mut closed)?;
        if was_open && last.is_none() {
            dropped.push(*tracker);
        }
        open.extend(last);
    }
    if !dropped.is_empty() {
        blocks::drop_open(db, dropped.into_iter()).await?;
    }
    Ok((closed, open))
}

/// Adds to the trackers' hours or days; `rows` are those that are known.
async fn add_rollups(
    db: &mut SqliteConnection,
    unit: Unit,
    parts: Parts,
    rows: &[SqliteRow],
) -> Result<Vec<Placed>, StoreError> {
    let mut known = HashMap::with_capacity(rows.len());
    for ((tracker, number), rollup) in rollups::found(unit, rows)? {
        let rollup = match rollup {
            Ok(rollup) => rollup,
            Err(error) => recount::instead(db, unit, tracker, number, &error).await?,
        };
        known.insert((tracker, number), rollup);
    }
    let mut all = Vec::with_capacity(parts.len());
    for (tracker, parts) in parts {
        for (number, part) in parts {
            let mut rollup = known.remove(&(tracker, number)).unwrap_or_default();
            rollup.merge(&part);
            all.push(Placed { tracker, number, rollup });
        }
    }
    Ok(all)
}

/// What sealing a tracker leaves behind, and what its entries add up to.
fn add_up(unsealed: &Unsealed) -> (Sealed, BTreeMap<i64, Rollup>) {
    let mut hours = Recount::after(Grid::HOURS, unsealed.holding);
    for (entry, stretch) in unsealed.entries() {
        hours.add_beat(entry::beat(&entry), entry.latency, stretch.limit_ms);
    }
    let sealed = Sealed {
        entries: unsealed.sealed + unsealed.len() as u64,
        last_check: unsealed.stretches.back().map_or(unsealed.last_check, |stretch| stretch.last_check),
        holding: hours.holding(),
    };
    (sealed, hours.into_parts().into_iter().collect())
}

/// Packs a tracker's stretches, the first of them together with its open block if they can be one. Blocks that do not grow any more
/// go to `closed`; the one that may still grow is given back.
fn append(
    tracker: TrackerId,
    mut open: Option<Block>,
    unsealed: &Unsealed,
    closed: &mut Vec<Block>,
) -> Result<Option<Block>, StoreError> {
    let mut next = unsealed.sealed;
    for stretch in &unsealed.stretches {
        let block = if let Some((number, merged)) = open.as_ref().and_then(|open| merge(open, stretch)) {
            Block::pack(tracker, number, &merged)?
        } else {
            // One that the stretch does not fit, or that is damaged, stays as it is.
            closed.extend(open.take());
            Block::pack(tracker, next, stretch)?
        };
        next += stretch.columns.len() as u64;
        open = if block.is_full() {
            closed.push(block);
            None
        } else {
            Some(block)
        };
    }
    Ok(open)
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

const HELD: [domain::Held; 6] = [
    domain::Held::Up,
    domain::Held::Degraded,
    domain::Held::Down,
    domain::Held::Unknown,
    domain::Held::Paused,
    domain::Held::Maintenance,
];

fn bind(values: &mut Values, (tracker, sealed): &(TrackerId, Sealed)) {
    let holding = sealed.holding;
    let held = holding.and_then(|holding| HELD.iter().position(|held| *held == holding.held));
    values
        .bind(tracker.0)
        .bind(sealed.last_check)
        .bind(sealed.entries.cast_signed())
        .bind(holding.map(|holding| holding.due.0))
        .bind(held.and_then(|held| i64::try_from(held).ok()))
        .bind(holding.and_then(|holding| holding.limit_ms).map(i64::from))
        .bind(holding.map(|holding| holding.told_until.0));
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

//! Entries one by one.

use std::collections::{HashMap, HashSet};

use domain::{
    CheckPage, CheckQuery, Direction, Numbered, Order, Reason, Recorded, Timestamp, TrackerId, Window,
};
use sqlx::{SqliteConnection, query_as, query_scalar};

use super::{Reader, Reading};
use crate::{
    StoreError,
    block::Entry,
    history::{
        blocks::{self, Block},
        entry,
    },
};

/// Blocks that are read at once.
const BLOCKS: i64 = 4;

/// An entry, its number, and where it was asked from.
type Found = (u64, Entry, u16);

impl Reader {
    pub(super) async fn list(&self, id: TrackerId, query: CheckQuery) -> Result<CheckPage, StoreError> {
        let mut reading = self.read(id).await?;
        // One more than asked for says whether there are more.
        let wanted = query.limit.saturating_add(1);
        let mut found = Vec::new();
        match query.order {
            Order::OldestFirst => {
                let end = reading.unsealed.sealed;
                sealed(&mut reading.db, id, &query, wanted, &mut found).await?;
                take(&query, wanted, lost_end(&mut reading.db, id, end).await?.into_iter(), &mut found);
                unsealed(&reading, &query, wanted, &mut found);
            }
            Order::NewestFirst => {
                let end = reading.unsealed.sealed;
                unsealed(&reading, &query, wanted, &mut found);
                take(&query, wanted, lost_end(&mut reading.db, id, end).await?.into_iter(), &mut found);
                sealed(&mut reading.db, id, &query, wanted, &mut found).await?;
            }
        }
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let ids: HashSet<u32> = found.iter().filter_map(|(_, entry, _)| entry.fault).collect();
        let faults = blocks::faults(&mut reading.db, &ids).await?;
        let numbered = |(number, entry, location): &Found| Numbered {
            number: *number,
            recorded: entry::recorded(entry, id, *location, &faults),
        };
        Ok(CheckPage { checks: found.iter().map(numbered).collect(), more })
    }

    pub(super) async fn nearest_failure(
        &self,
        id: TrackerId,
        at: Timestamp,
        direction: Direction,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut reading = self.read(id).await?;
        let down = reading.unsealed.entries().filter(|(entry, _)| entry::is_down(entry.verdict));
        let dues = down.map(|(entry, _)| entry.due);
        match direction {
            Direction::Earlier => match dues.filter(|due| *due < at).max() {
                Some(due) => Ok(Some(due)),
                None => sealed_failure(&mut reading.db, id, at, direction).await,
            },
            Direction::Later => {
                let unsealed = dues.filter(|due| *due > at).min();
                Ok(sealed_failure(&mut reading.db, id, at, direction).await?.or(unsealed))
            }
        }
    }
}

fn is_wanted(query: &CheckQuery, number: u64, entry: &Entry) -> bool {
    let is_after = query.after.is_none_or(|after| match query.order {
        Order::OldestFirst => number > after,
        Order::NewestFirst => number < after,
    });
    // The times of a damaged block are not to be trusted.
    is_after && (query.window.contains(entry.due) || entry::is_damaged(entry))
}

/// Takes entries that are given oldest first into what is found, in the order asked for.
fn take(query: &CheckQuery, wanted: usize, entries: impl Iterator<Item = Found>, found: &mut Vec<Found>) {
    let left = wanted.saturating_sub(found.len());
    let entries = entries.filter(|(number, entry, _)| is_wanted(query, *number, entry));
    match query.order {
        Order::OldestFirst => found.extend(entries.take(left)),
        Order::NewestFirst => {
            let entries: Vec<Found> = entries.collect();
            found.extend(entries.into_iter().rev().take(left));
        }
    }
}

fn unsealed(reading: &Reading, query: &CheckQuery, wanted: usize, found: &mut Vec<Found>) {
    let entries = reading.unsealed.entries().zip(reading.unsealed.sealed..);
    take(query, wanted, entries.map(|((entry, stretch), number)| (number, entry, stretch.location)), found);
}

/// Reads blocks until enough is found.
async fn sealed(
    db: &mut SqliteConnection,
    id: TrackerId,
    query: &CheckQuery,
    wanted: usize,
    found: &mut Vec<Found>,
) -> Result<(), StoreError> {
    let Some((oldest, newest)) = range(db, id, query.window).await? else { return Ok(()) };
    let mut at = match (query.order, query.after) {
        (Order::OldestFirst, after) => after.map_or(oldest, |after| oldest.max(after.cast_signed())),
        (Order::NewestFirst, after) => after.map_or(newest, |after| newest.min(after.cast_signed())),
    };
    let mut former: Option<Block> = None;
    while found.len() < wanted {
        let mut blocks = next_blocks(db, id, query, at, (oldest, newest)).await?;
        // Behind a hole, the block before it is found once more.
        blocks.retain(|block| former.as_ref().is_none_or(|former| is_next(query.order, former, block)));
        if blocks.is_empty() {
            return Ok(());
        }
        for block in blocks {
            let lost = former.as_ref().and_then(|former| lost_between(former, &block));
            take(query, wanted, lost.into_iter(), found);
            let stretch = block.unpack_or_gap();
            let entries = stretch.columns.iter().zip(block.number..);
            take(query, wanted, entries.map(|(entry, number)| (number, entry, block.location)), found);
            former = Some(block);
        }
        let Some(last) = &former else { return Ok(()) };
        let number = last.number.cast_signed();
        let is_last = match query.order {
            Order::OldestFirst => number >= newest,
            Order::NewestFirst => number <= oldest,
        };
        if is_last {
            return Ok(());
        }
        let next = match query.order {
            Order::OldestFirst => number.saturating_add(last.entries.into()),
            Order::NewestFirst => number.saturating_sub(1),
        };
        // Only a damaged row leads back; following it would never end.
        let is_ahead = match query.order {
            Order::OldestFirst => next > at,
            Order::NewestFirst => next < at,
        };
        if !is_ahead {
            return Err(StoreError::Corrupt { table: "blocks", column: "number" });
        }
        at = next;
    }
    Ok(())
}

fn is_next(order: Order, former: &Block, block: &Block) -> bool {
    match order {
        Order::OldestFirst => block.number > former.number,
        Order::NewestFirst => block.number < former.number,
    }
}

/// A gap in place of entries whose numbers are missing between two blocks, in whichever order they are given: a block that stood
/// there is lost.
fn lost_between(one: &Block, other: &Block) -> Option<Found> {
    let (earlier, later) = if one.number < other.number { (one, other) } else { (other, one) };
    blocks::is_lost(earlier, later.number).then(|| lost_after(earlier))
}

/// The gap in place of what followed a block.
fn lost_after(block: &Block) -> Found {
    tracing::error!(tracker = %block.tracker, number = block.end(), "a block of history is missing");
    let gap = Recorded::gap(block.tracker, Timestamp(block.last_due), Reason::Damaged);
    (block.end(), entry::of(&gap, None), block.location)
}

/// The gap in place of the newest sealed entries, if their block is lost: `end` entries were sealed in all.
async fn lost_end(db: &mut SqliteConnection, id: TrackerId, end: u64) -> Result<Option<Found>, StoreError> {
    let newest = blocks::newest_of_each(db, &HashMap::from([(id, end)])).await?;
    Ok(newest.iter().find(|newest| blocks::is_lost(newest, end)).map(lost_after))
}

/// The numbers of the first and the last block that overlap a window, and one more on either side. Answered by indexes alone.
async fn range(
    db: &mut SqliteConnection,
    id: TrackerId,
    window: Window,
) -> Result<Option<(i64, i64)>, StoreError> {
    const RANGE: &str = "
        SELECT min(number), max(number) FROM (
            SELECT number FROM blocks WHERE tracker_id = ?1 AND last_due >= ?2 AND first_due < ?3
            UNION ALL
            SELECT number FROM open_blocks WHERE tracker_id = ?1 AND last_due >= ?2 AND first_due < ?3)";
    // One more on either side: their times may be damaged, so that they only seem to lie outside.
    const WIDER: &str = "
        SELECT coalesce((SELECT max(number) FROM blocks WHERE tracker_id = ?1 AND number < ?2), ?2),
            coalesce((SELECT min(number) FROM blocks WHERE tracker_id = ?1 AND number > ?3),
                (SELECT number FROM open_blocks WHERE tracker_id = ?1 AND number > ?3), ?3)";
    let range: (Option<i64>, Option<i64>) =
        query_as(RANGE).bind(id.0).bind(window.from.0).bind(window.to.0).fetch_one(&mut *db).await?;
    let Some((oldest, newest)) = range.0.zip(range.1) else { return Ok(None) };
    Ok(Some(query_as(WIDER).bind(id.0).bind(oldest).bind(newest).fetch_one(db).await?))
}

/// The next blocks in the order asked for, from the one that holds the entry `at`.
async fn next_blocks(
    db: &mut SqliteConnection,
    id: TrackerId,
    query: &CheckQuery,
    at: i64,
    (oldest, newest): (i64, i64),
) -> Result<Vec<Block>, StoreError> {
    const LATER: &str = "number IN (
        SELECT number FROM (SELECT number FROM blocks WHERE tracker_id = ?1
            AND number >= coalesce((SELECT max(number) FROM blocks WHERE tracker_id = ?1 AND number <= ?2), 0)
            AND number <= ?4 ORDER BY number LIMIT ?3)
        UNION ALL SELECT number FROM open_blocks WHERE tracker_id = ?1 AND number <= ?4)";
    const EARLIER: &str = "number IN (
        SELECT number FROM (SELECT number FROM blocks WHERE tracker_id = ?1 AND number <= ?2 AND number >= ?4
            ORDER BY number DESC LIMIT ?3)
        UNION ALL SELECT number FROM open_blocks WHERE tracker_id = ?1 AND number <= ?2 AND number >= ?4)";
    let mut blocks = match query.order {
        Order::OldestFirst => {
            let mut blocks = blocks::select(db, LATER, &[id.0, at, BLOCKS, newest]).await?;
            // The open block follows the others, and has to wait when there are more of them.
            blocks.truncate(usize::try_from(BLOCKS).unwrap_or(1));
            blocks
        }
        Order::NewestFirst => blocks::select(db, EARLIER, &[id.0, at, BLOCKS, oldest]).await?,
    };
    if query.order == Order::NewestFirst {
        blocks.reverse();
    }
    Ok(blocks)
}

/// The nearest sealed failure: hours say where to look, blocks have it.
async fn sealed_failure(
    db: &mut SqliteConnection,
    id: TrackerId,
    at: Timestamp,
    direction: Direction,
) -> Result<Option<Timestamp>, StoreError> {
    const LATER: &str =
        "SELECT hour FROM hours WHERE tracker_id = ? AND hour >= ? AND down > 0 ORDER BY hour LIMIT 1";
    const EARLIER: &str =
        "SELECT hour FROM hours WHERE tracker_id = ? AND hour <= ? AND down > 0 ORDER BY hour DESC LIMIT 1";
    const HOUR_MS: i64 = 3_600_000;
    let (sql, step) = match direction {
        Direction::Later => (LATER, 1),
        Direction::Earlier => (EARLIER, -1),
    };
    let mut from = at.0.div_euclid(HOUR_MS);
    while let Some(hour) = query_scalar::<_, i64>(sql).bind(id.0).bind(from).fetch_optional(&mut *db).await? {
        // Only a damaged row leads back; following it would never end.
        let is_ahead = match direction {
            Direction::Later => hour >= from,
            Direction::Earlier => hour <= from,
        };
        if !is_ahead {
            return Err(StoreError::Corrupt { table: "hours", column: "hour" });
        }
        let begin = hour.saturating_mul(HOUR_MS);
        let window = Window::new(Timestamp(begin), Timestamp(begin.saturating_add(HOUR_MS)));
        let failures = failures_in(db, id, window).await?;
        let found = match direction {
            Direction::Later => failures.into_iter().filter(|due| *due > at).min(),
            Direction::Earlier => failures.into_iter().filter(|due| *due < at).max(),
        };
        if found.is_some() {
            return Ok(found);
        }
        let Some(next) = hour.checked_add(step) else { return Ok(None) };
        from = next;
    }
    Ok(None)
}

async fn failures_in(
    db: &mut SqliteConnection,
    id: TrackerId,
    window: Window,
) -> Result<Vec<Timestamp>, StoreError> {
    const OVERLAPPING: &str = "last_due >= ?2 AND first_due < ?3";
    let blocks = blocks::select(db, OVERLAPPING, &[id.0, window.from.0, window.to.0]).await?;
    let mut failures = Vec::new();
    for block in &blocks {
        let stretch = block.unpack_or_gap();
        let down = stretch.columns.iter().filter(|entry| entry::is_down(entry.verdict));
        failures.extend(down.map(|entry| entry.due).filter(|due| window.contains(*due)));
    }
    Ok(failures)
}

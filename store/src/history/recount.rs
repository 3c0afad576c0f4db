//! Adding up sealed entries anew: for the ragged ends of a window, and in place of rollups that are damaged.

use domain::{Beat, Grid, Held, Recount, Rollup, Timestamp, TrackerId};
use sqlx::SqliteConnection;

use super::{
    blocks::{self, Block},
    entry,
    pending::SPAN_MS,
    rollups::Unit,
    seal,
};
use crate::StoreError;

/// What the sealed entries between each edge and the next add up to, as rollups would say it: time is told up to the newest sealed
/// entry.
pub(crate) async fn between(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    edges: &[Timestamp],
) -> Result<Vec<Rollup>, StoreError> {
    let (Some(from), Some(to)) = (edges.first(), edges.last()) else { return Ok(Vec::new()) };
    let sealed = seal::all(db, Some(tracker)).await?;
    let told =
        sealed.first().and_then(|(_, sealed)| sealed.holding).map_or(i64::MIN, |holding| holding.due.0);
    let entries = sealed.first().map_or(0, |(_, sealed)| sealed.entries);
    let (blocks, next) = around(db, tracker, *from, *to, entries).await?;
    let mut recount = Recount::after(Grid::Edges(edges.to_vec()), None);
    let nexts = blocks.iter().skip(1).map(|block| block.number).chain([next]);
    'all: for (block, next) in blocks.iter().zip(nexts) {
        let stretch = block.unpack_or_gap();
        for entry in stretch.columns.iter() {
            if entry.due >= *to {
                break 'all;
            }
            recount.add_beat(entry::beat(&entry), entry.latency, stretch.limit_ms);
        }
        if blocks::is_lost(block, next) {
            tracing::error!(%tracker, number = block.end(), "a block of history is missing");
            let due = Timestamp(block.last_due);
            recount.add_beat(Beat { due, held: Held::Unknown, is_gap: true, is_retry: false }, None, None);
        }
    }
    recount.hold_until(Timestamp(told).min(*to));
    let mut rollups = vec![Rollup::default(); edges.len().saturating_sub(1)];
    for (number, rollup) in recount.into_parts() {
        if let Some(place) = usize::try_from(number).ok().and_then(|number| rollups.get_mut(number)) {
            *place = rollup;
        }
    }
    Ok(rollups)
}

/// The blocks that overlap a window, and the one before them: what it said last may still hold. And the number that must follow
/// them: of the next block, or of the first entry that is not sealed.
async fn around(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    from: Timestamp,
    to: Timestamp,
    sealed: u64,
) -> Result<(Vec<Block>, u64), StoreError> {
    // No block is longer than that, so the last condition excludes nothing; it keeps the search short.
    const OVERLAPPING: &str = "last_due >= ?2 AND first_due < ?3 AND last_due < ?4";
    let latest = to.0.saturating_add(SPAN_MS).saturating_add(1);
    let mut found = blocks::select(db, OVERLAPPING, &[tracker.0, from.0, to.0, latest]).await?;
    let is_covered = found.first().is_some_and(|first| first.first_due < from.0);
    if !is_covered {
        let before = before(db, tracker, from).await?;
        found.splice(0..0, before);
    }
    let last = found.last().map_or(0, |last| last.number);
    let next = blocks::number_after(db, tracker, last).await?;
    Ok((found, next.unwrap_or(sealed)))
}

/// The newest block that ended before a moment.
async fn before(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    at: Timestamp,
) -> Result<Option<Block>, StoreError> {
    const BEFORE: &str = "number = (SELECT max(number) FROM (\
                          SELECT number FROM (SELECT number FROM blocks WHERE tracker_id = ?1 AND last_due < ?2 \
                          ORDER BY last_due DESC LIMIT 1) \
                          UNION ALL SELECT number FROM open_blocks WHERE tracker_id = ?1 AND last_due < ?2))";
    Ok(blocks::select(db, BEFORE, &[tracker.0, at.0]).await?.pop())
}

/// A rollup that cannot be read, added up again from blocks. What retention has deleted is missing in it.
pub(crate) async fn instead(
    db: &mut SqliteConnection,
    unit: Unit,
    tracker: TrackerId,
    number: i64,
    error: &StoreError,
) -> Result<Rollup, StoreError> {
    tracing::error!(%tracker, number, table = unit.table(), %error, "a rollup is damaged; it was added up again from blocks");
    let start = number.saturating_mul(unit.length_ms());
    let edges = [Timestamp(start), Timestamp(start.saturating_add(unit.length_ms()))];
    Ok(between(db, tracker, &edges).await?.pop().unwrap_or_default())
}

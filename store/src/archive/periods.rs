//! Any stretch of time, from the largest pieces that fit into it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Grid, Period, Recount, Rollup, Timestamp, TrackerId, Window};
use sqlx::SqliteConnection;

use super::{Reader, Reading};
use crate::{
    StoreError,
    history::{
        blocks, entry, recount,
        rollups::{self, Unit},
    },
};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 86_400_000;
/// Units that are read in one go although some between them are not needed.
const NEIGHBOURS: i64 = 48;

/// A piece of a period, and which period it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Day(i64),
    Hour(i64),
    /// Less than an hour, within one.
    Rest(Window),
}

impl Reader {
    pub(super) async fn tell_periods(
        &self,
        id: TrackerId,
        edges: &[Timestamp],
    ) -> Result<Vec<Period>, StoreError> {
        let mut reading = self.read(id).await?;
        let mut totals = vec![Rollup::default(); edges.len().saturating_sub(1)];
        sealed(&mut reading.db, id, edges, &mut totals).await?;
        unsealed(&reading, edges, &mut totals);
        let windows = edges.windows(2).zip(&totals);
        Ok(windows.map(|(ends, rollup)| rollup.period(Window::new(ends[0], ends[1]))).collect())
    }
}

/// Adds what is not sealed yet, and the time that the newest entry holds.
fn unsealed(reading: &Reading, edges: &[Timestamp], totals: &mut [Rollup]) {
    let mut recount = Recount::after(Grid::Edges(edges.to_vec()), reading.unsealed.holding);
    for (entry, stretch) in reading.unsealed.entries() {
        recount.add_beat(entry::beat(&entry), entry.latency, stretch.limit_ms);
    }
    if let Some(end) = edges.last() {
        recount.hold_until(*end);
    }
    for (number, rollup) in recount.into_parts() {
        if let Some(total) = usize::try_from(number).ok().and_then(|number| totals.get_mut(number)) {
            total.merge(&rollup);
        }
    }
}

/// Adds what is sealed.
async fn sealed(
    db: &mut SqliteConnection,
    id: TrackerId,
    edges: &[Timestamp],
    totals: &mut [Rollup],
) -> Result<(), StoreError> {
    let mut days = Wanted::default();
    let mut hours = Wanted::default();
    let mut rests: Vec<(usize, Window)> = Vec::new();
    for (place, ends) in edges.windows(2).enumerate() {
        for piece in pieces(Window::new(ends[0], ends[1])) {
            match piece {
                Piece::Day(day) => days.add(day, place),
                Piece::Hour(hour) => hours.add(hour, place),
                Piece::Rest(window) => rests.push((place, window)),
            }
        }
    }
    days.read(db, Unit::Days, id, totals).await?;
    hours.read(db, Unit::Hours, id, totals).await?;
    add_rests(db, id, &rests, totals).await
}

/// Divides a window into whole days, whole hours, and what is left at its ends.
fn pieces(window: Window) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = window.from.0;
    while at < window.to.0 {
        let left = window.to.0 - at;
        let (piece, length) = if at % DAY_MS == 0 && left >= DAY_MS {
            (Piece::Day(at / DAY_MS), DAY_MS)
        } else if at % HOUR_MS == 0 && left >= HOUR_MS {
            (Piece::Hour(at / HOUR_MS), HOUR_MS)
        } else {
            let length = (HOUR_MS - at.rem_euclid(HOUR_MS)).min(left);
            (Piece::Rest(Window { from: Timestamp(at), to: Timestamp(at + length) }), length)
        };
        pieces.push(piece);
        at += length;
    }
    pieces
}

/// Units of one table, each with the period that it belongs to.
#[derive(Default)]
struct Wanted(BTreeMap<i64, usize>);

impl Wanted {
    fn add(&mut self, unit: i64, place: usize) {
        self.0.insert(unit, place);
    }

    async fn read(
        &self,
        db: &mut SqliteConnection,
        unit: Unit,
        id: TrackerId,
        totals: &mut [Rollup],
    ) -> Result<(), StoreError> {
        let mut absent: BTreeSet<i64> = self.0.keys().copied().collect();
        for (from, to) in runs(self.0.keys().copied()) {
            for (number, rollup) in rollups::between(db, unit, id, from, to).await? {
                absent.remove(&number);
                let Some(total) = self.0.get(&number).and_then(|place| totals.get_mut(*place)) else {
                    continue;
                };
                match rollup {
                    Ok(rollup) => total.merge(&rollup),
                    Err(error) => total.merge(&recount::instead(db, unit, id, number, &error).await?),
                }
            }
        }
        self.recount_absent(db, unit, id, &absent, totals).await
    }

    /// A unit without a row is one in which nothing was recorded, or its row is lost. Then there are blocks.
    async fn recount_absent(
        &self,
        db: &mut SqliteConnection,
        unit: Unit,
        id: TrackerId,
        absent: &BTreeSet<i64>,
        totals: &mut [Rollup],
    ) -> Result<(), StoreError> {
        let absent: Vec<i64> = absent.iter().copied().collect();
        let length = unit.length_ms();
        for run in absent.chunk_by(|left, right| left + 1 == *right) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let (from, to) = (first.saturating_mul(length), last.saturating_add(1).saturating_mul(length));
            if !blocks::overlaps(db, id, from, to).await? {
                continue;
            }
            let edges: Vec<Timestamp> =
                (*first..=last + 1).map(|number| Timestamp(number * length)).collect();
            let parts = recount::between(db, id, &edges).await?;
            for (number, part) in run.iter().zip(&parts) {
                if let Some(total) = self.0.get(number).and_then(|place| totals.get_mut(*place)) {
                    total.merge(part);
                }
            }
        }
        Ok(())
    }
}

/// Ascending numbers as few runs, first and last of each.
fn runs(numbers: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if number - *last <= NEIGHBOURS => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}

/// Adds the ragged ends, from blocks. Those that touch are read together.
async fn add_rests(
    db: &mut SqliteConnection,
    id: TrackerId,
    rests: &[(usize, Window)],
    totals: &mut [Rollup],
) -> Result<(), StoreError> {
    for run in rests.chunk_by(|(_, left), (_, right)| left.to == right.from) {
        let mut edges: BTreeSet<Timestamp> = run.iter().map(|(_, window)| window.from).collect();
        edges.extend(run.last().map(|(_, window)| window.to));
        let edges: Vec<Timestamp> = edges.into_iter().collect();
        let parts = recount::between(db, id, &edges).await?;
        for ((place, _), part) in run.iter().zip(&parts) {
            if let Some(total) = totals.get_mut(*place) {
                total.merge(part);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_divided_into_the_largest_pieces() {
        let window = |from, to| Window { from: Timestamp(from), to: Timestamp(to) };
        let day = 20_000 * DAY_MS;
        assert_eq!(pieces(window(day, day + DAY_MS)), [Piece::Day(20_000)]);
        let from = day - HOUR_MS - 5;
        let to = day + DAY_MS + 7;
        assert_eq!(
            pieces(window(from, to)),
            [
                Piece::Rest(window(from, day - HOUR_MS)),
                Piece::Hour(day / HOUR_MS - 1),
                Piece::Day(20_000),
                Piece::Rest(window(day + DAY_MS, to)),
            ]
        );
        assert_eq!(pieces(window(5, 5)), []);
    }

    #[test]
    fn units_that_lie_near_each_other_are_read_together() {
        assert_eq!(runs([1, 2, 3, 50, 200].into_iter()), [(1, 50), (200, 200)]);
    }
}

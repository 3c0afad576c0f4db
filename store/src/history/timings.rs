//! Where the time of checks went: gathered in memory until a stretch is sealed, then rows of `phases` and `phase_hours`.

use std::collections::HashMap;

use domain::{PhaseLatencies, PhaseTime, Selection, Timestamp, Timing, TrackerId, Window};
use sqlx::{SqliteConnection, query_as, sqlite::SqliteRow};

use super::rollups;
use crate::{
    StoreError, block,
    bulk::{Insert, Rows},
    call::Values,
    row::Row,
};

const HOUR_MS: i64 = 3_600_000;
/// Rows of `phases` that are read in one go.
const ROWS: i64 = 2_000;

/// The timings of one tracker that are not sealed: about a kilobyte, whatever its interval, and a dozen bytes for each failure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timings {
    /// Hours and what their good checks add up to; nearly always one. In the order in which they were met.
    hours: Vec<(i64, PhaseLatencies)>,
    selection: Selection,
    full: Full,
}

/// Checks in full, packed as the row will hold them.
#[derive(Clone, Debug, Default)]
struct Full {
    payload: Vec<u8>,
    /// First and last due time; absent while there is none.
    span: Option<(Timestamp, Timestamp)>,
    /// When the first was due, from which the others are counted.
    base: Timestamp,
    /// When the newest was due.
    newest: Timestamp,
}

impl Timings {
    /// Adds a check in the order of recording.
    pub(crate) fn push(&mut self, timing: Timing) {
        if !timing.failed {
            let hour = timing.due.0.div_euclid(HOUR_MS);
            let place = self.hours.iter().rposition(|(known, _)| *known == hour);
            if place.is_none() {
                // A vector that grows by itself has room for four.
                self.hours.reserve_exact(1);
                self.hours.push((hour, PhaseLatencies::default()));
            }
            let place = place.unwrap_or(self.hours.len() - 1);
            if let Some((_, phases)) = self.hours.get_mut(place) {
                phases.record(&timing.phases);
            }
        }
        for chosen in self.selection.add(timing) {
            self.full.push(&chosen);
        }
    }

    /// Everything that would be kept in full if this were the end.
    fn all(&self) -> Full {
        let mut full = self.full.clone();
        if let Some(open) = self.selection.open() {
            full.push(&open);
        }
        full
    }

    /// The same as a row.
    fn in_full(&self, tracker: TrackerId) -> Option<InFull> {
        let full = self.all();
        let (first, last) = full.span?;
        // The payload counts from the first that was recorded, the row says which was due first: a clock may have been set back.
        let mut payload = Vec::with_capacity(full.payload.len() + 8);
        payload.extend(full.base.0.to_le_bytes());
        payload.extend(full.payload);
        Some(InFull { tracker, first, last, payload })
    }
}

impl Full {
    fn push(&mut self, timing: &Timing) {
        let Some((first, last)) = self.span else {
            *self = Self {
                span: Some((timing.due, timing.due)),
                base: timing.due,
                newest: timing.due,
                ..Self::default()
            };
            return block::put_timing(&mut self.payload, timing.due, timing);
        };
        self.span = Some((first.min(timing.due), last.max(timing.due)));
        block::put_timing(&mut self.payload, self.newest, timing);
        self.newest = timing.due;
    }
}

/// What is kept of one hour of a tracker.
pub(crate) struct Hour {
    tracker: TrackerId,
    number: i64,
    histograms: Vec<u8>,
}

/// What is kept in full of a tracker's checks.
pub(crate) struct InFull {
    tracker: TrackerId,
    first: Timestamp,
    last: Timestamp,
    payload: Vec<u8>,
}

/// Where hours go, in place of former ones.
pub(crate) const INSERT_HOUR: Insert =
    Insert::new("INSERT OR REPLACE INTO phase_hours (tracker_id, hour, checksum, histograms)", 4);
/// Where checks in full go.
pub(crate) const INSERT_FULL: Insert =
    Insert::new("INSERT INTO phases (tracker_id, first_due, last_due, checksum, payload)", 5);

/// Asks for hours of many trackers, given as JSON.
pub(super) const KNOWN: &str = "SELECT tracker_id, hour, checksum, histograms FROM json_each(?) AS span CROSS JOIN phase_hours \
                                ON tracker_id = span.value ->> 0 AND hour BETWEEN span.value ->> 1 AND span.value ->> 2";

/// What was gathered of a tracker.
pub(crate) type Gathered<'a> = (TrackerId, &'a Timings);

/// The hours that [`KNOWN`] is asked for.
pub(super) fn spans(gathered: &[Gathered<'_>]) -> String {
    rollups::json(parts(gathered).map(|((tracker, hour), _)| (tracker, hour, hour)))
}

fn parts<'a>(gathered: &'a [Gathered<'a>]) -> impl Iterator<Item = ((TrackerId, i64), &'a PhaseLatencies)> {
    gathered
        .iter()
        .flat_map(|(tracker, timings)| timings.hours.iter().map(|(hour, phases)| ((*tracker, *hour), phases)))
}

/// The hours of what was gathered, with what is known of them already: `rows` answer [`KNOWN`].
pub(super) fn merged(rows: &[SqliteRow], gathered: &[Gathered<'_>]) -> Result<Vec<Hour>, StoreError> {
    let mut known = HashMap::with_capacity(rows.len());
    for row in rows {
        let row = Row::of("phase_hours", row);
        let (tracker, hour) = (TrackerId(row.get("tracker_id")?), row.get("hour")?);
        match read_hour(tracker, hour, row.get("checksum")?, row.get("histograms")?) {
            Ok(phases) => drop(known.insert((tracker, hour), phases)),
            Err(error) => {
                tracing::error!(%tracker, hour, %error, "the phases of an hour are damaged; they are lost");
            }
        }
    }
    let hour = |((tracker, hour), part): ((TrackerId, i64), &PhaseLatencies)| {
        let histograms = match known.remove(&(tracker, hour)) {
            Some(mut all) => {
                all.merge(part);
                block::encode_hour(&all)
            }
            None => block::encode_hour(part),
        };
        Hour { tracker, number: hour, histograms }
    };
    Ok(parts(gathered).map(hour).collect())
}

/// What is kept in full of what was gathered.
pub(super) fn in_full(gathered: &[Gathered<'_>]) -> Vec<InFull> {
    gathered.iter().filter_map(|(tracker, timings)| timings.in_full(*tracker)).collect()
}

/// The rows of both tables.
pub(super) fn rows_of<'a>(hours: &'a [Hour], full: &'a [InFull]) -> [Rows<'a>; 2] {
    [Rows::of(hours, bind_hour), Rows::of(full, bind_full)]
}

fn bind_hour(values: &mut Values, row: &Hour) {
    let Hour { tracker, number, histograms } = row;
    let checksum = sum(&[tracker.0, *number], histograms);
    values.bind(tracker.0).bind(*number).bind(i64::from(checksum)).bind(histograms.clone());
}

fn bind_full(values: &mut Values, row: &InFull) {
    let InFull { tracker, first, last, payload } = row;
    let checksum = sum(&[tracker.0, first.0, last.0], payload);
    values.bind(tracker.0).bind(first.0).bind(last.0).bind(i64::from(checksum)).bind(payload.clone());
}

/// The hours of a tracker from one to another, both included. One that is damaged is an error in its place.
pub(crate) async fn hours(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, Result<PhaseLatencies, StoreError>)>, StoreError> {
    const HOURS: &str = "SELECT hour, checksum, histograms FROM phase_hours WHERE tracker_id = ? AND hour BETWEEN ? AND ? ORDER BY hour";
    let rows: Vec<(i64, i64, Vec<u8>)> =
        query_as(HOURS).bind(tracker.0).bind(from).bind(to).fetch_all(db).await?;
    let read = |(hour, checksum, histograms): (i64, i64, Vec<u8>)| {
        (hour, read_hour(tracker, hour, checksum, &histograms))
    };
    Ok(rows.into_iter().map(read).collect())
}

fn read_hour(
    tracker: TrackerId,
    hour: i64,
    checksum: i64,
    histograms: &[u8],
) -> Result<PhaseLatencies, StoreError> {
    if checksum != i64::from(sum(&[tracker.0, hour], histograms)) {
        return Err(StoreError::Corrupt { table: "phase_hours", column: "checksum" });
    }
    Ok(block::decode_hour(histograms)?)
}

/// One row of `phases`: its id, and what it holds if it is sound.
pub(crate) type FullRow = (i64, Result<Vec<Timing>, StoreError>);

/// The rows of a tracker with an id above `after`, at most [`ROWS`]: those that touch a window, or all.
pub(crate) async fn rows(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    window: Option<Window>,
    after: i64,
) -> Result<Vec<FullRow>, StoreError> {
    // The signs keep SQLite from walking through the whole table by its number.
    const TOUCHING: &str = "SELECT id, first_due, last_due, checksum, payload FROM phases \
                            WHERE tracker_id = ?1 AND last_due >= ?2 AND first_due <= ?3 AND +id > ?4 ORDER BY +id LIMIT ?5";
    let rows: Vec<(i64, i64, i64, i64, Vec<u8>)> = query_as(TOUCHING)
        .bind(tracker.0)
        .bind(window.map_or(i64::MIN, |window| window.from.0))
        .bind(window.map_or(i64::MAX, |window| window.to.0))
        .bind(after)
        .bind(ROWS)
        .fetch_all(db)
        .await?;
    let read = |(id, first, last, checksum, payload): (i64, i64, i64, i64, Vec<u8>)| {
        let is_sound = checksum == i64::from(sum(&[tracker.0, first, last], &payload));
        let corrupt = StoreError::Corrupt { table: "phases", column: "checksum" };
        (id, if is_sound { unpack(&payload) } else { Err(corrupt) })
    };
    Ok(rows.into_iter().map(read).collect())
}

fn unpack(payload: &[u8]) -> Result<Vec<Timing>, StoreError> {
    let corrupt = StoreError::Corrupt { table: "phases", column: "payload" };
    let (base, timings) = payload.split_first_chunk().ok_or(corrupt)?;
    Ok(block::decode_timings(Timestamp(i64::from_le_bytes(*base)), timings)?)
}

/// How long each phase took in the hours that a window touches.
pub(crate) async fn told(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    window: Window,
    unsealed: &Timings,
) -> Result<[PhaseTime; 5], StoreError> {
    let Some((from, to)) = touched(window) else { return Ok(Default::default()) };
    let mut all = PhaseLatencies::default();
    for (hour, phases) in hours(db, tracker, from, to).await? {
        match phases {
            Ok(phases) => all.merge(&phases),
            Err(error) => tracing::error!(%tracker, hour, %error, "the phases of an hour are damaged"),
        }
    }
    for (hour, phases) in &unsealed.hours {
        if (from..=to).contains(hour) {
            all.merge(phases);
        }
    }
    Ok(all.times())
}

/// The first and the last hour that a window touches; none when it is empty.
pub(crate) fn touched(window: Window) -> Option<(i64, i64)> {
    let last = window.to.0.checked_sub(1).filter(|last| *last >= window.from.0)?;
    Some((window.from.0.div_euclid(HOUR_MS), last.div_euclid(HOUR_MS)))
}

/// The slowest of those that are kept in full, the slowest first.
pub(crate) async fn slow(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    window: Window,
    limit: usize,
    unsealed: &Timings,
) -> Result<Vec<Timing>, StoreError> {
    let full = unsealed.all();
    let mut found = block::decode_timings(full.base, &full.payload)?;
    let mut after = i64::MIN;
    loop {
        keep_slowest(&mut found, window, limit);
        let rows = rows(db, tracker, Some(window), after).await?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        for (id, timings) in rows {
            match timings {
                Ok(timings) => found.extend(timings),
                Err(error) => tracing::error!(%tracker, id, %error, "a row of phases is damaged"),
            }
        }
    }
    Ok(found)
}

/// Leaves the slowest, the slowest first; of equally slow ones the newer first.
pub(crate) fn keep_slowest(found: &mut Vec<Timing>, window: Window, limit: usize) {
    found.retain(|timing| window.contains(timing.due));
    found.sort_by_key(|timing| std::cmp::Reverse((timing.latency, timing.due, timing.attempt)));
    found.truncate(limit);
}

fn sum(numbers: &[i64], payload: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    for number in numbers {
        sum.update(&number.to_le_bytes());
    }
    sum.update(payload);
    sum.finalize()
}

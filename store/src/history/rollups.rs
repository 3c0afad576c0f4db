//! Rows of `hours` and `days`.

use std::collections::BTreeMap;

use domain::{Counts, Rollup, Tally, TrackerId};
use sqlx::{SqliteConnection, query, sqlite::SqliteRow};

use crate::{
    StoreError, block,
    bulk::{Insert, Rows, Script},
    call::Values,
    row::Row,
};

/// One of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Hours,
    Days,
}

macro_rules! columns {
    () => {
        "up_ms, degraded_ms, down_ms, unknown_ms, paused_ms, maintenance_ms, up, degraded, down, unknown, retries, \
         min_us, max_us, sum_us, latencies, checksum"
    };
}

impl Unit {
    /// Its length in milliseconds.
    pub(crate) fn length_ms(self) -> i64 {
        match self {
            Self::Hours => 3_600_000,
            Self::Days => 86_400_000,
        }
    }

    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    /// Where its rollups go, in place of former ones.
    pub(crate) fn insert(self) -> Insert {
        const HOURS: &str = concat!("INSERT OR REPLACE INTO hours (tracker_id, hour, ", columns!(), ")");
        const DAYS: &str = concat!("INSERT OR REPLACE INTO days (tracker_id, day, ", columns!(), ")");
        Insert::new(if self == Self::Hours { HOURS } else { DAYS }, 18)
    }

    fn select(self) -> &'static str {
        match self {
            Self::Hours => concat!(
                "SELECT tracker_id, hour AS unit, ",
                columns!(),
                " FROM hours WHERE tracker_id = ? AND hour BETWEEN ? AND ? ORDER BY hour"
            ),
            Self::Days => concat!(
                "SELECT tracker_id, day AS unit, ",
                columns!(),
                " FROM days WHERE tracker_id = ? AND day BETWEEN ? AND ? ORDER BY day"
            ),
        }
    }

    /// Asks for the rollups of many trackers, given as JSON.
    pub(super) fn select_spans(self) -> &'static str {
        match self {
            Self::Hours => concat!(
                "SELECT tracker_id, hour AS unit, ",
                columns!(),
                " FROM json_each(?) AS span CROSS JOIN hours ON tracker_id = span.value ->> 0 \
                 AND hour BETWEEN span.value ->> 1 AND span.value ->> 2"
            ),
            Self::Days => concat!(
                "SELECT tracker_id, day AS unit, ",
                columns!(),
                " FROM json_each(?) AS span CROSS JOIN days ON tracker_id = span.value ->> 0 \
                 AND day BETWEEN span.value ->> 1 AND span.value ->> 2"
            ),
        }
    }
}

/// The rollups of a tracker from one unit to another, both included. One that is damaged is an error in its place.
pub(crate) async fn between(
    db: &mut SqliteConnection,
    unit: Unit,
    tracker: TrackerId,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, Result<Rollup, StoreError>)>, StoreError> {
    let rows = query(unit.select()).bind(tracker.0).bind(from).bind(to).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            let number = Row::of(unit.table(), row).get("unit")?;
            Ok((number, read(unit, tracker, number, row)))
        })
        .collect()
}

/// A tracker and the first and the last of some neighbouring units.
pub(crate) type Span = (TrackerId, i64, i64);

/// Spans as JSON, for statements that take many.
pub(super) fn json(spans: impl Iterator<Item = Span>) -> String {
    let spans: Vec<String> = spans.map(|(id, first, last)| format!("[{id},{first},{last}]")).collect();
    format!("[{}]", spans.join(","))
}

/// A rollup's tracker and number, and what it holds if it is sound.
pub(crate) type Found = ((TrackerId, i64), Result<Rollup, StoreError>);

/// What was answered to [`Unit::select_spans`].
pub(crate) fn found(unit: Unit, rows: &[SqliteRow]) -> Result<Vec<Found>, StoreError> {
    let found = |sqlite: &SqliteRow| {
        let row = Row::of(unit.table(), sqlite);
        let (tracker, number) = (TrackerId(row.get("tracker_id")?), row.get("unit")?);
        Ok(((tracker, number), read(unit, tracker, number, sqlite)))
    };
    rows.iter().map(found).collect()
}

/// A rollup and where it belongs.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) tracker: TrackerId,
    /// Of the hour or the day.
    pub(crate) number: i64,
    pub(crate) rollup: Rollup,
}

/// Where glances go, in place of former ones.
pub(crate) const INSERT_GLANCE: Insert =
    Insert::new("INSERT OR REPLACE INTO glances (tracker_id, day, glance)", 3);

/// Writes rollups by themselves, in place of former ones.
pub(crate) async fn write(
    db: &mut SqliteConnection,
    hours: &[Placed],
    days: &[Placed],
) -> Result<(), StoreError> {
    let script = Script::new(&[Unit::Hours.insert(), Unit::Days.insert(), INSERT_GLANCE], &[1, 16]);
    script.run(db, &mut rows(hours, days)).await
}

/// The rows of hours, of days, and of the glances of these.
pub(crate) fn rows<'a>(hours: &'a [Placed], days: &'a [Placed]) -> [Rows<'a>; 3] {
    [
        Rows::of(hours, |values, placed| bind(values, Unit::Hours, placed)),
        Rows::of(days, |values, placed| bind(values, Unit::Days, placed)),
        Rows::of(days, bind_glance),
    ]
}

fn bind(values: &mut Values, unit: Unit, placed: &Placed) {
    let Placed { tracker, number, rollup } = placed;
    let latencies = block::encode_latencies(&rollup.latencies);
    let numbers = numbers(rollup);
    let checksum = sum(unit, *tracker, *number, &numbers, &latencies);
    values.bind(tracker.0).bind(*number);
    for number in numbers {
        values.bind(number);
    }
    values.bind(latencies).bind(i64::from(checksum));
}

fn bind_glance(values: &mut Values, placed: &Placed) {
    let Placed { tracker, number, rollup } = placed;
    values.bind(tracker.0).bind(*number).bind(glance(*tracker, *number, &rollup.tally));
}

/// A day at a glance: its number and its times, with a checksum of them and the tracker.
fn glance(tracker: TrackerId, day: i64, tally: &Tally) -> String {
    let Tally { up_ms, degraded_ms, down_ms, unknown_ms, paused_ms, maintenance_ms } = tally;
    let text = format!("{day},{up_ms},{degraded_ms},{down_ms},{unknown_ms},{paused_ms},{maintenance_ms}");
    let sum = glance_sum(tracker, &text);
    text + "," + &sum.to_string()
}

fn glance_sum(tracker: TrackerId, text: &str) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&tracker.0.to_le_bytes());
    sum.update(text.as_bytes());
    sum.finalize()
}

/// A day from its glance; `None` when it is damaged.
pub(crate) fn read_glance(tracker: TrackerId, glance: &str) -> Option<(i64, Tally)> {
    let (sign, mut rest) = glance.strip_prefix('-').map_or((1, glance), |rest| (-1, rest));
    let mut numbers = [0; 7];
    for number in &mut numbers {
        (*number, rest) = number_and_rest(rest)?;
        rest = rest.strip_prefix(',')?;
    }
    let (sum, end) = number_and_rest(rest)?;
    let text = glance.get(..glance.len() - rest.len() - 1)?;
    if !end.is_empty() || sum != u64::from(glance_sum(tracker, text)) {
        return None;
    }
    let [day, up_ms, degraded_ms, down_ms, unknown_ms, paused_ms, maintenance_ms] = numbers;
    let tally = Tally { up_ms, degraded_ms, down_ms, unknown_ms, paused_ms, maintenance_ms };
    Some((sign * i64::try_from(day).ok()?, tally))
}

/// A number and what follows it. By hand, because the strips of a thousand trackers have 720,000 of them: they took twice as long when
/// each text was taken apart before its numbers were read.
fn number_and_rest(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit);
    let mut length = 0;
    let mut number = 0_u64;
    for digit in digits {
        number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        length += 1;
    }
    Some((number, text.get(length..)?)).filter(|_| length > 0)
}

/// Merges hours into whatever larger units they fall into.
pub(crate) fn by_days(hours: &BTreeMap<i64, Rollup>) -> BTreeMap<i64, Rollup> {
    let mut days = BTreeMap::<i64, Rollup>::new();
    for (hour, rollup) in hours {
        days.entry(hour.div_euclid(24)).or_default().merge(rollup);
    }
    days
}

/// Every number of a row, in the order of its columns.
fn numbers(rollup: &Rollup) -> [Option<i64>; 14] {
    let Rollup { tally, counts, latencies } = rollup;
    let of = |number: u64| Some(i64::try_from(number).unwrap_or(i64::MAX));
    [
        of(tally.up_ms),
        of(tally.degraded_ms),
        of(tally.down_ms),
        of(tally.unknown_ms),
        of(tally.paused_ms),
        of(tally.maintenance_ms),
        of(counts.up),
        of(counts.degraded),
        of(counts.down),
        of(counts.unknown),
        of(counts.retries),
        latencies.min().map(|min| min.0.into()),
        latencies.max().map(|max| max.0.into()),
        of(latencies.sum_us()),
    ]
}

fn sum(unit: Unit, tracker: TrackerId, number: i64, numbers: &[Option<i64>], latencies: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(unit.table().as_bytes());
    for number in [Some(tracker.0), Some(number)].iter().chain(numbers) {
        // An absent number differs from every present one: those are never negative, but for the unit's own.
        sum.update(&number.unwrap_or(i64::MIN).to_le_bytes());
    }
    sum.update(latencies);
    sum.finalize()
}

fn read(unit: Unit, tracker: TrackerId, number: i64, row: &SqliteRow) -> Result<Rollup, StoreError> {
    let row = Row::of(unit.table(), row);
    let tally = Tally {
        up_ms: row.fit("up_ms")?,
        degraded_ms: row.fit("degraded_ms")?,
        down_ms: row.fit("down_ms")?,
        unknown_ms: row.fit("unknown_ms")?,
        paused_ms: row.fit("paused_ms")?,
        maintenance_ms: row.fit("maintenance_ms")?,
    };
    let counts = Counts {
        up: row.fit("up")?,
        degraded: row.fit("degraded")?,
        down: row.fit("down")?,
        unknown: row.fit("unknown")?,
        retries: row.fit("retries")?,
    };
    let blob: Vec<u8> = row.get("latencies")?;
    let latencies = block::decode_latencies(
        &blob,
        row.fit_some("min_us")?.map(domain::Micros),
        row.fit_some("max_us")?.map(domain::Micros),
        row.fit("sum_us")?,
    )?;
    let rollup = Rollup { tally, counts, latencies };
    let expected = sum(unit, tracker, number, &numbers(&rollup), &blob);
    if row.fit::<u32>("checksum")? == expected { Ok(rollup) } else { Err(row.corrupt("checksum")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_is_read_as_it_was_written_and_nothing_else_is() {
        let (id, tally) = (TrackerId(7), Tally { up_ms: u64::MAX, down_ms: 90, ..Tally::default() });
        for day in [20_780, 0, -1] {
            let text = glance(id, day, &tally);
            assert_eq!(read_glance(id, &text), Some((day, tally)));
            assert_eq!(read_glance(TrackerId(8), &text), None, "it is another tracker's");
            for end in 0..text.len() {
                assert_eq!(read_glance(id, &text[..end]), None, "{}", &text[..end]);
            }
            for more in [",", ",1", "1", " ", "-"] {
                assert_eq!(read_glance(id, &(text.clone() + more)), None);
            }
        }
        for text in
            ["", ",", "-", "--1,0,0,0,0,0,0,0", "1,0,0,0,0,0,0,99999999999999999999", "1,0,0,ä,0,0,0,0"]
        {
            assert_eq!(read_glance(id, text), None, "{text}");
        }
    }
}

//! What all versions of a block have in common. `docs/format.md` has it byte by byte.

use super::{
    BlockError, Columns, MAX_ENTRIES,
    bytes::{self, Reader},
    column,
    columns::{NOTHING_ASKED, Packed},
};

/// Appends everything between the version and the checksum.
pub(super) fn encode(out: &mut Vec<u8>, columns: &Columns, interval_ms: u32) -> Result<(), BlockError> {
    if columns.len() > MAX_ENTRIES {
        return Err(BlockError::TooLarge);
    }
    bytes::put(out, columns.len() as u64);
    bytes::put_signed(out, columns.base);
    bytes::put(out, interval_ms.into());
    let column = |of: fn(Packed) -> u32| -> Vec<u32> { columns.packed.iter().copied().map(of).collect() };
    column::encode(out, &deviations(&column(Packed::due), interval_ms))?;
    column::encode(out, &attempts(columns))?;
    column::encode(out, &column(Packed::late_ms))?;
    let latency_us = column(Packed::latency_us);
    let unit = common_unit(&latency_us);
    bytes::put(out, unit.into());
    column::encode(out, &in_units(&latency_us, unit))?;
    column::encode(out, &column(|packed| packed.verdict.into()))?;
    column::encode(out, &columns.faults)
}

/// Reads what [`encode`] wrote; `has_fault` says which verdicts have one in this version.
pub(super) fn decode(reader: &mut Reader<'_>, has_fault: fn(u8) -> bool) -> Result<Columns, BlockError> {
    let count: usize = reader.number()?;
    if count > MAX_ENTRIES {
        return Err(BlockError::TooLarge);
    }
    let base = reader.signed()?;
    let interval_ms = reader.number()?;
    let due = due_times(&column::decode(reader, count.saturating_sub(1))?, interval_ms, count)?;
    if due.last().is_some_and(|last| base.checked_add((*last).into()).is_none()) {
        return Err(BlockError::Malformed("times after the end of time"));
    }
    let mut attempt = narrowed(&column::decode(reader, count)?)?;
    if attempt.iter().all(|attempt| *attempt == 0) {
        attempt = Vec::new();
    }
    let late_ms = column::decode(reader, count)?;
    let unit = reader.number()?;
    let latency_us = from_units(&column::decode(reader, count)?, unit)?;
    let verdict: Vec<u8> = narrowed(&column::decode(reader, count)?)?;
    let failed = verdict.iter().filter(|verdict| has_fault(**verdict)).count();
    let faults = column::decode(reader, failed)?;
    let rest = late_ms.into_iter().zip(latency_us).zip(verdict);
    let packed = due.into_iter().zip(rest);
    let packed =
        packed.map(|(due, ((late_ms, latency_us), verdict))| Packed::new(due, late_ms, latency_us, verdict));
    Ok(Columns { base, packed: packed.collect(), attempt, faults })
}

/// By how much each due time but the first misses the interval after the one before. A wrapped difference, folded so that
/// small ones are small either way.
fn deviations(due: &[u32], interval_ms: u32) -> Vec<u32> {
    let steps = due.iter().zip(due.iter().skip(1)).map(|(one, next)| next.wrapping_sub(*one));
    steps.map(|step| step.wrapping_sub(interval_ms).cast_signed()).map(fold).collect()
}

fn due_times(deviations: &[u32], interval_ms: u32, count: usize) -> Result<Vec<u32>, BlockError> {
    let mut due = Vec::with_capacity(count);
    due.extend((count > 0).then_some(0));
    let mut newest = 0_u32;
    for deviation in deviations {
        let step = interval_ms.wrapping_add(unfold(*deviation).cast_unsigned());
        newest = newest.checked_add(step).ok_or(BlockError::Malformed("times too far apart"))?;
        due.push(newest);
    }
    Ok(due)
}

/// 0, −1, 1, −2 … as 0, 1, 2, 3 …
fn fold(number: i32) -> u32 {
    ((number << 1) ^ (number >> 31)).cast_unsigned()
}

fn unfold(number: u32) -> i32 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn attempts(columns: &Columns) -> Vec<u32> {
    if columns.attempt.is_empty() {
        return vec![0; columns.len()];
    }
    columns.attempt.iter().map(|attempt| u32::from(*attempt)).collect()
}

/// The greatest common divisor of all latencies, so that a clock of tenths of a millisecond costs no more than it knows. pco
/// finds one by itself (its mode "int mult") but spends ten bytes to allow for exceptions, and 25 where it needs them.
fn common_unit(latency_us: &[u32]) -> u32 {
    let asked = latency_us.iter().filter(|us| **us != NOTHING_ASKED);
    asked.fold(0, |unit, us| gcd(unit, *us)).max(1)
}

/// Euclid.
fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// 0 where nothing was asked, otherwise one more than the number of units.
fn in_units(latency_us: &[u32], unit: u32) -> Vec<u32> {
    let in_units = |us: &u32| if *us == NOTHING_ASKED { 0 } else { us / unit + 1 };
    latency_us.iter().map(in_units).collect()
}

fn from_units(units: &[u32], unit: u32) -> Result<Vec<u32>, BlockError> {
    let latency = |units: &u32| match units.checked_sub(1) {
        None => Some(NOTHING_ASKED),
        Some(units) => units.checked_mul(unit).filter(|us| *us != NOTHING_ASKED),
    };
    let latencies: Option<Vec<u32>> = units.iter().map(latency).collect();
    latencies.filter(|_| unit > 0).ok_or(BlockError::Malformed("a latency out of range"))
}

fn narrowed<T: TryFrom<u32>>(column: &[u32]) -> Result<Vec<T>, BlockError> {
    let narrow: Result<Vec<T>, _> = column.iter().map(|value| T::try_from(*value)).collect();
    narrow.map_err(|_| BlockError::Malformed("an attempt or a verdict out of range"))
}

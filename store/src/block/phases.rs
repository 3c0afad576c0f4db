//! Where the time of checks went, as bytes. `docs/format.md` has them.

use domain::{Latencies, Micros, Phase, PhaseLatencies, Phases, Timestamp, Timing};

use super::{
    BlockError,
    bytes::{self, Reader},
    histogram::{decode_latencies, encode_latencies},
};

/// In the byte that begins phases, above the five bits that say which there are: the check failed …
const FAILED: u8 = 1 << 5;
/// … its latency follows …
const LATENCY: u8 = 1 << 6;
/// … its attempt follows.
const ATTEMPT: u8 = 1 << 7;
const PRESENT: u8 = FAILED - 1;

/// The phases of one check for its row; `None` when nothing is known of them.
pub(crate) fn encode_phases(phases: &Phases) -> Option<Vec<u8>> {
    if phases.is_none() {
        return None;
    }
    let mut out = Vec::with_capacity(16);
    out.push(present(phases));
    put_phases(&mut out, phases);
    Some(out)
}

/// Reads what [`encode_phases`] wrote.
pub(crate) fn decode_phases(bytes: &[u8]) -> Result<Phases, BlockError> {
    let mut reader = Reader::new(bytes);
    let head = reader.byte()?;
    if head & !PRESENT != 0 {
        return Err(BlockError::Malformed("phases of a kind that is not known"));
    }
    let phases = read_phases(&mut reader, head)?;
    reader.end()?;
    Ok(phases)
}

/// Appends a check in full; `former` is when the one before was due.
pub(crate) fn put_timing(out: &mut Vec<u8>, former: Timestamp, timing: &Timing) {
    bytes::put_signed(out, timing.due.0.wrapping_sub(former.0));
    let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    out.push(
        present(&timing.phases)
            | bit(timing.failed, FAILED)
            | bit(timing.latency.is_some(), LATENCY)
            | bit(timing.attempt > 0, ATTEMPT),
    );
    if timing.attempt > 0 {
        bytes::put(out, timing.attempt.into());
    }
    if let Some(latency) = timing.latency {
        bytes::put(out, latency.0.into());
    }
    put_phases(out, &timing.phases);
}

/// Reads what [`put_timing`] wrote, one after the other; the first was due at `base` plus what it says.
pub(crate) fn decode_timings(base: Timestamp, bytes: &[u8]) -> Result<Vec<Timing>, BlockError> {
    let mut reader = Reader::new(bytes);
    let mut timings = Vec::new();
    let mut due = base;
    while !reader.is_empty() {
        due = Timestamp(due.0.wrapping_add(reader.signed()?));
        let head = reader.byte()?;
        let attempt = if head & ATTEMPT != 0 { reader.number()? } else { 0 };
        let latency = if head & LATENCY != 0 { Some(Micros(reader.number()?)) } else { None };
        let phases = read_phases(&mut reader, head)?;
        timings.push(Timing { due, attempt, latency, phases, failed: head & FAILED != 0 });
    }
    Ok(timings)
}

/// The five histograms of an hour.
pub(crate) fn encode_hour(hour: &PhaseLatencies) -> Vec<u8> {
    let mut out = Vec::new();
    for (_, took) in hour.iter() {
        let buckets = encode_latencies(took);
        bytes::put(&mut out, buckets.len() as u64);
        if let (Some(min), Some(max)) = (took.min(), took.max()) {
            bytes::put(&mut out, min.0.into());
            bytes::put(&mut out, max.0.into());
            bytes::put(&mut out, took.sum_us());
            out.extend(buckets);
        }
    }
    out
}

/// Reads what [`encode_hour`] wrote.
pub(crate) fn decode_hour(bytes: &[u8]) -> Result<PhaseLatencies, BlockError> {
    let mut reader = Reader::new(bytes);
    let mut phases: [Latencies; 5] = Default::default();
    for took in &mut phases {
        let length: usize = reader.number()?;
        if length > 0 {
            let (min, max) = (Micros(reader.number()?), Micros(reader.number()?));
            let sum = reader.number()?;
            *took = decode_latencies(reader.take(length)?, Some(min), Some(max), sum)?;
        }
    }
    reader.end()?;
    Ok(PhaseLatencies::new(phases))
}

/// One bit for each phase that happened.
fn present(phases: &Phases) -> u8 {
    phases.iter().fold(0, |present, (phase, _)| present | 1 << phase as u8)
}

fn put_phases(out: &mut Vec<u8>, phases: &Phases) {
    for (_, took) in phases.iter() {
        bytes::put(out, took.0.into());
    }
}

fn read_phases(reader: &mut Reader<'_>, head: u8) -> Result<Phases, BlockError> {
    let mut phases = Phases::NONE;
    for phase in Phase::ALL.into_iter().filter(|phase| head & 1 << *phase as u8 != 0) {
        phases.add(phase, Micros(reader.number()?));
    }
    Ok(phases)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phases() -> impl Strategy<Value = Phases> {
        prop::array::uniform5(prop::option::of(0..u32::MAX))
            .prop_map(|all| Phases::from(all.map(|us| us.map(Micros))))
    }

    fn timing() -> impl Strategy<Value = Timing> {
        let latency = prop::option::of(any::<u32>().prop_map(Micros));
        (
            any::<i64>().prop_map(Timestamp),
            prop_oneof![Just(0), any::<u16>()],
            latency,
            phases(),
            any::<bool>(),
        )
            .prop_map(|(due, attempt, latency, phases, failed)| Timing {
                due,
                attempt,
                latency,
                phases,
                failed,
            })
    }

    #[test]
    fn a_check_over_a_kept_connection_costs_few_bytes() {
        let mut phases = Phases::NONE;
        phases.add(Phase::FirstByte, Micros(12_000));
        phases.add(Phase::Body, Micros(90));
        assert_eq!(encode_phases(&phases).map(|bytes| bytes.len()), Some(4));
        assert_eq!(encode_phases(&Phases::NONE), None);
    }

    proptest! {
        #[test]
        fn phases_come_back(phases in phases()) {
            if let Some(bytes) = encode_phases(&phases) {
                prop_assert_eq!(decode_phases(&bytes), Ok(phases));
            }
        }

        #[test]
        fn timings_come_back(all in prop::collection::vec(timing(), 0..20), base in any::<i64>()) {
            let (mut bytes, mut former) = (Vec::new(), Timestamp(base));
            for timing in &all {
                put_timing(&mut bytes, former, timing);
                former = timing.due;
            }
            prop_assert_eq!(decode_timings(Timestamp(base), &bytes), Ok(all));
        }

        #[test]
        fn an_hour_comes_back(all in prop::collection::vec(phases(), 0..50)) {
            let mut hour = PhaseLatencies::default();
            for phases in &all {
                hour.record(phases);
            }
            prop_assert_eq!(decode_hour(&encode_hour(&hour)), Ok(hour));
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (decode_phases(&bytes), decode_timings(Timestamp(0), &bytes), decode_hour(&bytes));
        }
    }
}

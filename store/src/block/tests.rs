//! What goes in comes out.

mod hostile;
mod samples;
mod sizes;

use domain::{Latencies, Micros, Timestamp};
use proptest::prelude::*;

use super::{columns::Unfit, *};

/// A quiet entry, to be changed where it matters.
const QUIET: Entry = Entry {
    due: Timestamp(0),
    attempt: 0,
    late_ms: 1,
    latency: Some(Micros(40_000)),
    verdict: UP,
    fault: None,
};

fn columns(entries: impl IntoIterator<Item = Entry>) -> Columns {
    let mut columns = Columns::default();
    for entry in entries {
        columns.push(entry).unwrap();
    }
    columns
}

/// A bit of everything: a gap, a failure with its retries, a slow one, one that was not asked.
fn eventful() -> Columns {
    let at = |seconds: i64| Entry { due: Timestamp(1_790_000_000_123 + seconds * 1_000), ..QUIET };
    let fault = Some(70_000);
    columns([
        Entry { latency: Some(Micros(38_200)), ..at(0) },
        Entry { latency: Some(Micros(41_700)), late_ms: 0, ..at(1) },
        Entry { latency: Some(Micros(10_000_000)), verdict: TOLERATED, fault, ..at(2) },
        Entry { latency: Some(Micros(3_100)), verdict: TOLERATED, fault: Some(3), attempt: 1, ..at(2) },
        Entry { latency: Some(Micros(2_900)), verdict: DOWN, fault, attempt: 2, ..at(2) },
        Entry { latency: None, late_ms: 1_000, verdict: UNKNOWN + 1, ..at(3) },
        Entry {
            latency: Some(Micros(812_000)),
            late_ms: 300,
            verdict: DEGRADED,
            fault: Some(9),
            ..at(3_600)
        },
        Entry { latency: Some(Micros(0)), ..at(3_601) },
    ])
}

#[test]
fn entries_come_back_from_columns_as_they_were() {
    let all = eventful();
    assert_eq!(columns(all.iter()), all);
    assert_eq!((all.len(), all.iter().count(), all.is_empty()), (8, 8, false));
    assert_eq!(all.first_due(), Some(Timestamp(1_790_000_000_123)));
    assert_eq!(all.last_due(), Some(Timestamp(1_790_003_601_123)));
    let faults: Vec<_> = all.iter().map(|entry| entry.fault).collect();
    assert_eq!(faults, [None, None, Some(70_000), Some(3), Some(70_000), None, Some(9), None]);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut all = columns([Entry { due: Timestamp(-5), ..QUIET }, QUIET]);
    let before = all.clone();
    for (entry, why) in [
        (Entry { due: Timestamp(-1), ..QUIET }, Unfit::Due),
        (Entry { due: Timestamp(i64::MAX), ..QUIET }, Unfit::Due),
        (Entry { due: Timestamp(i64::from(u32::MAX) - 4), ..QUIET }, Unfit::Due),
        (Entry { verdict: DOWN, ..QUIET }, Unfit::Fault),
        (Entry { fault: Some(1), ..QUIET }, Unfit::Fault),
    ] {
        assert_eq!(all.push(entry), Err(why));
        assert_eq!(all, before);
    }
    all.push(Entry { due: Timestamp(i64::from(u32::MAX) - 5), ..QUIET }).unwrap();
}

#[test]
fn a_block_holds_so_many_entries_and_no_more() {
    let mut full = columns(std::iter::repeat_n(QUIET, MAX_ENTRIES));
    assert_eq!(full.push(QUIET), Err(Unfit::Full));
    let block = encode(&full, 0).unwrap();
    assert!(block.len() < 40, "constant columns cost next to nothing: {}", block.len());
    assert_eq!(decode(&block).unwrap(), full);
}

#[test]
fn memory_is_thirteen_bytes_for_each_entry() {
    let quiet = columns(std::iter::repeat_n(QUIET, 600));
    let bytes = size_of::<columns::Packed>() * quiet.packed.capacity() + 2 * quiet.attempt.capacity();
    assert!(bytes <= 600 * 15, "{bytes}");
}

#[test]
fn the_longest_latency_is_told_from_none() {
    let all = columns([Entry { latency: Some(Micros(u32::MAX)), ..QUIET }, Entry { latency: None, ..QUIET }]);
    let latencies: Vec<_> =
        decode(&encode(&all, 0).unwrap()).unwrap().iter().map(|entry| entry.latency).collect();
    assert_eq!(latencies, [Some(Micros(u32::MAX - 1)), None]);
}

/// [`eventful`] as version 1 wrote it on its first day, without what the degraded one missed.
const EVENTFUL: &str = "
    01 08 f6 b1 83 c5 98 68 e8 07
    03 17 00 33 00 20 00 00 00 00 90 e7 03 00 00 00 c0 bd 6d 00 00 82 03 07 00
    01 07 00 10 00 00 10 40 02
    02 0f 00 22 00 10 00 20 c0 12 a0 00 3c 40 e7 15 80
    64 03 1a 00 10 00 00 00 00 00 88 00 7f 01 44 03 84 1a 06 01 e0 01 00 00 40 ee 87 00 00
    01 0c 10 01 01 00 b8 02 00 70 c2 f7 c1 03
    03 10 00 22 00 60 00 00 00 00 10 2e 22 00 00 00 22 00
    fc 73 fc 3b";

/// Four quiet entries, which are constant columns.
const STEADY: &str = "01 04 00 b0 ea 01 00 00 00 00 00 01 c0 b8 02 00 02 00 00 1d 96 74 d2";

/// The same as version 2 has it, which `docs/format.md` shows.
const STEADY_2: &str = "02 04 00 b0 ea 01 00 00 00 00 00 01 c0 b8 02 00 02 00 00 b4 10 22 71";

fn steady() -> Columns {
    columns((0..4).map(|n| Entry { due: Timestamp(n * 30_000), ..QUIET }))
}

/// Blocks like these are on users' disks.
#[test]
fn the_first_blocks_of_version_1_are_still_read() {
    let forgetful = columns(eventful().iter().map(|entry| Entry {
        fault: if entry.verdict == DEGRADED { Some(0) } else { entry.fault },
        ..entry
    }));
    for (hex, expect) in [(EVENTFUL, forgetful), (STEADY, steady())] {
        let bytes = hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap());
        assert_eq!(decode(&bytes.collect::<Vec<_>>()), Ok(expect), "{hex}");
    }
}

#[test]
fn the_example_of_the_manual_is_what_is_written() {
    let bytes = encode(&steady(), 30_000).unwrap();
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex.join(" "), STEADY_2);
}

/// A pco that writes another format needs a new version of the block, because the header with pco's version is not stored.
#[test]
fn pco_writes_the_format_that_version_1_names() {
    let header = pco::wrapped::FileCompressor::default().write_header(Vec::new()).unwrap();
    assert_eq!(header, column::PCO_FORMAT);
}

#[test]
fn histograms_come_back() {
    assert!(encode_latencies(&Latencies::default()).is_empty());
    assert_eq!(decode_latencies(&[], None, None, 0), Ok(Latencies::default()));
    assert!(decode_latencies(&[4], None, None, 0).is_err());
    assert!(decode_latencies(&[], Some(Micros(1)), Some(Micros(1)), 1).is_err());
}

fn entry() -> impl Strategy<Value = (u32, Entry)> {
    let step = prop_oneof![6 => Just(1_000), 1 => 0..100_000_u32, 1 => any::<u32>()];
    let attempt = prop_oneof![8 => Just(0), 1 => 0..4_u16, 1 => any::<u16>()];
    let late_ms = prop_oneof![8 => 0..3_u32, 1 => any::<u32>()];
    let latency = prop_oneof![
        1 => Just(None),
        4 => (0..2_000_u32).prop_map(|tenths| Some(Micros(tenths * 100))),
        1 => (0..u32::MAX).prop_map(|us| Some(Micros(us))),
    ];
    let verdict = prop_oneof![8 => Just(UP), 2 => 0..4_u8, 1 => any::<u8>()];
    (step, attempt, late_ms, latency, verdict, prop_oneof![0..9_u32, any::<u32>()]).prop_map(
        |(step, attempt, late_ms, latency, verdict, fault)| {
            let fault = columns::has_fault(verdict).then_some(fault);
            (step, Entry { due: Timestamp(0), attempt, late_ms, latency, verdict, fault })
        },
    )
}

/// Any entries that fit after one another from this time on.
fn any_columns() -> impl Strategy<Value = Columns> {
    let first = prop_oneof![0..2_000_000_000_000_i64, any::<i64>()];
    (first, prop::collection::vec(entry(), 0..300)).prop_map(|(mut due, entries)| {
        let mut columns = Columns::default();
        for (step, entry) in entries {
            let refused = columns.push(Entry { due: Timestamp(due), ..entry });
            assert_ne!(refused, Err(Unfit::Fault));
            due = due.saturating_add(step.into());
        }
        columns
    })
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(all in any_columns(), interval in prop_oneof![Just(0), Just(1_000), any::<u32>()]) {
        let block = encode(&all, interval).unwrap();
        prop_assert_eq!(decode(&block), Ok(all));
    }

    /// As version 1 has them: what the degraded ones missed is not among the faults.
    #[test]
    fn version_1_is_read_without_what_degraded_checks_missed(all in any_columns(), interval in any::<u32>()) {
        let is_kept = |entry: &Entry| entry.fault.filter(|_| entry.verdict != DEGRADED);
        let kept = Columns { faults: all.iter().filter_map(|entry| is_kept(&entry)).collect(), ..all.clone() };
        let mut block = vec![1];
        layout::encode(&mut block, &kept, interval).unwrap();
        block.extend(crc32fast::hash(&block).to_le_bytes());
        let expect = all.iter().map(|entry| Entry {
            fault: if entry.verdict == DEGRADED { Some(0) } else { entry.fault },
            ..entry
        });
        prop_assert_eq!(decode(&block), Ok(columns(expect)));
    }

    #[test]
    fn a_histogram_survives_its_bytes(all in prop::collection::vec((0..32_u32, any::<u32>()), 0..200)) {
        let mut latencies = Latencies::default();
        for (octave, us) in all {
            latencies.record(Micros(us >> octave));
        }
        let bytes = encode_latencies(&latencies);
        let again = decode_latencies(&bytes, latencies.min(), latencies.max(), latencies.sum_us());
        prop_assert_eq!(again, Ok(latencies));
    }
}

//! What an entry costs on disk and, on demand, in time.

use super::{
    samples::{Dice, latency, stretch},
    *,
};

const STRETCHES: usize = 50;

fn stretches(count: usize, interval_ms: u32, resolution: u32) -> Vec<Columns> {
    let mut dice = Dice(88_172_645_463_325_252);
    (0..STRETCHES).map(|_| stretch(&mut dice, count, interval_ms, resolution)).collect()
}

fn blocks(stretches: &[Columns], interval_ms: u32) -> Vec<Vec<u8>> {
    stretches.iter().map(|columns| encode(columns, interval_ms).unwrap()).collect()
}

/// Hundredths of a byte.
fn per_entry(count: usize, interval_ms: u32, resolution: u32) -> usize {
    let stretches = stretches(count, interval_ms, resolution);
    let bytes: usize = blocks(&stretches, interval_ms).iter().map(Vec::len).sum();
    let entries: usize = stretches.iter().map(Columns::len).sum();
    bytes * 100 / entries
}

#[test]
fn an_entry_costs_about_two_bytes() {
    for (count, interval_ms, resolution, at_most) in [
        (600, 1_000, 100, 170),
        (600, 1_000, 1, 255),
        (512, 60_000, 100, 175),
        (512, 60_000, 1, 260),
        (60, 60_000, 100, 260),
    ] {
        let found = per_entry(count, interval_ms, resolution);
        println!("{count} entries each {interval_ms} ms at {resolution} µs: {found} hundredths of a byte");
        assert!(found <= at_most, "{found} instead of {at_most} at {count}, {interval_ms}, {resolution}");
    }
}

#[test]
fn an_hour_of_one_check_a_minute_is_a_small_histogram() {
    let mut dice = Dice(42);
    let mut bytes = 0;
    for _ in 0..STRETCHES {
        let mut hour = Latencies::default();
        for _ in 0..60 {
            hour.record(latency(&mut dice, 100));
        }
        bytes += encode_latencies(&hour).len();
    }
    println!("an hour of one check a minute: {} bytes", bytes / STRETCHES);
    assert!(bytes / STRETCHES <= 40);
}

/// For people: `cargo test -p store --release --lib timing -- --ignored --nocapture`.
#[test]
#[ignore = "prints how long it takes, which a test does not judge"]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn timing() {
    for (count, interval_ms, resolution) in
        [(600, 1_000, 100), (600, 1_000, 1), (512, 60_000, 100), (60, 60_000, 100)]
    {
        let stretches = stretches(count, interval_ms, resolution);
        let all = blocks(&stretches, interval_ms);
        let started = std::time::Instant::now();
        for _ in 0..20 {
            assert_eq!(blocks(&stretches, interval_ms).len(), STRETCHES);
        }
        let encoded = started.elapsed();
        let started = std::time::Instant::now();
        for _ in 0..20 {
            for block in &all {
                decode(block).unwrap();
            }
        }
        let decoded = started.elapsed();
        let entries = 20 * STRETCHES * count;
        println!(
            "{count} entries at {resolution} µs: encode {} ns, decode {} ns each",
            encoded.as_nanos() / entries as u128,
            decoded.as_nanos() / entries as u128
        );
    }
}

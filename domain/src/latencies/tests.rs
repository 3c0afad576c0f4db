use proptest::prelude::*;

use super::*;

fn of(latencies: &[u32]) -> Latencies {
    let mut all = Latencies::default();
    for us in latencies {
        all.record(Micros(*us));
    }
    all
}

fn merged(mut one: Latencies, other: &Latencies) -> Latencies {
    one.merge(other);
    one
}

fn parts(min: u32, max: u32, buckets: &[(u16, u32)]) -> Option<Latencies> {
    Latencies::from_parts(Some(Micros(min)), Some(Micros(max)), 0, buckets.iter().copied())
}

/// Latencies of every size, as a target's are: each octave is as likely as another.
fn latencies() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec((0..32_u32, any::<u32>()).prop_map(|(octave, us)| us >> octave), 0..200)
}

#[test]
fn an_empty_histogram_knows_nothing() {
    let empty = Latencies::default();
    assert_eq!((empty.count(), empty.sum_us(), empty.buckets().count()), (0, 0, 0));
    assert_eq!((empty.min(), empty.max(), empty.mean(), empty.percentile(5_000)), (None, None, None, None));
    assert_eq!(Latencies::from_parts(None, None, 0, []), Some(empty));
}

#[test]
fn buckets_follow_one_another_from_zero_to_the_largest_latency() {
    assert_eq!([0, 15, 16, 31, 32, 34].map(|us| bucket_of(Micros(us))), [0, 15, 16, 31, 32, 33]);
    assert_eq!(bucket_of(Micros(u32::MAX)), 463);
    for bucket in 0..464 {
        assert_eq!(bucket_of(middle_of(bucket)), usize::from(bucket));
    }
}

#[test]
fn percentiles_are_by_nearest_rank() {
    let ten = of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (hundredths, expect) in
        [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (5_000, 5), (9_000, 9), (9_001, 10), (10_000, 10)]
    {
        assert_eq!(ten.percentile(hundredths), Some(Micros(expect)), "{hundredths}");
    }
    assert_eq!((ten.mean(), ten.sum_us(), ten.count()), (Some(Micros(5)), 55, 10));
}

#[test]
fn a_percentile_lies_between_the_smallest_and_the_largest() {
    let alike = of(&[40_001; 100]);
    assert_eq!(alike.percentile(5_000), Some(Micros(40_001)));
    assert_eq!(of(&[7, 1_000_003]).percentile(u16::MAX), Some(Micros(1_000_003)));
}

#[test]
fn parts_that_no_recording_gives_are_refused() {
    assert_eq!(parts(3, 9, &[(3, 1), (9, 2)]).map(|latencies| latencies.count()), Some(3));
    for (why, min, max, buckets) in [
        ("no such bucket", 3, u32::MAX, &[(3, 1), (464, 1)][..]),
        ("twice the same", 3, 9, &[(3, 1), (9, 1), (9, 1)]),
        ("descending", 3, 9, &[(9, 1), (3, 1)]),
        ("counts nothing", 3, 9, &[(3, 1), (5, 0), (9, 1)]),
        ("smallest elsewhere", 4, 9, &[(3, 1), (9, 1)]),
        ("largest elsewhere", 3, 8, &[(3, 1), (9, 1)]),
        ("smallest above largest", 33, 32, &[(32, 2)]),
        ("nothing counted", 3, 9, &[]),
    ] {
        assert_eq!(parts(min, max, buckets), None, "{why}");
    }
    assert_eq!(Latencies::from_parts(None, None, 1, []), None);
    assert_eq!(Latencies::from_parts(None, None, 0, [(3, 1)]), None);
    assert_eq!(Latencies::from_parts(Some(Micros(3)), None, 3, [(3, 1)]), None);
}

#[test]
fn counts_end_at_their_limit_instead_of_wrapping() {
    let full = parts(3, 3, &[(3, u32::MAX)]).unwrap();
    assert_eq!(merged(full.clone(), &full).count(), u64::from(u32::MAX));
}

proptest! {
    #[test]
    fn a_percentile_is_within_a_sixteenth_of_the_exact_one(
        mut all in latencies().prop_filter("some", |all| !all.is_empty()),
        hundredths in 0..=10_000_u16,
    ) {
        let found = of(&all).percentile(hundredths).unwrap().0;
        all.sort_unstable();
        let rank = (all.len() * usize::from(hundredths)).div_ceil(10_000).max(1);
        let exact = all[rank - 1];
        prop_assert!(found.abs_diff(exact) <= exact / 16, "{found} for {exact}");
        prop_assert!(rank < all.len() || found == exact);
    }

    #[test]
    fn merging_is_recording_everything_in_one(one in latencies(), two in latencies(), three in latencies()) {
        let [a, b, c] = [&one, &two, &three].map(|all| of(all));
        let together = of(&[one, two, three].concat());
        prop_assert_eq!(&merged(merged(a.clone(), &b), &c), &together);
        prop_assert_eq!(&merged(a.clone(), &merged(b.clone(), &c)), &together);
        prop_assert_eq!(&merged(merged(c, &a), &b), &together);
    }

    #[test]
    fn the_parts_are_the_whole(all in latencies()) {
        let whole = of(&all);
        let again = Latencies::from_parts(whole.min(), whole.max(), whole.sum_us(), whole.buckets());
        prop_assert_eq!(again, Some(whole.clone()));
        prop_assert_eq!(whole.count(), all.len() as u64);
        prop_assert_eq!(whole.sum_us(), all.iter().map(|us| u64::from(*us)).sum::<u64>());
        prop_assert_eq!(whole.max().map(|max| max.0), all.iter().max().copied());
    }
}

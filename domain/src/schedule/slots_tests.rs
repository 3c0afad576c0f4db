use proptest::prelude::*;

use super::*;
use crate::Schedule;

fn cron(expression: &str, zone: &str) -> Slots {
    Slots::new(&Schedule::cron(expression, zone).unwrap(), TrackerId(1))
}

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<Instant>().unwrap().as_millisecond())
}

/// The next slots after a time, as UTC times without date and milliseconds.
fn next(slots: &Slots, after: &str, count: usize) -> Vec<String> {
    slots.after(at(after)).take(count).map(|slot| slot.to_string()[11..19].to_owned()).collect()
}

#[test]
fn every_second_is_every_second_at_the_same_phase() {
    let slots = Slots::new(&Schedule::every("1s").unwrap(), TrackerId(42));
    let first = slots.next_after(Timestamp(0)).unwrap();
    let all: Vec<i64> = slots.after(Timestamp(0)).take(1_000).map(|slot| slot.0 - first.0).collect();
    assert_eq!(all, (0..1_000).map(|n| n * 1_000).collect::<Vec<_>>());
}

#[test]
fn phases_of_consecutive_trackers_are_level() {
    let mut tenths = [0; 10];
    for id in 1..=10_000 {
        let slots = Slots::new(&Schedule::every("1s").unwrap(), TrackerId(id));
        let phase = slots.next_after(Timestamp(-1)).unwrap().0;
        tenths[usize::try_from(phase / 100).unwrap()] += 1;
    }
    assert!(tenths.iter().all(|count| (850..1_150).contains(count)), "{tenths:?}");
}

/// The forward change in Berlin on 2026-03-29: 01:00 UTC, when 02:00 becomes 03:00.
#[test]
fn a_missing_time_moves_to_the_next_valid_one() {
    let half_past_two = cron("0 30 2 * * *", "Europe/Berlin");
    assert_eq!(
        next(&half_past_two, "2026-03-27T23:00:00Z", 4),
        ["01:30:00", "01:00:00", "00:30:00", "00:30:00"]
    );
}

/// A property found it: a restart within the last second before the change lost the moved slot.
#[test]
fn a_moved_time_is_found_from_just_before_the_change() {
    let half_past_two = cron("0 30 2 * * SUN", "America/New_York");
    let moved = at("2027-03-14T07:00:00Z");
    assert_eq!(half_past_two.next_after(Timestamp(moved.0 - 1)), Some(moved));
    assert_eq!(half_past_two.next_after(moved), Some(at("2027-03-21T06:30:00Z")));
}

/// The backward change in Berlin on 2026-10-25: 01:00 UTC, when 03:00 becomes 02:00.
#[test]
fn a_repeated_hour_fires_once_for_a_named_hour() {
    let half_past_two = cron("0 30 2 * * *", "Europe/Berlin");
    assert_eq!(next(&half_past_two, "2026-10-24T12:00:00Z", 2), ["00:30:00", "01:30:00"]);
    assert_eq!(half_past_two.next_after(at("2026-10-25T00:30:00Z")), Some(at("2026-10-26T01:30:00Z")));
}

#[test]
fn a_repeated_hour_fires_twice_for_every_hour() {
    let half_past = cron("0 30 * * * *", "Europe/Berlin");
    assert_eq!(next(&half_past, "2026-10-25T00:00:00Z", 3), ["00:30:00", "01:30:00", "02:30:00"]);
}

#[test]
fn every_second_runs_through_both_changes() {
    let seconds = cron("* * * * * *", "Europe/Berlin");
    for change in ["2026-03-29T00:59:57Z", "2026-10-25T00:59:57Z", "2026-10-25T01:59:57Z"] {
        let start = at(change);
        let distances: Vec<i64> = seconds.after(start).take(6).map(|slot| slot.0 - start.0).collect();
        assert_eq!(distances, [1_000, 2_000, 3_000, 4_000, 5_000, 6_000], "{change}");
    }
}

#[test]
fn half_an_hour_of_summer_time_is_enough() {
    // Lord Howe moves by 30 minutes: 02:00 becomes 02:30 on 2026-10-04 at 15:30 UTC the day before.
    let quarter = cron("0 15 2 * * *", "Australia/Lord_Howe");
    assert_eq!(quarter.next_after(at("2026-10-03T00:00:00Z")), Some(at("2026-10-03T15:30:00Z")));
}

#[test]
fn five_fields_have_second_zero_and_unix_weekdays() {
    let monday = cron("0 6 * * 1", "UTC");
    assert_eq!(monday.next_after(at("2026-11-22T00:00:00Z")), Some(at("2026-11-23T06:00:00Z")));
    let sunday = cron("0 6 * * 7", "UTC");
    assert_eq!(sunday.next_after(at("2026-11-21T00:00:00Z")), Some(at("2026-11-22T06:00:00Z")));
}

#[test]
fn a_schedule_may_end() {
    assert_eq!(cron("0 0 0 1 1 * 2030", "UTC").next_after(at("2031-01-01T00:00:00Z")), None);
}

fn schedules() -> impl Strategy<Value = Slots> {
    let zones =
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"];
    let expressions = [
        "* * * * * *",
        "*/7 * * * * *",
        "0 * * * * *",
        "0 30 * * * *",
        "0 30 2 * * *",
        "0 0 0 * * *",
        "0 0 3 * * *",
        "15 59 1,2,3 * * *",
        "0 30 2 * * SUN",
        "0 0 12 1 * *",
    ];
    prop_oneof![
        (1..86_400_u32, 1..10_000_i64).prop_map(|(secs, id)| {
            Slots::new(&Schedule::every(&secs.to_string()).unwrap(), TrackerId(id))
        }),
        (prop::sample::select(expressions.to_vec()), prop::sample::select(zones.to_vec()))
            .prop_map(|(expression, zone)| cron(expression, zone)),
    ]
}

proptest! {
    /// Around both changes of 2026 as well as anywhere else in 2024 to 2030.
    #[test]
    fn slots_strictly_increase_and_do_not_depend_on_where_one_starts(
        slots in schedules(),
        start in prop_oneof![
            1_704_067_200_000..1_893_456_000_000_i64,
            1_774_745_000_000 - 90_000_000..1_774_745_000_000 + 90_000_000_i64,
            1_792_886_400_000 - 90_000_000..1_792_886_400_000 + 90_000_000_i64,
        ],
        skip in 1..40_usize,
    ) {
        let from = Timestamp(start);
        let run: Vec<Timestamp> = slots.after(from).take(80).collect();
        prop_assert_eq!(run.len(), 80);
        prop_assert!(run[0] > from);
        prop_assert!(run.windows(2).all(|pair| pair[0] < pair[1]));
        // A restart at any moment finds the same slots.
        let restart = Timestamp(run[skip].0 - 1);
        prop_assert_eq!(slots.next_after(restart), Some(run[skip]));
        prop_assert_eq!(slots.missed_between(run[skip - 1], run[skip]), None);
        prop_assert_eq!(slots.missed_between(run[skip - 1], run[skip + 1]), Some(run[skip]));
    }
}

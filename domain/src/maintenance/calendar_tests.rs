use super::*;

const HOUR: i64 = 3_600_000;
/// 2026-11-23T12:00:00Z, a Monday.
const NOW: i64 = 1_795_435_200_000;

fn at(text: &str) -> Timestamp {
    crate::parse_time(text, Timestamp(NOW)).unwrap()
}

fn once(name: &str, from: i64, until: i64) -> Maintenance {
    let when = Occasion::Once(Stretch { from: Timestamp(from), until: Timestamp(until) });
    Maintenance { id: None, name: name.into(), scope: Scope::default(), when }
}

fn each(cron: &str, zone: &str, hours: u64) -> Maintenance {
    let cron = Box::new(Cron::parse(cron, zone).unwrap());
    Maintenance { when: Occasion::Recurring(cron, Duration::from_hours(hours)), ..once("", 0, 0) }
}

fn subject() -> Subject<'static> {
    Subject { id: TrackerId(7), group: "Home", tags: &[] }
}

#[test]
fn what_is_once_is_over_afterwards() {
    let maintenance = once("", NOW, NOW + HOUR);
    let holds = |ms| maintenance.stretches(Timestamp(ms)).next().map(|stretch| stretch.holds(Timestamp(ms)));
    let held = [NOW - 1, NOW, NOW + HOUR - 1, NOW + HOUR].map(holds);
    assert_eq!(held, [Some(false), Some(true), Some(true), None]);
}

#[test]
fn what_recurs_is_there_again() {
    let nightly = each("0 3 * * *", "UTC", 2);
    let starts: Vec<String> =
        nightly.stretches(Timestamp(NOW)).take(2).map(|stretch| stretch.from.to_string()).collect();
    assert_eq!(starts, ["2026-11-24T03:00:00.000Z", "2026-11-25T03:00:00.000Z"]);
    let running = nightly.stretches(at("2026-11-24T04:59:59.999Z")).next().unwrap();
    assert_eq!(running.from, at("2026-11-24T03:00:00Z"));
    let next = nightly.stretches(at("2026-11-24T05:00:00Z")).next().unwrap();
    assert_eq!(next.from, at("2026-11-25T03:00:00Z"));
}

#[test]
fn a_change_of_summer_time_moves_the_start_not_the_length() {
    // Clocks in Berlin went from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
    let nightly = each("30 2 * * *", "Europe/Berlin", 1);
    let on = |day: &str| nightly.stretches(at(day)).next().unwrap();
    let spring = on("2026-03-29T00:00:00Z");
    assert_eq!((spring.from, spring.until), (at("2026-03-29T01:00:00Z"), at("2026-03-29T02:00:00Z")));
    let autumn = on("2026-10-25T00:00:00Z");
    assert_eq!((autumn.from, autumn.until), (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")));
    assert_eq!(on("2026-10-25T01:30:00Z").from, at("2026-10-26T01:30:00Z"), "not twice in the repeated hour");
}

#[test]
fn of_several_the_one_counts_that_holds_and_lasts_longest() {
    let calendar = Calendar::of(vec![
        once("soon", NOW + 1, NOW + 9 * HOUR),
        once("short", NOW - 1, NOW + HOUR),
        once("long", NOW - 2, NOW + 2 * HOUR),
    ]);
    let named = |ms| calendar.at(Timestamp(ms))(subject()).map(|(_, maintenance)| maintenance.name);
    assert_eq!(named(NOW).as_deref(), Some("long"));
    assert_eq!(named(NOW - 9).as_deref(), Some("long"), "the next one");
    assert_eq!(named(NOW + 3 * HOUR).as_deref(), Some("soon"));
    assert_eq!(calendar.next_change(Timestamp(NOW)), Some(Timestamp(NOW + 1)));
    assert_eq!(calendar.next_change(Timestamp(NOW + 9 * HOUR)), None);
}

#[test]
fn afterwards_it_is_known_when_it_was_over() {
    let calendar = Calendar::of(vec![once("", NOW, NOW + HOUR)]);
    let ended = |at, now| calendar.ended(subject(), Timestamp(at), Timestamp(now));
    assert_eq!(ended(NOW + 5, NOW + 2 * HOUR), Some(Timestamp(NOW + HOUR)));
    assert_eq!(ended(NOW + 5, NOW + 6), None, "it lasts");
    assert_eq!(ended(NOW - 5, NOW + 2 * HOUR), None, "it had not begun");
}

#[test]
fn only_who_is_meant_is_in_maintenance() {
    let scope = Scope { trackers: vec![TrackerId(8)], ..Scope::default() };
    let calendar = Calendar::of(vec![Maintenance { scope, ..once("", NOW, NOW + HOUR) }]);
    let of = |id| calendar.at(Timestamp(NOW))(Subject { id: TrackerId(id), ..subject() });
    assert!(of(7).is_none() && of(8).is_some());
}

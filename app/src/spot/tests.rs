use domain::{Fault, FaultKind, Micros, Reason};

use super::*;

/// Cells from letters, one a second: `u` up, `s` slow, `r` retrying, `d` down, `n` unknown.
fn cells(letters: &str) -> Vec<Cell> {
    let cell = |(n, letter): (i64, char)| Cell {
        due: Timestamp(n * 1_000),
        attempt: 0,
        outcome: match letter {
            'u' => Outcome::Up,
            's' => Outcome::Degraded(Fault::new(FaultKind::Slow, "")),
            'r' | 'd' => Outcome::Down(Fault::new(FaultKind::Refused, "")),
            _ => Outcome::Unknown(Reason::Overload),
        },
        latency: Some(Micros(12_000)),
        retrying: letter == 'r',
    };
    (0..).zip(letters.chars()).map(cell).collect()
}

#[test]
fn a_pointer_is_over_one_of_sixty_places() {
    for (x, place) in [(-5.0, 0), (0.0, 0), (9.9, 0), (10.0, 1), (599.0, 59), (600.0, 59), (9_999.0, 59)] {
        assert_eq!(place_under(x, 600.0), place, "{x}");
    }
    assert_eq!(place_under(3.0, 0.0), 59);
}

#[test]
fn a_spot_stays_on_its_check_while_others_arrive() {
    let before = cells(&"u".repeat(60));
    let spot = Spot::at(&before, 58);
    let after = cells(&"u".repeat(63))[3..].to_vec();
    assert_eq!((spot.place(&before), spot.place(&after)), (58, 55));
    assert_eq!(spot.place(&cells(&"u".repeat(200))[140..]), 0, "what has left stands at the left end");
}

#[test]
fn places_without_a_check_can_be_looked_at() {
    let some = cells("uu");
    assert_eq!(Spot::at(&some, 57), Spot::Empty(57));
    assert_eq!(in_words(&some, 57), "Check 58 of 60: no data yet");
    assert_eq!(Spot::at(&some, 58), Spot::Check(Timestamp(0), 0));
}

#[test]
fn keys_step_and_jump_within_the_bar() {
    let cells = cells(&format!("{}dus{}", "u".repeat(50), "u".repeat(7)));
    for (key, from, to) in [
        ("ArrowLeft", 0, Some(0)),
        ("ArrowLeft", 9, Some(8)),
        ("ArrowRight", 59, Some(59)),
        ("PageDown", 15, Some(5)),
        ("PageUp", 55, Some(59)),
        ("Home", 30, Some(0)),
        ("End", 30, Some(59)),
        ("n", 0, Some(50)),
        ("n", 50, Some(52)),
        ("n", 52, Some(52)),
        ("p", 59, Some(52)),
        ("x", 3, None),
    ] {
        assert_eq!(step(&cells, from, key), to, "{key} from {from}");
    }
    assert_eq!(after(&cells, 50, is_failure), None, "slow is no failure");
}

#[test]
fn a_check_is_told_in_one_line() {
    let cells = cells(&format!("{}d", "u".repeat(59)));
    assert_eq!(in_words(&cells, 59), "Check 60 of 60, 00:00:59 UTC: down, connection refused, 12 ms");
}

#[test]
fn a_failure_belongs_to_its_outage() {
    let of = |letters: &str, place| outage(&cells(&format!("{letters:u<60}")), place, "");
    assert_eq!(of("uurddu", 3).unwrap(), "Part of an outage of 3 s");
    assert_eq!(of("uurru", 2), None, "a tolerated failure is no outage");
    assert_eq!(of("dd", 1).unwrap(), "Part of an outage that began before this bar");
    assert_eq!(of("", 5), None);
    let lasting = cells(&format!("{}dd", "u".repeat(58)));
    assert_eq!(outage(&lasting, 59, "").unwrap(), "Part of an outage since 00:00:58 UTC");
    let told = outage(&lasting, 59, "told: mail ✓").unwrap();
    assert_eq!(told, "Part of an outage since 00:00:58 UTC · told: mail ✓");
}

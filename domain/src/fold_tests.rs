use proptest::prelude::*;

use super::*;
use crate::{Check, CheckName, FaultKind, Location, Phases, Reason, TrackerId};

fn outcome(word: &str) -> Outcome {
    match word {
        "ok" => Outcome::Up,
        "slow" => Outcome::Degraded(Fault::new(FaultKind::Slow, "")),
        "bad" | "held" => Outcome::Down(Fault::new(FaultKind::Refused, "")),
        _ => Outcome::Unknown(Reason::Overload),
    }
}

fn policy(retries: u16, successes: u16) -> Policy {
    Policy { retries, successes, ..Policy::default() }
}

/// Folds one word; `held` is a failure that may be our own trouble.
fn step(belief: &Belief, n: usize, word: &str, policy: Policy) -> (Step, Recorded) {
    let due = Timestamp(i64::try_from(n).unwrap());
    let trust = if word == "held" { Trust::Held } else { Trust::Full };
    let outcome = outcome(word);
    let step = belief.after(due, &outcome, policy, trust);
    let name = CheckName { tracker: TrackerId(1), due, attempt: 0, location: Location::LOCAL };
    let retrying = step.tolerates(&outcome);
    let check = Check { name, late_ms: 0, latency: None, phases: Phases::NONE, outcome };
    (step, Recorded { check, retrying })
}

/// Folds words into words: a status in lower case, `DOWN` and `RECOVERED` where a transition happened.
fn fold(checks: &str, policy: Policy) -> String {
    let mut belief = Belief::default();
    let words = checks.split_whitespace().enumerate().map(|(n, word)| {
        let (step, _) = step(&belief, n, word, policy);
        belief = step.belief;
        match (step.transition, &belief.status) {
            (Some(Transition::WentDown { .. }), _) => "DOWN",
            (Some(Transition::Recovered { .. }), _) => "RECOVERED",
            (None, Status::Pending) => "pending",
            (None, Status::Up { .. }) => "up",
            (None, Status::Retrying { .. }) => "retrying",
            (None, Status::Down { .. }) => "down",
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn one_failure_within_tolerance_is_only_doubt() {
    assert_eq!(fold("ok bad ok bad ok", policy(1, 1)), "up retrying up retrying up");
}

#[test]
fn the_failure_after_the_last_retry_is_an_outage() {
    assert_eq!(fold("ok bad bad bad bad ok", policy(2, 1)), "up retrying retrying DOWN down RECOVERED");
}

#[test]
fn without_retries_the_first_failure_is_an_outage() {
    assert_eq!(fold("bad ok bad", policy(0, 1)), "DOWN RECOVERED DOWN");
}

#[test]
fn degraded_counts_as_up() {
    assert_eq!(fold("bad slow slow", policy(0, 1)), "DOWN RECOVERED up");
    assert_eq!(fold("bad slow slow", policy(0, 2)), "DOWN down RECOVERED");
}

#[test]
fn what_was_not_learnt_changes_nothing() {
    assert_eq!(
        fold("none ok none bad none bad none bad", policy(1, 1)),
        "pending up up retrying retrying DOWN down down"
    );
    assert_eq!(fold("bad ok none ok", policy(0, 2)), "DOWN down down RECOVERED");
}

#[test]
fn recovery_takes_so_many_good_checks_in_a_row() {
    assert_eq!(fold("ok bad ok bad ok ok ok", policy(0, 3)), "up DOWN down down down down RECOVERED");
    assert_eq!(fold("ok ok", policy(0, 3)), "up up", "who was never down needs no more than one");
    assert_eq!(fold("bad ok", policy(1, 3)), "retrying up", "doubt is over with the first");
}

#[test]
fn who_recovered_is_up_since_the_first_good_check() {
    let mut belief = Belief::default();
    for (n, word) in ["bad", "ok", "ok"].into_iter().enumerate() {
        belief = step(&belief, n, word, policy(0, 2)).0.belief;
    }
    assert_eq!(belief.status, Status::Up { since: Timestamp(1) });
}

#[test]
fn a_failure_that_is_held_makes_nobody_down() {
    assert_eq!(fold("ok held held held bad", policy(0, 1)), "up retrying retrying retrying DOWN");
    assert_eq!(fold("ok held ok", policy(0, 1)), "up retrying up");
    assert_eq!(fold("bad held ok", policy(0, 1)), "DOWN down RECOVERED");
}

#[test]
fn doubt_that_passes_leaves_the_time_of_being_up() {
    let up = Belief::of(Status::Up { since: Timestamp(1) });
    let doubt = up.after(Timestamp(9), &outcome("bad"), policy(1, 1), Trust::Full).belief;
    let after = doubt.after(Timestamp(10), &outcome("ok"), policy(1, 1), Trust::Full).belief;
    assert_eq!(after.status, up.status);
}

#[test]
fn an_outage_starts_at_its_first_failure() {
    let doubt = Belief::default().after(Timestamp(3), &outcome("bad"), policy(1, 1), Trust::Full).belief;
    let step = doubt.after(Timestamp(4), &outcome("bad"), policy(1, 1), Trust::Full);
    let Some(Transition::WentDown { at, since, .. }) = step.transition else { panic!("{step:?}") };
    assert_eq!((at, since), (Timestamp(4), Timestamp(3)));
}

#[test]
fn tolerated_failures_are_no_flapping_and_outages_are() {
    let flapping = |checks: &str, policy| {
        let words = checks.split_whitespace().enumerate();
        words
            .fold(Belief::default(), |belief, (n, word)| step(&belief, n, word, policy).0.belief)
            .is_flapping()
    };
    let blips = "ok bad ".repeat(15);
    assert!(!flapping(&blips, policy(1, 1)));
    assert!(flapping(&blips, policy(0, 1)));
}

fn words() -> impl Strategy<Value = Vec<&'static str>> {
    let word = prop::sample::select(vec!["ok", "ok", "ok", "slow", "bad", "bad", "held", "none"]);
    proptest::collection::vec(word, 0..200)
}

proptest! {
    #[test]
    fn transitions_alternate_and_folding_is_deterministic(
        words in words(), retries in 0..4_u16, successes in 1..4_u16,
    ) {
        let checks = words.join(" ");
        let folded = fold(&checks, policy(retries, successes));
        prop_assert_eq!(&folded, &fold(&checks, policy(retries, successes)));
        let transitions: Vec<&str> =
            folded.split_whitespace().filter(|word| ["DOWN", "RECOVERED"].contains(word)).collect();
        for (n, word) in transitions.iter().enumerate() {
            prop_assert_eq!(*word, if n % 2 == 0 { "DOWN" } else { "RECOVERED" });
        }
    }

    #[test]
    fn resuming_is_not_stopping(words in words(), retries in 0..3_u16, successes in 1..4_u16) {
        let policy = policy(retries, successes);
        let (mut belief, mut recorded) = (Belief::default(), Vec::new());
        for (n, word) in words.iter().enumerate() {
            let (step, entry) = step(&belief, n, word, policy);
            belief = step.belief;
            recorded.push(entry);
        }
        let newest = &recorded[recorded.len().saturating_sub(60)..];
        let resumed = Belief::resume(belief.status.clone(), newest);
        prop_assert_eq!(&resumed.status, &belief.status);
        let learnt = newest.iter().filter(|entry| entry.check.outcome.is_up().is_some()).count();
        if recorded.len() == newest.len() {
            prop_assert_eq!(&resumed, &belief);
        } else if learnt >= 21 {
            // The sums are the same; only the flag may hang on what came before.
            prop_assert!(belief.is_flapping() || !resumed.is_flapping());
            let calm = ["ok"; 21].iter().enumerate();
            let settle = |from: &Belief| {
                calm.clone().fold(from.clone(), |belief, (n, word)| step(&belief, 1_000 + n, word, policy).0.belief)
            };
            prop_assert_eq!(settle(&resumed).is_flapping(), settle(&belief).is_flapping());
            prop_assert_eq!(settle(&resumed).status, settle(&belief).status, "the same recovery");
        }
    }
}

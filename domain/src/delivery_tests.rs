use super::*;
use crate::{ChannelId, Concerned, Outgoing};

/// `2d@5` is a message of tracker 2 that it is down, which happened in second 5 and is due then; `+60` delays it, `!3` counts tries.
fn queue(text: &str) -> Vec<Waiting> {
    text.split_whitespace()
        .zip(1..)
        .map(|(word, id)| {
            let (word, tries) = word.split_once('!').unwrap_or((word, "0"));
            let (word, delay) = word.split_once('+').unwrap_or((word, "0"));
            let (what, second) = word.split_once('@').unwrap();
            let (tracker, kind) = what.split_at(what.len() - 1);
            let kind = match kind {
                "d" => AlertKind::Down,
                "s" => AlertKind::StillDown,
                "u" => AlertKind::Recovered,
                _ => AlertKind::Blind,
            };
            let at = Timestamp(second.parse::<i64>().unwrap() * 1_000);
            let tracker = tracker.parse().ok().map(TrackerId);
            let named = |id: TrackerId| Concerned {
                id,
                name: format!("t{id}"),
                target: String::new(),
                group: String::new(),
                tags: Vec::new(),
            };
            let alert = Alert {
                key: format!("k{id}"),
                thread: String::new(),
                kind,
                tracker: tracker.map(named),
                incident: None,
                at,
                since: Some(at),
                lasted_ms: None,
                cause: "refused".into(),
                evidence: Vec::new(),
                lines: Vec::new(),
                link: None,
                acknowledge: None,
            };
            let next_at = at.plus(Duration::from_secs(delay.parse().unwrap()));
            let outgoing =
                Outgoing { channel: ChannelId(1), tracker, not_before: next_at, fallback: None, alert };
            Waiting { id, attempts: tries.parse().unwrap(), next_at, held_until: None, outgoing }
        })
        .collect()
}

/// `send 1`, `was_down 1 2`, `drop 1 2`, `wait 60`, `idle`.
fn step(pace: &ChannelPace, text: &str, second: i64) -> String {
    match pace.next(&queue(text), Timestamp(second * 1_000)) {
        Step::Wait(None) => "idle".into(),
        Step::Wait(Some(until)) => format!("wait {}", until.0 / 1_000),
        Step::Drop(rows) => format!("drop {rows:?}"),
        Step::Send(rows, alert) => format!("{} {rows:?}", alert.kind.word()),
    }
}

#[test]
fn one_tracker_keeps_its_order() {
    let pace = ChannelPace::default();
    assert_eq!(step(&pace, "", 0), "idle");
    assert_eq!(step(&pace, "1d@5", 4), "wait 5");
    assert_eq!(step(&pace, "1d@5 1u@9 2d@6", 9), "down [1]");
    // The first is tried again later: what is over waits for it, others do not.
    assert_eq!(step(&pace, "1d@5+30!1 1u@9 2d@6", 9), "down [3]");
    assert_eq!(step(&pace, "1d@5+30!1 1u@9", 9), "wait 35");
    assert_eq!(step(&pace, "1u@9", 9), "recovered [1]");
}

#[test]
fn what_was_over_before_its_delay_is_told_to_nobody() {
    let pace = ChannelPace::default();
    assert_eq!(step(&pace, "1d@5+60 1u@9", 9), "drop [1, 2]");
    assert_eq!(step(&pace, "1d@5+60", 9), "wait 65");
    assert_eq!(step(&pace, "1d@5+60", 65), "down [1]");
    assert_eq!(step(&pace, "1d@5+60 1u@70", 70), "down [1]", "its delay was over first");
}

#[test]
fn what_could_not_be_delivered_while_it_lasted_is_one_message() {
    let pace = ChannelPace::default();
    assert_eq!(step(&pace, "1d@5!4 1u@100", 125), "down [1]");
    assert_eq!(step(&pace, "1d@5!4 1u@100", 126), "was_down [1, 2]");
    assert_eq!(step(&pace, "1s@5 1u@6", 6), "drop [1]", "nobody is reminded of what is over");
}

#[test]
fn a_storm_becomes_a_digest_and_its_first_goes_at_once() {
    let mut pace = ChannelPace::default();
    let storm = "1d@5 2d@5 3d@5 4d@5 5d@5 6d@5 7d@5";
    assert_eq!(step(&pace, storm, 5), "down [1]");
    pace.sent(AlertKind::Down, Timestamp(5_000));
    let rest = "2d@5 3d@5 4d@5 5d@5 6d@5 7d@5";
    assert_eq!(step(&pace, rest, 5), "wait 15");
    assert_eq!(step(&pace, rest, 15), "digest [1, 2, 3, 4, 5, 6]");
    pace.sent(AlertKind::Digest, Timestamp(15_000));
    assert_eq!(step(&pace, rest, 30), "wait 75", "a digest a minute");
    assert_eq!(step(&pace, "2u@30", 30), "recovered [1]", "one is no storm");
    assert_eq!(step(&pace, "1d@200 2d@200 3d@200", 200), "down [1]");
}

#[test]
fn a_storm_that_comes_one_by_one_is_one_too() {
    let mut pace = ChannelPace::default();
    (1..=5).for_each(|second| pace.sent(AlertKind::Down, Timestamp(second * 1_000)));
    assert_eq!(step(&pace, "6d@6", 6), "wait 11");
    assert_eq!(step(&pace, "6d@6 7d@7 8d@8", 11), "digest [1, 2, 3]");
    assert_eq!(step(&pace, "6d@6", 11), "down [1]", "a digest of one is that one");
}

#[test]
fn a_channel_that_rests_gets_nothing_but_forgets_what_is_needless() {
    let mut pace = ChannelPace::default();
    pace.rest(Timestamp(60_000));
    assert_eq!(step(&pace, "1d@5", 10), "wait 60");
    assert_eq!(step(&pace, "1d@5+30 1u@9", 10), "drop [1, 2]");
    assert_eq!(step(&pace, "b@5 b@6", 60), "blind [1]");
}

#[test]
fn tries_become_rarer_and_end() {
    let secs = |tries, is_refused, asked: Option<u64>| {
        retry_after(tries, is_refused, asked.map(Duration::from_secs), 1.0).map(|wait| wait.as_secs())
    };
    assert_eq!(
        [1, 2, 3, 4, 5, 6, 7, 29].map(|tries| secs(tries, false, None).unwrap()),
        [1, 5, 15, 60, 300, 900, 3_600, 3_600]
    );
    assert_eq!((secs(30, false, None), secs(3, true, None), secs(2, true, None)), (None, None, Some(5)));
    assert_eq!((secs(1, false, Some(90)), secs(1, false, Some(1_000_000))), (Some(90), Some(3_600)));
    assert!(retry_after(4, false, None, 0.0).unwrap() >= Duration::from_millis(200));
}

#[test]
fn reminders_become_rarer() {
    let after = |told| reminder_at(Timestamp(0), Duration::from_mins(30), told).0 / 60_000;
    assert_eq!([0, 1, 2, 9, 60].map(after), [30, 60, 120, 1_440, 1_440]);
}

#[test]
fn a_digest_of_other_messages_is_another_one() {
    let mut pace = ChannelPace::default();
    for second in 0..6 {
        pace.sent(AlertKind::Down, Timestamp(second * 1_000));
    }
    let key = |text: &str| match pace.next(&queue(text), Timestamp(20_000)) {
        Step::Send(_, alert) => (alert.kind, alert.key),
        other => panic!("{other:?}"),
    };
    let (kind, two) = key("1d@6 2d@7");
    assert_eq!(kind, AlertKind::Digest);
    assert_eq!(key("1d@6 2d@7").1, two, "sent again, it is the same");
    assert_ne!(key("1d@6 2d@7 3d@8").1, two, "whoever knows keys would not take what came to it");
    assert!(two.len() <= 100 && two.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{two}");
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    let day = 86_400;
    let mut pace = ChannelPace::default();
    for second in 0..6 {
        pace.sent(AlertKind::Down, Timestamp((day + second) * 1_000));
    }
    pace.rest(Timestamp((day + 900) * 1_000));
    assert_eq!(step(&pace, "1d@5", 5), "down [1]", "neither a rest nor a storm of the time to come counts");
    assert_eq!(step(&ChannelPace::default(), "1d@86405", 5), "down [1]");
    assert_eq!(step(&ChannelPace::default(), "1d@5+86400!3", 5), "down [1]", "no try is as far away as that");
    assert_eq!(step(&ChannelPace::default(), "1d@5+3000!3", 5), "wait 3005");
    assert_eq!(step(&ChannelPace::default(), "1d@5+86400", 5), "wait 86405", "a delay is");
}

#[test]
fn what_is_held_back_waits_for_the_end_of_maintenance_however_long_that_is() {
    let (now, until) = (Timestamp(5_000), Timestamp(5 * 3_600_000));
    for text in ["1d@5", "1d@5!1"] {
        let mut queue = queue(text);
        queue[0].held_until = Some(until);
        let next = |at| ChannelPace::default().next(&queue, at);
        assert_eq!(next(now), Step::Wait(Some(until)), "{text}");
        assert!(matches!(next(until), Step::Send(..)), "{text}");
    }
}

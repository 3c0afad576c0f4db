use proptest::prelude::*;

use super::*;
use crate::Draft;

/// A target that calls every minute, with ten seconds of grace, unless a field says otherwise.
fn awaited(fields: &[(&str, &str)]) -> Awaited {
    let usual = [("url", "push://job"), ("every", "1m"), ("http.grace", "10s")];
    let all: Vec<(String, String)> =
        usual.iter().chain(fields).map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Awaited::of(&Draft::of_new_fields(&all).parse().unwrap()).unwrap()
}

/// So many seconds after a minute that is round in every zone.
fn at(second: i64) -> Timestamp {
    Timestamp(1_795_435_200_000 + second * 1_000)
}

fn signal(second: i64, text: &str) -> Signal {
    let (word, run) = text.split_once('#').map_or((text, None), |(word, run)| (word, Some(run)));
    Signal {
        at: at(second),
        word: SignalWord::read(word).unwrap(),
        run: run.map(ToOwned::to_owned),
        from: Some("192.0.2.7".into()),
        body: "copying\ndisk full\n".into(),
    }
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Up => "up".into(),
        Outcome::Degraded(fault) => format!("degraded {}", fault.kind),
        Outcome::Down(fault) => format!("down {}", fault.kind),
        Outcome::Unknown(reason) => reason.word().into(),
    }
}

/// What became of signals and of the time between them, one word each: `@70 down missing`.
fn story(awaited: &mut Awaited, signals: &[(i64, &str)], end: i64) -> Vec<String> {
    let mut told = Vec::new();
    let mut all: Vec<(i64, Option<&str>)> =
        signals.iter().map(|(second, text)| (*second, Some(*text))).collect();
    all.push((end, None));
    for (second, text) in all {
        while let Some((due, finding)) =
            awaited.deadline().and_then(|next| awaited.overdue(next.min(at(second))))
        {
            told.push(format!("@{} {}", (due.0 - at(0).0) / 1_000, said(&finding.outcome)));
        }
        let Some(text) = text else { continue };
        if let Some(finding) = awaited.hear(&signal(second, text)) {
            let took = finding.latency.map(|took| format!(" {} s", took.0 / 1_000_000)).unwrap_or_default();
            told.push(format!("@{second} {}{took}", said(&finding.outcome)));
        }
    }
    told
}

#[test]
fn nothing_is_expected_before_the_first_signal() {
    let mut awaited = awaited(&[]);
    assert_eq!(awaited.deadline(), None);
    assert_eq!(story(&mut awaited, &[], 100_000), Vec::<String>::new());
    assert!(Awaited::of(&Draft::of("example.org").parse().unwrap()).is_none());
}

#[test]
fn late_and_missing_are_told_apart() {
    let mut a = awaited(&[]);
    assert_eq!(
        story(&mut a, &[(0, ""), (60, "0"), (129, "success"), (150, "")], 219),
        ["@0 up", "@60 up", "@129 up", "@150 up"]
    );
    assert_eq!(
        story(&mut a, &[(400, ""), (460, "")], 460),
        [
            "@220 down missing",
            "@280 down missing",
            "@340 down missing",
            "@400 down missing",
            "@400 degraded late",
            "@460 up"
        ]
    );
    let finding = awaited(&[]).after(&[signal(0, "")], true, at(190)).hear(&signal(200, "")).unwrap();
    let Outcome::Degraded(fault) = finding.outcome else { panic!("{finding:?}") };
    assert_eq!(fault.to_string(), format!("late: the signal was expected at {}", at(60)));
}

#[test]
fn failures_say_why() {
    let outcome = |text| awaited(&[]).hear(&signal(0, text)).unwrap().outcome;
    assert_eq!(said(&outcome("fail")), "down failed");
    let Outcome::Down(fault) = outcome("3") else { panic!() };
    assert_eq!((fault.kind, fault.to_string().as_str()), (FaultKind::Exit(3), "exit code 3: disk full"));
    // The next one is expected all the same.
    assert_eq!(story(&mut awaited(&[]), &[(0, "1")], 75), ["@0 down exit_1", "@70 down missing"]);
}

#[test]
fn a_run_has_to_end_and_says_how_long_it_took() {
    let mut a = awaited(&[]);
    assert_eq!(story(&mut a, &[(0, "start"), (7, "0"), (9, "log")], 69), ["@7 up 7 s"]);
    assert_eq!(
        story(&mut a, &[(65, "start"), (100, "success"), (125, "start"), (128, "")], 128),
        ["@75 down unfinished", "@100 degraded late 35 s", "@128 up 3 s"]
    );
    let mut hung = awaited(&[]);
    assert_eq!(
        story(&mut hung, &[(0, "start")], 200),
        ["@10 down unfinished", "@70 down missing", "@130 down missing", "@190 down missing"]
    );
}

#[test]
fn runs_that_overlap_are_told_apart_from_those_that_have_names() {
    assert_eq!(
        story(&mut awaited(&[]), &[(0, "start"), (5, "start"), (8, ""), (9, "")], 60),
        ["@5 degraded overlap", "@8 up 8 s", "@9 up 4 s"]
    );
    assert_eq!(
        story(&mut awaited(&[]), &[(0, "start#a"), (5, "start#b"), (8, "#b"), (9, "#a")], 60),
        ["@5 degraded overlap", "@8 up 3 s", "@9 up 9 s"]
    );
    // The same name begins anew, and a name that is left out at the end means the only run.
    assert_eq!(story(&mut awaited(&[]), &[(0, "start#a"), (5, "start#a"), (8, "")], 60), ["@8 up 3 s"]);
    // One that did not end in its time is no overlap any more, and takes no later one's end.
    let days = [(0, "start"), (60, "start"), (63, ""), (120, "start"), (124, ""), (180, "start"), (181, "")];
    assert_eq!(
        story(&mut awaited(&[]), &days, 249),
        ["@10 down unfinished", "@63 up 3 s", "@124 up 4 s", "@181 up 1 s"]
    );
    // Told of or not: what was heard before a restart is known by the signals alone.
    let mut again = awaited(&[]).after(&[signal(0, "start"), signal(60, "start")], false, at(62));
    assert_eq!(story(&mut again, &[(64, "")], 120), ["@64 up 4 s"]);
}

#[test]
fn cron_expects_a_signal_after_each_of_its_times() {
    // 12:00:00 UTC is second 0.
    let cron = || awaited(&[("every", ""), ("cron", "0 * * * *"), ("http.grace", "5m")]);
    let mut a = cron();
    assert_eq!(story(&mut a, &[(40, "")], 3_899), ["@40 up"]);
    assert_eq!(story(&mut a, &[(7_000, "")], 7_100), ["@3900 down missing", "@7000 degraded late"]);
    // Its clock is behind: this is the signal of 15:00.
    let mut early = cron();
    assert_eq!(story(&mut early, &[(10_770, "")], 14_699), ["@10770 up"]);
    assert_eq!(early.deadline(), Some(at(14_700)));
    // It began before its time by its own clock, and its end is that of 15:00.
    let mut long = cron();
    assert_eq!(
        story(&mut long, &[(10_000, "start"), (10_200, ""), (10_790, "0")], 14_699),
        ["@10200 up 200 s", "@10790 up"]
    );
    // Last night's was missed, and tonight's comes in its time.
    let mut missed = cron();
    assert_eq!(
        story(&mut missed, &[(40, ""), (7_203, "")], 7_300),
        ["@40 up", "@3900 down missing", "@7203 up"]
    );
}

#[test]
fn what_may_have_come_while_nobody_listened_is_not_missing() {
    let mut a = awaited(&[]).after(&[signal(0, ""), signal(60, "start")], false, at(61));
    assert_eq!(a.deadline(), Some(at(70)));
    a.skip(at(100));
    assert_eq!(a.deadline(), Some(at(130)), "the run may have ended, the next is not due before");
    a.skip(at(1_000_000));
    assert_eq!(a.deadline(), Some(at(1_000_030)));
    a.skip(at(1_000_015));
    assert_eq!(a.deadline(), Some(at(1_000_090)), "it may have come early");
    let mut cron = awaited(&[("every", ""), ("cron", "0 * * * *")]).after(&[signal(5, "")], false, at(5));
    cron.skip(at(9_000));
    assert_eq!(cron.deadline(), Some(at(10_810)));
}

#[test]
fn expectations_are_about_what_comes_with_a_signal_and_how_long_it_took() {
    let fields = [("expect", "message contains 'disk'\ntotal < 5s else degraded")];
    assert_eq!(
        story(&mut awaited(&fields), &[(0, "start"), (2, "0"), (3, "start"), (9, "0")], 9),
        ["@2 up 2 s", "@9 degraded expectation 6 s"]
    );
    let fields = [("http.grace", "3h"), ("slow", "60s"), ("expect", "total < 30m")];
    assert_eq!(story(&mut awaited(&fields), &[(0, "start"), (5_000, "")], 5_000), ["@5000 down expectation"]);
    let mut quiet = signal(0, "");
    quiet.body.clear();
    let judged = awaited(&[("expect", "message exists")]).hear(&quiet).unwrap();
    assert_eq!(said(&judged.outcome), "down expectation");
    let slow = [("http.grace", "3h"), ("slow", "60s")];
    assert_eq!(story(&mut awaited(&slow), &[(0, "start"), (5_000, "")], 5_000), ["@5000 degraded slow"]);
    let fields = [("expect", "not message contains 'disk'")];
    assert_eq!(story(&mut awaited(&fields), &[(0, "")], 0), ["@0 down expectation"]);
}

#[test]
fn what_is_asked_of_others_is_refused() {
    for (name, value) in [
        ("retries", "3"),
        ("deadline", "5s"),
        ("retry", "9s"),
        ("upside_down", "true"),
        ("http.method", "POST"),
        ("http.ip", "4"),
        ("http.grace", "8d"),
        ("http.grace", "0"),
        ("http.push_url", "0"),
        ("expect", "200"),
    ] {
        let fields = [("url", "push://job"), (name, value)].map(|(name, value)| (name.into(), value.into()));
        let refused = Draft::of_new_fields(&fields).parse().unwrap_err();
        assert_eq!(refused.0.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), [name]);
    }
    let http =
        Draft::of_new_fields(&[("url".into(), "a.example".into()), ("http.grace".into(), "1h".into())]);
    assert_eq!(http.parse().unwrap_err().0[0].field, "http.grace");
}

#[test]
fn a_tracker_that_moves_to_another_kind_has_what_is_usual_there() {
    let push = Draft::of("push://job").parse().unwrap();
    assert_eq!((push.policy.retries, push.grace()), (0, Duration::from_hours(1)));
    assert_eq!(push.about().schedule, "a signal every 24 h, 1 h of grace");
    let asked = Draft::of("a.example").apply(&push).unwrap();
    assert_eq!(asked.policy, crate::Policy::default());
    assert_eq!(Draft::of("push://job").apply(&asked).unwrap().policy.retries, 0);
    // As an export says it.
    let whole = Draft { retries: Some(0), retry: Some("5s".into()), ..Draft::of("push://job") };
    assert_eq!(whole.describe(None).unwrap().policy, push.policy);
}

proptest! {
    /// Whatever comes and whenever: deadlines end, and lie after what was heard.
    #[test]
    fn no_order_of_signals_is_too_much(
        signals in prop::collection::vec((0i64..4_000, prop::sample::select(vec![
            "", "start", "fail", "3", "log", "start#a", "start#b", "#a", "fail#b",
        ])), 0..60),
        is_cron in any::<bool>(),
    ) {
        let mut signals = signals;
        signals.sort_by_key(|(second, _)| *second);
        let fields: &[_] = if is_cron { &[("every", ""), ("cron", "* * * * *")] } else { &[] };
        let mut a = awaited(fields);
        let told = story(&mut a, &signals, 5_000);
        prop_assert!(told.len() <= signals.len() * 2 + 5_000 / 60 + 2);
        prop_assert!(a.deadline().is_none_or(|deadline| deadline > at(5_000)));
        prop_assert!(a.runs.len() <= MOST_RUNS);
    }
}

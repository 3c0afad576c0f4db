use domain::{Draft, Given, RestDraft, Timestamp, Tracker, TrackerId};
use proptest::prelude::*;

use super::*;

fn tracker(json: &str) -> NewTracker {
    let body: Result<TrackerBody, _> = read_json(json.as_bytes()).map_err(|_| json.to_owned());
    body.unwrap().draft().parse().unwrap()
}

fn known(settings: &[NewTracker]) -> Vec<Tracker> {
    let known =
        (1..).zip(settings).map(|(id, settings)| Tracker::new(TrackerId(id), settings.clone(), Timestamp(0)));
    known.collect()
}

fn text(trackers: &[NewTracker], format: Format) -> String {
    String::from_utf8(write(trackers, format).unwrap().to_vec()).unwrap()
}

fn problems(text: &str, format: Format) -> Vec<String> {
    Plan::of(text, format, &[]).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn only_what_differs_is_written() {
    let trackers = [
        tracker(r#"{"url": "a.example"}"#),
        tracker(
            r#"{"url": "b.example", "name": "Shop <b>", "every": "5m", "tags": ["eu"], "slow": "800ms", "paused": true,
                "http": {"headers": {"X-B": "1", "Accept": "a"}, "body": "a\nb", "redirects": 0}}"#,
        ),
    ];
    assert_eq!(
        text(&trackers, Format::Toml),
        format!(
            r#"{HEAD}[[trackers]]
url = "https://a.example/"

[[trackers]]
url = "https://b.example/"
name = "Shop <b>"
tags = ["eu"]
every = "5m"
slow = "800ms"
paused = true

[trackers.http]
body = """
a
b"""
redirects = 0

[trackers.http.headers]
X-B = "1"
Accept = "a"
"#
        )
    );
    let json: serde_json::Value = serde_json::from_str(&text(&trackers[..1], Format::Json)).unwrap();
    assert_eq!(json, serde_json::json!({"trackers": [{"url": "https://a.example/"}]}));
}

const SECRETS: &str = r#"{"url": "a.example", "http": {"headers": {"X-Api-Key": "CANARY", "X-Mine": {"secret": "CANARY"}},
    "auth": {"basic": {"user": "u", "password": "CANARY"}}, "proxy": {"url": "http://p:1", "user": "u", "password": "CANARY"}}}"#;

#[test]
fn secrets_are_left_out_and_named_and_those_that_are_there_stay() {
    let secret = tracker(SECRETS);
    for format in [Format::Toml, Format::Json] {
        let file = text(std::slice::from_ref(&secret), format);
        assert!(!file.contains("CANARY"), "{file}");
        for name in [
            "http.headers.X-Api-Key",
            "http.headers.X-Mine",
            "http.auth.basic.password",
            "http.proxy.password",
        ] {
            assert!(file.contains(&format!("\"{name}\"")), "{name}: {file}");
        }
        let plan = Plan::of(&file, format, &known(std::slice::from_ref(&secret))).unwrap();
        assert!(matches!(plan.fates[..], [Fate::Same(TrackerId(1), _)]), "{plan:?}");
        // A new one needs them.
        let missing = problems(&file, format);
        assert!(
            missing.iter().any(|line| line.starts_with("tracker 1: http.auth.basic.password: ")),
            "{missing:?}"
        );
        let whole = file.replace("•••", "other");
        let plan = Plan::of(&whole, format, &known(std::slice::from_ref(&secret))).unwrap();
        let [Fate::Changed(_, lines)] = &plan.fates[..] else { panic!("{plan:?}") };
        assert_eq!(
            lines[..],
            [("http.secret".into(), domain::Secret::MASK.into(), domain::Secret::MASK.into())]
        );
    }
}

#[test]
fn a_file_says_everything_about_its_trackers_and_nothing_about_others() {
    let there = [
        tracker(r#"{"url": "a.example", "every": "5m", "paused": true, "http": {"method": "POST"}}"#),
        tracker(r#"{"url": "b.example"}"#),
        tracker(r#"{"url": "c.example"}"#),
    ];
    let file = "[[trackers]]\nurl = 'a.example'\n[[trackers]]\nurl = 'b.example'\n[[trackers]]\nurl = 'b.example'\nname = 'Other'\n";
    let plan = Plan::of(file, Format::Toml, &known(&there)).unwrap();
    let [Fate::Changed(changed, lines), Fate::Same(TrackerId(2), _), Fate::Added(_)] = &plan.fates[..] else {
        panic!("{plan:?}")
    };
    assert_eq!(changed.settings, tracker(r#"{"url": "a.example"}"#));
    let lines: Vec<String> = lines.iter().map(|(name, old, new)| format!("{name} {old} {new}")).collect();
    assert_eq!(lines, ["every 5m 30s", "http.method POST GET", "paused yes no"]);
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_repeats_no_secret() {
    for (format, file, wanted) in [
        (Format::Toml, "[[trackers]]\nurl = CANARY", "line 2: this is no TOML"),
        (Format::Toml, "[[trackers]]\nurl = 'a'\nevrey = 'CANARY'", "line 3: trackers[0].evrey: "),
        (
            Format::Toml,
            "[[trackers]]\nurl = 'a'\nretries = 'CANARY'",
            "line 3: trackers[0].retries: invalid type: a text",
        ),
        (Format::Toml, "[[tracker]]\nurl = 'a'", "line 1: tracker: unknown field `tracker`"),
        (
            Format::Toml,
            "[[trackers]]\nurl = 'a.example'\n[[trackers]]\nurl = 'b.example'\nname = 'Shop'\nevery = '0s'\nretries = 99",
            "tracker 2 (Shop): every: an interval is whole seconds",
        ),
        (
            Format::Toml,
            "[[trackers]]\nurl = 'a.b'\n[[trackers]]\nurl = 'a.b'",
            "tracker 2: name: tracker 1 has the same",
        ),
        (Format::Toml, "[[trackers]]\nname = 'x'", "tracker 1 (x): url: give the URL"),
        (Format::Json, "{\"trackers\": [{]}", "line 1, column 16: this is no JSON"),
        (Format::Json, "{\"trackers\": [{\"url\": 7}]}", "trackers[0].url: invalid type"),
    ] {
        let said = problems(file, format).join("\n");
        assert!(said.contains(wanted) && !said.contains("CANARY"), "{file}: {said}");
    }
    let two = problems("[[trackers]]\nurl = 'b.example'\nevery = '0s'\nretries = 99", Format::Toml);
    assert_eq!(two.len(), 2, "{two:?}");
}

/// Trackers of all kinds, without secrets.
fn any() -> impl Strategy<Value = NewTracker> {
    let text = "[a-zA-Z0-9 \"'<>&#=\\\\äö•\\[\\]{}\n\r\t-]{0,12}";
    let schedule = prop_oneof![
        (1..86_400_u32).prop_map(|secs| (Some(secs.to_string()), None, None)),
        Just((None, Some("*/5 2 * * 1".to_owned()), Some("Europe/Berlin".to_owned()))),
        Just((None, None, None)),
    ];
    let policy = (0..=10_i64, 1..=300_u32, 1..=10_i64, proptest::option::of(1..=60_000_u32), any_bool());
    let names = (text, text, prop::collection::vec("[a-z0-9 ]{1,8}", 0..4), proptest::option::of(1..=9_i64));
    let expect = prop_oneof![
        Just("200".to_owned()),
        Just("200-299, 401".to_owned()),
        Just("body contains \"a; b\"; total < 800ms else degraded".to_owned()),
    ];
    let http = (
        text,
        prop::collection::vec(("X-[a-m]{1,5}", "[a-z \"]{1,9}"), 0..3),
        0..=10_i64,
        any_bool(),
        any_bool(),
    );
    (names, schedule, policy, expect, 1..=60_u32, http, any_bool()).prop_filter_map(
        "it breaks a rule",
        |(names, (every, cron, zone), policy, expect, deadline, http, paused)| {
            let (body, headers, redirects, verify, fresh) = http;
            let http = serde_json::json!({
                "body": body,
                "headers": headers.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
                "redirects": redirects,
                "tls": {"verify": verify},
                "connections": if fresh { "fresh" } else { "auto" },
            });
            let draft = Draft {
                name: Some(names.0),
                group: Some(names.1),
                tags: Some(names.2),
                place: names.3,
                every,
                cron,
                zone,
                expect: Some(expect),
                deadline: Some(deadline.to_string()),
                retries: Some(policy.0),
                retry: Some(policy.1.to_string()),
                successes: Some(policy.2),
                slow: policy.3.map(|ms| format!("{ms}ms")),
                upside_down: Some(policy.4),
                http: serde_json::from_value(http).ok(),
                paused: if paused { Given::Set(RestDraft::default()) } else { Given::Reset },
                ..Draft::of("a.example/x?y=%20")
            };
            draft.parse().ok()
        },
    )
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::bool::ANY
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(trackers in prop::collection::vec(any(), 0..4)) {
        // Two that are called the same are refused, which another test shows.
        let mut trackers: Vec<NewTracker> = trackers;
        let mut seen = std::collections::HashSet::new();
        trackers.retain(|tracker| seen.insert(tracker.shown_name().to_string()));
        for format in [Format::Toml, Format::Json] {
            let file = text(&trackers, format);
            let plan = Plan::of(&file, format, &[]).unwrap();
            prop_assert_eq!(&plan.added(), &trackers, "{}", file);
            prop_assert_eq!(text(&plan.added(), format), file.clone());
            let again = Plan::of(&file, format, &known(&trackers)).unwrap();
            prop_assert!(again.added().is_empty() && again.changed().is_empty(), "{:?}", again);
        }
    }
}

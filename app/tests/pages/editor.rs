//! The editor: its form, and the test beside it.

use app::{
    ApiError,
    backend::FailedForm,
    edit::{
        self,
        trial::{End, Trial},
    },
};
use domain::{
    Evidence, Fault, FaultKind, Fix, Invalid, Judged, Leaf, Micros, Outcome, Phase, Phases, Progress, Reason,
    Review, Reviewed,
};

use crate::{
    HOSTILE,
    harness::{Site, about, story, up},
    settings,
};

#[test]
fn a_new_tracker_needs_three_fields_and_shows_its_defaults() {
    let page = Site::new().get("/t/new");
    assert_eq!(page.status, 200);
    page.has("New tracker");
    page.has(r#"action="/api/new_tracker""#);
    page.has(r#"placeholder="30s (default)""#);
    page.has(r#"<span class="now">200</span>"#);
    page.has(r#"formaction="/api/test_tracker""#);
    // The first button of a form that sends it is what Enter presses.
    let first = page.html.find(r#"<button type="submit""#).map(|at| &page.html[at..]).unwrap();
    assert!(first.find("Save and check").unwrap() < first.find("</button>").unwrap(), "{first:.200}");
}

#[test]
fn a_copy_has_the_fields_of_the_other_and_another_name() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(2));
    let told =
        settings(&[("url", "https://shop.example/"), ("name", "Shop"), ("http.headers", "X-Key: •••")]);
    site.remember(domain::Story { settings: told, ..story() });
    let page = site.get("/t/new?from=1");
    page.has("Shop (copy)");
    page.has("X-Key: •••");
    page.has(r#"<input type="hidden" name="from" value="1""#);
    assert_eq!(site.get("/t/new?from=9").status, 404);
}

#[test]
fn what_was_tested_stands_beside_what_was_typed() {
    let mut site = Site::new();
    site.failed(FailedForm {
        page: "/t/new".into(),
        action: edit::TEST_PATH.into(),
        values: settings(&[("url", HOSTILE), ("every", "5m")]),
        error: ApiError::Invalid(Invalid(Vec::new())),
        panel: Some("<p>the panel</p>".into()),
    });
    let page = site.get("/t/new");
    page.has("<p>the panel</p>");
    page.has(r#"value="5m""#);
    page.has("data-changed");
    page.lacks("Nothing was saved.");
    page.lacks("<img");
}

fn ended(heard: Vec<Progress>, outcome: Outcome) -> String {
    let mut trial = Trial::default();
    for progress in heard {
        trial.hear(progress);
    }
    let evidence = Evidence {
        status: Some(200),
        headers: vec![(HOSTILE.into(), HOSTILE.into())],
        body: Some(HOSTILE.into()),
        ..Evidence::default()
    };
    trial.end(End { outcome, latency: Some(Micros(90_000)), phases: Phases::NONE, evidence: Some(evidence) });
    trial.html()
}

#[test]
fn the_steps_of_a_test_are_told_and_what_targets_say_is_inert() {
    let passed = |phase, what: &str| Progress::Passed { phase, took: Micros(3_000), what: what.into() };
    let fixes = ["body contains \"<img\"", HOSTILE]
        .map(|expect| Fix { label: format!("Use {HOSTILE}"), expect: expect.into() });
    let missed =
        Reviewed { text: HOSTILE.into(), found: HOSTILE.into(), verdict: Review::Down, fixes: fixes.into() };
    let leaves = [HOSTILE, "json $.a == 1"].map(|expect| Leaf {
        depth: 99,
        key: HOSTILE.into(),
        value: HOSTILE.into(),
        expect: Some(expect.into()),
    });
    let judged = Judged { reviewed: vec![missed], leaves: leaves.into(), size: 31 };
    let html = ended(
        vec![
            Progress::Asking("http://a.example/".into()),
            passed(Phase::Resolve, "192.0.2.7"),
            passed(Phase::Connect, HOSTILE),
            Progress::Asking("http://a.example/end".into()),
            Progress::Judged(judged),
        ],
        Outcome::Down(Fault::new(FaultKind::Expectation, HOSTILE)),
    );
    for part in ["Name", "192.0.2.7", "3.0 ms", "Redirect", "http://a.example/end", "31 B", "does not hold"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(html.contains(r#"name="fix""#) && html.contains(r#"name="add""#), "{html}");
    for part in ["<img", "</script>", "\u{202E}", "\u{1b}"] {
        assert!(!html.contains(part), "{part}: {html}");
    }
}

#[test]
fn a_test_that_got_nowhere_says_where() {
    let refused = ended(Vec::new(), Outcome::Down(Fault::new(FaultKind::Refused, "")));
    assert!(refused.contains("Connect") && refused.contains("Save anyway: it is down now"), "{refused}");
    let ours = ended(Vec::new(), Outcome::Unknown(Reason::Policy));
    assert!(ours.contains("this server does not ask that address"), "{ours}");
    assert!(ended(Vec::new(), Outcome::Up).contains("Up in 90 ms."));
}

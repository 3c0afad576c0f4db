//! The list of incidents, and the page of one.

use app::{ApiError, backend::FailedForm};
use domain::{
    AlertKind, Delivery, DeliveryState, Evidence, Fault, FaultKind, Incident, IncidentId, IncidentStory,
    Invalid, Remark, Timestamp, TrackerId,
    access::{Reading, Role},
};

use crate::harness::{Site, about, up, viewer};

/// 2026-11-23T14:03:10Z.
const NOW: i64 = 1_795_442_590_000;
const MINUTE: i64 = 60_000;

fn incident(id: i64, tracker: i64, name: &str) -> Incident {
    Incident {
        id: IncidentId(id),
        tracker: TrackerId(tracker),
        name: name.into(),
        since: Timestamp(NOW - 5 * MINUTE),
        opened_at: Timestamp(NOW - 4 * MINUTE),
        closed_at: None,
        fault: Some(Fault::new(FaultKind::Refused, "<b>")),
        acknowledged: None,
    }
}

fn story(incident: Incident) -> IncidentStory {
    IncidentStory {
        now: Timestamp(NOW),
        incident,
        remarks: Vec::new(),
        deliveries: Vec::new(),
        evidence: None,
    }
}

/// Shop is down twice, once since yesterday and acknowledged; Gone was down and is deleted.
fn site() -> Site {
    let mut site = Site::new();
    site.track(7, about("Shop"), &up(3));
    let ack = Some((Timestamp(NOW - MINUTE), "Grace".to_owned()));
    let over = Incident { closed_at: Some(Timestamp(NOW - MINUTE)), ..incident(1, 9, "Gone") };
    site.incidents = vec![
        story(incident(3, 7, "Shop")),
        story(Incident { acknowledged: ack, ..incident(2, 7, "Shop") }),
        story(over),
    ];
    site
}

#[test]
fn the_list_says_first_what_needs_somebody() {
    let page = site().get("/incidents");
    assert_eq!(page.status, 200);
    for text in [
        "2 open, one not acknowledged.",
        r#"href="/incidents/3""#,
        r#"<a href="/t/7">Shop</a>"#,
        "ongoing",
        "5 min",
        "4 min",
        "&lt;b&gt;",
        "Grace",
        "not acknowledged",
        r#"<a href="/incidents" aria-current="true">"#,
        r#"href="/incidents?open=1""#,
    ] {
        page.has(text);
    }
    page.lacks(r#"href="/t/9""#);
    page.lacks("Older");
}

#[test]
fn the_list_of_one_tracker_or_of_what_lasts_is_shorter() {
    let page = site().get("/incidents?tracker=9");
    page.has("Incidents of Gone");
    page.has("None is open.");
    page.has(r#"href="/incidents?open=1&amp;tracker=9""#);
    page.lacks(r#"href="/incidents/3""#);
    let page = site().get("/incidents?open=1&tracker=7");
    page.has(r#"href="/t/7">Shop</a>"#);
    page.lacks(r#"href="/incidents/1""#);
    site().get("/incidents?before=1").has("There are no older ones.");
    site().get("/incidents?before=1").has(">Newest</a>");
    site().get("/incidents?tracker=x&before=-").has(r#"href="/incidents/3""#);
}

#[test]
fn older_ones_are_on_further_pages() {
    let mut site = site();
    site.incidents = (1..=120).rev().map(|id| story(incident(id, 7, "Shop"))).collect();
    let page = site.get("/incidents");
    assert_eq!(page.html.matches(r#"<tr><th scope="row""#).count(), 50);
    page.has("120 open, 120 not acknowledged.");
    page.has(r#"href="/incidents?before=71""#);
    let last = site.get("/incidents?before=21");
    assert_eq!(last.html.matches(r#"<tr><th scope="row""#).count(), 20);
    last.lacks("Older");
}

#[test]
fn without_incidents_the_page_says_what_it_is_for() {
    let page = Site::new().get("/incidents");
    page.has("None is open.");
    page.has("There were none yet.");
    Site::new().get("/incidents?open=1").has("nothing is down");
    let mut broken = Site::new();
    broken.fail();
    assert_eq!(broken.get("/incidents").status, 503);
}

fn delivery(channel: &str, state: DeliveryState, attempts: u32, said: &str) -> Delivery {
    Delivery {
        id: 5,
        channel: channel.into(),
        kind: AlertKind::Down,
        name: "Shop".into(),
        incident: Some(IncidentId(3)),
        at: Timestamp(NOW - 4 * MINUTE),
        state,
        attempts,
        said: said.into(),
        moment: Timestamp(NOW - 3 * MINUTE),
    }
}

/// Everything that can happen.
fn full() -> Site {
    let mut site = site();
    let mut story = story(incident(3, 7, "Shop"));
    story.deliveries = vec![
        delivery("Ops mail", DeliveryState::Sent, 1, "250 OK"),
        Delivery {
            moment: Timestamp(NOW + MINUTE),
            ..delivery("Telegram", DeliveryState::Waiting, 3, "401")
        },
        delivery("Pager", DeliveryState::Dead, 30, "<i>500"),
        delivery("Old", DeliveryState::Dropped, 0, ""),
    ];
    story.remarks = vec![Remark {
        at: Timestamp(NOW - MINUTE),
        who: "Ada".into(),
        comment: Some("The disk is full.\n<script>".into()),
    }];
    let seen = |status| Evidence {
        url: "https://shop.example/".into(),
        status: Some(status),
        ..Evidence::default()
    };
    story.evidence = Some((seen(503), Some((Timestamp(NOW - 6 * MINUTE), seen(200)))));
    site.incidents[0] = story;
    site
}

#[test]
fn an_incident_tells_its_story_oldest_first() {
    let page = full().get("/incidents/3");
    assert_eq!(page.status, 200);
    for text in [
        "Down for 5 min so far.",
        "The first check failed.",
        "It is down, confirmed",
        "<b>Ops mail</b> was told that it is down",
        "250 OK",
        "<b>Telegram</b> could not be told yet that it is down",
        "401, 3 tries, next at ",
        "14:04:10 UTC",
        "<b>Pager</b> was not told that it is down",
        "&lt;i&gt;500, given up after 30 tries",
        "nobody needed it any more",
        "<b>Ada</b> says:",
        "The disk is full.\n&lt;script&gt;",
        "What was seen",
        "Last good",
        r#"action="/api/acknowledge_incident""#,
        r#"action="/api/comment_incident""#,
        r#"href="/t/7?at="#,
        r#"<a href="/incidents">Incidents</a>"#,
    ] {
        page.has(text);
    }
    let place = |text: &str| page.html.find(text).unwrap_or_else(|| panic!("no `{text}`"));
    assert!(place("The first check failed.") < place("It is down, confirmed"));
    assert!(place("It is down, confirmed") < place("Ops mail"));
    assert!(place("Ops mail") < place("says:"));
}

#[test]
fn what_is_over_or_acknowledged_has_no_button_for_it() {
    let mut site = site();
    let page = site.get("/incidents/1");
    page.has("It was down for 4 min.");
    page.has("It is up again.");
    page.lacks("acknowledge_incident");
    page.lacks(r#"href="/t/9"#);
    page.has(r#"action="/api/comment_incident""#);
    let page = site.get("/incidents/2");
    page.has("<b>Grace</b> acknowledged it.");
    page.lacks("acknowledge_incident");
    site.viewer = viewer(Some(Role::Viewer));
    let page = site.get("/incidents/3");
    page.lacks("acknowledge_incident");
    page.lacks("comment_incident");
    site.get("/incidents/3?done=acknowledged").has("Nobody is reminded of it any more.");
    for none in ["/incidents/4", "/incidents/x", "/incidents/"] {
        assert_eq!(site.get(none).status, 404, "{none}");
    }
}

#[test]
fn who_has_no_account_sees_neither_names_nor_evidence_nor_messages() {
    let mut site = full();
    site.incidents[0].incident.acknowledged = Some((Timestamp(NOW - MINUTE), "Grace".into()));
    site.viewer = viewer(None);
    site.viewer.reading = Reading::Everyone;
    for path in ["/incidents", "/incidents/3"] {
        let page = site.get(path);
        assert_eq!(page.status, 200);
        for hidden in ["Grace", "Ada", "Ops mail", "Telegram", "The disk is full", "What was seen", "503"] {
            page.lacks(hidden);
        }
    }
    let page = site.get("/incidents/3");
    page.has("Somebody acknowledged it.");
    page.has("It is down, confirmed");
    page.lacks(r#"href="/alerts""#);
}

#[test]
fn a_comment_that_is_wrong_is_kept() {
    let mut site = site();
    site.failed(FailedForm {
        page: "/incidents/3".into(),
        action: "/api/comment_incident".into(),
        values: vec![("id".into(), "3".into()), ("comment".into(), "far too long".into())],
        error: ApiError::Invalid(Invalid::one("comment", "at most 2,000 characters")),
        panel: None,
    });
    let page = site.get("/incidents/3");
    page.has("far too long</textarea>");
    page.has("At most 2,000 characters.");
    page.lacks("Not done.");
}

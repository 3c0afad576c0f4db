//! The pages as the server renders them, over ports in memory: what is there without script, in every state.

#[path = "pages/alerts.rs"]
mod alerts;
#[path = "pages/editor.rs"]
mod editor;
#[path = "pages/harness.rs"]
mod harness;
#[path = "pages/incidents.rs"]
mod incidents;
#[path = "pages/settings.rs"]
mod settings;

use app::{ApiError, backend::FailedForm};
use domain::{
    About, Certificate, Evidence, Fault, FaultKind, FieldError, Invalid, LastFailure, Micros, Outage, Phase,
    Phases, Story, Timestamp, Timing, TlsEvidence, TlsFault, TrackerId,
};
use harness::{Site, about, down, story, up};

#[test]
fn without_trackers_the_page_invites() {
    let page = Site::new().get("/");
    assert_eq!(page.status, 200);
    page.has("What should be watched?");
    page.has(r#"<form action="/api/add_tracker""#);
    page.has(r#"name="url""#);
    page.has("></textarea>");
}

#[test]
fn every_part_can_be_looked_at() {
    let page = Site::new().get("/ui");
    assert_eq!(page.status, 200);
    for part in ["Every mark", "Retrying", "Problem", "A password that is wrong", "A fold", "is-slow"] {
        page.has(part);
    }
}

#[test]
fn the_list_shows_every_tracker_with_its_news_first() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(60));
    site.track(2, about("Mail"), &down(3));
    site.track(3, About { paused: Some(domain::Rest::default()), ..about("Wiki") }, &up(2));
    let page = site.get("/");
    page.has("1 of 3 down");
    page.has("1 paused");
    page.has("checked ");
    page.has("connection refused");
    page.has("Last 60 checks, newest last: 60 up.");
    page.has(r#"href="/t/2""#);
    for action in ["pause_tracker", "resume_tracker", "delete_tracker", "add_tracker"] {
        page.has(&format!(r#"action="/api/{action}""#));
    }
    page.lacks("<script>alert");
}

/// Two in a group, one in none; Mail is down.
fn dashboard() -> Site {
    let mut site = Site::new();
    let of = |name: &str, group: &str, tags: &[&str]| About {
        group: group.into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..about(name)
    };
    site.track(1, of("Shop", "Production", &["prod", "web"]), &up(60));
    site.track(2, of("Mail", "Home <lab>", &["web"]), &down(3));
    site.track(3, about("Wiki"), &up(2));
    site
}

#[test]
fn the_list_is_in_groups_and_trouble_rises() {
    let page = dashboard().get("/");
    page.has("<h2>Home &lt;lab&gt;</h2>");
    page.has("1/1 up");
    page.has("0/1 up · <b>1 down</b>");
    page.has("<h2>No group</h2>");
    page.has("<span>prod</span><span>web</span>");
    let place = |text: &str| page.html.find(text).unwrap();
    assert!(place("Home &lt;lab&gt;</h2>") < place("Production</h2>"));
    assert!(place("Production</h2>") < place("No group</h2>"));
    assert_eq!(page.html.matches(r#"<details open class="group">"#).count(), 3);
    assert_eq!(page.html.matches(r#"type="checkbox" name="id""#).count(), 3);
    page.has(r#"form="many" aria-label="Select Shop""#);
    page.has(r#"name="up" value="1""#);
}

#[test]
fn filters_are_links_and_a_plain_form() {
    let page = dashboard().get("/?state=down&tag=web&sort=name&density=compact");
    page.has(r#"<form action="/" method="get""#);
    page.has(r#"name="q""#);
    for kept in [("state", "down"), ("tag", "web"), ("density", "compact")] {
        page.has(&format!(r#"<input type="hidden" name="{}" value="{}"#, kept.0, kept.1));
    }
    page.has(r#"<option value="name" selected>"#);
    page.has(r#"href="/?tag=web&amp;sort=name&amp;density=compact""#);
    page.has(r#"data-density="compact""#);
    page.has("Mail");
    page.lacks(r#"href="/t/1""#);
    page.lacks(r#"name="up""#);
    page.has("1 of 3 down");
}

#[test]
fn when_nothing_matches_the_page_says_what_was_asked_for() {
    let page = dashboard().get("/?q=%3Cb%3E&state=paused&tag=prod");
    assert_eq!(page.status, 200);
    page.has("Nothing matches ");
    page.has("<b>“&lt;b&gt;”</b> + <b>paused</b> + <b>prod</b>");
    page.has(r#"<a href="/" class="btn small">Clear filters</a>"#);
    page.has("Needs attention");
    page.lacks("<b>“<b>");
}

#[test]
fn pages_of_a_filtered_list_keep_the_filter() {
    let mut site = Site::new();
    for n in 0..250 {
        site.track(n, About { tags: vec!["a&b".into()], ..about(&format!("Site {n}")) }, &[]);
    }
    let page = site.get("/?tag=a%26b&page=2");
    page.has("Page 2 of 3 · 250 trackers");
    page.has(r#"rel="prev" href="/?tag=a%26b""#);
    page.has(r#"rel="next" href="/?tag=a%26b&amp;page=3""#);
    assert_eq!(page.html.matches(r#"id="row-"#).count(), 100);
}

#[test]
fn what_was_done_with_many_can_be_taken_back() {
    let page = dashboard().get("/?state=up&undo=7");
    page.has("2 trackers are &lt;paused&gt;.");
    page.has(r#"<form action="/api/undo_many" method="post">"#);
    page.has(r#"name="back" value="/?state=up""#);
    dashboard().get("/?undo=8").lacks("/api/undo_many");
}

#[test]
fn many_are_edited_after_a_preview() {
    let site = dashboard();
    let page = site.get("/edit?id=1&id=2&back=%2F%3Fstate%3Ddown");
    assert_eq!(page.status, 200);
    page.has("Edit 2 trackers");
    page.has(r#"href="/?state=down""#);
    page.lacks("What this changes");
    let page = site.get("/edit?id=1&id=2&set=every&every=30s&preview=1&back=https%3A%2F%2Fevil.example");
    page.has("<b>1 tracker</b>: Every <del>1m</del> → <ins>30s</ins>");
    page.has("1 tracker stays as before");
    page.has("Change 1 tracker");
    page.has(r#"<input type="hidden" name="set" value="every""#);
    page.lacks("evil.example");
    site.get("/edit?id=1&set=every&every=30s&preview=1").has("Nothing would change.");
}

#[test]
fn a_wrong_setting_of_many_is_said_at_its_field() {
    let page = dashboard().get("/edit?id=1&set=every&every=0&preview=1");
    page.has("Nothing was changed.");
    page.has(r#"id="every-problem""#);
    page.has("An interval is 1 s to 24 h.");
    page.has(r#"value="0""#);
    page.lacks("What this changes");
    for path in ["/edit", "/edit?id=9", "/edit?id=x"] {
        assert_eq!(dashboard().get(path).status, 404, "{path}");
    }
}

#[test]
fn the_buttons_for_tags_and_groups_choose_their_settings() {
    let site = dashboard();
    site.get("/edit?id=1&do=move").has(r#"id="set-group" name="set" value="group" checked"#);
    let page = site.get("/edit?id=1&do=tag");
    page.has(r#"name="set" value="add_tags" checked"#);
    page.has(r#"name="set" value="remove_tags" checked"#);
    page.lacks(r#"value="group" checked"#);
}

#[test]
fn one_tracker_is_shown_large_with_all_its_checks() {
    let mut site = Site::new();
    site.track(7, about("Mail"), &down(5));
    site.remember(story());
    let page = site.get("/t/7");
    assert_eq!(page.status, 200);
    page.has("Down since ");
    page.has("connection refused");
    page.has("How it is checked");
    assert_eq!(page.html.matches(r#"<tr id="check-"#).count(), 5);
    page.has(r#"href="https://mail.example/""#);
}

#[test]
fn the_past_is_in_the_page_once_and_not_again_as_data() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(60));
    site.remember(story());
    let page = site.get("/t/1?reach=7d");
    for part in ["h-uptime", "h-latency", "h-days", "h-outages", "h-how"] {
        assert_eq!(page.html.matches(&format!(r#"id="{part}""#)).count(), 1, "{part}");
        assert_eq!(page.html.matches(part).count(), 2, "{part}: the section and its heading, no data");
    }
    page.has(r#"id="reach-7d" href="/t/1?reach=7d#reach-7d" aria-current="true""#);
    page.has(r#"90.00<span class="unit">"#);
    page.has("1 h down");
    page.has("No outage in the recorded history");
    page.has(r#"action="/t/1#moment""#);
}

#[test]
fn a_page_without_its_past_is_still_a_page() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(60));
    let page = site.get("/t/1");
    assert_eq!(page.status, 200);
    page.has("Last 60 checks");
    page.has("The history cannot be read at the moment");
}

#[test]
fn what_targets_and_addresses_say_is_text_in_the_past_too() {
    const HOSTILE: &str = r#"</td>"'><script>alert(1)</script>"#;
    let mut site = Site::new();
    site.track(1, About { schedule: HOSTILE.into(), expect: HOSTILE.into(), ..about("Shop") }, &down(2));
    let mut story = story();
    let fault = Some(Fault::new(FaultKind::Tls(TlsFault::Other), HOSTILE));
    story.outages.push(Outage { from: Timestamp(story.now.0 - 9_000), until: None, fault });
    site.remember(story);
    for path in ["/t/1?at=5", "/t/1?reach=<script>alert(1)</script>", "/t/1?at=\"><script>alert(1)</script>"]
    {
        let page = site.get(path);
        assert_eq!(page.status, 200);
        page.has("no secure connection: &lt;/td&gt;");
        page.lacks("<script>alert(1)");
        page.lacks("\"><script");
    }
    site.get("/t/1?at=<i>now").has("“&lt;i&gt;now”: This is no time");
}

#[test]
fn a_moment_is_shown_with_ways_from_it() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(60));
    site.remember(story());
    let page = site.get("/t/1?reach=1y&at=2026-11-23T14:03");
    page.has("A moment in the past");
    page.has("newest last: 60 up.");
    page.has(r#"value="2026-11-23T14:03""#);
    page.has(r#"id="earlier-failure" href="/t/1?reach=1y&amp;at="#);
    page.has(r#"id="back" href="/t/1?reach=1y#moment""#);
    page.lacks("Next failure</a>");
    page.has("Show 60 checks as a table");
}

#[test]
fn a_tracker_that_cannot_be_checked_says_why() {
    let mut site = Site::new();
    let problem = Some("the target is not a URL".to_owned());
    site.track(1, About { problem, ..about("Odd") }, &[]);
    for path in ["/", "/t/1"] {
        site.get(path).has("the target is not a URL");
    }
}

#[test]
fn what_does_not_exist_is_not_found() {
    for path in ["/t/9", "/t/nine", "/nowhere"] {
        let page = Site::new().get(path);
        assert_eq!(page.status, 404, "{path}");
        page.has("Nothing is at this address");
    }
}

#[test]
fn when_the_server_cannot_answer_the_page_says_so_and_nothing_more() {
    let mut site = Site::new();
    site.fail();
    let page = site.get("/");
    assert_eq!(page.status, 503);
    page.has("Load the page again");
    page.lacks("disk sector 7");
}

#[test]
fn when_nothing_can_be_recorded_every_page_says_so() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(1));
    for path in ["/", "/t/1"] {
        site.get(path).lacks("Recording has stopped");
    }
    site.trouble("Recording has stopped: the disk is full.");
    for path in ["/", "/t/1"] {
        site.get(path).has("Recording has stopped: the disk is full.");
    }
}

#[test]
fn a_form_that_failed_keeps_what_was_typed_and_says_what_is_wrong_at_its_field() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(1));
    site.failed(FailedForm {
        page: "/".into(),
        action: "/api/add_tracker".into(),
        values: vec![("url".into(), "no url</textarea><script>alert(1)</script>".into())],
        error: ApiError::Invalid(Invalid::one("url", "`no url` is not a web address")),
        panel: None,
    });
    let page = site.get("/");
    page.has("`no url` is not a web address.");
    page.has(r#"aria-invalid="true""#);
    page.has(">no url&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>");
    page.lacks("<script>alert(1)");
}

#[test]
fn a_button_that_failed_says_so_on_the_page_it_was_on() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(1));
    site.failed(FailedForm {
        page: "/".into(),
        action: "/api/pause_tracker".into(),
        values: vec![("id".into(), "1".into())],
        error: ApiError::Unavailable,
        panel: None,
    });
    for path in ["/", "/t/1"] {
        site.get(path).has("Not done.");
    }
}

#[test]
fn a_deletion_can_be_undone_from_the_list() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(1));
    site.delete(1);
    let page = site.get("/?deleted=1");
    page.has("Shop</b>");
    page.has(r#"<form action="/api/restore_tracker""#);
    for path in ["/", "/?deleted=2", "/?deleted=x"] {
        site.get(path).lacks("restore_tracker");
    }
}

#[test]
fn names_are_text_wherever_they_stand() {
    let mut site = Site::new();
    site.track(1, about("<script>alert(1)</script>"), &up(1));
    for path in ["/", "/t/1"] {
        let page = site.get(path);
        page.has("&lt;script&gt;alert(1)");
        page.lacks("<script>alert(1)");
    }
}

#[test]
fn a_long_list_has_pages() {
    let mut site = Site::new();
    for id in 1..=101 {
        site.track(id, about(&format!("Site {id}")), &[]);
    }
    let first = site.get("/");
    first.has("Page 1 of 2");
    first.has(r#"href="/?page=2""#);
    first.lacks(r#"href="/t/101""#);
    site.get("/?page=2").has(r#"href="/t/101""#);
    site.get("/?page=99").has("Page 2 of 2");
    assert_eq!(TrackerId(101).to_string(), "101");
}

const HOSTILE: &str = "</pre></script><img src=x onerror=alert(1)>\u{202E}\u{1b}[31m";

#[test]
fn the_last_failure_is_compared_with_the_last_good_answer() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &down(2));
    let mut story = story();
    story.phases.add(Phase::Connect, Micros(20_000));
    story.phases.add(Phase::FirstByte, Micros(60_000));
    let mut phases = Phases::NONE;
    phases.add(Phase::Connect, Micros(21_000));
    phases.add(Phase::FirstByte, Micros(800_000));
    let latency = Some(Micros(821_000));
    story.slowest = vec![Timing { due: story.now, attempt: 0, latency, phases, failed: false }];
    let seen = |status, server: &str| Evidence {
        url: "https://shop.example/".into(),
        status: Some(status),
        headers: vec![("server".into(), server.into()), (HOSTILE.into(), HOSTILE.into())],
        body: Some(HOSTILE.into()),
        tls: Some(TlsEvidence {
            chain: vec![Certificate { subject: HOSTILE.into(), ..Certificate::default() }],
            ..TlsEvidence::default()
        }),
        ..Evidence::default()
    };
    story.failure = Some(LastFailure {
        at: story.now,
        fault: Some(Fault::new(FaultKind::Status(503), HOSTILE)),
        seen: seen(503, "old"),
        last_good: Some((story.now, seen(200, "new"))),
    });
    site.remember(story);
    let page = site.get("/t/1");
    page.has("Medians: connect 20 ms, first byte 60 ms");
    page.has("The slowest good checks of the last 24 hours");
    page.has("first byte 800 ms");
    page.has("Last failure");
    page.has("Compared with the last good answer");
    assert_eq!(page.html.matches(r#"<span class="differs">differs</span>"#).count(), 2, "{}", page.html);
    page.has("Certificates that were shown");
    page.lacks("<img");
    page.lacks("\u{202E}");
    page.lacks("\u{1b}");
}

fn settings(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn settings_are_told_where_they_are_not_as_usual() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(2));
    let told = settings(&[("http.method", "POST"), ("http.headers", "X-Key: •••"), ("http.ip", "auto")]);
    site.remember(Story { settings: told, ..story() });
    let page = site.get("/t/1");
    page.has("<dd>POST</dd>");
    page.has("X-Key: •••");
    page.lacks("<dd>auto</dd>");
    page.has(r#"href="/t/1/edit""#);
}

#[test]
fn the_form_of_a_tracker_has_its_settings() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(2));
    let told = settings(&[("url", HOSTILE), ("http.ip", "6"), ("http.cookies", "true"), ("expect", HOSTILE)]);
    site.remember(Story { settings: told, ..story() });
    let page = site.get("/t/1/edit");
    assert_eq!(page.status, 200);
    page.has("Edit Shop");
    page.has("3, 5 s apart");
    page.has("39 to 386");
    page.has(r#"action="/api/edit_tracker""#);
    page.has(r#"<option value="6" selected>"#);
    page.has("checked");
    page.lacks("<img");
    assert_eq!(site.get("/t/9/edit").status, 404);
    assert_eq!(site.get("/t/x/edit").status, 404);
}

#[test]
fn a_form_that_was_refused_keeps_what_was_typed_and_says_why() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(2));
    site.remember(Story { settings: settings(&[("every", "30s"), ("http.host", "")]), ..story() });
    let problems = Invalid(vec![
        FieldError::new("every", "an interval is whole seconds"),
        FieldError::new("http.host", "a host like example.org"),
    ]);
    site.failed(FailedForm {
        page: "/t/1/edit".into(),
        action: "/api/edit_tracker".into(),
        values: settings(&[("id", "1"), ("every", "0"), ("http.host", "a/b")]),
        error: ApiError::Invalid(problems),
        panel: None,
    });
    let page = site.get("/t/1/edit");
    page.has("Nothing was saved.");
    page.has("<a href=\"#f-every\">Every: an interval is whole seconds</a>");
    page.has(r#"id="f-http-host-problem""#);
    page.has(r#"value="a/b""#);
    let open = page.html.matches("<details open").count();
    assert_eq!(open, 2, "expectations, and the group with the problem: {}", page.html);
}

#[test]
fn who_changed_what_is_told() {
    let mut site = Site::new();
    site.track(1, about("Shop"), &up(2));
    site.remember(story());
    let page = site.get("/t/1");
    page.has("h-changes");
    page.has("Ada");
    page.has("<li>Every: 60s");
    page.has("nothing</li>");
}

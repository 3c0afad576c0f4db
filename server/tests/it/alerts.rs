//! From a transition to a message that arrives: once, in order, whatever the channel does.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::{
    AlertChange, AlertRule, ChannelId, Fault, FaultKind, Outcome, Records, Scope, Secret, StoredChannel,
    Timestamp, access::Actor,
};
use serde_json::Value;
use store::Store;
use tempfile::TempDir;

use crate::{
    harness::{ManualClock, TestApp, breathe, vault},
    process::Process,
};

/// A service that takes webhooks, or refuses them as it is told.
#[derive(Clone, Default)]
pub(crate) struct Service(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// What to answer next; 200 when nothing is said.
    answers: VecDeque<u16>,
    /// What came: the message's key, and the message.
    heard: Vec<(String, Value)>,
    /// Keys of what was refused.
    refused: Vec<String>,
}

impl Service {
    pub(crate) async fn start() -> (Self, String) {
        let service = Self::default();
        let router = Router::new().route("/", post(hear)).with_state(service.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (service, url)
    }

    fn answer(&self, all: &[u16]) {
        self.0.lock().unwrap().answers.extend(all);
    }

    pub(crate) fn heard(&self) -> Vec<(String, Value)> {
        self.0.lock().unwrap().heard.clone()
    }

    /// What came, by the words of its kinds.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.heard().iter().map(|(_, message)| message["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits, while time passes second by second if it shall.
    pub(crate) async fn until(&self, app: &TestApp, passes: bool, condition: impl Fn(&Self) -> bool) {
        for _ in 0..4_000 {
            if condition(self) {
                return;
            }
            if passes {
                app.clock.advance(Duration::from_millis(100));
            }
            breathe().await;
        }
        panic!("never became what was expected: {:?}", self.kinds());
    }
}

async fn hear(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut inner = service.0.lock().unwrap();
    let key = headers["webhook-id"].to_str().unwrap().to_owned();
    let answer = StatusCode::from_u16(inner.answers.pop_front().unwrap_or(200)).unwrap();
    if answer.is_success() {
        inner.heard.push((key, serde_json::from_slice(&body).unwrap()));
    } else {
        inner.refused.push(key);
    }
    answer
}

pub(crate) fn down() -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Refused, "nobody listens"))
}

/// A data folder with a webhook for each of these addresses, and one rule that leads to the first.
pub(crate) async fn folder(urls: &[&str], change: impl FnOnce(&mut AlertRule)) -> Arc<TempDir> {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let store = Store::open(&folder.path().join("uptime-tracker.db")).await.unwrap();
    let mut writer = store.unlock(vault()).await.unwrap().into_writer().await.unwrap();
    let by = Actor::program("test");
    for (url, name) in urls.iter().zip(["first", "second"]) {
        let fields = [("url".to_owned(), (*url).to_owned())];
        let settings = Secret::new(notify::Channel::parse("webhook", &fields, None).unwrap().to_json());
        let channel =
            StoredChannel { id: None, name: name.into(), kind: "webhook".into(), settings, enabled: true };
        writer.alert(&AlertChange::SaveChannel(channel), &by, Timestamp(0)).await.unwrap();
    }
    let mut rule = AlertRule {
        id: None,
        name: "all".into(),
        scope: Scope::default(),
        channels: vec![ChannelId(1)],
        delay: Duration::ZERO,
        remind: None,
        fallback: None,
        enabled: true,
    };
    change(&mut rule);
    writer.alert(&AlertChange::SaveRule(rule), &by, Timestamp(0)).await.unwrap();
    writer.close().await.unwrap();
    folder
}

pub(crate) async fn app(folder: &Arc<TempDir>) -> TestApp {
    TestApp::over(Arc::clone(folder), Arc::new(ManualClock::new())).await
}

#[tokio::test]
async fn an_outage_is_told_once_and_its_end_after_it() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    let id = app.track("http://a.example/", 0).await;
    app.run_until(id, 2).await;
    app.prober.answer("http://a.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    app.prober.answer("http://a.example/", Outcome::Up);
    service.until(&app, true, |service| service.heard().len() == 2).await;
    assert_eq!(service.kinds(), ["down", "recovered"]);
    let heard = service.heard();
    let (first, last) = (&heard[0].1, &heard[1].1);
    assert_eq!(first["tracker"]["name"], "a.example");
    assert!(first["cause"].as_str().unwrap().contains("nobody listens"), "{first}");
    assert_eq!(
        (&first["incident"], &first["link"]),
        (&1.into(), &"https://status.example/incidents/1".into())
    );
    assert_eq!(last["incident"], 1);
    assert_ne!(heard[0].0, heard[1].0, "two messages, two keys");
    app.stop().await;
}

#[tokio::test]
async fn what_a_service_does_not_take_comes_again_under_the_same_key() {
    let (service, url) = Service::start().await;
    service.answer(&[500, 429, 503]);
    let app = app(&folder(&[&url], |_| ()).await).await;
    let id = app.track("http://a.example/", 0).await;
    app.prober.answer("http://a.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    app.run_until(id, 20).await;
    assert_eq!(service.kinds(), ["down"]);
    let key = &service.heard()[0].0;
    assert!(service.0.lock().unwrap().refused.iter().all(|refused| refused == key));
    assert_eq!(service.0.lock().unwrap().refused.len(), 3);
    app.stop().await;
}

#[tokio::test]
async fn what_waited_is_sent_by_the_next_run() {
    let (service, url) = Service::start().await;
    service.answer(&[500; 2]);
    let app = app(&folder(&[&url], |_| ()).await).await;
    app.track("http://a.example/", 0).await;
    app.prober.answer("http://a.example/", down());
    service.until(&app, true, |service| !service.0.lock().unwrap().refused.is_empty()).await;
    let app = app.restart(Duration::from_secs(5)).await;
    app.prober.answer("http://a.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    assert_eq!(service.kinds(), ["down"]);
    app.stop().await;
}

#[tokio::test]
async fn what_is_over_before_its_delay_is_told_to_nobody() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |rule| rule.delay = Duration::from_mins(5)).await).await;
    let id = app.track("http://a.example/", 0).await;
    app.prober.answer("http://a.example/", down());
    app.run_until(id, 5).await;
    app.prober.answer("http://a.example/", Outcome::Up);
    app.run_until(id, 10).await;
    app.prober.answer("http://a.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    let message = &service.heard()[0].1;
    assert_eq!(
        (&message["kind"], &message["incident"]),
        (&"down".into(), &2.into()),
        "only the second is told"
    );
    app.stop().await;
}

#[tokio::test]
async fn what_is_refused_goes_another_way() {
    let ((broken, first), (spare, second)) = (Service::start().await, Service::start().await);
    broken.answer(&[404; 9]);
    let folder = folder(&[&first, &second], |rule| rule.fallback = Some(ChannelId(2))).await;
    let app = app(&folder).await;
    app.track("http://a.example/", 0).await;
    app.prober.answer("http://a.example/", down());
    spare.until(&app, true, |service| !service.heard().is_empty()).await;
    assert_eq!((spare.kinds(), broken.heard().len()), (vec!["down".to_owned()], 0));
    assert_eq!(broken.0.lock().unwrap().refused.len(), 3);
    app.stop().await;
}

#[tokio::test]
async fn a_bar_says_who_was_told_to_who_may_know_and_only_while_it_lasts() {
    let ((broken, first), (_spare, second)) = (Service::start().await, Service::start().await);
    broken.answer(&[404; 9]);
    let folder = folder(&[&first, &second], |rule| rule.fallback = Some(ChannelId(2))).await;
    let app = app(&folder).await;
    let body = format!(r#"{{"cursor": null, "visible": [{}]}}"#, app.track("http://a.example/", 0).await);
    let ask = async |client: &reqwest::Client| -> Value {
        let request = client.post(app.url("/api/live")).body(body.clone());
        let reply = request.header("content-type", "application/json").header("origin", app.url(""));
        reply.send().await.unwrap().json().await.unwrap()
    };
    let told = async |client: &reqwest::Client| {
        ask(client).await["changes"][0]["whole"]["about"]["told"].as_str().unwrap_or_default().to_owned()
    };
    let until = async |wanted: &str| {
        for _ in 0..4_000 {
            if told(&app.http).await == wanted {
                return;
            }
            app.clock.advance(Duration::from_millis(100));
            breathe().await;
        }
        panic!("instead of `{wanted}`: {}", ask(&app.http).await);
    };
    app.prober.answer("http://a.example/", down());
    until("told: first ✗ 404, second ✓").await;
    let open = app.http.post(app.url("/api/set_reading")).body("reading=true");
    open.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert_eq!(told(&app.stranger).await, "", "{}", ask(&app.stranger).await);
    assert_eq!(ask(&app.stranger).await["changes"][0]["whole"]["about"]["name"], "a.example");
    app.until("/v1/incidents", |all| all[0]["acknowledged"] == false).await;
    app.send(reqwest::Method::POST, "/v1/incidents/1/acknowledge", "").await;
    let mut looks = 0;
    while ask(&app.stranger).await["totals"]["acknowledged"] != 1 {
        looks += 1;
        assert!(looks < 4_000, "{}", ask(&app.stranger).await);
        breathe().await;
    }
    app.prober.answer("http://a.example/", Outcome::Up);
    until("").await;
    assert_eq!(ask(&app.http).await["totals"].get("acknowledged"), None);
    app.stop().await;
}

#[tokio::test]
async fn who_goes_up_and_down_is_told_of_every_half_hour() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    let id = app.track("http://a.example/", 0).await;
    for n in 1..40 {
        app.prober.answer("http://a.example/", if n % 2 == 0 { Outcome::Up } else { down() });
        app.run_until(id, n).await;
    }
    service.until(&app, false, |service| service.kinds().contains(&"flapping".to_owned())).await;
    let before = service.heard().len();
    app.clock.advance(Duration::from_mins(30));
    service.until(&app, false, |service| service.heard().len() > before).await;
    let (_, message) = &service.heard()[before];
    assert_eq!(message["kind"], "flapping");
    let cause = message["cause"].as_str().unwrap();
    assert!(cause.starts_with("down ") && cause.ends_with(" times in the last 30 min"), "{cause}");
    app.stop().await;
}

#[tokio::test]
async fn a_storm_is_one_message_and_a_digest() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |_| ()).await).await;
    // Enough that are well: otherwise this location would take itself to be blind.
    for n in 0..40 {
        let body = format!(r#"{{"url": "http://well-{n}.example/", "every": 3600}}"#);
        assert_eq!(app.send(reqwest::Method::POST, "/v1/trackers", &body).await.status(), 201);
        app.run_until(n + 1, 1).await;
    }
    for n in 0..12 {
        let url = format!("http://{n}.example/");
        app.prober.answer(&url, down());
        app.track(&url, 0).await;
    }
    service.until(&app, true, |service| service.kinds().iter().any(|kind| kind == "digest")).await;
    let heard = service.heard();
    let told: usize = heard
        .iter()
        .map(|(_, message)| {
            message["lines"].as_array().map_or(0, Vec::len).max(usize::from(message["kind"] == "down"))
        })
        .sum();
    assert!(heard.len() <= 7 && told == 12, "{} messages about {told}: {heard:?}", heard.len());
    app.stop().await;
}

#[tokio::test]
async fn people_are_reminded_of_what_lasts() {
    let (service, url) = Service::start().await;
    let app = app(&folder(&[&url], |rule| rule.remind = Some(Duration::from_mins(1))).await).await;
    app.track("http://a.example/", 0).await;
    app.prober.answer("http://a.example/", down());
    service.until(&app, true, |service| !service.heard().is_empty()).await;
    // What counts is when it was noted, which is a moment later.
    let is_noted =
        |story: &Value| story["timeline"].as_array().unwrap().iter().any(|event| event["state"] == "sent");
    app.until("/v1/incidents/1", is_noted).await;
    app.clock.advance(Duration::from_mins(1));
    service.until(&app, false, |service| service.heard().len() == 2).await;
    app.clock.advance(Duration::from_secs(90));
    for _ in 0..600 {
        breathe().await;
    }
    assert_eq!(service.kinds(), ["down", "still_down"], "the next one comes after twice as long");
    app.clock.advance(Duration::from_secs(220));
    service.until(&app, false, |service| service.heard().len() == 3).await;
    assert_eq!(service.kinds()[2], "still_down");
    app.stop().await;
}

#[tokio::test]
async fn somebody_outside_hears_that_all_is_well() {
    let (sender, mut beats) = tokio::sync::mpsc::unbounded_channel();
    let heard = move || async move {
        let _ = sender.send(());
    };
    let router = Router::new().route("/ping/secret-7", axum::routing::get(heard));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/ping/secret-7", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let server = tokio::task::spawn_blocking({
        let path = folder.path().to_owned();
        move || Process::serve(&path, &["--heartbeat", &url])
    });
    let server = server.await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), beats.recv()).await.unwrap().unwrap();
    assert_eq!(server.terminate(), Some(0));
    let refused = crate::process::run(&["serve", "--heartbeat", "ftp://hc.example"]);
    assert_eq!(refused.status.code(), Some(2));
}

//! Messages, channels and a sender, as the tests need them.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use domain::{Alert, AlertKind, Clock, Concerned, EgressPolicy, Timestamp, TrackerId};
use notify::{Channel, Sender};

/// The kinds that talk HTTP.
pub(crate) const HTTP: [&str; 6] = ["slack", "discord", "telegram", "ntfy", "pagerduty", "webhook"];

/// Secrets of the channels below. None may be seen anywhere.
pub(crate) const CANARIES: [&str; 7] = [
    "T00/B00/canaryslack",
    "canarydiscord",
    "123456:canarytelegram",
    "canaryntfytopic",
    "tk_canaryntfy",
    "canarypagerdutycanarypagerduty32",
    "canaryheader",
];

/// A time that stands still.
struct Still;

#[async_trait::async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(1_795_442_600_999)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// One for all tests: it reads the certificate authorities of this machine.
pub(crate) fn sender() -> &'static Sender {
    static SENDER: LazyLock<Sender> = LazyLock::new(|| sender_of(EgressPolicy::SelfHosted));
    &SENDER
}

pub(crate) fn sender_of(policy: EgressPolicy) -> Sender {
    Sender::new(policy, Arc::new(Still)).unwrap()
}

pub(crate) fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn channel(kind: &str, pairs: &[(&str, &str)]) -> Channel {
    Channel::parse(kind, &fields(pairs), None).unwrap()
}

/// The settings of a kind whose service is at this address.
pub(crate) fn settings(kind: &str, base: &str) -> Vec<(String, String)> {
    let slack = format!("{base}/services/{}", CANARIES[0]);
    let discord = format!("{base}/api/webhooks/1/{}", CANARIES[1]);
    let hook = format!("{base}/hook");
    let headers = format!("Authorization: Bearer {}\nX-Team: shop", CANARIES[6]);
    match kind {
        "slack" => fields(&[("url", &slack)]),
        "discord" => fields(&[("url", &discord)]),
        "telegram" => fields(&[("token", CANARIES[2]), ("chat", "-100123"), ("server", base)]),
        "ntfy" => fields(&[("topic", CANARIES[3]), ("token", CANARIES[4]), ("server", base)]),
        "pagerduty" => fields(&[("key", CANARIES[5]), ("server", base)]),
        "webhook" => fields(&[
            ("url", &hook),
            ("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            ("headers", &headers),
        ]),
        other => panic!("no settings for {other}"),
    }
}

/// A channel of a kind whose service is at this address.
pub(crate) fn at(kind: &str, base: &str) -> Channel {
    Channel::parse(kind, &settings(kind, base), None).unwrap()
}

/// The same with an own text, where a kind has one.
pub(crate) fn with_own_text(kind: &str, base: &str, text: &str) -> Channel {
    let mut settings = settings(kind, base);
    settings.push(("text".to_owned(), text.to_owned()));
    Channel::parse(kind, &settings, None).unwrap()
}

pub(crate) fn shop() -> Concerned {
    Concerned {
        id: TrackerId(7),
        name: "shop".into(),
        target: "https://shop.example/health?a=1&b=2".into(),
        group: "Home".into(),
        tags: vec!["api".into(), "prod".into()],
    }
}

pub(crate) fn down() -> Alert {
    Alert {
        key: "inst-12-down".into(),
        thread: "inst-12".into(),
        kind: AlertKind::Down,
        tracker: Some(shop()),
        incident: Some(12),
        at: Timestamp(1_795_442_590_123),
        since: Some(Timestamp(1_795_442_530_000)),
        lasted_ms: None,
        cause: "Status was 503, wanted 200".into(),
        evidence: vec![
            ("Answer".into(), "503 Service Unavailable".into()),
            ("Body".into(), "<h1>Oops</h1>".into()),
        ],
        lines: Vec::new(),
        acknowledge: Some(
            "https://status.example/acknowledge?incident=7&channel=3&until=1&signature=A-_b".into(),
        ),
        link: Some("https://status.example/t/7?at=2026-11-23T14:03".into()),
    }
}

pub(crate) fn recovered() -> Alert {
    Alert {
        key: "inst-12-recovered".into(),
        kind: AlertKind::Recovered,
        lasted_ms: Some(252_000),
        cause: String::new(),
        evidence: Vec::new(),
        acknowledge: None,
        ..down()
    }
}

pub(crate) fn digest() -> Alert {
    Alert {
        key: "inst-digest-3".into(),
        thread: "inst-digest-3".into(),
        kind: AlertKind::Digest,
        tracker: None,
        incident: None,
        since: None,
        cause: String::new(),
        evidence: Vec::new(),
        lines: vec!["Down: shop".into(), "Up again after 4 min 12 s: mail & more".into()],
        acknowledge: None,
        link: None,
        ..down()
    }
}

/// A message whose texts all try to be something else.
pub(crate) fn hostile() -> Alert {
    let text = "*<!channel> @everyone <script>alert(1)</script>\r\nX-Evil: 1 {target} \u{202E}\"'`_[a](b)&";
    let mut alert = down();
    alert.tracker = Some(Concerned {
        id: TrackerId(1),
        name: text.into(),
        target: text.into(),
        group: text.into(),
        tags: vec![text.into()],
    });
    alert.cause = text.into();
    alert.evidence = vec![(text.into(), text.into())];
    alert.key = "key\r\nX-Evil: 1".into();
    alert.thread = "thread>\r\nX-Evil: 1".into();
    alert.link = Some("https://status.example/\"><script>".into());
    alert.acknowledge.clone_from(&alert.link);
    alert
}

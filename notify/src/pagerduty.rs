//! `PagerDuty`, by the Events API, version 2.

use std::time::Duration;

use domain::{Alert, AlertKind, ChannelInput, ChannelKind, Secret};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    Receipt, Sender, Undelivered,
    channel::Kind,
    form::{Form, Show, field, optional},
    place::below,
    post::{Answer, Post, Reason, quoted},
    wording::{Words, cut},
};

/// Where events go; that of the European service region is another.
const SERVER: &str = "https://events.pagerduty.com";
/// The most characters of a summary.
const SUMMARY: usize = 1_024;

/// An integration of a service in `PagerDuty`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PagerDuty {
    key: Secret,
    server: Url,
}

/// What becomes of a message there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// An alert opens, or is told more.
    Trigger(&'static str),
    /// It is over.
    Resolve,
    /// Something to know, that wakes nobody and stays open nowhere.
    Change,
}

impl Event {
    fn of(kind: AlertKind) -> Self {
        match kind {
            AlertKind::Down | AlertKind::StillDown | AlertKind::Blind => Self::Trigger("critical"),
            AlertKind::Flapping => Self::Trigger("warning"),
            AlertKind::Test => Self::Trigger("info"),
            AlertKind::Recovered | AlertKind::Seeing => Self::Resolve,
            AlertKind::WasDown | AlertKind::Digest => Self::Change,
        }
    }
}

impl Kind for PagerDuty {
    const WORD: &'static str = "pagerduty";
    const PACE: Duration = Duration::from_millis(500);

    fn describe() -> ChannelKind {
        ChannelKind {
            word: Self::WORD,
            title: "PagerDuty",
            help: words::CHANNEL_PAGERDUTY_HELP,
            fields: vec![
                field(
                    "key",
                    words::CHANNEL_PAGERDUTY_KEY,
                    words::CHANNEL_PAGERDUTY_KEY_HINT,
                    ChannelInput::Secret,
                ),
                optional(
                    "server",
                    words::CHANNEL_SERVER,
                    words::CHANNEL_PAGERDUTY_SERVER_HINT,
                    ChannelInput::Text,
                ),
            ],
        }
    }

    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Option<Self> {
        let server = form.server("server", SERVER);
        let kept = before.filter(|before| Some(&before.server) == server.as_ref()).map(|before| &before.key);
        let is_key = |key: &str| key.len() == 32 && key.chars().all(|c| c.is_ascii_alphanumeric());
        let key = form.secret_of("key", kept, is_key, words::CHANNEL_PAGERDUTY_KEY_WRONG);
        Some(Self { key, server: server? })
    }

    fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
        vec![("key", show.secret(&self.key)), ("server", self.server.to_string())]
    }

    async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered> {
        let kind = if Event::of(alert.kind) == Event::Change { "change" } else { "" };
        let segments: Vec<&str> =
            ["v2", kind, "enqueue"].into_iter().filter(|part| !part.is_empty()).collect();
        let post = Post::json(below(&self.server, &segments), &self.payload(alert));
        sender.post(post, |answer| self.reason(answer)).await
    }
}

impl PagerDuty {
    fn payload(&self, alert: &Alert) -> Value {
        let words = Words::of(alert);
        let mut details: Map<String, Value> =
            words.facts.iter().map(|(what, value)| (what.clone(), value.clone().into())).collect();
        if !words.lines.is_empty() {
            details.insert(words::ALERT_MESSAGES.to_owned(), words.lines.join("\n").into());
        }
        let summary = match words.cause.as_str() {
            "" => words.title.clone(),
            cause => format!("{}. {cause}", words.title),
        };
        let source =
            alert.tracker.as_ref().map(|tracker| tracker.target.as_str()).filter(|text| !text.is_empty());
        let mut payload = json!({
            "summary": cut(&summary, SUMMARY),
            "source": source.unwrap_or("uptime-tracker"),
            "timestamp": alert.at.to_string(),
            "custom_details": details,
        });
        let links: Vec<Value> =
            words.links().map(|(what, link)| json!({ "href": link, "text": what })).collect();
        let mut event = json!({ "routing_key": self.key.expose(), "links": links });
        let action = match Event::of(alert.kind) {
            Event::Change => {
                event["payload"] = payload;
                return event;
            }
            Event::Resolve => "resolve",
            Event::Trigger(severity) => {
                payload["severity"] = severity.into();
                if let Some(tracker) = &alert.tracker {
                    payload["component"] = tracker.name.clone().into();
                    payload["group"] = tracker.group.clone().into();
                }
                event["payload"] = payload;
                event["client"] = "Uptime Tracker".into();
                "trigger"
            }
        };
        event["event_action"] = action.into();
        event["dedup_key"] = alert.thread.clone().into();
        event
    }

    fn reason(&self, answer: &Answer) -> Reason {
        let json = answer.json().unwrap_or_default();
        let errors =
            json.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let said: Vec<&str> = json.get("message").and_then(Value::as_str).into_iter().chain(errors).collect();
        Reason { said: quoted(&said.join("; "), std::slice::from_ref(&self.key)), wait: None }
    }
}

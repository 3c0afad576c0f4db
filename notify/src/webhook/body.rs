//! What is in a webhook: our own JSON, or that of who set it up.

use domain::Alert;
use serde_json::{Value, json};

use crate::{
    form::Form,
    names::{self, OwnText},
    wording,
};

/// Our own JSON. It only ever gets more members; what would break a reader gets a new `version`.
pub(super) fn ours(alert: &Alert) -> Value {
    let evidence: Vec<Value> =
        alert.evidence.iter().map(|(what, value)| json!({ "what": what, "value": value })).collect();
    let tracker = alert.tracker.as_ref().map(|tracker| {
        json!({
            "id": tracker.id,
            "name": tracker.name,
            "target": tracker.target,
            "group": tracker.group,
            "tags": tracker.tags,
        })
    });
    json!({
        "version": 1,
        "key": alert.key,
        "thread": alert.thread,
        "kind": alert.kind.word(),
        "title": wording::title(alert),
        "tracker": tracker,
        "incident": alert.incident,
        "at": alert.at.to_string(),
        "at_ms": alert.at.as_ms(),
        "since": alert.since.map(|since| since.to_string()),
        "since_ms": alert.since.map(domain::Timestamp::as_ms),
        "lasted_ms": alert.lasted_ms,
        "cause": alert.cause,
        "evidence": evidence,
        "lines": alert.lines,
        "link": alert.link,
        "acknowledge": alert.acknowledge,
    })
}

/// JSON of somebody's own. It is JSON before names are filled in, inside of its texts only; so it is JSON after that, whatever
/// they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnBody {
    source: String,
    json: Value,
}

impl OwnBody {
    pub(super) fn parse(form: &mut Form<'_>, name: &'static str) -> Option<Self> {
        let source = form.text(name);
        if source.is_empty() {
            return None;
        }
        match serde_json::from_str(source) {
            _ if source.chars().count() > OwnText::LIMIT => {
                form.wrong(name, words::channel_webhook_body_long(OwnText::LIMIT));
            }
            Ok(json) => match unknown(&json) {
                Some(word) => form.wrong(name, OwnText::no_name(word)),
                None => return Some(Self { source: source.to_owned(), json }),
            },
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let problem = words::channel_webhook_body_wrong(column, line);
                form.wrong(name, problem);
            }
        }
        None
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn fill(&self, alert: &Alert) -> Value {
        filled(&self.json, alert)
    }
}

fn filled(json: &Value, alert: &Alert) -> Value {
    match json {
        Value::String(text) => names::fill(text, alert).into(),
        Value::Array(items) => items.iter().map(|item| filled(item, alert)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), filled(value, alert))).collect()
        }
        other => other.clone(),
    }
}

/// The first name that is none.
fn unknown(json: &Value) -> Option<&str> {
    match json {
        Value::String(text) => names::unknown(text),
        Value::Array(items) => items.iter().find_map(unknown),
        Value::Object(members) => members.values().find_map(unknown),
        _ => None,
    }
}

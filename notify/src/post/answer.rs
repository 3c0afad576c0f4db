//! What a service answered, and what that means.

use std::time::Duration;

use domain::Secret;
use reqwest::StatusCode;
use serde_json::Value;

use crate::{Class, Receipt, Undelivered, wording};

/// The longest that a service can make us wait.
const LONGEST: Duration = Duration::from_hours(1);
/// The most characters of what a service says.
const SAID: usize = 200;

/// An answer: what was read of it.
pub(crate) struct Answer {
    pub(super) status: StatusCode,
    /// How long to wait, by its header.
    pub(super) wait: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// What a service says beside its status.
#[derive(Default)]
pub(crate) struct Reason {
    /// What is wrong, for people, without secrets.
    pub(crate) said: String,
    /// How long to wait.
    pub(crate) wait: Option<Duration>,
}

impl Answer {
    /// Its JSON, if it is some.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Its text, if it is some.
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap_or_default().trim()
    }

    /// Whether the message was taken.
    pub(super) fn judge(&self, reason: &Reason) -> Result<Receipt, Undelivered> {
        let name = status_line(self.status);
        let said = if reason.said.is_empty() { name } else { format!("{name}: {}", reason.said) };
        match self.status.as_u16() {
            200..300 => Ok(Receipt { said: status_line(self.status) }),
            408 | 425 | 429 | 500.. => {
                let wait = self.wait.max(reason.wait);
                Err(Undelivered { said: words::sending_answered(said), class: Class::Later(wait) })
            }
            300..400 => Err(Undelivered::refused(words::sending_redirected(said))),
            _ => Err(Undelivered::refused(words::sending_answered(said))),
        }
    }
}

fn status_line(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// What a service says, on one line of bounded length, without these secrets: servers like to repeat what they were sent.
pub(crate) fn quoted(text: &str, secrets: &[Secret]) -> String {
    let mut text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    for secret in secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, Secret::MASK);
    }
    wording::cut(text.trim(), SAID)
}

/// How long `Retry-After` says to wait, which is seconds or a date. A date is held against that of the same answer, so that no two
/// clocks have to agree. Nonsense says nothing.
pub(super) fn wait(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(secs) = value.parse::<f64>() {
        return seconds(secs);
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = httpdate::parse_http_date(date?.trim()).ok()?;
    until.duration_since(now).ok().filter(|wait| !wait.is_zero()).map(|wait| wait.min(LONGEST))
}

/// So many seconds, if that is a time to wait; at most an hour.
pub(crate) fn seconds(secs: f64) -> Option<Duration> {
    if secs.is_nan() || secs <= 0.0 {
        return None;
    }
    Some(Duration::try_from_secs_f64(secs).map_or(LONGEST, |wait| wait.min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_wait_are_believed_within_reason() {
        let day = "Mon, 23 Nov 2026 14:03:10 GMT";
        for (value, date, secs) in [
            ("30", None, Some(30)),
            (" 1 ", None, Some(1)),
            ("1.0", None, Some(1)),
            ("0", None, None),
            ("-5", None, None),
            ("1e9", None, Some(3_600)),
            ("1000000000", None, Some(3_600)),
            ("99999999999999999999999999", None, Some(3_600)),
            ("inf", None, Some(3_600)),
            ("nan", None, None),
            ("soon", None, None),
            ("", None, None),
            ("Mon, 23 Nov 2026 14:03:40 GMT", Some(day), Some(30)),
            ("Tue, 24 Nov 2026 14:03:40 GMT", Some(day), Some(3_600)),
            ("Mon, 23 Nov 2026 14:03:00 GMT", Some(day), None),
            (day, Some(day), None),
            (day, None, None),
            (day, Some("yesterday"), None),
        ] {
            assert_eq!(wait(value, date), secs.map(Duration::from_secs), "{value:?} {date:?}");
        }
    }

    #[test]
    fn what_is_repeated_has_no_secrets() {
        let (token, none) = (Secret::new("123:abc"), Secret::new(""));
        assert_eq!(quoted("bad token\n123:abc\u{1b}[0m", &[token, none]), "bad token ••• [0m");
        assert_eq!(quoted(&"x".repeat(500), &[]).chars().count(), SAID);
    }
}

//! What programs send.

use axum::http::StatusCode;
use domain::{Draft, Given, HttpDraft, Invalid, NewTracker, RestDraft, Secrets, TrackerId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::http::Problem;

/// A tracker's settings as they are sent, and as they stand in a file; all optional, none unknown.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrackerBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cron: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expect: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    successes: Option<i64>,
    #[serde(default, skip_serializing_if = "Given::is_kept")]
    slow: Given<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upside_down: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_reason: Option<String>,
    /// The number of the tracker that it depends on. In no file: numbers are others elsewhere.
    #[serde(default, skip_serializing_if = "Given::is_kept")]
    parent: Given<i64>,
    /// What an exported file does not have, as errors would name it. Says nothing to who reads it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
    #[serde(default, skip_serializing_if = "Given::is_kept")]
    http: Given<HttpDraft>,
}

/// A duration: seconds as a number, or words like `"30s"`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected seconds as a whole number, or a text like \"30s\"")]
enum Length {
    Seconds(i64),
    Words(String),
}

/// A duration that may be a part of a second, in seconds or in words like `"800ms"`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected seconds as a number, or a text like \"800ms\"")]
enum Span {
    Seconds(f64),
    Words(String),
}

/// Expectations: one status as a number, or a text like `"200-299,401"`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected a status as a number, or a text like \"200-299,401\"")]
enum Text {
    Number(i64),
    Words(String),
}

impl TrackerBody {
    /// What has to be said of a tracker to make it anew: what differs from what is built in. Secrets are masked, and named.
    pub(crate) fn of(tracker: &NewTracker) -> Self {
        let usual = NewTracker::of(tracker.target.clone());
        let (own, plain) = (tracker.fields(), usual.fields());
        // An empty text says nothing, but for `slow`, whose default it is.
        let text = |name: &str| {
            let of = |fields: &[(String, String)]| {
                fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
            };
            of(&own).filter(|value| !value.is_empty() && of(&plain).as_ref() != Some(value))
        };
        let number = |name: &str| text(name).and_then(|value| value.parse().ok());
        let http = tracker.http.draft(Secrets::Masked);
        Self {
            url: Some(tracker.target.to_string()),
            name: text("name"),
            group: text("group"),
            tags: Some(tracker.tags.as_slice().to_vec()).filter(|tags| !tags.is_empty()),
            place: tracker.place,
            every: text("every").map(Length::Words),
            cron: text("cron"),
            zone: text("zone").filter(|zone| zone != "UTC"),
            expect: text("expect").map(Text::Words),
            deadline: text("deadline").map(Length::Words),
            retries: number("retries"),
            retry: text("retry").map(Length::Words),
            successes: number("successes"),
            slow: text("slow").map(Span::Words).into(),
            upside_down: Some(true).filter(|_| tracker.policy.upside_down),
            paused: tracker.paused.as_ref().map(|_| true),
            paused_until: tracker.paused.as_ref().and_then(|rest| rest.until).map(|at| at.to_string()),
            paused_reason: tracker
                .paused
                .as_ref()
                .map(|rest| rest.reason.clone())
                .filter(|reason| !reason.is_empty()),
            parent: Given::Keep,
            left_out: tracker
                .http
                .secrets()
                .into_iter()
                .chain(tracker.parent.map(|_| "parent".to_owned()))
                .collect(),
            http: if http == HttpDraft::default() { Given::Keep } else { Given::Set(http) },
        }
    }

    /// Reads a body. Syntax is answered with 400, a wrong or unknown field with 422 and its name.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Problem> {
        let read: Result<Self, _> = read_json(body);
        let body = read.map_err(|unreadable| match unreadable {
            Unreadable::Field(invalid) => Problem::invalid(StatusCode::UNPROCESSABLE_ENTITY, invalid),
            Unreadable::Syntax(error) => {
                Problem::new(StatusCode::BAD_REQUEST, words::api_body_no_json(error))
            }
            Unreadable::More(error) => Problem::new(StatusCode::BAD_REQUEST, words::api_body_more(error)),
        })?;
        if body.paused == Some(false) && (body.paused_until.is_some() || body.paused_reason.is_some()) {
            let invalid = Invalid::one("paused", words::API_NOT_PAUSED);
            return Err(Problem::invalid(StatusCode::UNPROCESSABLE_ENTITY, invalid));
        }
        Ok(body)
    }

    /// The settings as a draft.
    pub(crate) fn draft(self) -> Draft {
        let length = |length: Length| match length {
            Length::Seconds(secs) => secs.to_string(),
            Length::Words(words) => words,
        };
        let expect = self.expect.map(|text| match text {
            Text::Number(status) => status.to_string(),
            Text::Words(words) => words,
        });
        Draft {
            url: self.url,
            name: self.name,
            group: self.group,
            tags: self.tags,
            place: self.place,
            every: self.every.map(length),
            cron: self.cron,
            zone: self.zone,
            expect,
            deadline: self.deadline.map(length),
            retries: self.retries,
            retry: self.retry.map(length),
            successes: self.successes,
            slow: match self.slow {
                Given::Keep => None,
                Given::Reset => Some(String::new()),
                Given::Set(Span::Seconds(secs)) => Some(secs.to_string()),
                Given::Set(Span::Words(words)) => Some(words),
            },
            upside_down: self.upside_down,
            parent: match self.parent {
                Given::Keep => Given::Keep,
                Given::Reset => Given::Reset,
                Given::Set(id) => Given::Set(TrackerId(id)),
            },
            http: match self.http {
                Given::Keep => None,
                Given::Reset => Some(HttpDraft::reset()),
                Given::Set(draft) => Some(draft),
            },
            paused: match self.paused {
                Some(false) => Given::Reset,
                None if self.paused_until.is_none() && self.paused_reason.is_none() => Given::Keep,
                _ => Given::Set(RestDraft { until: self.paused_until, reason: self.paused_reason }),
            },
        }
    }
}

/// Why a text is not the JSON that was expected.
pub(crate) enum Unreadable {
    /// It is no JSON.
    Syntax(serde_json::Error),
    /// Something follows it.
    More(serde_json::Error),
    /// A field is not as it should be.
    Field(Invalid),
}

/// Reads one JSON value; a field that is wrong is named by its path.
pub(crate) fn read_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if cause.is_data() {
            Unreadable::Field(about_field(&path, &cause))
        } else {
            Unreadable::Syntax(cause)
        }
    })?;
    json.end().map_err(Unreadable::More)?;
    Ok(read)
}

/// What stands in the place of a value in the words of the JSON reader: what was given may be a secret.
pub(crate) fn without_values(problem: &str) -> String {
    match (problem.split_once("invalid type: string \""), problem.rfind("\", expected ")) {
        (Some((before, _)), Some(end)) => format!("{before}invalid type: a text{}", &problem[end + 1..]),
        _ => problem.to_owned(),
    }
}

fn about_field(path: &str, cause: &serde_json::Error) -> Invalid {
    // `cause` ends with its place in the text, which says nothing to who built the JSON by program.
    let text = cause.to_string();
    let problem = without_values(text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text));
    let field = match problem.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next()) {
        Some(twice) => twice,
        None if path == "." => "body",
        None => path,
    };
    Invalid(vec![domain::FieldError::new(field, problem.as_str())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(body: &str) -> String {
        serde_json::to_string(&TrackerBody::read(body.as_bytes()).unwrap_err()).unwrap()
    }

    #[test]
    fn errors_name_the_field() {
        for (body, status, field) in [
            (r#"{"url": 7}"#, "422", r#""field":"url""#),
            (r#"{"url": "a", "role": "admin"}"#, "422", r#""field":"role""#),
            (r#"{"retries": "many"}"#, "422", r#""field":"retries""#),
            (r#"{"every": 0.5}"#, "422", r#""field":"every""#),
            (r#"{"url": "a", "url": "b"}"#, "422", r#""field":"url""#),
            (
                r#"{"http": {"tls": {"verify": "CANARY, at line 1 \", expected x"}}}"#,
                "422",
                r#""field":"http.tls.verify""#,
            ),
            (r#"{"http": {"auth": {"basic": "CANARY"}}}"#, "422", r#""field":"http.auth"#),
            (r#"{"http": {"headers": {"Cookie": 7}}}"#, "422", r#""field":"http.headers.Cookie""#),
            (r#"{"http": {"verb": "GET"}}"#, "422", r#""field":"http.verb""#),
            (r#"{"slow": true}"#, "422", r#""field":"slow""#),
            ("[]", "422", r#""field":"body""#),
            ("null", "422", r#""field":"body""#),
            ("", "400", "not JSON"),
            ("{", "400", "not JSON"),
            ("{} {}", "400", "more than one"),
            (&format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)), "4", ""),
        ] {
            let problem = problem(body);
            assert!(problem.contains(&format!("\"status\":{status}")), "{body:.40}: {problem}");
            assert!(problem.contains(field), "{body:.40}: {problem}");
            assert!(!problem.contains("CANARY"), "{problem}");
        }
    }

    #[test]
    fn lengths_are_seconds_or_words() {
        let body = TrackerBody::read(br#"{"every": 5, "deadline": "2s", "expect": 204}"#).unwrap();
        let draft = body.draft();
        assert_eq!(draft.every.as_deref(), Some("5"));
        assert_eq!((draft.deadline.as_deref(), draft.expect.as_deref()), (Some("2s"), Some("204")));
    }
}

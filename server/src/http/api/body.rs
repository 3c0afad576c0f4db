//! What programs send.

use axum::http::StatusCode;
use domain::{Draft, Invalid};
use serde::Deserialize;

use crate::http::Problem;

/// A tracker's settings as JSON; all optional, none unknown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrackerBody {
    url: Option<String>,
    name: Option<String>,
    every: Option<Length>,
    cron: Option<String>,
    zone: Option<String>,
    expect: Option<Text>,
    deadline: Option<Length>,
    retries: Option<i64>,
    paused: Option<bool>,
}

/// A duration: seconds as a number, or words like `"30s"`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected seconds as a whole number, or a text like \"30s\"")]
enum Length {
    Seconds(i64),
    Words(String),
}

/// Expectations: one status as a number, or a text like `"200-299,401"`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a status as a number, or a text like \"200-299,401\"")]
enum Text {
    Number(i64),
    Words(String),
}

impl TrackerBody {
    /// Reads a body. Syntax is answered with 400, a wrong or unknown field with 422 and its name.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let read: Result<Self, _> = serde_path_to_error::deserialize(&mut json);
        let body = read.map_err(|error| {
            let path = error.path().to_string();
            let cause = error.into_inner();
            if cause.is_data() {
                return Problem::invalid(StatusCode::UNPROCESSABLE_ENTITY, about_field(&path, &cause));
            }
            Problem::new(StatusCode::BAD_REQUEST, format!("The body is not JSON: {cause}."))
        })?;
        json.end().map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, format!("The body is more than one JSON value: {error}."))
        })?;
        Ok(body)
    }

    /// The settings as a draft.
    pub(super) fn draft(self) -> Draft {
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
            every: self.every.map(length),
            cron: self.cron,
            zone: self.zone,
            expect,
            deadline: self.deadline.map(length),
            retries: self.retries,
            paused: self.paused,
            ..Draft::default()
        }
    }
}

fn about_field(path: &str, cause: &serde_json::Error) -> Invalid {
    // `cause` ends with its place in the text, which says nothing to who built the JSON by program.
    let text = cause.to_string();
    let problem = text.split(" at line ").next().unwrap_or(&text).to_owned();
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

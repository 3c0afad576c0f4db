//! The parameters of a question, read so that everything that is wrong is said at once and by name.

use std::{convert::Infallible, fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use domain::{FieldError, Invalid, Timestamp, Window, parse_length, parse_time};

use crate::http::Problem;

/// The parameters that were given and not yet taken, and what is wrong with those that were.
#[derive(Debug, Default)]
pub(in crate::http) struct Params {
    given: Vec<(String, String)>,
    problems: Vec<FieldError>,
}

/// What a window spans when nothing is said.
const USUAL: Duration = Duration::from_hours(24);
/// The longest window in days: ten years.
pub(super) const MOST_DAYS: u16 = 3_660;
/// How many parameters that do not exist are named.
const NAMED: usize = 5;
/// Characters of a name that does not exist.
const NAME_LIMIT: usize = 60;

const TIME: &str = words::API_TIME;
const LENGTH: &str = words::API_LENGTH;

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

impl Params {
    pub(super) fn read(query: &str) -> Self {
        // Every text is a list of pairs to this format.
        Self { given: serde_urlencoded::from_str(query).unwrap_or_default(), problems: Vec::new() }
    }

    /// Whether a parameter was given and not yet taken.
    pub(super) fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| given == name)
    }

    /// A parameter that was not yet taken, without taking it.
    pub(super) fn peek(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, text)| text.as_str())
    }

    /// Takes a parameter. One that cannot be read counts as absent, and is wrong: `wanted` says what would be right.
    pub(in crate::http) fn take<T>(
        &mut self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let mut texts = self.given.extract_if(.., |(given, _)| given == name).map(|(_, text)| text);
        let text = texts.next()?;
        let is_repeated = texts.count() > 0;
        if is_repeated {
            self.wrong(name, words::API_TWICE);
            return None;
        }
        let value = read(&text);
        if value.is_none() {
            self.wrong(name, wanted);
        }
        value
    }

    /// Takes a whole number within bounds.
    pub(in crate::http) fn number<T>(&mut self, name: &str, bounds: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let wanted = words::api_number(bounds.start(), bounds.end());
        self.take(name, &wanted, |text| text.parse().ok().filter(|number| bounds.contains(number)))
    }

    /// Takes a moment.
    pub(super) fn time(&mut self, name: &str, now: Timestamp) -> Option<Timestamp> {
        self.take(name, TIME, |text| parse_time(text, now))
    }

    /// Takes a window: `from` and `to`, or `last`; by default the last 24 hours. It ends now at the latest.
    pub(super) fn window(&mut self, now: Timestamp) -> Window {
        if self.has("last") && (self.has("from") || self.has("to")) {
            self.wrong("last", words::API_LAST_OR_FROM);
        }
        let is_length = |length: &Duration| *length >= Duration::from_secs(1);
        let last = self.take("last", LENGTH, |text| parse_length(text).filter(is_length));
        let from = self.time("from", now);
        let to = self.time("to", now).unwrap_or(now).min(now);
        let from = from.unwrap_or_else(|| before(to, last.unwrap_or(USUAL)));
        let window = Window::new(from, to);
        if from >= to {
            self.wrong("from", words::API_FROM_LATE);
        } else if window.length_ms() > u64::from(MOST_DAYS) * 86_400_000 {
            let field = if last.is_some() { "last" } else { "from" };
            self.wrong(field, words::api_window_long(MOST_DAYS));
        }
        window
    }

    /// Notes a problem.
    pub(super) fn wrong(&mut self, name: &str, problem: impl Into<String>) {
        self.problems.push(FieldError::new(name, problem));
    }

    /// What was read, if nothing was wrong and nothing is left over.
    pub(in crate::http) fn done<T>(mut self, read: T) -> Result<T, Problem> {
        for (name, _) in std::mem::take(&mut self.given).iter().take(NAMED) {
            let name: String = name.chars().take(NAME_LIMIT).collect();
            self.wrong(&name, words::API_NO_PARAMETER);
        }
        if self.problems.is_empty() {
            return Ok(read);
        }
        Err(Problem::invalid(StatusCode::BAD_REQUEST, Invalid(self.problems)))
    }
}

fn before(to: Timestamp, length: Duration) -> Timestamp {
    let ms = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Timestamp(to.0.saturating_sub(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_435_200_000);
    const DAY_MS: i64 = 86_400_000;

    /// The window of a query: how long before now it begins and ends, in hours; or the fields that are wrong.
    fn window(query: &str) -> Result<(i64, i64), String> {
        let mut params = Params::read(query);
        let window = params.window(NOW);
        let hours = |time: Timestamp| (NOW.0 - time.0) / 3_600_000;
        params.done((hours(window.from), hours(window.to))).map_err(|problem| {
            let problem = serde_json::to_value(problem).unwrap();
            let errors = problem["errors"].as_array().unwrap();
            errors.iter().map(|error| error["field"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
        })
    }

    #[test]
    fn windows_are_read() {
        assert_eq!(window(""), Ok((24, 0)));
        assert_eq!(window("last=7d"), Ok((168, 0)));
        assert_eq!(window("from=-48h"), Ok((48, 0)));
        assert_eq!(window("to=-48h"), Ok((72, 48)));
        assert_eq!(window("from=2026-11-23T10:00:00%2B01:00&to=2026-11-23T10:00:00Z"), Ok((3, 2)));
        assert_eq!(window("to=2099-01-01T00:00:00Z"), Ok((24, 0)));
        assert_eq!(window(&format!("from={}", NOW.0 - 3_660 * DAY_MS)), Ok((3_660 * 24, 0)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, fields) in [
            ("from=soon", "from"),
            ("to=", "to"),
            ("from=x&to=y", "from to"),
            ("from=-1h&to=-2h", "from"),
            ("from=2099-01-01T00:00:00Z", "from"),
            ("from=-3661d", "from"),
            ("last=3661d", "last"),
            ("last=0s", "last"),
            ("last=7d&from=-1h", "last"),
            ("last=7d&last=7d", "last"),
            ("form=-1h", "form"),
            ("%ff=1", "\u{FFFD}"),
            ("last=%ff", "last"),
        ] {
            assert_eq!(window(query), Err(fields.into()), "{query}");
        }
    }

    #[test]
    fn numbers_have_bounds() {
        for (query, value, right) in [
            ("n=1", Some(1), true),
            ("", None, true),
            ("n=0", None, false),
            ("n=x", None, false),
            ("n=256", None, false),
        ] {
            let mut params = Params::read(query);
            assert_eq!(params.number::<u8>("n", 1..=9), value, "{query}");
            assert_eq!(params.done(()).is_ok(), right, "{query}");
        }
    }

    #[test]
    fn a_flood_of_names_is_not_repeated() {
        let many: Vec<String> = (0..1_000).map(|n| format!("{n}{}=1", "x".repeat(200))).collect();
        let problem = Params::read(&many.join("&")).done(()).unwrap_err();
        assert!(serde_json::to_string(&problem).unwrap().len() < 2_000);
    }
}

//! Reading how long a tracker is to rest.

use std::time::Duration;

use crate::{FieldError, Invalid, Rest, Timestamp, name::is_deceptive, parse_length, parse_time};

/// A rest as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestDraft {
    /// When it ends, in RFC 3339 or milliseconds since 1970; absent for never.
    pub until: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// The longest rest that ends by itself: a year is a plan, more is a slip of the keyboard.
const LONGEST: Duration = Duration::from_hours(24 * 366);
/// The most characters of a reason.
const REASON: usize = 200;

impl RestDraft {
    /// The rest. Errors are about `paused_until` and `paused_reason`.
    pub(super) fn parse(&self) -> Result<Rest, Invalid> {
        let until = match self.until.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => Ok(None),
            // Relative to now means nothing where there is no clock.
            Some(text) if text == "now" || text.starts_with('-') => Err(no_time("paused_until")),
            Some(text) => parse_time(text, Timestamp(0)).map(Some).ok_or_else(|| no_time("paused_until")),
        };
        let reason = parse_reason(self.reason.as_deref().unwrap_or_default(), "paused_reason");
        match (until, reason) {
            (Ok(until), Ok(reason)) => Ok(Rest { until, reason }),
            (until, reason) => Err(Invalid(until.err().into_iter().chain(reason.err()).collect())),
        }
    }
}

impl Rest {
    /// A rest by a form: `length` (`15m`; empty when that is not how it is said), `until` and `reason`, as a person typed them.
    /// `moment` reads what stands in `until`.
    pub fn of_form(
        length: &str,
        until: Option<Result<Timestamp, String>>,
        reason: &str,
        now: Timestamp,
    ) -> Result<Self, Invalid> {
        let end = match (length.trim(), until) {
            ("", None) => Ok(None),
            ("", Some(Ok(until))) => check_end(until, now, "until").map(Some),
            ("", Some(Err(problem))) => Err(FieldError::new("until", problem)),
            (length, _) => match parse_length(length).filter(|length| !length.is_zero()) {
                Some(length) => check_end(now.plus(length), now, "length").map(Some),
                None => Err(FieldError::new("length", words::FIELD_REST_LENGTH_WRONG)),
            },
        };
        match (end, parse_reason(reason, "reason")) {
            (Ok(until), Ok(reason)) => Ok(Self { until, reason }),
            (end, reason) => Err(Invalid(end.err().into_iter().chain(reason.err()).collect())),
        }
    }
}

fn check_end(end: Timestamp, now: Timestamp, field: &'static str) -> Result<Timestamp, FieldError> {
    if end <= now {
        return Err(FieldError::new(field, words::FIELD_REST_OVER));
    }
    if end.since(now) > LONGEST {
        return Err(FieldError::new(field, words::FIELD_REST_LONG));
    }
    Ok(end)
}

fn no_time(field: &'static str) -> FieldError {
    FieldError::new(field, words::FIELD_REST_NO_TIME)
}

fn parse_reason(text: &str, field: &'static str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.chars().count() > REASON {
        return Err(FieldError::new(field, words::field_rest_reason_long(REASON)));
    }
    if text.chars().any(is_deceptive) {
        let problem = words::FIELD_REST_REASON_INVISIBLE;
        return Err(FieldError::new(field, problem));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_435_200_000);

    fn read(length: &str, until: Option<i64>, reason: &str) -> Result<Rest, Vec<String>> {
        let until = until.map(|ms| Ok(Timestamp(ms)));
        let named = |invalid: Invalid| invalid.0.into_iter().map(|error| error.field).collect();
        Rest::of_form(length, until, reason, NOW).map_err(named)
    }

    #[test]
    fn a_rest_ends_after_a_length_at_a_time_or_never() {
        assert_eq!(read("", None, "").unwrap(), Rest::default());
        assert_eq!(read("15m", None, " new disk ").unwrap().until, Some(Timestamp(NOW.0 + 900_000)));
        assert_eq!(read("", Some(NOW.0 + 1), " new disk ").unwrap().reason, "new disk");
    }

    #[test]
    fn what_is_over_or_too_far_or_too_long_is_said_at_its_field() {
        assert_eq!(read("soon", None, "").unwrap_err(), ["length"]);
        assert_eq!(read("0s", None, "").unwrap_err(), ["length"]);
        assert_eq!(read("400d", None, "").unwrap_err(), ["length"]);
        assert_eq!(read("", Some(NOW.0), "a\nb").unwrap_err(), ["until", "reason"]);
        assert_eq!(read("", None, &"x".repeat(201)).unwrap_err(), ["reason"]);
    }

    #[test]
    fn programs_give_a_time() {
        let read = |until: &str| RestDraft { until: Some(until.into()), reason: None }.parse();
        assert_eq!(read("2026-11-23T12:00:00Z").unwrap().until, Some(NOW));
        assert_eq!(read("").unwrap().until, None);
        for text in ["now", "-1h", "tomorrow"] {
            assert_eq!(read(text).unwrap_err().0[0].field, "paused_until", "{text}");
        }
    }
}

//! When a tracker is down, slow or up again, as it is typed.

use std::time::Duration;

use super::{Draft, keep};
use crate::{FieldError, Given, Policy, schedule::parse_length};

/// What a draft says of the policy; `None` says nothing.
#[derive(Default)]
pub(super) struct Rules {
    retries: Option<u16>,
    retry_after: Option<Duration>,
    successes: Option<u16>,
    slow_after: Given<Duration>,
    upside_down: Option<bool>,
}

impl Rules {
    pub(super) fn read(draft: &Draft, problems: &mut Vec<FieldError>) -> Self {
        let retries = |count| counted("retries", count, 0..=Policy::MOST_RETRIES, words::field_retries_wrong);
        let successes =
            |count| counted("successes", count, 1..=Policy::MOST_SUCCESSES, words::field_successes_wrong);
        Self {
            retries: keep(draft.retries.map(retries), problems),
            retry_after: keep(draft.retry.as_deref().map(retry_after), problems),
            successes: keep(draft.successes.map(successes), problems),
            slow_after: keep(draft.slow.as_deref().map(slow_after), problems).unwrap_or_default(),
            upside_down: draft.upside_down,
        }
    }

    pub(super) fn onto(self, before: Policy) -> Policy {
        Policy {
            retries: self.retries.unwrap_or(before.retries),
            retry_after: self.retry_after.unwrap_or(before.retry_after),
            successes: self.successes.unwrap_or(before.successes),
            slow_after: self.slow_after.onto(before.slow_after),
            upside_down: self.upside_down.unwrap_or(before.upside_down),
        }
    }
}

fn counted(
    field: &'static str,
    count: i64,
    bounds: std::ops::RangeInclusive<u16>,
    problem: fn(u16, u16) -> String,
) -> Result<u16, FieldError> {
    let count = u16::try_from(count).ok().filter(|count| bounds.contains(count));
    count.ok_or_else(|| FieldError::new(field, problem(*bounds.start(), *bounds.end())))
}

fn retry_after(text: &str) -> Result<Duration, FieldError> {
    length(text)
        .filter(|length| (Duration::from_secs(1)..=Duration::from_mins(5)).contains(length))
        .ok_or_else(|| FieldError::new("retry", words::FIELD_RETRY_WRONG))
}

/// Empty means never.
fn slow_after(text: &str) -> Result<Given<Duration>, FieldError> {
    if text.trim().is_empty() {
        return Ok(Given::Reset);
    }
    length(text)
        .filter(|length| (Duration::from_millis(1)..=Duration::from_mins(1)).contains(length))
        .map(Given::Set)
        .ok_or_else(|| FieldError::new("slow", words::FIELD_SLOW_WRONG))
}

/// Words, or a number of seconds.
pub(super) fn length(text: &str) -> Option<Duration> {
    let secs = text.trim().parse().ok().and_then(|secs| Duration::try_from_secs_f64(secs).ok());
    secs.or_else(|| parse_length(text))
}

//! What is asked of a number, a text or a JSON value.

use std::{cmp::Ordering, ops::RangeInclusive};

use regex::bytes::{Regex, RegexBuilder};
use serde_json::{Number, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// About a number, in the units that `unit` keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NumberRule {
    Compare(Order, i64),
    /// At least two numbers.
    In(Vec<RangeInclusive<i64>>),
    Exists,
}

/// About a text. White space around it plays no part, except for `Contains` and `Matches`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TextRule {
    Is(String),
    Differs(String),
    /// At least two.
    In(Vec<String>),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    Matches(Pattern),
    Exists,
    IsEmpty,
}

/// About a JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueRule {
    /// With a number for all orders; with anything else for `Equal` and `Differs` only.
    Compare(Order, Value),
    /// At least two.
    In(Vec<Value>),
    /// It is a text of which this holds.
    Text(TextRule),
    Exists,
    /// It is `""`, `[]` or `{}`.
    IsEmpty,
}

/// A regular expression; equal if written equally.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Differs => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::More => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

impl NumberRule {
    pub(super) fn holds(&self, number: i64) -> bool {
        match self {
            Self::Compare(order, wanted) => order.holds(number.cmp(wanted)),
            Self::In(ranges) => ranges.iter().any(|range| range.contains(&number)),
            Self::Exists => true,
        }
    }
}

impl TextRule {
    pub(super) fn holds(&self, text: &[u8]) -> bool {
        let trimmed = text.trim_ascii();
        match self {
            Self::Is(wanted) => trimmed == wanted.as_bytes().trim_ascii(),
            Self::Differs(wanted) => trimmed != wanted.as_bytes().trim_ascii(),
            Self::In(wanted) => wanted.iter().any(|wanted| trimmed == wanted.as_bytes().trim_ascii()),
            Self::Contains(part) => find(text, part).is_some(),
            Self::StartsWith(start) => trimmed.starts_with(start.as_bytes().trim_ascii_start()),
            Self::EndsWith(end) => trimmed.ends_with(end.as_bytes().trim_ascii_end()),
            Self::Matches(pattern) => pattern.0.is_match(text),
            Self::Exists => true,
            Self::IsEmpty => trimmed.is_empty(),
        }
    }

    /// The byte of a text at which it is most telling to look.
    pub(super) fn focus(&self, text: &[u8]) -> usize {
        let place = match self {
            Self::Is(wanted) | Self::Differs(wanted) => {
                text.iter().zip(wanted.as_bytes()).position(|(a, b)| a != b)
            }
            Self::Contains(part) => find(text, part),
            Self::EndsWith(_) => Some(text.trim_ascii_end().len()),
            Self::Matches(pattern) => pattern.0.find(text).map(|found| found.start()),
            _ => None,
        };
        place.unwrap_or(0)
    }
}

fn find(text: &[u8], part: &str) -> Option<usize> {
    memchr::memmem::find(text, part.as_bytes())
}

impl ValueRule {
    pub(super) fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Compare(Order::Equal, wanted) => equals(value, wanted),
            Self::Compare(Order::Differs, wanted) => !equals(value, wanted),
            Self::Compare(order, wanted) => {
                compare(value, wanted).is_some_and(|ordering| order.holds(ordering))
            }
            Self::In(wanted) => wanted.iter().any(|wanted| equals(value, wanted)),
            Self::Text(rule) => value.as_str().is_some_and(|text| rule.holds(text.as_bytes())),
            Self::Exists => true,
            Self::IsEmpty => match value {
                Value::String(text) => text.is_empty(),
                Value::Array(values) => values.is_empty(),
                Value::Object(members) => members.is_empty(),
                _ => false,
            },
        }
    }
}

/// Numbers by value, so that 1 is 1.0.
fn equals(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => compare(a, b) == Some(Ordering::Equal),
        _ => a == b,
    }
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    let (Value::Number(a), Value::Number(b)) = (a, b) else { return None };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

impl Pattern {
    /// The most bytes of a pattern.
    pub(super) const LIMIT: usize = 1_024;
    /// The most bytes that a compiled pattern takes: enough for anything sensible, too little for `(a{1000}){1000}`.
    const SIZE: usize = 1 << 20;
    /// The most bytes of what is remembered to match faster. Ten thousand trackers may each have a pattern.
    const CACHE: usize = 1 << 18;

    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > Self::LIMIT {
            return Err(words::expect_pattern_long(Self::LIMIT));
        }
        let built = RegexBuilder::new(pattern)
            .size_limit(Self::SIZE)
            .dfa_size_limit(Self::CACHE)
            .nest_limit(32)
            .build();
        built.map(Self).map_err(|error| match &error {
            regex::Error::CompiledTooBig(_) => words::EXPECT_PATTERN_LARGE.into(),
            error => {
                // The crate draws the pattern with an arrow over several lines; the last line has the reason.
                let drawn = error.to_string();
                let reason = drawn.lines().last().unwrap_or_default().trim_start_matches("error: ");
                words::expect_pattern_wrong(super::excerpt::cut(reason, 100))
            }
        })
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The first part of a text that matches.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.0.find(text.as_bytes())?;
        text.get(found.range())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

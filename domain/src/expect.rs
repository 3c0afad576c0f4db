//! Which answers count as up.

use std::{fmt, ops::RangeInclusive};

use crate::FieldError;

/// A set of HTTP statuses, like `200` or `200-299,401`. 200 alone by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedStatuses(Vec<RangeInclusive<u16>>);

impl ExpectedStatuses {
    /// The most ranges in a set.
    pub const LIMIT: usize = 20;

    /// Reads a set; every status is 100 to 599. The error is about the field `expect`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts.len() > Self::LIMIT {
            return Err(problem(&format!("give 1 to {} statuses or ranges, like 200-299,401", Self::LIMIT)));
        }
        parts.into_iter().map(range).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an answer with this status is as expected.
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

fn range(part: &str) -> Result<RangeInclusive<u16>, FieldError> {
    let (low, high) = part.split_once('-').unwrap_or((part, part));
    let status = |text: &str| {
        let number = text.trim().parse().ok().filter(|status| (100..=599).contains(status));
        number.ok_or_else(|| problem("a status is a number from 100 to 599, a range is like 200-299"))
    };
    let (low, high) = (status(low)?, status(high)?);
    if low > high { Err(problem("a range starts with its lower end, like 200-299")) } else { Ok(low..=high) }
}

fn problem(text: &str) -> FieldError {
    FieldError::new("expect", text)
}

impl Default for ExpectedStatuses {
    fn default() -> Self {
        Self(vec![200..=200])
    }
}

impl fmt::Display for ExpectedStatuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, range) in self.0.iter().enumerate() {
            let comma = if n > 0 { "," } else { "" };
            if range.start() == range.end() {
                write!(f, "{comma}{}", range.start())?;
            } else {
                write!(f, "{comma}{}-{}", range.start(), range.end())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_its_ranges_and_nothing_else() {
        let set = ExpectedStatuses::parse(" 200-299, 401 ").unwrap();
        assert_eq!(set.to_string(), "200-299,401");
        let inside: Vec<u16> =
            [199, 200, 299, 300, 400, 401].into_iter().filter(|s| set.contains(*s)).collect();
        assert_eq!(inside, [200, 299, 401]);
        assert!(!ExpectedStatuses::default().contains(204));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", ",", "99", "600", "abc", "300-200", "200-", "-1", &"200,".repeat(21)] {
            assert_eq!(ExpectedStatuses::parse(text).unwrap_err().field, "expect", "{text}");
        }
    }
}

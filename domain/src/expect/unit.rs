//! Numbers with their units, read and written exactly.

use super::cursor::{Cursor, Problem};
use crate::Expectations;

/// What a number counts, and so how it is written and what it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Status,
    /// In microseconds.
    Time,
    Bytes,
    Days,
    Redirects,
    Nodes,
    /// Of a hundred.
    Percent,
    /// 100 for each major version, 1 for each minor one.
    Version,
}

/// The names of lengths of time, shortest first, with their microseconds.
const TIMES: [(&str, i64); 5] = [("us", 1), ("µs", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000)];
/// The names of sizes, smallest first, with their bytes.
const SIZES: [(&str, i64); 5] =
    [("B", 1), ("kB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20)];

impl Unit {
    /// The least and the most that can be written.
    pub(super) fn bounds(self) -> (i64, i64) {
        match self {
            Self::Status => (100, 599),
            Self::Time => (0, 3_600_000_000),
            #[expect(clippy::cast_possible_wrap, reason = "1 MiB")]
            Self::Bytes => (0, Expectations::BODY_LIMIT as i64),
            Self::Days => (-36_500, 36_500),
            Self::Redirects => (0, 20),
            Self::Nodes => (0, 1_000_000),
            Self::Percent => (0, 100),
            Self::Version => (0, 999),
        }
    }

    /// What can be written, as people are told it.
    fn expected(self) -> &'static str {
        match self {
            Self::Status => words::EXPECT_WANTED_STATUS,
            Self::Time => words::EXPECT_WANTED_TIME,
            Self::Bytes => words::EXPECT_WANTED_BYTES,
            Self::Days => words::EXPECT_WANTED_DAYS,
            Self::Redirects => words::EXPECT_WANTED_REDIRECTS,
            Self::Nodes => words::EXPECT_WANTED_NODES,
            Self::Percent => words::EXPECT_WANTED_PERCENT,
            Self::Version => words::EXPECT_WANTED_VERSION,
        }
    }

    /// Reads a number with its unit.
    pub(super) fn read(self, cursor: &mut Cursor<'_>) -> Result<i64, Problem> {
        let problem = cursor.expected(self.expected());
        let is_quoted = self == Self::Version && cursor.symbol('"');
        let sign = if self == Self::Days && cursor.symbol('-') { "-" } else { "" };
        let digits = cursor.take_while(|c| c.is_ascii_digit() || c == '.');
        let name = cursor.take_while(char::is_alphabetic);
        let (least, most) = self.bounds();
        let number = match self {
            Self::Time => scaled(digits, name, &TIMES),
            Self::Bytes => scaled(digits, if name.is_empty() { "B" } else { name }, &SIZES),
            Self::Version if name.is_empty() => version(digits),
            Self::Percent if name.is_empty() => {
                let is_closed = cursor.symbol('%');
                digits.parse().ok().filter(|_| is_closed)
            }
            _ if name.is_empty() => format!("{sign}{digits}").parse().ok(),
            _ => None,
        };
        let is_closed = !is_quoted || cursor.next() == Some('"');
        number.filter(|number| is_closed && (least..=most).contains(number)).ok_or(problem)
    }

    /// Writes a number with the largest unit that leaves it short; exactly, so that it is read as the same number.
    pub(super) fn show(self, number: i64) -> String {
        match self {
            Self::Time => time(number),
            Self::Bytes => {
                let fits = |(_, bytes): &&(&str, i64)| number != 0 && number % bytes == 0;
                let (name, bytes) = SIZES.iter().rev().find(fits).unwrap_or(&("B", 1));
                format!("{}{name}", number / bytes)
            }
            Self::Percent => format!("{number}%"),
            Self::Version if number % 100 == 0 => (number / 100).to_string(),
            Self::Version => format!("{}.{}", number / 100, number % 100),
            Self::Status | Self::Days | Self::Redirects | Self::Nodes => number.to_string(),
        }
    }
}

/// A version like `1.1` or `2`.
pub(super) fn version(text: &str) -> Option<i64> {
    let digit = |text: &str| text.parse().ok().filter(|digit: &i64| text.len() == 1 && *digit >= 0);
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    Some(digit(major)? * 100 + digit(minor)?)
}

/// A decimal number of some unit, if it is whole in the smallest.
fn scaled(digits: &str, name: &str, units: &[(&str, i64)]) -> Option<i64> {
    let (_, scale) = units.iter().find(|(known, _)| *known == name)?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let (whole, numerator): (i64, i64) = (whole.parse().ok()?, part.parse().ok()?);
    let denominator = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let part = numerator.checked_mul(*scale).filter(|part| part % denominator == 0)? / denominator;
    whole.checked_mul(*scale)?.checked_add(part)
}

fn time(micros: i64) -> String {
    let (name, scale) = match micros {
        1_000_000.. => ("s", 1_000_000),
        1_000.. | 0 => ("ms", 1_000),
        _ => ("us", 1),
    };
    let (whole, part) = (micros / scale, micros % scale);
    if part == 0 {
        return format!("{whole}{name}");
    }
    let width = scale.ilog10() as usize;
    let part = format!("{part:0width$}");
    format!("{whole}.{}{name}", part.trim_end_matches('0'))
}

//! How long what is kept, as it is decided, typed and stored.

use std::{fmt, str::FromStr, time::Duration};

use crate::{FieldError, Invalid, schedule::parse_length};

/// How long what is kept. Rollups, transitions and trackers are kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Checks, one by one.
    pub checks: Duration,
    /// What failures showed, since it was last seen; their kind is kept as long as the checks.
    pub evidence: Duration,
    /// The most room that the database may take; then the oldest checks go before their time.
    pub ceiling: Ceiling,
}

impl Default for Retention {
    /// A year, 90 days, and four fifths of the disk.
    fn default() -> Self {
        Self { checks: DAY * 365, evidence: DAY * 90, ceiling: Ceiling::OfDisk { percent: 80 } }
    }
}

const DAY: Duration = Duration::from_hours(24);

/// The most room that a database may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// So many bytes.
    Bytes(u64),
    /// A share of the whole disk that it lies on; 1 to 100.
    OfDisk {
        /// In hundredths of the disk.
        percent: u8,
    },
}

/// Neither a share of a disk nor a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", words::FIELD_CEILING_WRONG)]
pub struct NoCeiling;

/// The smallest ceiling: below, a busy server would delete what it has just recorded.
const SMALLEST: u64 = 64 << 20;

const UNITS: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];

impl FromStr for Ceiling {
    type Err = NoCeiling;

    fn from_str(text: &str) -> Result<Self, NoCeiling> {
        let text = text.trim();
        if let Some(percent) = text.strip_suffix('%') {
            let percent = percent.trim().parse().map_err(|_| NoCeiling)?;
            return if (1..=100).contains(&percent) { Ok(Self::OfDisk { percent }) } else { Err(NoCeiling) };
        }
        let bytes = UNITS.iter().find_map(|(unit, bytes)| {
            text.strip_suffix(unit)?.trim().parse::<u64>().ok()?.checked_mul(*bytes)
        });
        bytes.filter(|bytes| *bytes >= SMALLEST).map(Self::Bytes).ok_or(NoCeiling)
    }
}

/// As it is read: `80%`, `20GiB`.
impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfDisk { percent } => write!(f, "{percent}%"),
            Self::Bytes(bytes) => {
                let whole = UNITS.iter().rev().find(|(_, unit)| bytes.is_multiple_of(*unit));
                let (word, unit) = whole.unwrap_or(&("KiB", 1 << 10));
                write!(f, "{}{word}", bytes / unit)
            }
        }
    }
}

/// What somebody said about it; what is absent is left to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionDraft {
    /// Of checks; at least a day.
    pub checks: Option<Duration>,
    /// Of what failures showed; at least a day.
    pub evidence: Option<Duration>,
    /// The most room.
    pub ceiling: Option<Ceiling>,
}

impl RetentionDraft {
    /// How forms, errors and the database call its parts.
    pub const FIELDS: [&'static str; 3] = ["keep_checks", "keep_evidence", "max_size"];

    /// Reads the fields of a form, or what is stored. An empty one says nothing.
    pub fn of_fields(fields: &[(String, String)]) -> Result<Self, Invalid> {
        let mut problems: Vec<FieldError> = Vec::new();
        let text = |name: &str| {
            let found = fields.iter().rev().find(|(other, _)| other == name);
            found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
        };
        let days = |name: &str, problems: &mut Vec<FieldError>| {
            let read = text(name).map(parse_days)?;
            read.map_err(|problem| problems.push(FieldError::new(name, problem))).ok()
        };
        let (checks, evidence) = (days("keep_checks", &mut problems), days("keep_evidence", &mut problems));
        let ceiling = text("max_size").and_then(|text| {
            let read = text.parse::<Ceiling>();
            read.map_err(|error| problems.push(FieldError::new("max_size", error.to_string()))).ok()
        });
        if problems.is_empty() { Ok(Self { checks, evidence, ceiling }) } else { Err(Invalid(problems)) }
    }

    /// As fields, in the order of [`Self::FIELDS`].
    pub fn pairs(self) -> [(&'static str, Option<String>); 3] {
        let [checks, evidence, size] = Self::FIELDS;
        [
            (checks, self.checks.map(days)),
            (evidence, self.evidence.map(days)),
            (size, self.ceiling.map(|ceiling| ceiling.to_string())),
        ]
    }

    /// This, and the other where it says nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            checks: self.checks.or(other.checks),
            evidence: self.evidence.or(other.evidence),
            ceiling: self.ceiling.or(other.ceiling),
        }
    }

    /// What comes of it when nobody else says anything.
    pub fn settled(self) -> Retention {
        let usual = Retention::default();
        Retention {
            checks: self.checks.unwrap_or(usual.checks),
            evidence: self.evidence.unwrap_or(usual.evidence),
            ceiling: self.ceiling.unwrap_or(usual.ceiling),
        }
    }
}

impl From<Retention> for RetentionDraft {
    fn from(retention: Retention) -> Self {
        let Retention { checks, evidence, ceiling } = retention;
        Self { checks: Some(checks), evidence: Some(evidence), ceiling: Some(ceiling) }
    }
}

/// Reads a time from one day on: `90d`, `36h`. The problem says what would be right.
pub fn parse_days(text: &str) -> Result<Duration, String> {
    let length = parse_length(text).filter(|length| *length >= DAY);
    length.ok_or_else(|| words::FIELD_DAYS_WRONG.into())
}

/// `365d`, or what fits when it is not whole days.
fn days(length: Duration) -> String {
    match length.as_secs() {
        secs if secs % 86_400 == 0 => format!("{}d", secs / 86_400),
        secs if secs % 3_600 == 0 => format!("{}h", secs / 3_600),
        secs => format!("{secs}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceilings_are_read_as_people_write_them() {
        for (text, ceiling) in [
            ("80%", Ok(Ceiling::OfDisk { percent: 80 })),
            (" 100 % ", Ok(Ceiling::OfDisk { percent: 100 })),
            ("20GiB", Ok(Ceiling::Bytes(20 << 30))),
            ("500 MiB", Ok(Ceiling::Bytes(500 << 20))),
            ("0%", Err(NoCeiling)),
            ("101%", Err(NoCeiling)),
            ("63MiB", Err(NoCeiling)),
            ("much", Err(NoCeiling)),
            ("99999999999TiB", Err(NoCeiling)),
        ] {
            assert_eq!(text.parse(), ceiling, "{text}");
            if let Ok(ceiling) = ceiling {
                assert_eq!(ceiling.to_string().parse(), Ok(ceiling), "{text}");
            }
        }
    }

    fn draft(fields: &[(&str, &str)]) -> Result<RetentionDraft, Vec<String>> {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let fields_of = |invalid: Invalid| invalid.0.into_iter().map(|error| error.field).collect();
        RetentionDraft::of_fields(&fields).map_err(fields_of)
    }

    #[test]
    fn what_is_typed_is_stored_and_read_again() {
        let typed = draft(&[("keep_checks", "30d"), ("keep_evidence", " 36h "), ("max_size", "")]).unwrap();
        assert_eq!((typed.checks, typed.evidence, typed.ceiling), (Some(DAY * 30), Some(DAY * 3 / 2), None));
        let stored: Vec<(String, String)> =
            typed.pairs().into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        assert_eq!(RetentionDraft::of_fields(&stored), Ok(typed));
        assert_eq!(draft(&[]), Ok(RetentionDraft::default()));
        let wrong = draft(&[("keep_checks", "5h"), ("keep_evidence", "soon"), ("max_size", "1")]);
        assert_eq!(wrong, Err(RetentionDraft::FIELDS.map(str::to_owned).to_vec()));
    }

    #[test]
    fn who_says_something_first_wins_and_the_rest_is_as_usual() {
        let fixed = RetentionDraft { checks: Some(DAY * 7), ..RetentionDraft::default() };
        let stored = draft(&[("keep_checks", "30d"), ("max_size", "1GiB")]).unwrap();
        let settled = fixed.or(stored).settled();
        assert_eq!(
            settled,
            Retention { checks: DAY * 7, ceiling: Ceiling::Bytes(1 << 30), ..Retention::default() }
        );
    }
}

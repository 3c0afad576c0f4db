//! Checks as rows of a file: CSV (RFC 4180) and NDJSON.

use std::borrow::Cow;

use axum::body::Bytes;
use csv::{Terminator, WriterBuilder};
use domain::{Cause, Numbered};
use serde::Serialize;

use super::reply::CheckReply;
use crate::finding::words;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// The names of the columns; the same as in JSON.
const COLUMNS: [&str; 11] = [
    "number",
    "due",
    "due_ms",
    "attempt",
    "outcome",
    "reason",
    "retrying",
    "late_ms",
    "latency_ms",
    "fault_kind",
    "fault_detail",
];

/// Beside what a check is elsewhere: everything else that was recorded.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    check: CheckReply,
    /// Whether it is a failure that was still tolerated.
    retrying: bool,
    /// How long after its due time the probe started, in milliseconds.
    late_ms: u32,
}

impl Format {
    /// The format that an address names; also how its files' names end.
    pub(super) fn of(word: &str) -> Option<Self> {
        [Self::Csv, Self::Ndjson].into_iter().find(|format| format.word() == word)
    }

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// Its media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// What stands before the first row.
    pub(super) fn head(self) -> Result<Bytes, Cause> {
        match self {
            Self::Csv => csv_rows([COLUMNS.map(Cow::Borrowed)]),
            Self::Ndjson => Ok(Bytes::new()),
        }
    }

    /// The rows of some checks.
    pub(super) fn rows(self, checks: &[Numbered]) -> Result<Bytes, Cause> {
        match self {
            Self::Csv => csv_rows(checks.iter().map(row)),
            Self::Ndjson => {
                let mut text = Vec::new();
                for entry in checks {
                    serde_json::to_writer(&mut text, &Line::from(entry))?;
                    text.push(b'\n');
                }
                Ok(text.into())
            }
        }
    }
}

impl From<&Numbered> for Line {
    fn from(entry: &Numbered) -> Self {
        let recorded = &entry.recorded;
        Self { check: entry.into(), retrying: recorded.retrying, late_ms: recorded.check.late_ms }
    }
}

fn csv_rows<'a>(rows: impl IntoIterator<Item = [Cow<'a, str>; COLUMNS.len()]>) -> Result<Bytes, Cause> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|field| field.as_bytes()))?;
    }
    Ok(writer.into_inner()?.into())
}

fn row(entry: &Numbered) -> [Cow<'_, str>; COLUMNS.len()] {
    let check = &entry.recorded.check;
    let (outcome, reason) = words(&check.outcome);
    let fault = match &check.outcome {
        domain::Outcome::Down(fault) => Some(fault),
        _ => None,
    };
    let text = |text: Option<String>| Cow::Owned(without_formula(text.unwrap_or_default()));
    [
        entry.number.to_string().into(),
        check.name.due.to_string().into(),
        check.name.due.as_ms().to_string().into(),
        check.name.attempt.to_string().into(),
        outcome.into(),
        reason.unwrap_or_default().into(),
        entry.recorded.retrying.to_string().into(),
        check.late_ms.to_string().into(),
        check.latency.map(|latency| latency.as_ms().to_string()).unwrap_or_default().into(),
        text(fault.map(|fault| fault.kind.to_string())),
        text(fault.map(ToString::to_string)),
    ]
}

/// A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it. What is seen of a
/// fault comes from targets, and who opens a file trusts it.
pub(in crate::http) fn without_formula(text: String) -> String {
    let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];
    if text.starts_with(begins) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use domain::{
        Check, CheckName, Fault, FaultKind, Location, Micros, Outcome, Phases, Reason, Recorded, Timestamp,
        TlsFault, TrackerId,
    };

    use super::*;

    fn entry(number: u64, outcome: Outcome, latency: Option<u32>) -> Numbered {
        let due = Timestamp(1_795_435_200_000);
        let name = CheckName { tracker: TrackerId(1), due, attempt: 0, location: Location::LOCAL };
        let check = Check { name, late_ms: 3, latency: latency.map(Micros), phases: Phases::NONE, outcome };
        Numbered { number, recorded: Recorded { check, retrying: false } }
    }

    fn entries() -> [Numbered; 3] {
        let detail = "=HYPERLINK(\"http://evil.example\",\"a\"), was said";
        [
            entry(7, Outcome::Up, Some(1_234)),
            entry(8, Outcome::Down(Fault::new(FaultKind::Tls(TlsFault::Other), detail)), None),
            entry(9, Outcome::Unknown(Reason::Stopped), None),
        ]
    }

    fn text(bytes: Bytes) -> String {
        String::from_utf8(bytes.into()).unwrap()
    }

    #[test]
    fn csv_is_quoted_where_it_must_be() {
        let whole = text(Format::Csv.head().unwrap()) + &text(Format::Csv.rows(&entries()).unwrap());
        let lines = [
            "number,due,due_ms,attempt,outcome,reason,retrying,late_ms,latency_ms,fault_kind,fault_detail",
            "7,2026-11-23T12:00:00.000Z,1795435200000,0,up,,false,3,1.234,,",
            "8,2026-11-23T12:00:00.000Z,1795435200000,0,down,,false,3,,tls,\"no secure connection: \
             =HYPERLINK(\"\"http://evil.example\"\",\"\"a\"\"), was said\"",
            "9,2026-11-23T12:00:00.000Z,1795435200000,0,unknown,stopped,false,3,,,",
            "",
        ];
        assert_eq!(whole, lines.join("\r\n"));
    }

    #[test]
    fn ndjson_has_a_line_for_each() {
        let lines = text(Format::Ndjson.rows(&entries()).unwrap());
        let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        assert_eq!((lines.lines().count(), lines.ends_with('\n')), (3, true));
        assert_eq!(
            (&last["number"], &last["reason"], &last["late_ms"]),
            (&9.into(), &"stopped".into(), &3.into())
        );
    }

    #[test]
    fn no_text_begins_like_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\u{FF1D}1"] {
            assert_eq!(without_formula(text.into()), format!("'{text}"));
        }
        for text in ["", "a=b", "'=1", " x"] {
            assert_eq!(without_formula(text.into()), text);
        }
    }
}

//! What "up" means: the small language of expectations, read once into a tree and judged for every answer.
//!
//! ```text
//! text        = expectation { (";" | new line) expectation }        all must hold
//! expectation = either [ "else" ("degraded" | "down") ]
//! either      = both { "or" both }
//! both        = one { "and" one }
//! one         = "not" one | "(" either ")" | ("all" | "any") "(" either { ";" either } ")" | statuses | test
//! test        = subject operator [ value ]
//! ```
//!
//! `grammar` reads it by descent over a `cursor` that knows its column; `subject` is the closed list of what can be looked
//! at; `print` writes the normal form; `truth` judges; `found` says what was there instead.

mod answer;
mod cursor;
mod excerpt;
mod found;
mod grammar;
mod json;
mod leaves;
mod operator;
mod print;
mod review;
mod rule;
mod subject;
mod tree;
mod truth;
mod unit;
mod value;

use std::{fmt, sync::Arc};

pub use self::answer::{Answer, CertificateFacts, Headers, Judgement, Miss, ServerFacts};
use self::{
    grammar::Parser,
    subject::Known,
    tree::{Demand, Severity, Tree},
    truth::{Sight, Truth},
};
use crate::{FieldError, Kind};

/// Everything that an answer must be to count as up: at most 50 tests, at most 4 KiB of text. Status 200 alone by default.
///
/// If no expectation mentions the status, `status == 200` is implied and judged first, where an answer has a status.
/// None at all is of a target for which it is enough that it can be asked.
/// Cheap to clone: clones share one tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectations(Arc<Tree>);

impl Expectations {
    /// The most bytes of a text, as written and in its normal form.
    pub const LIMIT: usize = 4_096;
    /// The most tests in a text, however they are combined.
    pub const MOST_TESTS: usize = 50;
    /// The most bytes of a body that are looked at. The prober reads no further.
    pub const BODY_LIMIT: usize = 1 << 20;
    /// The most bytes of a banner that are looked at.
    pub const BANNER_LIMIT: usize = 4_096;
    /// The most bytes of messages that are looked at.
    pub const MESSAGES_LIMIT: usize = 4_096;

    /// What is expected of a kind of target when nobody says anything.
    pub fn of(kind: Kind) -> Self {
        let none = || Self(Arc::new(Tree::of(Vec::new())));
        if kind.expect().is_empty() { none() } else { Self::parse(kind.expect()).unwrap_or_else(|_| none()) }
    }

    /// Whether a kind of target has all that is looked at. The error is about the field `expect`.
    pub fn fit(&self, kind: Kind) -> Result<(), FieldError> {
        match self.0.misfit(kind) {
            None => Ok(()),
            Some(test) => {
                let problem = words::expect_not_of_kind(kind.word(), subject::words(Some(kind)), test.word());
                Err(FieldError::new("expect", problem))
            }
        }
    }

    /// Reads expectations as people write them. A text of statuses alone, like `200-299,401`, means `status in 200-299,401`.
    /// The error is about the field `expect`, and says at which column what would have been understood.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let fail = |problem| FieldError::new("expect", problem);
        if text.len() > Self::LIMIT {
            return Err(fail(words::expect_long(text.len(), Self::LIMIT)));
        }
        let demands = Parser::read(text).map_err(|problem| fail(problem.sentence(text)))?;
        let expectations = Self(Arc::new(Tree::of(demands)));
        // Control characters grow when they are escaped; what cannot be stored and read again is refused now.
        match expectations.to_string().len() {
            0..=Self::LIMIT => Ok(expectations),
            long => Err(fail(words::expect_long_written(long, Self::LIMIT))),
        }
    }

    /// The verdict on an answer that was read to its end, or to [`Self::BODY_LIMIT`]. Of several misses the first that means
    /// down is told, or else the first that means degraded.
    ///
    /// Takes nanoseconds for a status, microseconds for a text, and as long as it takes to parse the body for JSON. A body made to
    /// be expensive takes up to half a second for each JSON path, so large bodies are not judged where others wait.
    pub fn judge(&self, answer: &Answer<'_>) -> Judgement {
        // Where all is known, nothing is left open.
        self.verdict(&Sight::new(answer, Known::All)).unwrap_or(Judgement::Met)
    }

    /// The verdict if the head of the answer already decides it. Looks at neither the body nor the time of its transfer nor the
    /// total. [`Self::judge`] would come to the same verdict, though maybe by another miss.
    ///
    /// Down is final: the body need not be read. The others still need an answer that does not break off.
    pub fn judge_head(&self, answer: &Answer<'_>) -> Option<Judgement> {
        self.verdict(&Sight::new(answer, Known::Head))
    }

    /// Whether what is said about the status alone, or implied, holds for this one: then a redirect with this status is itself
    /// the answer. What it takes more than the status to know does not hold here.
    pub fn accepts_status(&self, status: u16) -> bool {
        let answer = Answer { status: Some(status), ..Answer::default() };
        let sight = Sight::new(&answer, Known::Status);
        let mut about_status = self.0.demands(&answer).filter(|demand| demand.node.mentions_status());
        about_status.all(|demand| sight.judge(&demand.node) == Truth::Yes)
    }

    /// Whether anything is said about the body, so that it must be kept.
    pub fn needs_body(&self) -> bool {
        self.0.needs_body
    }

    /// Whether anything is said about what the target says first, so that it must be waited for.
    pub fn needs_banner(&self) -> bool {
        self.0.needs_banner()
    }

    /// Whether anything is said about messages, so that they must be waited for.
    pub fn needs_messages(&self) -> bool {
        self.0.needs_messages()
    }

    /// Whether anything is said about how many echoes get lost, so that several have to be asked for.
    pub fn needs_loss(&self) -> bool {
        self.0.needs_loss()
    }

    /// Whether anything is said about the certificate, so that the facts about a kept connection's must be remembered.
    pub fn needs_certificate(&self) -> bool {
        self.0.needs_certificate
    }

    fn verdict(&self, sight: &Sight<'_>) -> Option<Judgement> {
        let mut degraded = None;
        let mut is_certain = true;
        let mut down_is_possible = false;
        for demand in self.0.demands(sight.answer) {
            match (sight.judge(&demand.node), demand.severity) {
                (Truth::Yes, _) => {}
                (Truth::No, Severity::Down) => return Some(Judgement::Down(demand.miss(sight))),
                (Truth::No, Severity::Degraded) => degraded = degraded.or(Some(demand)),
                (Truth::Later, severity) => {
                    is_certain = false;
                    down_is_possible |= severity == Severity::Down;
                }
            }
        }
        match degraded {
            Some(demand) if !down_is_possible => Some(Judgement::Degraded(demand.miss(sight))),
            None if is_certain => Some(Judgement::Met),
            _ => None,
        }
    }
}

impl Default for Expectations {
    fn default() -> Self {
        Self(Arc::new(Tree::of(vec![Demand::status_200()])))
    }
}

/// The normal form, on one line; it is read back as an equal value.
impl fmt::Display for Expectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;

//! How a use case fails. Nothing here knows HTTP; `server` and `app` map these last.

use std::{error::Error, fmt};

use serde::{Deserialize, Serialize};

/// The cause behind a failure; logged once where it is handled, never sent to a client.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why something that was asked for did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such thing (any more).
    #[error("{}", words::FAILURE_NOT_FOUND)]
    NotFound,
    /// What was given breaks a rule. The person who gave it has to act.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It may work later: storage is busy, full or read-only, or the program is stopping.
    #[error("{}", words::failure_unavailable(.doing))]
    Unavailable {
        /// What was being done, as the subject of a sentence: "saving".
        doing: &'static str,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// A defect, or data that should not exist.
    #[error("{}", words::failure_internal(.doing))]
    Internal {
        /// What was being done, as the subject of a sentence: "reading the trackers".
        doing: &'static str,
        /// Why.
        #[source]
        cause: Cause,
    },
}

/// Everything that is wrong with what was given; at least one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// One problem with one field.
    pub fn one(field: &'static str, problem: impl Into<String>) -> Self {
        Self(vec![FieldError::new(field, problem)])
    }
}

impl Error for Invalid {}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, error) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

/// One field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name as the person who gave it knows it: `url`, `every`, `cron` …
    pub field: String,
    /// What is wrong and what would be right, as one sentence without a full stop. Quotes at most 60 characters of the input.
    pub problem: String,
}

impl FieldError {
    /// A problem with a field.
    pub fn new(field: &str, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

//! What the interface is told when something fails: enough to choose words, never a cause.

use domain::{Failure, Invalid, access::Refusal};
use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use crate::format;

/// Why a page or a form did not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// There is no such thing (any more).
    NotFound,
    /// What was given breaks a rule; the person who gave it has to act.
    Invalid(Invalid),
    /// It may work later.
    Unavailable,
    /// A defect of the server; its log has the cause.
    Internal,
    /// The request cannot be understood.
    BadRequest(String),
    /// Nobody is signed in (any more).
    SignIn,
    /// Nobody was signed in when a form was sent; now somebody is, and has the form back.
    Resumed,
    /// This account may not do that.
    Forbidden,
    /// An administrator has to turn two-factor sign-in on first.
    TwoFactor,
    /// After too many tries; so many seconds are to be waited.
    TooMany(u64),
    /// The server did not answer. Only a browser says this.
    Unreachable,
    /// The server's answer makes no sense here: it may be another version. Only a browser says this.
    Unreadable,
}

impl ApiError {
    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Invalid(_) => 422,
            Self::BadRequest(_) => 400,
            Self::SignIn => 401,
            Self::Resumed => 200,
            Self::Forbidden | Self::TwoFactor => 403,
            Self::TooMany(_) => 429,
            Self::Unavailable | Self::Unreachable | Self::Unreadable => 503,
            Self::Internal => 500,
        }
    }

    /// What stands above a page that could not be made.
    pub fn heading(&self) -> &'static str {
        match self {
            Self::NotFound => words::ERROR_NOT_FOUND_TITLE,
            Self::Unreachable => words::ERROR_UNREACHABLE_TITLE,
            Self::Forbidden | Self::TwoFactor => words::ERROR_FORBIDDEN_TITLE,
            Self::SignIn => words::SIGN_IN,
            _ => words::ERROR_OTHER_TITLE,
        }
    }

    /// What is said to a person: whole sentences.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFound => words::ERROR_NOT_FOUND.into(),
            Self::Invalid(invalid) => {
                problems(invalid, |_| true).unwrap_or_else(|| words::ERROR_INVALID.into())
            }
            Self::Unavailable => words::ERROR_UNAVAILABLE.into(),
            Self::Internal => words::ERROR_INTERNAL.into(),
            Self::Unreadable => words::ERROR_UNREADABLE.into(),
            Self::BadRequest(problem) if problem.is_empty() => words::ERROR_BAD_REQUEST.into(),
            Self::BadRequest(problem) => words::error_bad_request_because(problem),
            Self::Unreachable => words::ERROR_UNREACHABLE.into(),
            Self::SignIn => words::ERROR_SIGN_IN.into(),
            Self::Resumed => words::ERROR_RESUMED.into(),
            Self::Forbidden => words::ERROR_FORBIDDEN.into(),
            Self::TwoFactor => words::ERROR_TWO_FACTOR.into(),
            Self::TooMany(seconds) => words::error_too_many(seconds),
        }
    }

    /// What is wrong with one field of a form that has many.
    pub fn only_at(&self, field: &str) -> Option<String> {
        match self {
            Self::Invalid(invalid) => problems(invalid, |name| name == field),
            _ => None,
        }
    }

    /// What is wrong with one field; for every other kind of error, the whole sentence, because a form must not fail
    /// silently.
    pub fn at(&self, field: &str) -> Option<String> {
        match self {
            Self::Invalid(invalid) => {
                problems(invalid, |name| name == field).or_else(|| Some(self.sentence()))
            }
            _ => Some(self.sentence()),
        }
    }
}

fn problems(invalid: &Invalid, wanted: impl Fn(&str) -> bool) -> Option<String> {
    let sentences =
        invalid.0.iter().filter(|error| wanted(&error.field)).map(|error| as_sentence(&error.problem));
    let joined = format::joined(sentences, " ");
    (!joined.is_empty()).then_some(joined)
}

/// The domain states a problem as a clause; people read a sentence.
pub(crate) fn as_sentence(problem: &str) -> String {
    let mut letters = problem.chars();
    letters
        .next()
        .map(|first| format!("{}{}.", first.to_ascii_uppercase(), letters.as_str()))
        .unwrap_or_default()
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::NotFound,
            Failure::Invalid(invalid) => Self::Invalid(invalid),
            Failure::Unavailable { .. } => Self::Unavailable,
            Failure::Internal { .. } => Self::Internal,
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SignIn => Self::SignIn,
            Refusal::Forbidden => Self::Forbidden,
            Refusal::TwoFactor => Self::TwoFactor,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Deserialization(_) => Self::Unreadable,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Serialization(_) => Self::BadRequest(String::new()),
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::FieldError;

    use super::*;

    #[test]
    fn a_problem_is_said_at_its_field() {
        let error = ApiError::Invalid(Invalid(vec![
            FieldError::new("url", "`x` is not a web address"),
            FieldError::new("every", "at least 1 s"),
        ]));
        assert_eq!(error.at("url").unwrap(), "`x` is not a web address.");
        assert_eq!(error.at("every").unwrap(), "At least 1 s.");
        assert_eq!(error.sentence(), "`x` is not a web address. At least 1 s.");
    }

    #[test]
    fn no_cause_reaches_the_client() {
        let failure = Failure::Internal { doing: "reading", cause: "disk sector 7".into() };
        let said = ApiError::from(failure);
        assert_eq!(said, ApiError::Internal);
        assert!(!said.sentence().contains("sector"));
    }
}

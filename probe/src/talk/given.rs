//! What people give for a conversation, as it can be sent.

use domain::{QUERY_LIMIT, Target};

/// A name that can be sent: of a database, of this machine. It has no control characters and 1 to
/// [`Target::NAME_LIMIT`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// What is asked of a database: 1 to [`QUERY_LIMIT`] bytes and no NUL. Where none is given, `SELECT 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(String);

/// A topic of MQTT that can be published to: a [`Name`] without wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic(Name);

/// Why this cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GivenError {
    /// A character that would end it early.
    #[error("a control character cannot be sent")]
    Control,
    /// Nothing, or longer than is sent.
    #[error("nothing, or too long")]
    Length,
    /// A topic that stands for many.
    #[error("a topic with + or # stands for many")]
    Wildcard,
}

impl Name {
    /// A name.
    pub fn new(text: impl Into<String>) -> Result<Self, GivenError> {
        let text = text.into();
        if text.is_empty() || text.len() > Target::NAME_LIMIT {
            Err(GivenError::Length)
        } else if text.chars().any(char::is_control) {
            Err(GivenError::Control)
        } else {
            Ok(Self(text))
        }
    }

    /// A machine that has no name of its own.
    pub(crate) fn local() -> Self {
        Self(String::from("localhost"))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Topic {
    /// A topic.
    pub fn new(text: impl Into<String>) -> Result<Self, GivenError> {
        let name = Name::new(text)?;
        if name.as_str().contains(['+', '#']) { Err(GivenError::Wildcard) } else { Ok(Self(name)) }
    }

    /// The topic itself.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Query {
    /// A query.
    pub fn new(text: impl Into<String>) -> Result<Self, GivenError> {
        let text = text.into();
        if text.trim().is_empty() || text.len() > QUERY_LIMIT {
            Err(GivenError::Length)
        } else if text.contains('\0') {
            Err(GivenError::Control)
        } else {
            Ok(Self(text))
        }
    }

    /// The query itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Query {
    fn default() -> Self {
        Self(String::from("SELECT 1"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_early_is_refused() {
        for text in ["a\0b", "a\r\nb", "a\nb"] {
            assert_eq!(Name::new(text), Err(GivenError::Control));
        }
        assert_eq!(Query::new("a\0b"), Err(GivenError::Control));
        assert_eq!(Topic::new("a\0b"), Err(GivenError::Control));
        assert!(Topic::new("a/b").is_ok());
        for text in ["#", "a/+/b"] {
            assert_eq!(Topic::new(text), Err(GivenError::Wildcard));
        }
        assert!(Query::new("SELECT 1,\r\n\t2").is_ok() && Name::new("my base").is_ok());
        assert_eq!(Name::new(""), Err(GivenError::Length));
        assert_eq!(Name::new("a".repeat(256)), Err(GivenError::Length));
        assert_eq!(Query::new(" \n"), Err(GivenError::Length));
        assert_eq!(Query::new("a".repeat(4_097)), Err(GivenError::Length));
    }
}

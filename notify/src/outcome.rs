//! What became of a message.

use std::time::Duration;

/// A service took a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it said, for people, on one line, without secrets: `200 OK`, `250 2.0.0 Ok: queued`.
    pub said: String,
}

/// A service did not take a message, or nobody knows whether it did.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Undelivered {
    /// Why, as a sentence without its full stop, for people and logs, without secrets.
    pub said: String,
    /// Whether trying again can help.
    pub class: Class,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It can. Not before this long, if the service said so; at most an hour.
    Later(Option<Duration>),
    /// It cannot, until somebody changes the channel: the token is wrong, the channel is gone, the request is not what the service
    /// expects.
    Refused,
}

impl Undelivered {
    /// Worth another try.
    pub(crate) fn later(said: impl Into<String>) -> Self {
        Self { said: said.into(), class: Class::Later(None) }
    }

    /// Not worth another try.
    pub(crate) fn refused(said: impl Into<String>) -> Self {
        Self { said: said.into(), class: Class::Refused }
    }
}

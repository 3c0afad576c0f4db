//! What is said to servers that are not web servers: one file for each protocol.
//!
//! Each file talks over a stream that somebody else opened, plain or encrypted, and gives what it [heard](Heard). Where a protocol can
//! begin in the clear and agree on encryption, it is a [`Talk`]: between its halves the caller encrypts the stream.
//!
//! Nothing here has a deadline, the caller has one. All that is read is bounded, whatever the other side sends; texts that
//! come from there are made harmless, and what the login keeps secret is masked in them.

pub(crate) mod chance;
mod error;
mod given;
mod halves;
mod login;
mod wire;

#[cfg(test)]
mod double;

pub mod imap;
pub mod mqtt;
pub mod mysql;
pub mod pop3;
pub mod postgres;
pub mod redis;
pub mod smtp;
pub mod ssh;

pub use self::{
    error::TalkError,
    given::{GivenError, Name, Query, Topic},
    halves::{Io, Talk},
    login::{Login, LoginError},
    wire::Wire,
};

/// What was learnt of a server. What a protocol does not tell is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// How the server introduces itself: the greeting or the identification, at most 1,000 characters.
    pub banner: Option<String>,
    /// The version that it names, at most 200 characters.
    pub version: Option<String>,
    /// Whether it leads or follows others, in its own word: `primary`, `standby`, `master`, `slave`; at most 200 characters.
    pub role: Option<String>,
    /// What it says it can do, as it writes it, in its order; at most 100 of at most 200 characters.
    pub capabilities: Vec<String>,
    /// How many rows the query gave.
    pub rows: Option<u64>,
    /// The first field of the first row, at most 1,000 characters; absent if there is none, or it is NULL.
    pub field: Option<String>,
}

impl Heard {
    /// Longest banner, and longest field, in characters.
    const BANNER: usize = 1_000;
    /// Longest version, and longest role, in characters.
    const VERSION: usize = 200;
    /// The most capabilities that are kept, or lines of an answer that are read.
    const CAPABILITIES: usize = 100;
    /// Longest capability, in characters.
    const CAPABILITY: usize = 200;
}

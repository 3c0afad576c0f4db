//! What all kinds of probes have in common: from a name to a connection, maybe an encrypted one, with what was seen on the way.
//!
//! A kind that asks once and lets go is a function over a [`Line`](ask::Line) and a line in `prober.rs`; what makes a session of it is
//! [`ask`].

pub(crate) mod ask;
mod connect;
pub(crate) mod destinations;
mod name_servers;
pub(crate) mod place;
pub(crate) mod reach;
pub(crate) mod redact;
pub(crate) mod resolver;
pub(crate) mod seen;
pub(crate) mod stream;
mod talk;
pub(crate) mod tls;
pub(crate) mod trace;
pub(crate) mod verdict;

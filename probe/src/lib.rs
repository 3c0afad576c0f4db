//! The code that asks targets: [`Probers`] picks by the kind of a target. `prober.rs` is the registry, `line/` has what all kinds
//! share, and each kind is a file of its own.
//!
//! Invariant: a probe never fails and never panics. Whatever happens is a [`domain::Finding`]: evidence about the
//! target is a fault, trouble of our own (no name server, no network, no file descriptor) is `Unknown`. The errors of
//! libraries are turned into the one or the other in one place, `fault.rs`; nothing else reads them.
//!
//! Absent on purpose: schedules, retries of a failed check, and anything stored. Those belong to who calls.
#![warn(missing_docs)]

mod dns;
mod fault;
mod grpc;
mod http;
mod imap;
mod line;
mod mqtt;
mod mysql;
mod ping;
mod pop3;
mod postgres;
mod prober;
mod push;
mod redis;
mod smtp;
mod ssh;
#[doc(hidden)]
pub mod talk;
mod tcp;
mod tls;
mod websocket;

pub use crate::{
    line::resolver::{Lookup, LookupAnswer, LookupError},
    prober::{BuildError, Probers, Settings},
};

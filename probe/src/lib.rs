//! The code that asks targets. One file per kind of probe; today there is one kind, [`HttpProber`].
//!
//! Invariant: a probe never fails and never panics. Whatever happens is a [`domain::Finding`]: evidence about the
//! target is a fault, trouble of our own (no name server, no network, no file descriptor) is `Unknown`. The errors of
//! libraries are turned into the one or the other in one place, `fault.rs`; nothing else reads them.
//!
//! Absent on purpose: schedules, retries of a failed check, and anything stored. Those belong to who calls.
#![warn(missing_docs)]

mod fault;
mod http;
#[doc(hidden)]
pub mod talk;

pub use crate::http::{BuildError, HttpProber, Lookup, LookupAnswer, LookupError, Settings};

//! The proof by simulation: the real recorder, scheduler, location and dispatcher, with virtual time, over a disk, a network and services
//! that fail in every way that can be thought of; and invariants that are looked at meanwhile.
//!
//! What is simulated stands behind the ports of `domain` and `server` (`Records`, `AlertArchive`, `Prober`, `Canary`, `Messenger`, `Clock`):
//! nothing of the program is written a second time but what checks mean (`model.rs`), and nothing in it knows that it is simulated. All of it
//! runs on a runtime of one thread whose clock stands still while there is work and jumps to the next timer when there is none, over
//! [`store::Memory`], which needs no thread; so the same seed is the same story, hour after hour in milliseconds. (SQLite has a thread of its
//! own, past which such a clock would run: it has the tests of `store`, which hold `Memory` to what SQLite does.) A crash is the end of that
//! runtime, at a moment or at the edge of an effect; the next life starts over what is on the disk.
//!
//! A fault is added in `fault.rs` and `plan/events.rs`, an invariant in `checker/`, a planted bug in `bug.rs`.
#![warn(missing_docs)]

mod bug;
mod checker;
mod disk;
mod fault;
mod life;
mod model;
mod net;
mod plan;
mod post;
mod rng;
mod run;
mod trace;
mod world;

pub use crate::{
    bug::Bug,
    checker::Violation,
    fault::Fault,
    run::{Outcome, run},
};

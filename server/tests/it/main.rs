//! The server through one door: every test starts the whole of it, on port 0, with a database of its own.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod access;
mod alerts;
mod alerts_pages;
mod api;
mod architecture;
mod bad_input;
mod blind;
mod check_now;
mod crash;
mod dashboard;
mod data_safety;
mod editor;
mod edits;
mod exchange;
mod guard;
mod harness;
mod history;
mod kinds;
mod metrics;
mod one_cause;
mod pages;
mod process;
mod push;
mod recording;
mod refusal;
mod rests;
mod schedule;
mod secrets;
mod service_manager;
mod settings;
mod soak;

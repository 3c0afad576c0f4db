//! The server: scheduler, recorder, web and command line. The only crate that knows all the others.
//!
//! The walk of a check: [`scheduler`] waits for a slot and asks through `probe`; [`recorder`] folds, commits through
//! `store`, and shows it in the [`live`] view; [`http`] answers from there.

// Axum handlers and the modules here are documented where they are; this crate is no library for others.
mod access;
pub mod alerts;
pub mod assets;
pub mod backups;
mod ballast;
pub mod cli;
pub mod clock;
pub mod contacts;
pub mod demo;
pub mod dependencies;
mod exchange;
pub mod exit;
pub mod failure;
mod finding;
pub mod health;
pub mod http;
mod instance;
pub mod links;
pub mod live;
pub mod location;
mod lock;
pub mod metrics;
mod past;
pub mod push_urls;
pub mod recorder;
pub mod scheduler;
mod service_manager;
pub mod services;
pub mod startup;
pub mod threads;
mod track;

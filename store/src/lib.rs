//! The only SQL: trackers, checks and statuses in SQLite.
//!
//! [`Store::open`] makes sure that the file is ours and up to date; [`Store::into_writer`] gives the one [`Writer`] of this
//! process, which is what the recorder knows as [`domain::Records`]; [`Memory`] is the same without a disk, for tests and
//! simulations; an [`Editor`] changes trackers while a server may be running.
//!
//! To add something that is stored: a new file in `migrations/` and its line in `schema.rs` (shipped ones never change), a
//! file here with its SQL as functions that take a connection, and a chapter in the story of `tests/it/story.rs`, which runs
//! over SQLite and [`Memory`] alike.
//!
//! Invariant: nothing outside this crate knows SQL or sqlx; nothing in it decides what a check means.
#![warn(missing_docs)]

mod accounts;
mod alerts;
mod archive;
mod backup;
mod ballast;
mod block;
mod bulk;
mod call;
mod changes;
mod checks;
mod contents;
mod disk;
mod editor;
mod error;
mod evidence;
mod faults;
mod history;
mod http;
mod ids;
mod incidents;
mod limits;
mod maintenances;
mod memory;
mod open;
mod plain;
mod presence;
mod rebuild;
mod restore;
mod row;
mod schema;
mod scope;
mod settings;
mod signals;
mod statuses;
mod trackers;
mod transaction;
mod tutorial;
mod upgrade;
mod vault;
mod verify;
mod writer;

pub use accounts::SqliteAccounts;
pub use backup::{
    BackupReport, backup, backup_name, hand_made_name, is_backup_name, list_backups, newest_backup,
    partial_bytes, prune_backups, read_backup_name,
};
pub use ballast::Ballast;
pub use block::BlockError;
pub use contents::Contents;
pub use disk::{free_space, give_to_owner_of};
pub use editor::Editor;
pub use error::StoreError;
pub use memory::Memory;
pub use open::Store;
pub use rebuild::{RebuildReport, rebuild};
pub use restore::{RestoreReport, restore};
pub use tutorial::{History, Tutorial, TutorialRow};
pub use upgrade::BACKUPS;
pub use vault::{Key, KeyError, Vault};
pub use verify::{Finding, VerifyReport, verify};
pub use writer::Writer;

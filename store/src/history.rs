//! History: from rows of `checks` to blocks and rollups, and back to answers.
//!
//! What is recorded is kept twice for a while: as rows of `checks`, which survive everything, and in memory as columns
//! ([`pending::Pending`]), from which it is sealed ([`seal`]) into blocks of some hundred entries and rollups of hours and days. Rows that
//! are sealed leave `checks` from its old end. After a start the columns are read from `checks` again ([`load`]), so a crash at
//! any point loses nothing and doubles nothing: `sealed.last_check` says which rows are in blocks already.
//!
//! Where the time of checks went is gathered beside the columns ([`timings`]).
//!
//! Answers ([`reader`]) are put together from day rows, hour rows, blocks at the ragged ends, and the columns in memory.

pub(crate) mod audit;
pub(crate) mod blocks;
pub(crate) mod entry;
pub(crate) mod forget;
pub(crate) mod leftovers;
pub(crate) mod load;
pub(crate) mod pending;
pub(crate) mod recount;
pub(crate) mod rollups;
pub(crate) mod seal;
pub(crate) mod timings;

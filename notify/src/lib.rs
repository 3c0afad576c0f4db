//! The code that tells people: one file per kind of channel, and the one [`Sender`] that all of them send by.
//!
//! Invariant: a message is either taken by its service, which is a [`Receipt`], or it was not, and then [`Class`] says whether trying
//! again can help. Neither ever holds a secret, whatever the service answered.
//!
//! Absent on purpose: whom to tell and when, what is tried again, and anything stored. Those belong to who calls.
#![warn(missing_docs)]

mod channel;
mod discord;
mod egress;
mod form;
mod mail;
mod names;
mod ntfy;
mod outcome;
mod pagerduty;
mod place;
mod post;
mod sender;
mod slack;
mod telegram;
mod webhook;
mod wording;

pub use crate::{
    channel::{Broken, Channel, kinds},
    names::names,
    outcome::{Class, Receipt, Undelivered},
    sender::{BuildError, Sender},
};

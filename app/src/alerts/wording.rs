//! How messages, and what became of them, are put into words.

use domain::{AlertKind, Delivery, DeliveryState};

use crate::format;

/// The look of what became of a message: class and icon.
pub(crate) fn look(state: DeliveryState) -> (&'static str, &'static str) {
    match state {
        DeliveryState::Sent => ("is-up", "#i-up"),
        DeliveryState::Waiting => ("is-slow", "#i-retry"),
        DeliveryState::Dead => ("is-down", "#i-down"),
        DeliveryState::Dropped => ("is-none", "#i-none"),
    }
}

/// What became of a message, in a word.
pub(crate) fn word(delivery: &Delivery) -> &'static str {
    match delivery.state {
        DeliveryState::Sent => "sent",
        DeliveryState::Waiting if delivery.attempts == 0 => "waits",
        DeliveryState::Waiting => "tried again",
        DeliveryState::Dead => "given up",
        DeliveryState::Dropped => "not needed any more",
    }
}

/// What somebody was told, after "was told": `that it is down`.
pub(crate) fn told(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Down => "that it is down",
        AlertKind::StillDown => "that it is still down",
        AlertKind::Recovered => "that it is up again",
        AlertKind::WasDown => "that it was down and is up again",
        AlertKind::Flapping => "that it goes up and down",
        AlertKind::Blind => "that this location sees nothing",
        AlertKind::Seeing => "that this location sees again",
        AlertKind::Digest => "in a message of several",
        AlertKind::Test => "to try it",
    }
}

/// What a message is about: `Shop is down`.
pub(crate) fn about(delivery: &Delivery) -> String {
    let name = &delivery.name;
    match delivery.kind {
        AlertKind::Down => format!("{name} is down"),
        AlertKind::StillDown => format!("{name} is still down"),
        AlertKind::Recovered => format!("{name} is up again"),
        AlertKind::WasDown => format!("{name} was down and is up again"),
        AlertKind::Flapping => format!("{name} goes up and down"),
        AlertKind::Blind => "This location sees nothing".to_owned(),
        AlertKind::Seeing => "This location sees again".to_owned(),
        AlertKind::Digest => "Several at once".to_owned(),
        AlertKind::Test => "A message to try it".to_owned(),
    }
}

/// `one try`, `3 tries`.
pub(crate) fn tries(attempts: u32) -> String {
    match attempts {
        1 => "one try".to_owned(),
        many => format!("{} tries", format::thousands(many)),
    }
}

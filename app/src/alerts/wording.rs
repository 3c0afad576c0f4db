//! How messages, and what became of them, are put into words.

use domain::{AlertKind, Delivery, DeliveryState};

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
        DeliveryState::Sent => words::DELIVERY_SENT,
        DeliveryState::Waiting if delivery.attempts == 0 => words::DELIVERY_WAITS,
        DeliveryState::Waiting => words::DELIVERY_TRIED_AGAIN,
        DeliveryState::Dead => words::DELIVERY_GIVEN_UP,
        DeliveryState::Dropped => words::DELIVERY_NOT_NEEDED,
    }
}

/// What somebody was told, after "was told": `that it is down`.
pub(crate) fn told(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Down => words::TOLD_DOWN,
        AlertKind::StillDown => words::TOLD_STILL_DOWN,
        AlertKind::Recovered => words::TOLD_RECOVERED,
        AlertKind::WasDown => words::TOLD_WAS_DOWN,
        AlertKind::Flapping => words::TOLD_FLAPPING,
        AlertKind::Blind => words::TOLD_BLIND,
        AlertKind::Seeing => words::TOLD_SEEING,
        AlertKind::Digest => words::TOLD_DIGEST,
        AlertKind::Test => words::TOLD_TEST,
    }
}

/// What a message is about: `Shop is down`.
pub(crate) fn about(delivery: &Delivery) -> String {
    let name = &delivery.name;
    match delivery.kind {
        AlertKind::Down => words::alert_line_down(name),
        AlertKind::StillDown => words::alert_line_still_down(name),
        AlertKind::Recovered => words::alert_line_recovered(name),
        AlertKind::WasDown => words::alert_line_was_down(name),
        AlertKind::Flapping => words::alert_line_flapping(name),
        AlertKind::Blind => words::ALERT_BLIND.to_owned(),
        AlertKind::Seeing => words::ALERT_SEEING.to_owned(),
        AlertKind::Digest => words::ABOUT_DIGEST.to_owned(),
        AlertKind::Test => words::ABOUT_TEST.to_owned(),
    }
}

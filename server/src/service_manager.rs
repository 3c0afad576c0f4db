//! What a service manager is told: systemd with `Type=notify` and `WatchdogSec=`. Without one, nothing happens.

use domain::Totals;
use sd_notify::NotifyState;

/// The server answers.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The server stops because it was asked to.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The scheduler works. Called by its own loop: a watchdog that another task feeds would guard only that task.
pub(crate) fn still_scheduling(totals: Totals) {
    tell(&[NotifyState::Watchdog, NotifyState::Status(&sentence(totals))]);
}

/// As in `systemctl status`: `148 trackers, 2 down`.
fn sentence(totals: Totals) -> String {
    let noun = if totals.trackers == 1 { "tracker" } else { "trackers" };
    let down = if totals.down == 0 { "none down".into() } else { format!("{} down", totals.down) };
    format!("{} {noun}, {down}", totals.trackers)
}

fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_one_short_sentence() {
        for (trackers, down, text) in
            [(0, 0, "0 trackers, none down"), (1, 1, "1 tracker, 1 down"), (148, 2, "148 trackers, 2 down")]
        {
            assert_eq!(sentence(Totals { trackers, down, ..Totals::default() }), text);
        }
    }
}

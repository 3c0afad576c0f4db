//! How many pages are being watched, told from their polls: nobody is asked who he is.

use std::time::Duration;

/// For so many seconds a poll counts; a visible page polls once in each.
const WINDOW: usize = 10;

/// Polls of the newest seconds.
#[derive(Debug, Default)]
pub(super) struct Polls {
    total: u64,
    /// Polls by second, modulo the window.
    seconds: [u32; WINDOW],
    /// The second that was counted last.
    newest: u64,
}

impl Polls {
    pub(super) fn count(&mut self, now: Duration) {
        self.turn(now);
        self.total += 1;
        if let Some(second) = self.seconds.get_mut(slot(now.as_secs())) {
            *second += 1;
        }
    }

    /// Polls since the start.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Polls in the window, divided by what one page makes in it; rounded up, so one page is seen at once.
    pub(super) fn clients(&mut self, now: Duration) -> u64 {
        self.turn(now);
        self.seconds.iter().map(|polls| u64::from(*polls)).sum::<u64>().div_ceil(WINDOW as u64)
    }

    /// Forgets the seconds that have left the window.
    fn turn(&mut self, now: Duration) {
        let now = now.as_secs();
        let passed = now.saturating_sub(self.newest).min(WINDOW as u64);
        for second in now + 1 - passed..=now {
            if let Some(polls) = self.seconds.get_mut(slot(second)) {
                *polls = 0;
            }
        }
        self.newest = self.newest.max(now);
    }
}

fn slot(second: u64) -> usize {
    usize::try_from(second % WINDOW as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_while_they_poll() {
        let mut polls = Polls::default();
        for second in 100..130 {
            for _page in 0..3 {
                polls.count(Duration::from_secs(second));
            }
        }
        assert_eq!(polls.clients(Duration::from_secs(129)), 3);
        assert_eq!(polls.clients(Duration::from_secs(134)), 2);
        assert_eq!(polls.clients(Duration::from_secs(139)), 0);
        assert_eq!(polls.total(), 90);
    }

    #[test]
    fn the_first_poll_is_a_page() {
        let mut polls = Polls::default();
        polls.count(Duration::ZERO);
        assert_eq!(polls.clients(Duration::ZERO), 1);
    }
}

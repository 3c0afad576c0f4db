//! When to ask again, and what to say about the age of what is shown. Pure: the browser's clock is a parameter, in
//! milliseconds of any epoch.

use domain::Timestamp;

use crate::ApiError;

/// Between two polls, while all is well.
pub(super) const EVERY_MS: u32 = 1_000;
/// A request without an answer for so long has failed.
pub(super) const PATIENCE_MS: u32 = 10_000;
/// Older than this, what is shown no longer counts as live.
const STALE_AFTER_MS: i64 = 3_500;
/// Waits after the first failure, the second, and so on; the last one stays.
const BACK_OFF_MS: [u32; 5] = [1_000, 5_000, 10_000, 20_000, 60_000];

/// The state of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pulse {
    /// The server's time, when it was last heard.
    heard: Timestamp,
    /// The browser's time at that moment; absent while only the page itself was heard.
    heard_at: Option<i64>,
    /// Since when an answer could have come: the page was hidden before.
    watching_since: i64,
    failures: usize,
    retry_at: Option<i64>,
    error: Option<ApiError>,
}

/// What is said about the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing was heard since the page was made, at this time.
    AsOf(Timestamp),
    /// The last answer is so many seconds old.
    Live(i64),
    /// No news.
    Stale {
        /// When the server was last heard, by its own clock.
        since: Timestamp,
        /// Seconds to the next try; absent while one is under way.
        retry_in: Option<i64>,
        /// What went wrong.
        error: Option<ApiError>,
    },
}

impl Pulse {
    /// The page was made at `heard`, by the server's clock.
    pub(super) fn new(heard: Timestamp) -> Self {
        Self { heard, heard_at: None, watching_since: 0, failures: 0, retry_at: None, error: None }
    }

    /// Somebody looks (again).
    pub(super) fn watch(&mut self, at: i64) {
        self.watching_since = at;
        self.retry_at = None;
    }

    /// An answer came. Returns how long to wait for the next poll.
    pub(super) fn answered(&mut self, server: Timestamp, at: i64) -> u32 {
        *self = Self { heard: server, heard_at: Some(at), failures: 0, retry_at: None, error: None, ..*self };
        EVERY_MS
    }

    /// A poll failed. Returns how long to wait for the next one.
    pub(super) fn failed(&mut self, error: ApiError, at: i64) -> u32 {
        let wait = BACK_OFF_MS.get(self.failures).or(BACK_OFF_MS.last()).copied().unwrap_or(EVERY_MS);
        self.failures += 1;
        self.retry_at = Some(at + i64::from(wait));
        self.error = Some(error);
        wait
    }

    /// The next poll starts.
    pub(super) fn asking(&mut self) {
        self.retry_at = None;
    }

    /// What to say.
    pub(super) fn link(&self, at: i64) -> Link {
        let fresh_from = self.heard_at.unwrap_or(i64::MIN).max(self.watching_since);
        let is_stale = at - fresh_from >= STALE_AFTER_MS;
        match self.heard_at {
            _ if is_stale => Link::Stale {
                since: self.heard,
                retry_in: self.retry_at.map(|retry| (retry - at + 999).div_euclid(1_000).max(0)),
                error: self.error.clone(),
            },
            Some(heard_at) => Link::Live(((at - heard_at) / 1_000).max(0)),
            None => Link::AsOf(self.heard),
        }
    }

    /// The server's time, reckoned on from its last answer; unknown before the first.
    pub(super) fn now(&self, at: i64) -> Option<Timestamp> {
        self.heard_at.map(|heard_at| Timestamp(self.heard.0 + (at - heard_at).max(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched() -> Pulse {
        let mut pulse = Pulse::new(Timestamp(1_000_000));
        pulse.watch(0);
        pulse
    }

    #[test]
    fn a_page_that_was_only_rendered_says_when() {
        assert_eq!(watched().link(1_000), Link::AsOf(Timestamp(1_000_000)));
        assert_eq!(watched().now(1_000), None);
    }

    #[test]
    fn three_missed_polls_are_no_longer_live() {
        let mut pulse = watched();
        assert_eq!(pulse.answered(Timestamp(1_005_000), 500), EVERY_MS);
        assert_eq!(pulse.link(3_900), Link::Live(3));
        assert_eq!(
            pulse.link(4_000),
            Link::Stale { since: Timestamp(1_005_000), retry_in: None, error: None }
        );
        assert_eq!(pulse.now(4_500), Some(Timestamp(1_009_000)));
    }

    #[test]
    fn failures_back_off_and_an_answer_forgets_them() {
        let mut pulse = watched();
        let waits: Vec<u32> = (0..7).map(|n| pulse.failed(ApiError::Unreachable, n)).collect();
        assert_eq!(waits, [1_000, 5_000, 10_000, 20_000, 60_000, 60_000, 60_000]);
        let error = Some(ApiError::Unreachable);
        assert_eq!(
            pulse.link(52_006),
            Link::Stale { since: Timestamp(1_000_000), retry_in: Some(8), error: error.clone() }
        );
        pulse.asking();
        assert_eq!(pulse.link(60_006), Link::Stale { since: Timestamp(1_000_000), retry_in: None, error });
        pulse.answered(Timestamp(2_000_000), 60_010);
        assert_eq!(pulse.link(60_020), Link::Live(0));
        assert_eq!(pulse.failed(ApiError::Unreachable, 61_000), 1_000);
    }

    #[test]
    fn coming_back_to_a_hidden_page_is_not_at_once_called_stale() {
        let mut pulse = watched();
        pulse.answered(Timestamp(5), 0);
        pulse.watch(600_000);
        assert_eq!(pulse.link(600_100), Link::Live(600));
        assert!(matches!(pulse.link(603_600), Link::Stale { .. }));
    }

    #[test]
    fn a_clock_that_steps_back_makes_no_negative_age() {
        let mut pulse = watched();
        pulse.answered(Timestamp(7), 10_000);
        assert_eq!((pulse.link(9_000), pulse.now(9_000)), (Link::Live(0), Some(Timestamp(7))));
    }
}

//! From checks to time: the one place that knows how long a result holds.
//!
//! A result holds from its due time to that of the next scheduled check, at most one interval; then nothing is known. A gap
//! (paused, stopped, suspended …) holds until the next entry. Retries take no time beside their scheduled check. Time that
//! was told already is not told again when a clock is set back a little; so hours add up to the wall clock.

use crate::{Check, Held, Outcome, Timestamp, Window};

/// The last scheduled entry of a tracker, and how long it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its due time.
    pub due: Timestamp,
    /// What it said.
    pub held: Held,
    /// The longest that it holds, in milliseconds; `None` until the next.
    pub limit_ms: Option<u32>,
    /// Time before this was told already.
    pub told_until: Timestamp,
}

/// Turns a tracker's entries, in the order of recording, into stretches of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timekeeper(Option<Holding>);

/// What a timekeeper needs of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Its due time.
    pub due: Timestamp,
    /// What it says.
    pub held: Held,
    /// Whether no check stands behind it.
    pub is_gap: bool,
    /// Whether it repeats a scheduled check.
    pub is_retry: bool,
}

impl From<&Check> for Beat {
    fn from(check: &Check) -> Self {
        let is_gap = matches!(&check.outcome, Outcome::Unknown(reason) if reason.is_gap());
        Self {
            due: check.name.due,
            held: Held::from(&check.outcome),
            is_gap,
            is_retry: check.name.attempt > 0,
        }
    }
}

impl Timekeeper {
    /// How far a clock may be set back without the time being told twice.
    const SET_BACK_MS: i64 = 3_600_000;
    /// The longest that anything holds: a year and a day. A clock that was set by more must not fill the disk with hours.
    const LONGEST_MS: i64 = 367 * 86_400_000;

    /// Goes on after this entry.
    pub fn after(holding: Option<Holding>) -> Self {
        Self(holding)
    }

    /// The last scheduled entry.
    pub fn holding(&self) -> Option<Holding> {
        self.0
    }

    /// Takes the next entry, whose result holds for at most `limit_ms` (`None`: to the next), and tells the time that ended
    /// with it.
    pub fn next(&mut self, beat: Beat, limit_ms: Option<u32>, tell: impl FnMut(Held, Window)) {
        if beat.is_retry {
            return;
        }
        let told_until = self.until(beat.due, tell);
        self.0 = Some(Holding {
            due: beat.due,
            held: beat.held,
            limit_ms: limit_ms.filter(|_| !beat.is_gap),
            told_until,
        });
    }

    /// Tells the time from the last entry to `end` as if the next entry were due then. Gives until when time is told.
    pub fn until(&self, end: Timestamp, mut tell: impl FnMut(Held, Window)) -> Timestamp {
        let Some(holding) = self.0 else { return end };
        if end.0 < holding.told_until.0.saturating_sub(Self::SET_BACK_MS) {
            return end;
        }
        let from = holding.due.max(holding.told_until);
        let limit = holding.limit_ms.map_or(Self::LONGEST_MS, i64::from);
        let lost = Timestamp(holding.due.0.saturating_add(limit)).min(end);
        for (held, window) in [
            (holding.held, Window { from, to: lost }),
            (Held::Unknown, Window { from: lost.max(from), to: end }),
        ] {
            if window.from < window.to {
                tell(held, window);
            }
        }
        end.max(holding.told_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells letters, one a second: `u` up, `s` degraded, `d` down, `n` unknown, `P` paused from here on, `r` a retry that
    /// failed, `.` nothing. Each word of the answer is a kind of time and its seconds.
    fn told(letters: &str, limit_ms: Option<u32>) -> String {
        let mut words = Vec::new();
        let mut tell = |held: Held, window: Window| {
            words.push(format!("{held:?}{}-{}", window.from.0 / 1_000, window.to.0 / 1_000));
        };
        let mut keeper = Timekeeper::default();
        let mut due = Timestamp(0);
        for letter in letters.chars() {
            let held = match letter {
                'u' => Some(Held::Up),
                's' => Some(Held::Degraded),
                'd' | 'r' => Some(Held::Down),
                'n' => Some(Held::Unknown),
                'P' => Some(Held::Paused),
                '<' => {
                    due.0 -= 4_000;
                    continue;
                }
                _ => None,
            };
            if let Some(held) = held {
                let beat = Beat { due, held, is_gap: letter == 'P', is_retry: letter == 'r' };
                keeper.next(beat, limit_ms, &mut tell);
            }
            due.0 += 1_000;
        }
        keeper.until(due, &mut tell);
        words.join(" ")
    }

    #[test]
    fn a_result_holds_to_the_next_and_at_most_one_interval() {
        let second = Some(1_000);
        assert_eq!(told("usd", second), "Up0-1 Degraded1-2 Down2-3");
        assert_eq!(told("u..d", second), "Up0-1 Unknown1-3 Down3-4");
        assert_eq!(told("u..d", None), "Up0-3 Down3-4");
        assert_eq!(told("urd", second), "Up0-1 Unknown1-2 Down2-3");
        assert_eq!(told("", second), "");
    }

    #[test]
    fn a_gap_holds_to_the_next_entry() {
        assert_eq!(told("uP...u.", Some(1_000)), "Up0-1 Paused1-5 Up5-6 Unknown6-7");
    }

    #[test]
    fn time_is_told_once_when_a_clock_is_set_back() {
        assert_eq!(told("uuuuu<dddddd", Some(1_000)), "Up0-1 Up1-2 Up2-3 Up3-4 Down4-5 Down5-6 Down6-7");
    }
}

//! What a percentage means.
//!
//! The rule is called *observed time*: an outcome holds from its due time to the next, at most one interval, then nothing
//! is known. Degraded counts as up. Retries do not count beside their scheduled check. Time in which nothing is known is
//! in neither part of the ratio.

use std::{borrow::Borrow, fmt, time::Duration};

use crate::{Cell, Timestamp};

/// Observed time, split. Units: milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uptime {
    /// Time observed up.
    pub up_ms: u64,
    /// Time observed down.
    pub down_ms: u64,
}

impl Uptime {
    /// The uptime over cells, oldest first. `interval` is the longest that an outcome holds; `None` (cron) lets it hold to
    /// the next cell. The newest cell holds for `interval`, or for as long as the one before it.
    pub fn over(cells: impl IntoIterator<Item: Borrow<Cell>>, interval: Option<Duration>) -> Self {
        let mut uptime = Self::default();
        let mut scheduled = cells.into_iter().filter(|cell| cell.borrow().attempt == 0).peekable();
        let mut last_hold = Duration::from_millis(1);
        while let Some(cell) = scheduled.next() {
            let cell = cell.borrow();
            let until_next = scheduled.peek().map(|next| next.borrow().due.since(cell.due));
            let hold = match (until_next, interval) {
                (Some(next), Some(interval)) => next.min(interval),
                (Some(next), None) => next,
                (None, Some(interval)) => interval,
                (None, None) => last_hold,
            };
            last_hold = hold;
            uptime.add(cell, hold);
        }
        uptime
    }

    /// Whether anything was observed.
    pub fn is_known(self) -> bool {
        self.up_ms + self.down_ms > 0
    }

    fn add(&mut self, cell: &Cell, hold: Duration) {
        let ms = u64::try_from(hold.as_millis()).unwrap_or(u64::MAX);
        match cell.outcome.is_up() {
            Some(true) => self.up_ms = self.up_ms.saturating_add(ms),
            Some(false) => self.down_ms = self.down_ms.saturating_add(ms),
            None => {}
        }
    }
}

/// The percentage, cut after two places and not rounded: `100` means that no down time was observed. `–` when nothing is
/// known.
impl fmt::Display for Uptime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let observed = u128::from(self.up_ms) + u128::from(self.down_ms);
        let Some(hundredths) = (u128::from(self.up_ms) * 10_000).checked_div(observed) else {
            return f.write_str("–");
        };
        if hundredths == 10_000 {
            return f.write_str("100");
        }
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// The latest due time among cells, for "checked at".
pub(crate) fn newest_due(cells: impl IntoIterator<Item: Borrow<Cell>>) -> Option<Timestamp> {
    cells.into_iter().filter(|cell| !cell.borrow().is_gap()).map(|cell| cell.borrow().due).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, FaultKind, Outcome, Reason};

    /// Cells from letters, one a second: `u` up, `s` slow, `d` down, `n` unknown, `R` a retry that failed, `.` nothing.
    fn cells(letters: &str) -> Vec<Cell> {
        let cell = |(n, letter): (usize, char)| {
            let outcome = match letter {
                'u' => Outcome::Up,
                's' => Outcome::Degraded(Fault::new(FaultKind::Slow, "")),
                'd' | 'R' => Outcome::Down(Fault::new(FaultKind::Refused, "")),
                'n' => Outcome::Unknown(Reason::Overload),
                _ => return None,
            };
            let due = Timestamp(i64::try_from(n).unwrap() * 1_000);
            Some(Cell { due, attempt: u16::from(letter == 'R'), outcome, latency: None, retrying: false })
        };
        letters.chars().enumerate().filter_map(cell).collect()
    }

    fn check(letters: &str, expect: &str) {
        assert_eq!(
            Uptime::over(cells(letters), Some(Duration::from_secs(1))).to_string(),
            expect,
            "{letters}"
        );
    }

    #[test]
    fn the_rule_in_examples() {
        check("", "–");
        check("nnn", "–");
        check("uuuu", "100");
        check("uuud", "75.00");
        check("sd", "50.00");
        check("und", "50.00");
        check("u....d", "50.00");
        check("uRu", "100");
    }

    #[test]
    fn a_percentage_is_cut_and_never_rounded_up() {
        assert_eq!(Uptime { up_ms: 99_999, down_ms: 1 }.to_string(), "99.99");
        assert_eq!(Uptime { up_ms: u64::MAX, down_ms: 0 }.to_string(), "100");
    }

    #[test]
    fn a_cron_outcome_holds_to_the_next_check() {
        let uptime = Uptime::over(cells("u...d.u"), None);
        assert_eq!((uptime.up_ms, uptime.down_ms), (4_000 + 2_000, 2_000));
    }
}

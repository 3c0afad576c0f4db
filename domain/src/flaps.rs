//! Flapping: going up and down so often that each change says little.
//!
//! After Nagios (its manual's chapter "Detection and Handling of State Flapping", `check_for_service_flapping` in `base/flapping.c`):
//! of the last 21 verdicts the 20 possible changes are weighted, the oldest by 0.8 and the newest by 1.2; their share says when
//! flapping starts and, lower, when it stops. What was not learnt is no verdict.

/// The last verdicts, and whether they flap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flaps {
    /// One bit for each verdict, the newest lowest; set for up. Above the oldest that is known, all are like it.
    verdicts: u32,
    is_known: bool,
    is_flapping: bool,
}

/// Verdicts that are looked at.
const VERDICTS: u32 = 21;
const MASK: u32 = (1 << VERDICTS) - 1;
/// Weights are counted in 95ths: from 76 (0.8) for the oldest change in steps of 2 to 114 (1.2) for the newest, 1,900 in all.
const OLDEST: u32 = 76;
const ALL: u32 = 1_900;
/// From this share of changes on, in per cent, it flaps …
const STARTS: u32 = 30;
/// … until it is no more than this.
const STOPS: u32 = 15;

impl Flaps {
    /// Adds a verdict.
    pub(crate) fn add(&mut self, is_up: bool) {
        if !self.is_known {
            // Nothing is known to have changed before.
            *self = Self { verdicts: if is_up { MASK } else { 0 }, is_known: true, is_flapping: false };
        }
        self.verdicts = (self.verdicts << 1 | u32::from(is_up)) & MASK;
        let weight = self.weight() * 100;
        self.is_flapping = if self.is_flapping { weight > STOPS * ALL } else { weight >= STARTS * ALL };
    }

    /// Whether it flaps.
    pub fn is_flapping(self) -> bool {
        self.is_flapping
    }

    /// The weight of all changes; at most [`ALL`].
    fn weight(self) -> u32 {
        // A set bit n: the verdict n (from the newest, 0) differs from the one before it.
        let changes = (self.verdicts ^ self.verdicts >> 1) & MASK >> 1;
        let weights =
            (0..VERDICTS - 1).filter(|n| changes >> n & 1 == 1).map(|n| OLDEST + 2 * (VERDICTS - 2 - n));
        weights.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds verdicts, `u` and `d`, and says after each whether it flaps: `F` or `.`.
    fn told(verdicts: &str) -> String {
        let mut flaps = Flaps::default();
        let tell = |verdict| {
            flaps.add(verdict == 'u');
            if flaps.is_flapping() { 'F' } else { '.' }
        };
        verdicts.chars().map(tell).collect()
    }

    #[test]
    fn weights_add_up_as_they_should() {
        let all = Flaps { verdicts: 0b1_0101_0101_0101_0101_0101, is_known: true, is_flapping: false };
        assert_eq!(all.weight(), ALL);
        let newest = Flaps { verdicts: 1, ..all };
        let oldest = Flaps { verdicts: 1 << 20, ..all };
        assert_eq!((newest.weight(), oldest.weight()), (114, OLDEST));
    }

    #[test]
    fn an_outage_is_not_flapping() {
        assert_eq!(told("uuuuuuuddddddddduuuuuuuu"), "........................");
    }

    #[test]
    fn six_newer_changes_are_flapping_and_quiet_ends_it() {
        assert_eq!(told("uuuuuuuuudududu"), "..............F");
        assert_eq!(told("ududududu"), "......FFF");
        let quiet = told(&("ududududu".to_owned() + &"u".repeat(20)));
        assert!(quiet.ends_with('.') && quiet[9..].starts_with("FFFFFFFF"), "{quiet}");
    }

    #[test]
    fn what_is_known_of_the_first_verdict_is_no_change() {
        assert_eq!(told("d"), ".");
        assert_eq!(told("ddddddd"), ".......");
    }
}

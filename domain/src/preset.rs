//! Policies with a name, and what each of them is worth.
//!
//! The model: a place is "bad" for a fraction `p` of the time for reasons that are not the target's, in bursts of mean length `b`.
//! A tracker that is asked every `T` meets (Y p / T)(1 - e^(-T/b)) bursts a year, and the tries of one verdict, spread over a time
//! `s`, all fall into one burst with probability e^(-s/b). Their product is the number of false alarms a year. (Bursts as a two-state
//! Markov chain, after Gilbert, "Capacity of a burst-noise channel", 1960.)

use std::time::Duration;

use crate::{NewTracker, Policy, Worth};

/// A policy with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The first failure counts.
    Fast,
    /// Three tries, 5 s apart. The default.
    Balanced,
    /// Four tries over a minute or more.
    Quiet,
}

impl Preset {
    /// Every preset, the fastest first.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Balanced, Self::Quiet];

    /// Its name in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::Quiet => "quiet",
        }
    }

    /// The preset that an interface names.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.word() == word)
    }

    /// The preset whose tries and recovery a policy has, if it is one. What is slow and what is upside down does not matter.
    pub fn matching(policy: &Policy) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.onto(*policy) == *policy)
    }

    /// Its policy, with nothing slow and nothing upside down.
    pub fn policy(self) -> Policy {
        self.onto(Policy::default())
    }

    /// A policy with this preset's tries and recovery.
    #[must_use]
    pub fn onto(self, policy: Policy) -> Policy {
        let (retries, retry_after, successes) = match self {
            Self::Fast => (0, 5, 1),
            Self::Balanced => (2, 5, 1),
            Self::Quiet => (3, 20, 2),
        };
        Policy { retries, retry_after: Duration::from_secs(retry_after), successes, ..policy }
    }
}

/// A place's own trouble, by which false alarms are counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trouble {
    /// The fraction of the time in which the place is bad.
    pub share: f64,
    /// How long that lasts, in the mean.
    pub burst: Duration,
}

impl Trouble {
    /// A good place: nine seconds a day.
    pub const LITTLE: Self = Self { share: 1e-4, burst: Duration::from_secs(20) };
    /// A poor one: a minute and a half a day.
    pub const MUCH: Self = Self { share: 1e-3, burst: Duration::from_secs(20) };
}

impl NewTracker {
    /// What every preset would be worth for this tracker, and what its policy is. Nothing for a schedule without an interval: there
    /// is no saying when it looks.
    pub fn worths(&self) -> Vec<Worth> {
        let Some(interval) = self.schedule.interval() else { return Vec::new() };
        let deadline = self.deadline(interval);
        let worth = |name, policy: Policy| Worth {
            name,
            retries: policy.retries,
            retry_after: policy.retry_after,
            successes: policy.successes,
            worst_detection: policy.worst_detection(interval, deadline),
            false_alarms: [Trouble::LITTLE, Trouble::MUCH]
                .map(|trouble| policy.false_alarms_per_year(interval, deadline, trouble)),
        };
        let presets = Preset::ALL.map(|preset| worth(preset.word(), preset.policy()));
        presets.into_iter().chain([worth("now", self.policy)]).collect()
    }
}

/// A year in seconds.
const YEAR: f64 = 31_557_600.0;

impl Policy {
    /// The longest from the first moment of an outage to the verdict, for a target that does not answer at all: the time to the next
    /// slot, and then every try takes its whole deadline. Tries that do not fit before a slot are that slot's.
    pub fn worst_detection(&self, interval: Duration, deadline: Duration) -> Duration {
        interval + self.spread(interval, deadline, deadline) + deadline.min(interval)
    }

    /// False alarms a year of one tracker, for a trouble in which every try fails at once, so that tries lie as near to each other as
    /// they can.
    pub fn false_alarms_per_year(&self, interval: Duration, deadline: Duration, trouble: Trouble) -> f64 {
        let burst = trouble.burst.as_secs_f64();
        let every = interval.as_secs_f64();
        let met = YEAR * trouble.share / every * (1.0 - (-every / burst).exp());
        met * (-self.spread(interval, deadline, Duration::ZERO).as_secs_f64() / burst).exp()
    }

    /// From the start of the first try to that of the one that decides, when each takes `took`.
    fn spread(&self, interval: Duration, deadline: Duration, took: Duration) -> Duration {
        let deadline = deadline.min(interval);
        let took = took.min(deadline);
        let (mut at, mut slot, mut attempt) = (Duration::ZERO, Duration::ZERO, 0);
        for _ in 0..self.retries {
            let retry = at + took + self.retry_after;
            attempt += 1;
            if attempt <= self.retries && retry + deadline <= slot + interval {
                at = retry;
            } else {
                slot += interval;
                (at, attempt) = (slot, 0);
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn alarms(interval: u64, retry: u64, tries: u16, share: f64, burst: u64) -> f64 {
        let policy = Policy { retries: tries - 1, retry_after: secs(retry), ..Policy::default() };
        policy.false_alarms_per_year(secs(interval), secs(10), Trouble { share, burst: secs(burst) })
    }

    /// Against twenty years of a simulated place.
    #[test]
    fn the_formula_says_what_a_simulation_found() {
        for (interval, retry, tries, share, burst, simulated) in [
            (30, 5, 1, 1e-3, 20, 826.0),
            (30, 5, 3, 1e-3, 20, 499.0),
            (30, 5, 3, 1e-3, 2, 7.6),
            (30, 30, 3, 1e-3, 20, 41.4),
            (1, 1, 3, 1e-3, 2, 4_560.0),
        ] {
            let told = alarms(interval, retry, tries, share, burst);
            assert!(
                (told / simulated - 1.0).abs() < 0.08,
                "{interval} {retry} {tries} {burst}: {told} for {simulated}"
            );
        }
    }

    #[test]
    fn presets_differ_as_they_should() {
        let told = Preset::ALL.map(|preset| {
            let policy = preset.policy();
            let alarms = |trouble| policy.false_alarms_per_year(secs(30), secs(10), trouble);
            let detection = policy.worst_detection(secs(30), secs(10)).as_secs();
            format!(
                "{}: {detection} s, {:.1} and {:.0}",
                preset.word(),
                alarms(Trouble::LITTLE),
                alarms(Trouble::MUCH)
            )
        });
        assert_eq!(
            told,
            ["fast: 40 s, 81.7 and 817", "balanced: 70 s, 49.6 and 496", "quiet: 130 s, 6.7 and 67"]
        );
    }

    #[test]
    fn a_preset_is_known_by_its_word_and_its_policy() {
        for preset in Preset::ALL {
            assert_eq!(Preset::of(preset.word()), Some(preset));
            let policy = Policy { slow_after: Some(secs(1)), upside_down: true, ..preset.policy() };
            assert_eq!(Preset::matching(&policy), Some(preset));
        }
        assert_eq!(Preset::Balanced.policy(), Policy::default());
        assert_eq!(Preset::matching(&Policy { retries: 7, ..Policy::default() }), None);
    }

    #[test]
    fn at_one_second_every_try_is_a_slot() {
        let policy = Preset::Balanced.policy();
        assert_eq!(policy.worst_detection(secs(1), secs(10)), secs(4));
        assert_eq!(Preset::Fast.policy().worst_detection(secs(1), secs(10)), secs(2));
    }
}

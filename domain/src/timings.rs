//! What is kept of where the time of checks went: a histogram of each phase, and some checks in full.
//!
//! All phases of all checks would cost more than the checks themselves. What is asked for later is how a phase usually is, which
//! histograms say, and what went wrong, which the failures and the slowest check of each minute show.

use crate::{Latencies, Outcome, Phase, PhaseTime, Phases, Recorded, Timestamp, Timing};

/// How long each phase took. Can be merged, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhaseLatencies([Latencies; 5]);

impl PhaseLatencies {
    /// The histograms of the phases, in the order of [`Phase::ALL`].
    pub fn new(phases: [Latencies; 5]) -> Self {
        Self(phases)
    }

    /// Counts a good check. Failures are left out, as they are of latencies.
    pub fn record(&mut self, phases: &Phases) {
        for (phase, took) in phases.iter() {
            self.0[phase as usize].record(took);
        }
    }

    /// Adds what others counted.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.merge(theirs);
        }
    }

    /// Each phase and how long it took.
    pub fn iter(&self) -> impl Iterator<Item = (Phase, &Latencies)> {
        Phase::ALL.into_iter().zip(&self.0)
    }

    /// Count and percentiles of each phase, in the order of [`Phase::ALL`].
    pub fn times(&self) -> [PhaseTime; 5] {
        self.0.each_ref().map(|took| PhaseTime { count: took.count(), took: took.percentiles() })
    }
}

impl Timing {
    /// Where the time of a recorded check went, if it learnt something and that is known.
    pub fn of(recorded: &Recorded) -> Option<Self> {
        let check = &recorded.check;
        let is_known = !check.phases.is_none() && !matches!(check.outcome, Outcome::Unknown(_));
        is_known.then(|| Self {
            due: check.name.due,
            attempt: check.name.attempt,
            latency: check.latency,
            phases: check.phases,
            failed: check.outcome.is_up() == Some(false),
        })
    }
}

/// Chooses the checks that are kept in full: failures, and the slowest of each minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The slowest good check so far of the newest minute.
    slowest: Option<Timing>,
}

impl Selection {
    /// Takes the next check, in the order of recording; gives those that are chosen for certain.
    pub fn add(&mut self, timing: Timing) -> impl Iterator<Item = Timing> + use<> {
        let failed = Some(timing).filter(|timing| timing.failed);
        let mut settled = None;
        if !timing.failed {
            let rival = self.slowest.filter(|slowest| minute(slowest.due) == minute(timing.due));
            if rival.is_none() {
                settled = self.slowest.replace(timing);
            } else if rival.is_some_and(|rival| rival.latency < timing.latency) {
                self.slowest = Some(timing);
            }
        }
        settled.into_iter().chain(failed)
    }

    /// The slowest good check of a minute that may not be over.
    pub fn open(&self) -> Option<Timing> {
        self.slowest
    }
}

fn minute(due: Timestamp) -> i64 {
    due.0.div_euclid(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Micros;

    fn timing(due: i64, latency: u32, failed: bool) -> Timing {
        let mut phases = Phases::NONE;
        phases.add(Phase::Connect, Micros(latency));
        Timing { due: Timestamp(due), attempt: 0, latency: Some(Micros(latency)), phases, failed }
    }

    #[test]
    fn failures_and_the_slowest_of_each_minute_are_chosen() {
        let mut selection = Selection::default();
        let checks =
            [(0, 5, false), (1_000, 9, false), (2_000, 9, false), (3_000, 1, true), (60_000, 2, false)];
        let chosen: Vec<i64> = checks
            .into_iter()
            .flat_map(|(due, latency, failed)| selection.add(timing(due, latency, failed)))
            .map(|timing| timing.due.0)
            .collect();
        assert_eq!(chosen, [3_000, 1_000], "the first of two that are equally slow");
        assert_eq!(selection.open().map(|timing| timing.due.0), Some(60_000));
    }

    #[test]
    fn phases_are_counted_apart() {
        let mut all = PhaseLatencies::default();
        all.record(&timing(0, 100, false).phases);
        all.record(&timing(0, 300, false).phases);
        let mut merged = PhaseLatencies::default();
        merged.merge(&all);
        assert_eq!(merged, all);
        let times = merged.times();
        assert_eq!((times[1].count, times[1].took.max), (2, Some(Micros(300))));
        assert_eq!(times[0], PhaseTime::default());
    }
}

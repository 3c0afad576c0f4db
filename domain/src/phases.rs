//! Where the time of a probe went.

use serde::{Deserialize, Serialize};

use crate::{Micros, Percentiles, Phase, Timestamp};

/// How long each phase of a probe took, added up over its redirects. A phase that did not happen is absent: a kept connection
/// has no name looked up, and plain HTTP has no TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "[Option<Micros>; 5]", into = "[Option<Micros>; 5]")]
pub struct Phases([u32; 5]);

/// Says that a phase did not happen. A phase that takes the 71 minutes is cut by a microsecond.
const ABSENT: u32 = u32::MAX;

impl Phases {
    /// A probe that got nowhere.
    pub const NONE: Self = Self([ABSENT; 5]);

    /// How long a phase took.
    pub fn get(&self, phase: Phase) -> Option<Micros> {
        let micros = self.0[phase as usize];
        (micros != ABSENT).then_some(Micros(micros))
    }

    /// Adds time to a phase.
    pub fn add(&mut self, phase: Phase, took: Micros) {
        let so_far = self.get(phase).map_or(0, |micros| micros.0);
        self.0[phase as usize] = so_far.saturating_add(took.0).min(ABSENT - 1);
    }

    /// The phases that happened, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Phase, Micros)> {
        Phase::ALL.into_iter().filter_map(|phase| Some((phase, self.get(phase)?)))
    }

    /// Whether nothing is known of any phase.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

impl Default for Phases {
    fn default() -> Self {
        Self::NONE
    }
}

impl From<[Option<Micros>; 5]> for Phases {
    fn from(phases: [Option<Micros>; 5]) -> Self {
        Self(phases.map(|phase| phase.map_or(ABSENT, |micros| micros.0.min(ABSENT - 1))))
    }
}

impl From<Phases> for [Option<Micros>; 5] {
    fn from(phases: Phases) -> Self {
        Phase::ALL.map(|phase| phases.get(phase))
    }
}

/// Where the time of one check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// When the check was due.
    pub due: Timestamp,
    /// 0 for the scheduled check; retries count up.
    pub attempt: u16,
    /// From the start of the probe to its verdict.
    pub latency: Option<Micros>,
    /// Where that time went.
    pub phases: Phases,
    /// Whether the check was down, tolerated or not.
    pub failed: bool,
}

/// How long one phase of good checks took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseTime {
    /// The checks that had this phase.
    pub count: u64,
    /// How long it took; all absent when there was none.
    pub took: Percentiles,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_add_up_over_redirects() {
        let mut phases = Phases::NONE;
        assert!(phases.is_none());
        phases.add(Phase::Connect, Micros(300));
        phases.add(Phase::Connect, Micros(200));
        phases.add(Phase::FirstByte, Micros(u32::MAX));
        let found: Vec<_> = phases.iter().collect();
        assert_eq!(found, [(Phase::Connect, Micros(500)), (Phase::FirstByte, Micros(u32::MAX - 1))]);
        assert_eq!(Phases::from(<[Option<Micros>; 5]>::from(phases)), phases);
    }
}

//! A second opinion on what recorded checks mean: a status, transitions and flapping, worked out from what is recorded and nothing
//! else. Written apart from `domain::Belief`, as plainly as it can be.

use std::collections::VecDeque;

use domain::{Outcome, Recorded, SHOWN_CHECKS, Status, Timestamp, Transition};

/// What is believed of one tracker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) status: Status,
    /// Due times of the good checks in a row while it is down.
    good: Vec<Timestamp>,
    flaps: Flaps,
    /// The newest entries, for what a restart remembers.
    newest: VecDeque<Recorded>,
}

#[derive(Clone, Debug, Default)]
struct Flaps {
    verdicts: Vec<bool>,
    is_flapping: bool,
}

impl Model {
    /// Takes the next recorded entry. `successes` good checks in a row make it up again.
    pub(crate) fn take(&mut self, recorded: &Recorded, successes: u16) -> Option<Transition> {
        let due = recorded.check.name.due;
        let transition = match &recorded.check.outcome {
            Outcome::Unknown(_) => None,
            Outcome::Up | Outcome::Degraded(_) => self.good(due, successes),
            Outcome::Down(fault) => {
                let fault = fault.clone();
                self.good.clear();
                match self.status.clone() {
                    Status::Down { since, .. } => {
                        self.status = Status::Down { since, fault };
                        None
                    }
                    Status::Retrying { since, failures, up_since } => {
                        self.bad(recorded.retrying, (due, since, failures + 1, up_since), fault)
                    }
                    Status::Up { since } => self.bad(recorded.retrying, (due, due, 1, Some(since)), fault),
                    Status::Pending => self.bad(recorded.retrying, (due, due, 1, None), fault),
                }
            }
        };
        if let Some(is_up) = recorded.check.outcome.is_up() {
            self.flaps.add(is_up || recorded.retrying);
        }
        if self.newest.len() == SHOWN_CHECKS {
            self.newest.pop_front();
        }
        self.newest.push_back(recorded.clone());
        transition
    }

    fn good(&mut self, due: Timestamp, successes: u16) -> Option<Transition> {
        match self.status {
            Status::Pending => self.status = Status::Up { since: due },
            Status::Up { .. } => {}
            Status::Retrying { up_since, .. } => self.status = Status::Up { since: up_since.unwrap_or(due) },
            Status::Down { since: down_since, .. } => {
                self.good.push(due);
                if self.good.len() >= usize::from(successes) {
                    self.status = Status::Up { since: self.good[0] };
                    self.good.clear();
                    return Some(Transition::Recovered { at: due, down_since });
                }
            }
        }
        None
    }

    fn bad(
        &mut self,
        is_tolerated: bool,
        (due, since, failures, up_since): (Timestamp, Timestamp, u16, Option<Timestamp>),
        fault: domain::Fault,
    ) -> Option<Transition> {
        if is_tolerated {
            self.status = Status::Retrying { since, failures, up_since };
            return None;
        }
        self.status = Status::Down { since, fault: fault.clone() };
        Some(Transition::WentDown { at: due, since, fault })
    }

    /// Failures in a row that are not believed yet.
    pub(crate) fn failures(&self) -> u16 {
        if let Status::Retrying { failures, .. } = self.status { failures } else { 0 }
    }

    pub(crate) fn is_flapping(&self) -> bool {
        self.flaps.is_flapping
    }

    /// What a program knows that starts now: of flapping, and of good checks in a row, what the newest entries say.
    pub(crate) fn resume(&mut self) {
        self.flaps = Flaps::default();
        self.good.clear();
        for recorded in &self.newest {
            let Some(is_up) = recorded.check.outcome.is_up() else { continue };
            self.flaps.add(is_up || recorded.retrying);
            if is_up && self.status.is_down() {
                self.good.push(recorded.check.name.due);
            } else {
                self.good.clear();
            }
        }
    }
}

impl Flaps {
    /// Of the last 21 verdicts, changes weigh from 0.8 to 1.2; from 30 % on it flaps, until it is no more than 15 %.
    fn add(&mut self, is_up: bool) {
        if self.verdicts.is_empty() {
            self.verdicts = vec![is_up; 21];
        }
        self.verdicts.remove(0);
        self.verdicts.push(is_up);
        let changes = (0..20_u32).zip(self.verdicts.windows(2)).filter(|(_, pair)| pair[0] != pair[1]);
        let weight: u32 = changes.map(|(place, _)| 76 + 2 * place).sum();
        // The whole is 1,900.
        self.is_flapping = if self.is_flapping { weight > 285 } else { weight >= 570 };
    }
}

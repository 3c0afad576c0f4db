//! How checks become a status.
//!
//! A status alone does not say how many good checks in a row a tracker has had while it was down, or whether it flaps. That
//! little more is a [`Belief`]. It is not stored: the newest recorded checks say it again ([`Belief::resume`]).

use crate::{Fault, Flaps, Outcome, Policy, Recorded, Status, Timestamp, Transition};

/// What we believe about a tracker, and what the next check needs to know beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Belief {
    /// What is shown and stored.
    pub status: Status,
    /// Good checks in a row while it is down.
    recovery: Option<Recovery>,
    flaps: Flaps,
}

/// Good checks in a row of a tracker that is still down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recovery {
    /// Due time of the first of them.
    since: Timestamp,
    /// At least 1.
    successes: u16,
}

/// How a failure is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// It counts.
    #[default]
    Full,
    /// It may be this location's own trouble: it makes nobody down, however many there were.
    Held,
}

/// The result of folding one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is believed after the check.
    pub belief: Belief,
    /// The transition that the check caused, if any.
    pub transition: Option<Transition>,
}

impl Step {
    /// Whether the check was a failure that is still tolerated.
    pub fn tolerates(&self, outcome: &Outcome) -> bool {
        self.belief.status.is_retrying() && outcome.is_up() == Some(false)
    }
}

impl Belief {
    /// A belief of which only the status is known.
    pub fn of(status: Status) -> Self {
        Self { status, ..Self::default() }
    }

    /// What was believed when the newest of these entries, oldest first, was recorded. Their verdicts stand, whatever the policy
    /// is today. Exactly as if there had been no break, when at least 21 of them learnt something; only a tracker that has been in
    /// the band between starting and stopping to flap for longer than they reach is said not to flap.
    pub fn resume<'a>(status: Status, recorded: impl IntoIterator<Item = &'a Recorded>) -> Self {
        let mut belief = Self::of(status);
        for entry in recorded {
            let outcome = &entry.check.outcome;
            belief.note(outcome, entry.retrying);
            if let Some(is_up) = outcome.is_up() {
                belief.recovery = is_up.then(|| belief.recovering(entry.check.name.due));
            }
        }
        if !belief.status.is_down() {
            belief.recovery = None;
        }
        belief
    }

    /// Whether the tracker changes between up and down so often that each change says little.
    pub fn is_flapping(&self) -> bool {
        self.flaps.is_flapping()
    }

    /// The belief after a check that was due at `due`. Total: every outcome has an answer in every status. Folding the same checks
    /// again gives the same.
    #[must_use]
    pub fn after(&self, due: Timestamp, outcome: &Outcome, policy: Policy, trust: Trust) -> Step {
        let mut belief = self.clone();
        let transition = match outcome {
            Outcome::Unknown(_) => None,
            Outcome::Up | Outcome::Degraded(_) => belief.succeed(due, policy),
            Outcome::Down(fault) => belief.fail(due, fault, policy, trust),
        };
        let is_tolerated = belief.status.is_retrying();
        belief.note(outcome, is_tolerated);
        Step { belief, transition }
    }

    /// Remembers a verdict for flapping. A failure that is tolerated changed nothing yet.
    fn note(&mut self, outcome: &Outcome, is_tolerated: bool) {
        if let Some(is_up) = outcome.is_up() {
            self.flaps.add(is_up || is_tolerated);
        }
    }

    fn recovering(&self, due: Timestamp) -> Recovery {
        let Recovery { since, successes } = self.recovery.unwrap_or(Recovery { since: due, successes: 0 });
        Recovery { since, successes: successes.saturating_add(1) }
    }

    fn succeed(&mut self, due: Timestamp, policy: Policy) -> Option<Transition> {
        let since = match &self.status {
            Status::Up { since } => *since,
            Status::Retrying { up_since, .. } => up_since.unwrap_or(due),
            Status::Pending => due,
            Status::Down { since: down_since, .. } => {
                let (down_since, recovery) = (*down_since, self.recovering(due));
                if recovery.successes < policy.successes {
                    self.recovery = Some(recovery);
                    return None;
                }
                self.recovery = None;
                self.status = Status::Up { since: recovery.since };
                return Some(Transition::Recovered { at: due, down_since });
            }
        };
        self.status = Status::Up { since };
        None
    }

    fn fail(&mut self, due: Timestamp, fault: &Fault, policy: Policy, trust: Trust) -> Option<Transition> {
        self.recovery = None;
        let (since, failures, up_since) = match &self.status {
            Status::Down { since, .. } => {
                self.status = Status::Down { since: *since, fault: fault.clone() };
                return None;
            }
            Status::Retrying { since, failures, up_since } => (*since, failures.saturating_add(1), *up_since),
            Status::Up { since } => (due, 1, Some(*since)),
            Status::Pending => (due, 1, None),
        };
        if failures <= policy.retries || trust == Trust::Held {
            self.status = Status::Retrying { since, failures, up_since };
            return None;
        }
        self.status = Status::Down { since, fault: fault.clone() };
        Some(Transition::WentDown { at: due, since, fault: fault.clone() })
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;

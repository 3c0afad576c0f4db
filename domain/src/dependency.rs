//! Trackers that cannot work while another one does not: a server behind a router, a page behind a proxy. The other one is the *parent*.
//!
//! While a parent is down, a failure behind it says nothing: it is recorded as unknown, *blocked*, and nobody is told. While a parent is in
//! doubt, a failure behind it is held back, so that whoever fails first is not who is blamed. A good answer always counts.

use std::{collections::HashSet, time::Duration};

use crate::{FieldError, Status, Timestamp, TrackerId};

/// How many parents stand above each other at most.
pub const MOST_PARENTS: usize = 10;
/// How long a failure is held back at most until a parent has answered.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a parent stands when something behind it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Which one.
    pub id: TrackerId,
    /// What is believed about it.
    pub status: Status,
    /// Whether it is in maintenance.
    pub in_maintenance: bool,
    /// Whether a person let it rest: then it says nothing.
    pub is_paused: bool,
    /// When its newest check that was up was due.
    pub up_at: Option<Timestamp>,
}

/// What a failure means behind its parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// No parent explains it.
    Free,
    /// A parent may yet explain it: this one has to be asked.
    Unclear(TrackerId),
    /// This parent explains it.
    Blocked(TrackerId),
}

impl Blame {
    /// What a failure means. `parents` are its parent, the parent of that, and so on; `since` is when the first failure in a row was due.
    pub fn of(parents: impl IntoIterator<Item = Parent>, since: Timestamp, now: Timestamp) -> Self {
        let mut unclear = None;
        for parent in parents {
            let answered = parent.up_at.is_some_and(|at| at >= since);
            match parent.status {
                _ if parent.is_paused => {}
                _ if parent.in_maintenance => return Self::Blocked(parent.id),
                Status::Down { .. } => return Self::Blocked(parent.id),
                // Who answered in the meantime was reached, and so were all above it.
                Status::Up { .. } if answered => break,
                Status::Up { .. } | Status::Retrying { .. } => unclear = unclear.or(Some(parent.id)),
                Status::Pending => {}
            }
        }
        match unclear {
            Some(id) if now.since(since) < PATIENCE => Self::Unclear(id),
            _ => Self::Free,
        }
    }
}

/// The parents of a tracker: the nearest first, each once, [`MOST_PARENTS`] at most.
pub fn parents_of(
    parent: Option<TrackerId>,
    parent_of: impl Fn(TrackerId) -> Option<TrackerId>,
) -> impl Iterator<Item = TrackerId> {
    let mut seen = HashSet::new();
    std::iter::successors(parent, move |id| parent_of(*id))
        .take(MOST_PARENTS)
        .take_while(move |id| seen.insert(*id))
}

/// Whether a tracker may have this parent. `id` is absent for a new one; `parent_of` gives nothing for a tracker that there is not.
pub fn check_parent(
    id: Option<TrackerId>,
    parent: TrackerId,
    parent_of: impl Fn(TrackerId) -> Option<Option<TrackerId>>,
) -> Result<(), FieldError> {
    let wrong = |problem: &str| Err(FieldError::new("parent", problem));
    if parent_of(parent).is_none() {
        return wrong(words::PARENT_NO_SUCH);
    }
    if id == Some(parent) {
        return wrong(words::PARENT_ITSELF);
    }
    let above: Vec<TrackerId> = parents_of(Some(parent), |id| parent_of(id).flatten()).collect();
    if id.is_some_and(|id| above.contains(&id)) {
        return wrong(words::PARENT_CIRCLE);
    }
    if above.len() >= MOST_PARENTS {
        return wrong(&words::parent_too_deep(MOST_PARENTS));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, FaultKind};

    const SINCE: Timestamp = Timestamp(1_000_000);

    fn parent(id: i64, status: Status) -> Parent {
        Parent { id: TrackerId(id), status, in_maintenance: false, is_paused: false, up_at: None }
    }

    fn up(id: i64, up_at: i64) -> Parent {
        Parent { up_at: Some(Timestamp(up_at)), ..parent(id, Status::Up { since: Timestamp(0) }) }
    }

    fn down(id: i64) -> Parent {
        parent(id, Status::Down { since: SINCE, fault: Fault::new(FaultKind::Refused, "") })
    }

    fn retrying(id: i64) -> Parent {
        parent(id, Status::Retrying { since: SINCE, failures: 1, up_since: None })
    }

    fn of(parents: Vec<Parent>) -> Blame {
        Blame::of(parents, SINCE, SINCE.plus(Duration::from_secs(5)))
    }

    #[test]
    fn a_parent_that_is_down_or_in_maintenance_explains_a_failure() {
        assert_eq!(of(vec![down(1)]), Blame::Blocked(TrackerId(1)));
        assert_eq!(of(vec![retrying(1), down(2)]), Blame::Blocked(TrackerId(2)), "the root");
        let resting = Parent { in_maintenance: true, ..up(1, SINCE.0) };
        assert_eq!(of(vec![resting]), Blame::Blocked(TrackerId(1)));
    }

    #[test]
    fn a_parent_that_answered_since_explains_nothing() {
        assert_eq!(of(vec![]), Blame::Free);
        assert_eq!(of(vec![up(1, SINCE.0), down(2)]), Blame::Free);
        assert_eq!(of(vec![Parent { is_paused: true, ..down(1) }]), Blame::Free);
        assert_eq!(of(vec![parent(1, Status::Pending)]), Blame::Free);
    }

    #[test]
    fn until_a_parent_has_answered_a_failure_is_held_back_a_minute_at_most() {
        assert_eq!(of(vec![up(1, SINCE.0 - 1)]), Blame::Unclear(TrackerId(1)));
        assert_eq!(of(vec![retrying(1), up(2, SINCE.0)]), Blame::Unclear(TrackerId(1)));
        let late = Blame::of(vec![retrying(1)], SINCE, SINCE.plus(Duration::from_mins(1)));
        assert_eq!(late, Blame::Free);
    }

    #[test]
    fn nobody_depends_on_itself() {
        // 3 depends on 2, 2 on 1.
        let parent_of = |id: TrackerId| match id.0 {
            1 => Some(None),
            2 | 3 => Some(Some(TrackerId(id.0 - 1))),
            _ => None,
        };
        let check =
            |id: Option<i64>, parent| check_parent(id.map(TrackerId), TrackerId(parent), parent_of).is_ok();
        assert!(check(None, 3) && check(Some(4), 3) && check(Some(3), 1));
        assert!(!check(Some(1), 1) && !check(Some(1), 3) && !check(Some(1), 9));
        let endless = |id: TrackerId| Some(Some(TrackerId(id.0 + 1)));
        assert!(check_parent(None, TrackerId(1), endless).is_err());
        let circle = |id: TrackerId| Some(TrackerId(id.0 % 3 + 1));
        assert_eq!(parents_of(Some(TrackerId(1)), circle).count(), 3, "one that was made by hand ends");
    }
}

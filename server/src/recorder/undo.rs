//! What was done with many trackers, and how it is taken back. Kept in memory for ten minutes: a restart forgets it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Alteration, NewTracker, Rest, TrackerId, UNDO_FOR};

use super::Roster;

/// The deeds that can be taken back, oldest first.
#[derive(Clone)]
pub(super) struct UndoList(Arc<Mutex<Inner>>);

struct Inner {
    next_key: u64,
    undos: VecDeque<(u64, Undo)>,
}

/// How one deed is taken back.
pub(super) struct Undo {
    /// What was done, as a sentence.
    pub(super) said: String,
    /// When, by the monotonic clock.
    pub(super) at: Duration,
    pub(super) steps: Vec<Back>,
}

/// How one tracker is taken back.
#[derive(Clone)]
pub(super) enum Back {
    /// From these later settings to the former ones.
    Settings { id: TrackerId, before: Box<NewTracker>, after: Box<NewTracker> },
    /// To resting, or waking.
    Rests(TrackerId, Option<Rest>),
    /// To being there.
    Restored(TrackerId),
}

/// The most trackers that are remembered; of a deed with more of them nothing else is.
const MOST: usize = 10_000;

impl UndoList {
    /// An empty list. Keys count up from `first`, which no other run may have given.
    pub(super) fn new(first: u64) -> Self {
        Self(Arc::new(Mutex::new(Inner { next_key: first, undos: VecDeque::new() })))
    }

    /// Remembers how a deed is taken back, and gives the key for that.
    pub(super) fn push(&self, undo: Undo) -> u64 {
        let mut inner = self.lock();
        inner.forget(undo.at);
        let key = inner.next_key;
        inner.next_key += 1;
        inner.undos.push_back((key, undo));
        while inner.undos.len() > 1 && inner.size() > MOST {
            inner.undos.pop_front();
        }
        key
    }

    /// What a key takes back.
    pub(super) fn said(&self, key: u64, now: Duration) -> Option<String> {
        let mut inner = self.lock();
        inner.forget(now);
        inner.undos.iter().find(|(other, _)| *other == key).map(|(_, undo)| undo.said.clone())
    }

    /// How a key takes back. It is forgotten only by [`Self::done`]: the database may refuse.
    pub(super) fn steps(&self, key: u64, now: Duration) -> Option<Vec<Back>> {
        let mut inner = self.lock();
        inner.forget(now);
        inner.undos.iter().find(|(other, _)| *other == key).map(|(_, undo)| undo.steps.clone())
    }

    /// It is taken back.
    pub(super) fn done(&self, key: u64) {
        self.lock().undos.retain(|(other, _)| *other != key);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget(&mut self, now: Duration) {
        self.undos.retain(|(_, undo)| now.saturating_sub(undo.at) < UNDO_FOR);
    }

    fn size(&self) -> usize {
        self.undos.iter().map(|(_, undo)| undo.steps.len()).sum()
    }
}

impl Back {
    /// As a change of what is there now. Nothing for a tracker that went since then.
    pub(super) fn alteration(self, roster: &Roster) -> Option<Alteration> {
        match self {
            Self::Settings { id, before, after } => {
                let now = roster.get(&id)?;
                let settings = now.settings.clone().without(&before, &after);
                Some(Alteration::settings(now, settings))
            }
            Self::Rests(id, rest) => Some(Alteration::Rests(id, rest)),
            Self::Restored(id) => Some(Alteration::Restored(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undo(at: u64, steps: usize) -> Undo {
        let steps = vec![Back::Restored(TrackerId(1)); steps];
        Undo { said: at.to_string(), at: Duration::from_secs(at), steps }
    }

    #[test]
    fn ten_minutes_are_remembered() {
        let list = UndoList::new(7);
        assert_eq!((list.push(undo(0, 1)), list.push(undo(5, 1))), (7, 8));
        let now = UNDO_FOR;
        assert_eq!(list.said(7, now), None);
        assert_eq!(list.said(8, now).as_deref(), Some("5"));
        assert_eq!(list.steps(8, now).map(|steps| steps.len()), Some(1));
        list.done(8);
        assert!(list.steps(8, now).is_none());
    }

    #[test]
    fn the_oldest_give_way() {
        let list = UndoList::new(0);
        list.push(undo(0, MOST - 1));
        list.push(undo(0, 1));
        assert!(list.said(0, Duration::ZERO).is_some());
        list.push(undo(0, 1));
        assert!(list.said(0, Duration::ZERO).is_none() && list.said(1, Duration::ZERO).is_some());
    }
}

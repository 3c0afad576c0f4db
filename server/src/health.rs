//! Whether this program does its work: what `/readyz` says.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Batch, Failure};
use store::StoreError;

/// How late checks may start before the program says that it is not ready, in milliseconds.
pub const LATENESS_LIMIT_MS: u32 = 1_000;
/// For how long a late check counts.
const WINDOW: Duration = Duration::from_secs(10);

/// What the recorder knows of the program's state. Updated once a group, not once a check.
#[derive(Debug, Default)]
pub struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Why the database did not take the newest group, if it did not.
    storage: Option<String>,
    /// That this location is blind, since when and why, if it is.
    blindness: Option<String>,
    /// Trackers whose secrets cannot be read.
    unreadable: usize,
    /// The latest start in the current window and in the one before, in milliseconds.
    late_ms: [u32; 2],
    /// When the current window started, in monotonic time.
    window: Duration,
}

impl Health {
    /// What keeps the program from doing its work, as sentences; empty when it is ready.
    pub fn problems(&self, now: Duration) -> Vec<String> {
        let mut state = self.lock();
        state.turn(now);
        let late_ms = state.late_ms.into_iter().max().unwrap_or(0);
        let late = (late_ms > LATENESS_LIMIT_MS).then(|| words::trouble_late(late_ms, LATENESS_LIMIT_MS));
        let storage = state.storage.as_ref().map(words::trouble_database);
        storage.into_iter().chain(state.blindness.clone()).chain(late).collect()
    }

    /// How long after its time the latest check of the last seconds began, in milliseconds.
    pub fn late_ms(&self, now: Duration) -> u32 {
        let mut state = self.lock();
        state.turn(now);
        state.late_ms.into_iter().max().unwrap_or(0)
    }

    /// Why nothing can be recorded, in words that follow a colon.
    pub fn storage(&self) -> Option<String> {
        self.lock().storage.clone()
    }

    /// That nothing can be seen from here, as a sentence without its full stop.
    pub fn blindness(&self) -> Option<String> {
        self.lock().blindness.clone()
    }

    /// That the secrets of trackers cannot be read, as a sentence without its full stop. It makes nobody else wait, so `/readyz` only
    /// mentions it.
    pub fn unreadable(&self) -> Option<String> {
        match self.lock().unreadable {
            0 => None,
            many => Some(words::trouble_secrets(many)),
        }
    }

    /// So many trackers have secrets that cannot be read.
    pub(crate) fn set_unreadable(&self, trackers: usize) {
        self.lock().unreadable = trackers;
    }

    /// Nothing can be seen from here.
    pub(crate) fn blind(&self, sentence: String) {
        self.lock().blindness = Some(sentence);
    }

    /// Something can be seen from here again.
    pub(crate) fn sees(&self) {
        self.lock().blindness = None;
    }

    /// The database refused. Logged when it begins, not at every attempt.
    pub(crate) fn storage_failed(&self, failure: &Failure) {
        let mut state = self.lock();
        if state.storage.is_none() {
            let cause = crate::failure::chain(failure);
            tracing::error!(
                cause,
                "recording failed; checks are kept in memory and recorded when it works again"
            );
        }
        state.storage = Some(advice(failure).map_or_else(|| failure.to_string(), ToOwned::to_owned));
    }

    /// The database answers again. Only for who knows that nothing waits to be written.
    pub(crate) fn storage_answers(&self) {
        self.lock().works();
    }

    /// A group is on disk.
    pub(crate) fn recorded(&self, batch: &Batch, now: Duration) {
        let mut state = self.lock();
        state.turn(now);
        let late_ms = batch.checks.iter().map(|recorded| recorded.check.late_ms).max().unwrap_or(0);
        state.late_ms[0] = state.late_ms[0].max(late_ms);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an operator can do about it.
fn advice(failure: &Failure) -> Option<&'static str> {
    let (Failure::Unavailable { cause, .. } | Failure::Internal { cause, .. }) = failure else { return None };
    cause.downcast_ref::<StoreError>()?.advice()
}

impl State {
    fn works(&mut self) {
        if self.storage.take().is_some() {
            tracing::info!("recording works again");
        }
    }

    /// Starts a new window when the current one is over.
    fn turn(&mut self, now: Duration) {
        let age = now.saturating_sub(self.window);
        if age >= WINDOW {
            let previous = if age < WINDOW * 2 { self.late_ms[0] } else { 0 };
            self.late_ms = [0, previous];
            self.window = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Check, CheckName, Location, Outcome, Phases, Recorded, Timestamp, TrackerId};

    use super::*;

    fn batch(late_ms: u32) -> Batch {
        let name =
            CheckName { tracker: TrackerId(1), due: Timestamp(0), attempt: 0, location: Location::LOCAL };
        let check = Check { name, late_ms, latency: None, phases: Phases::NONE, outcome: Outcome::Up };
        Batch { checks: vec![Recorded { check, retrying: false }], ..Batch::default() }
    }

    #[test]
    fn lateness_is_forgotten_after_a_while() {
        let health = Health::default();
        health.recorded(&batch(LATENESS_LIMIT_MS + 1), Duration::from_secs(1));
        assert_eq!(health.problems(Duration::from_secs(2)).len(), 1);
        assert_eq!(health.problems(Duration::from_secs(12)).len(), 1);
        assert_eq!(health.problems(Duration::from_secs(40)), Vec::<String>::new());
    }

    #[test]
    fn a_refusing_database_is_a_problem_until_it_answers() {
        let health = Health::default();
        health.storage_failed(&Failure::Unavailable { doing: "recording", cause: "disk full".into() });
        assert!(health.problems(Duration::ZERO)[0].contains("cannot be used"));
        health.storage_answers();
        assert_eq!(health.problems(Duration::ZERO), Vec::<String>::new());
    }
}

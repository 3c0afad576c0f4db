//! What became of the slots of a window, as `/v1` tells it.

use std::ops::Range;

use serde_json::Value;
use tokio::task::{JoinError, JoinSet};

use crate::{Failure, http};

/// Questions at a time.
const AT_ONCE: usize = 8;

/// Checks of a tracker, by its number.
pub(crate) type Answer = (usize, Vec<Value>);

/// Slots by their outcome.
#[derive(Default)]
pub(crate) struct Slots {
    pub(crate) due: usize,
    pub(crate) hit: usize,
    pub(crate) unknown: usize,
    pub(crate) wrong: usize,
}

/// Sorts the slots of trackers 1 to `trackers`. A window of whole seconds holds as many slots of each, wherever it begins; what is
/// missing from the answer was lost.
pub(crate) async fn sorted(address: &str, trackers: usize, from: i64, to: i64) -> Result<Slots, Failure> {
    let window = whole_seconds(from, to);
    let seconds = usize::try_from((window.end - window.start) / 1_000).unwrap_or(0);
    let mut slots = Slots { due: trackers * seconds, ..Slots::default() };
    each(address, trackers, NEWEST, |(_, checks)| slots.add(&checks, &window)).await?;
    Ok(slots)
}

/// A window that was waited for is a little longer than whole seconds; its surplus would make the number of slots uncertain.
pub(crate) fn whole_seconds(from: i64, to: i64) -> Range<i64> {
    from..from + (to - from) / 1_000 * 1_000
}

/// The newest 60.
pub(crate) const NEWEST: &str = "";
/// Those of the last minutes, with the phases where they are kept: of the slowest of each minute.
pub(crate) const WITH_PHASES: &str = "?last=4m&limit=1000";

/// Asks each tracker for some of its checks, several at a time: time passes, and an answer reaches so far back.
pub(crate) async fn each(
    address: &str,
    trackers: usize,
    which: &'static str,
    mut take: impl FnMut(Answer) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut asking = JoinSet::new();
    for id in 1..=trackers {
        if asking.len() >= AT_ONCE
            && let Some(answered) = asking.join_next().await
        {
            take(joined(answered)?)?;
        }
        let address = address.to_owned();
        asking.spawn(async move { checks(&address, id, which).await.map(|checks| (id, checks)) });
    }
    while let Some(answered) = asking.join_next().await {
        take(joined(answered)?)?;
    }
    Ok(())
}

fn joined(answered: Result<Result<Answer, Failure>, JoinError>) -> Result<Answer, Failure> {
    answered.map_err(|error| Failure::Unexpected(error.to_string()))?
}

/// Some of a tracker's checks.
pub(crate) async fn checks(address: &str, id: usize, which: &str) -> Result<Vec<Value>, Failure> {
    let answer = http::get(address, &format!("/v1/trackers/{id}/checks{which}"), "identity").await?;
    serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::Unexpected(format!("checks of tracker {id}: {error}")))
}

/// When a check was due, in milliseconds.
pub(crate) fn due_ms(check: &Value) -> Option<i64> {
    check.get("due_ms")?.as_i64()
}

/// Whether it is the check of a slot, and no retry.
pub(crate) fn is_scheduled(check: &Value) -> bool {
    check.get("attempt").and_then(Value::as_i64) == Some(0)
}

/// The word of its outcome.
pub(crate) fn outcome(check: &Value) -> Option<&str> {
    check.get("outcome").and_then(Value::as_str)
}

impl Slots {
    fn add(&mut self, checks: &[Value], window: &Range<i64>) -> Result<(), Failure> {
        if checks.first().and_then(due_ms).is_none_or(|oldest| oldest > window.start + 1_000) {
            return Err(Failure::Unexpected("asking took so long that the window was forgotten".into()));
        }
        let scheduled = checks.iter().filter(|check| is_scheduled(check));
        for check in scheduled.filter(|check| due_ms(check).is_some_and(|due| window.contains(&due))) {
            match outcome(check) {
                Some("up") => self.hit += 1,
                Some("unknown") => self.unknown += 1,
                _ => self.wrong += 1,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn retries_and_what_is_outside_do_not_count() {
        let check = |due: i64, attempt: i64, outcome: &str| json!({ "due_ms": due, "attempt": attempt, "outcome": outcome });
        let checks = [
            check(900, 0, "up"),
            check(1_900, 0, "down"),
            check(1_900, 1, "up"),
            check(2_900, 0, "unknown"),
            check(3_900, 0, "up"),
        ];
        let mut slots = Slots::default();
        slots.add(&checks, &whole_seconds(1_000, 3_001)).unwrap();
        assert_eq!((slots.hit, slots.unknown, slots.wrong), (0, 1, 1));
        assert!(slots.add(&checks[1..], &(0..3_000)).is_err());
    }
}

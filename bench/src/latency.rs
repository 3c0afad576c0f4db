//! How true the recorded latency is: the targets answer after known times, and know how late they were themselves.

use std::{collections::HashMap, ops::Range, time::Duration};

use serde_json::Value;
use tokio::time::sleep;

use crate::{
    Failure,
    figures::{Latency, Miss, Spread},
    load,
    machine::wall_ms,
    process::Server,
    slots,
    targets::{Delayed, Targets},
};

/// After how many milliseconds the targets answer, in turn.
pub(crate) const DELAYS_MS: [u32; 4] = [5, 20, 50, 100];

/// After the window: deadline of the last check and its commit.
const SETTLE: Duration = Duration::from_millis(1_500);
const MINUTE_MS: i64 = 60_000;

/// What one check was wrong by, in milliseconds.
struct Sample {
    delay_ms: u32,
    total: f64,
    first_byte: Option<f64>,
}

/// Lets the server check the targets for `length`, then compares what both tell. With `whole_minute` it is longer, until a minute of the
/// clock lies within: only of the slowest check of each is the first byte told.
pub(crate) async fn measure(
    name: &str,
    server: &Server,
    targets: &mut Targets,
    length: Duration,
    whole_minute: bool,
) -> Result<Latency, Failure> {
    let trackers = targets.urls.len();
    load::level(server, trackers).await?;
    let from = wall_ms();
    let minute = (from / MINUTE_MS + 2) * MINUTE_MS - from;
    let minute = Duration::from_millis(minute.unsigned_abs());
    sleep(if whole_minute { length.max(minute) } else { length }).await;
    let to = wall_ms();
    sleep(SETTLE).await;
    let truth = Truth::of(targets.delays()?);
    let window = slots::whole_seconds(from, to);
    let mut samples = Vec::new();
    slots::each(&server.address, trackers, slots::WITH_PHASES, |(id, checks)| {
        let good =
            checks.iter().filter(|check| slots::is_scheduled(check) && slots::outcome(check) == Some("up"));
        samples.extend(good.filter_map(|check| truth.sample(id, check, &window)));
        Ok(())
    })
    .await?;
    if samples.is_empty() {
        return Err(Failure::Unexpected("no check could be compared with its target".into()));
    }
    Ok(Latency { name: name.to_owned(), trackers, target_late: truth.late(), misses: misses(&samples) })
}

/// What each target did, in the order of time.
struct Truth(HashMap<usize, Vec<Delayed>>);

impl Truth {
    fn of(all: Vec<Delayed>) -> Self {
        let mut by_target = HashMap::<usize, Vec<Delayed>>::new();
        for delayed in all {
            by_target.entry(delayed.target).or_default().push(delayed);
        }
        Self(by_target)
    }

    /// The check against the question that arrived between its due time and the next.
    fn sample(&self, id: usize, check: &Value, window: &Range<i64>) -> Option<Sample> {
        let due = slots::due_ms(check).filter(|due| window.contains(due))?;
        let target = id.checked_sub(1)?;
        let slot = due * 1_000..(due + 1_000) * 1_000;
        let delayed = self.0.get(&target)?.iter().find(|delayed| slot.contains(&delayed.arrived_us))?;
        let took = f64::from(delayed.took_us) / 1_000.0;
        Some(Sample {
            delay_ms: delay_of(target),
            total: check.get("latency_ms")?.as_f64()? - took,
            first_byte: first_byte(check).map(|told| told - took),
        })
    }

    fn late(&self) -> Spread {
        let of_target = |(target, answers): (&usize, &Vec<Delayed>)| {
            let meant = f64::from(delay_of(*target));
            answers.iter().map(|answer| f64::from(answer.took_us) / 1_000.0 - meant).collect::<Vec<_>>()
        };
        spread(self.0.iter().flat_map(of_target).collect())
    }
}

/// Phases are told where they are kept: of the slowest check of each minute.
fn first_byte(check: &Value) -> Option<f64> {
    check.get("phases")?.get("first_byte")?.as_f64()
}

fn delay_of(target: usize) -> u32 {
    DELAYS_MS.get(target % DELAYS_MS.len()).copied().unwrap_or_default()
}

/// Of the whole and of the first byte; of all checks, and of those of each delay.
fn misses(samples: &[Sample]) -> Vec<Miss> {
    let mut misses = Vec::new();
    for delay_ms in [None].into_iter().chain(DELAYS_MS.map(Some)) {
        let chosen =
            || samples.iter().filter(move |sample| delay_ms.is_none_or(|delay| delay == sample.delay_ms));
        misses.extend(miss("total", delay_ms, chosen().map(|sample| sample.total).collect()));
        misses.extend(miss(
            "first byte",
            delay_ms,
            chosen().filter_map(|sample| sample.first_byte).collect(),
        ));
    }
    misses
}

fn miss(of: &'static str, delay_ms: Option<u32>, signed: Vec<f64>) -> Option<Miss> {
    let checks = signed.len();
    let size = spread(signed.iter().map(|error| error.abs()).collect());
    let miss = Miss { of, delay_ms, checks, size, median_ms: spread(signed).p50_ms };
    (checks > 0).then_some(miss)
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = |hundredths: usize| values.get(last * hundredths / 100).copied().unwrap_or_default();
    Spread { p50_ms: at(50), p99_ms: at(99), max_ms: at(100) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_check_is_compared_with_the_question_of_its_slot() {
        let answer = |arrived_us| Delayed { target: 1, arrived_us, took_us: 20_500 };
        let truth = Truth::of(vec![answer(1_010_000), answer(2_030_000)]);
        let check = json!({ "due_ms": 2_000, "latency_ms": 21.0, "phases": { "first_byte": 20.25 } });
        let sample = truth.sample(2, &check, &(0..3_000)).unwrap();
        assert_eq!((sample.delay_ms, sample.total, sample.first_byte), (20, 0.5, Some(-0.25)));
        assert!(truth.sample(2, &check, &(0..2_000)).is_none());
        let all = misses(&[sample]);
        assert_eq!(all.len(), 4, "all and those of 20 ms, total and first byte");
        assert!(all.iter().all(|miss| miss.size.p50_ms > 0.0));
    }

    #[test]
    fn quantiles_are_values_that_were_there() {
        let spread = spread((0..=100).rev().map(f64::from).collect());
        assert_eq!((spread.p50_ms, spread.p99_ms, spread.max_ms), (50.0, 99.0, 100.0));
    }
}

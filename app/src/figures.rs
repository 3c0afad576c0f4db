//! Figures over the checks that are shown.

use std::collections::BinaryHeap;

use domain::{Micros, TrackerView, Uptime};

/// Figures over the shown checks of one tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// By the rule *observed time*.
    pub uptime: Uptime,
    /// Of the newest check, if that succeeded.
    pub last: Option<Micros>,
    /// The middle of the successful checks' latencies; of two in the middle, the lower.
    pub median: Option<Micros>,
    /// The longest of the successful checks' latencies.
    pub slowest: Option<Micros>,
    /// How many checks are shown, gaps left out.
    pub checks: usize,
    /// How many of them failed.
    pub failed: usize,
}

impl Figures {
    /// Counts.
    pub fn of(view: &TrackerView) -> Self {
        let checks = || view.cells.iter().filter(|cell| !cell.is_gap());
        let good = checks().filter(|cell| cell.outcome.is_up() == Some(true));
        // A heap sorts sixty numbers as well as any, in far less code.
        let latencies =
            good.filter_map(|cell| cell.latency).collect::<BinaryHeap<Micros>>().into_sorted_vec();
        let newest = view.cells.last().filter(|cell| cell.outcome.is_up() == Some(true));
        Self {
            uptime: view.uptime(),
            last: newest.and_then(|cell| cell.latency),
            median: latencies.get(latencies.len().saturating_sub(1) / 2).copied(),
            slowest: latencies.last().copied(),
            checks: checks().count(),
            failed: checks().filter(|cell| cell.outcome.is_up() == Some(false)).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{About, Cell, Fault, FaultKind, Outcome, Status, Timestamp, TrackerId};

    use super::*;

    fn figures(latencies: &[Option<u32>]) -> Figures {
        let cell = |(n, latency): (i64, &Option<u32>)| Cell {
            due: Timestamp(n * 1_000),
            attempt: 0,
            outcome: latency.map_or_else(|| Outcome::Down(Fault::new(FaultKind::Dns, "")), |_| Outcome::Up),
            latency: Some(Micros(latency.unwrap_or(9_000))),
            retrying: false,
        };
        let cells = (0..).zip(latencies).map(cell).collect();
        let about = About { interval_ms: Some(1_000), ..About::default() };
        Figures::of(&TrackerView { id: TrackerId(1), about, status: Status::Pending, flapping: false, cells })
    }

    #[test]
    fn failures_have_no_part_in_latencies() {
        let figures = figures(&[Some(3), Some(1), None, Some(2), Some(4)]);
        assert_eq!(
            (figures.median, figures.slowest, figures.last),
            (Some(Micros(2)), Some(Micros(4)), Some(Micros(4)))
        );
        assert_eq!((figures.checks, figures.failed), (5, 1));
        assert_eq!(figures.uptime.to_string(), "80.00");
    }

    #[test]
    fn after_a_failure_there_is_no_last_latency() {
        assert_eq!(figures(&[Some(3), None]).last, None);
        assert_eq!(figures(&[]).median, None);
    }
}

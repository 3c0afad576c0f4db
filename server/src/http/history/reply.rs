//! What programs get of the past.

use std::time::Duration;

use domain::{
    Cell, Counts, Micros, Numbered, Percentiles, Period, Rule, Tally, Timestamp, Transition, Uptime,
};
use serde::Serialize;

use crate::finding::{FaultReply, PhasesReply, words};

/// Seconds of each kind of time; they add up to the window.
#[derive(Debug, Serialize)]
pub(super) struct SecondsReply {
    up: f64,
    degraded: f64,
    down: f64,
    unknown: f64,
    paused: f64,
    maintenance: f64,
}

impl From<Tally> for SecondsReply {
    fn from(tally: Tally) -> Self {
        Self {
            up: seconds(tally.up_ms),
            degraded: seconds(tally.degraded_ms),
            down: seconds(tally.down_ms),
            unknown: seconds(tally.unknown_ms),
            paused: seconds(tally.paused_ms),
            maintenance: seconds(tally.maintenance_ms),
        }
    }
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}

/// Scheduled checks by what they found, and the others.
#[derive(Debug, Serialize)]
pub(super) struct CountsReply {
    up: u64,
    degraded: u64,
    down: u64,
    unknown: u64,
    retries: u64,
}

impl From<Counts> for CountsReply {
    fn from(counts: Counts) -> Self {
        let Counts { up, degraded, down, unknown, retries } = counts;
        Self { up, degraded, down, unknown, retries }
    }
}

/// How long good checks took, in milliseconds; null when there was none.
#[derive(Debug, Serialize)]
pub(super) struct PercentilesReply {
    min: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
}

impl From<Percentiles> for PercentilesReply {
    fn from(latency: Percentiles) -> Self {
        let ms = |latency: Option<Micros>| latency.map(Micros::as_ms);
        Self {
            min: ms(latency.min),
            p50: ms(latency.p50),
            p90: ms(latency.p90),
            p95: ms(latency.p95),
            p99: ms(latency.p99),
            max: ms(latency.max),
        }
    }
}

/// What a percentage means, named and in words.
#[derive(Debug, Serialize)]
pub(super) struct RuleReply {
    rule: &'static str,
    rule_text: &'static str,
}

impl From<Rule> for RuleReply {
    fn from(rule: Rule) -> Self {
        Self { rule: rule.word(), rule_text: rule.sentence() }
    }
}

/// A percentage, cut after two places; null when nothing is known.
pub(super) fn percent(uptime: Uptime) -> Option<String> {
    uptime.is_known().then(|| uptime.to_string())
}

/// The answer to how well a tracker did in a window.
#[derive(Debug, Serialize)]
pub(super) struct UptimeReply {
    tracker: i64,
    from: String,
    to: String,
    #[serde(flatten)]
    rule: RuleReply,
    uptime: Option<String>,
    ratio: Option<f64>,
    downtime_minutes: f64,
    seconds: SecondsReply,
    checks: CountsReply,
    latency_ms: PercentilesReply,
}

impl UptimeReply {
    pub(super) fn new(tracker: i64, rule: Rule, period: &Period) -> Self {
        let uptime = rule.apply(&period.tally, &period.counts);
        let is_time = rule != Rule::Checks;
        let down_ms = if is_time { uptime.down_ms } else { period.tally.down_ms };
        Self {
            tracker,
            from: period.window.from.to_string(),
            to: period.window.to.to_string(),
            rule: rule.into(),
            uptime: percent(uptime),
            ratio: ratio(uptime),
            downtime_minutes: seconds(down_ms) / 60.0,
            seconds: period.tally.into(),
            checks: period.counts.into(),
            latency_ms: period.latency.into(),
        }
    }
}

fn ratio(uptime: Uptime) -> Option<f64> {
    let part = Duration::from_millis(uptime.up_ms);
    let whole = Duration::from_millis(uptime.up_ms.saturating_add(uptime.down_ms));
    uptime.is_known().then(|| part.div_duration_f64(whole))
}

/// The points of a chart.
#[derive(Debug, Serialize)]
pub(super) struct SeriesReply {
    pub(super) tracker: i64,
    pub(super) from: String,
    pub(super) to: String,
    /// Seconds of a point; those at the ends may be shorter.
    pub(super) step_s: i64,
    #[serde(flatten)]
    pub(super) rule: RuleReply,
    pub(super) points: Vec<PointReply>,
}

/// A point of a chart.
#[derive(Debug, Serialize)]
pub(super) struct PointReply {
    from: String,
    to: String,
    #[serde(flatten)]
    sums: SumsReply,
    latency_ms: SpreadReply,
}

/// How long good checks took, in milliseconds; the ends are exact, so that a spike stays visible however long the step.
#[derive(Debug, Serialize)]
struct SpreadReply {
    min: Option<f64>,
    p50: Option<f64>,
    p95: Option<f64>,
    max: Option<f64>,
}

/// What a stretch of time adds up to.
#[derive(Debug, Serialize)]
struct SumsReply {
    uptime: Option<String>,
    seconds: SecondsReply,
    /// Scheduled checks.
    checks: u64,
    /// Those of them that were down.
    failed: u64,
}

impl From<&Period> for SumsReply {
    fn from(period: &Period) -> Self {
        Self {
            uptime: percent(period.uptime()),
            seconds: period.tally.into(),
            checks: period.counts.scheduled(),
            failed: period.counts.down,
        }
    }
}

impl From<&Period> for PointReply {
    fn from(period: &Period) -> Self {
        let PercentilesReply { min, p50, p95, max, .. } = period.latency.into();
        Self {
            from: period.window.from.to_string(),
            to: period.window.to.to_string(),
            sums: period.into(),
            latency_ms: SpreadReply { min, p50, p95, max },
        }
    }
}

/// Days of a calendar.
#[derive(Debug, Serialize)]
pub(super) struct DaysReply {
    pub(super) tracker: i64,
    pub(super) zone: String,
    #[serde(flatten)]
    pub(super) rule: RuleReply,
    pub(super) days: Vec<DayReply>,
}

/// A day of a calendar.
#[derive(Debug, Serialize)]
pub(super) struct DayReply {
    date: String,
    from: String,
    to: String,
    #[serde(flatten)]
    sums: SumsReply,
}

impl DayReply {
    pub(super) fn new(date: String, period: &Period) -> Self {
        let window = period.window;
        Self { date, from: window.from.to_string(), to: window.to.to_string(), sums: period.into() }
    }
}

/// One tracker's days among those of others.
#[derive(Debug, Serialize)]
pub(super) struct StripReply {
    pub(super) tracker: i64,
    pub(super) days: Vec<TallyReply>,
}

/// A day (UTC) of a strip.
#[derive(Debug, Serialize)]
pub(super) struct TallyReply {
    pub(super) date: String,
    #[serde(flatten)]
    pub(super) seconds: SecondsReply,
}

/// A check or a gap.
#[derive(Debug, Serialize)]
pub(in crate::http) struct CheckReply {
    /// Its place in the tracker's history; absent where the newest are read from memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    /// UTC, RFC 3339.
    due: String,
    due_ms: i64,
    attempt: u16,
    /// `up`, `degraded`, `down` or `unknown`.
    outcome: &'static str,
    latency_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultReply>,
    /// Why nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Where the time went, if that is known.
    #[serde(skip_serializing_if = "PhasesReply::is_empty")]
    phases: PhasesReply,
}

impl From<&Cell> for CheckReply {
    fn from(cell: &Cell) -> Self {
        let (outcome, reason) = words(&cell.outcome);
        Self {
            number: None,
            due: cell.due.to_string(),
            due_ms: cell.due.as_ms(),
            attempt: cell.attempt,
            outcome,
            latency_ms: cell.latency.map(Micros::as_ms),
            fault: cell.fault().map(FaultReply::from),
            reason,
            phases: PhasesReply::default(),
        }
    }
}

impl From<&Numbered> for CheckReply {
    fn from(entry: &Numbered) -> Self {
        let phases = PhasesReply::from(&entry.recorded.check.phases);
        Self { number: Some(entry.number), phases, ..Self::from(&Cell::from(&entry.recorded)) }
    }
}

/// A moment.
#[derive(Debug, Serialize)]
pub(super) struct DueReply {
    due: String,
    due_ms: i64,
}

impl From<Timestamp> for DueReply {
    fn from(due: Timestamp) -> Self {
        Self { due: due.to_string(), due_ms: due.as_ms() }
    }
}

/// A change of status.
#[derive(Debug, Serialize)]
pub(super) struct TransitionReply {
    /// Due time of the check that caused it.
    at: String,
    at_ms: i64,
    /// `went_down` or `recovered`.
    kind: &'static str,
    /// Due time of the first failure.
    down_since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultReply>,
}

impl From<&Transition> for TransitionReply {
    fn from(transition: &Transition) -> Self {
        let (kind, down_since, fault) = match transition {
            Transition::WentDown { since, fault, .. } => ("went_down", since, Some(fault)),
            Transition::Recovered { down_since, .. } => ("recovered", down_since, None),
        };
        Self {
            at: transition.at().to_string(),
            at_ms: transition.at().as_ms(),
            kind,
            down_since: down_since.to_string(),
            fault: fault.map(FaultReply::from),
        }
    }
}

//! What is to be reached, on two cores.

use crate::{
    figures::{Comparison, Goal, Latency, Load},
    load::as_float,
};

const MIB: f64 = 1_048_576.0;

/// The upper bounds of one load; every slot must be hit besides.
struct Bounds {
    scenario: &'static str,
    late_p99_ms: Option<f64>,
    cpu_s_per_1000: Option<f64>,
    peak_mib: Option<f64>,
}

const LOADS: [Bounds; 8] = [
    Bounds { scenario: "1000-reused", late_p99_ms: Some(50.0), cpu_s_per_1000: None, peak_mib: None },
    Bounds { scenario: "5000-fresh", late_p99_ms: None, cpu_s_per_1000: Some(0.1), peak_mib: Some(120.0) },
    Bounds {
        scenario: "10000-reused",
        late_p99_ms: Some(20.0),
        cpu_s_per_1000: Some(0.05),
        peak_mib: Some(300.0),
    },
    Bounds { scenario: "hanging-1", late_p99_ms: Some(20.0), cpu_s_per_1000: None, peak_mib: None },
    Bounds { scenario: "hanging-1000", late_p99_ms: Some(20.0), cpu_s_per_1000: None, peak_mib: None },
    Bounds { scenario: "tcp-1000", late_p99_ms: Some(50.0), cpu_s_per_1000: None, peak_mib: None },
    Bounds { scenario: "dns-1000", late_p99_ms: Some(50.0), cpu_s_per_1000: None, peak_mib: None },
    Bounds { scenario: "ping-1000", late_p99_ms: Some(50.0), cpu_s_per_1000: None, peak_mib: None },
];

/// The goals of a load, if it has any.
pub(crate) fn of_load(load: &Load) -> Vec<Goal> {
    let Some(bounds) = LOADS.iter().find(|bounds| bounds.scenario == load.name) else { return Vec::new() };
    let missed = as_float(load.due.saturating_sub(load.hit) as u64);
    let mut goals = vec![at_most(&load.name, "slots not hit: 0", missed, 0.0)];
    let mut bound = |words: &str, unit: &str, figure: f64, limit: Option<f64>| {
        goals.extend(
            limit.map(|limit| at_most(&load.name, &format!("{words} ≤ {limit} {unit}"), figure, limit)),
        );
    };
    bound("late p99", "ms", load.late.p99_ms, bounds.late_p99_ms);
    bound("CPU", "s per 1,000 checks", load.cpu_s_per_1000, bounds.cpu_s_per_1000);
    bound("peak of memory", "MiB", as_float(load.peak_bytes) / MIB, bounds.peak_mib);
    goals
}

/// The median error of what is told of the whole and of the first byte.
pub(crate) fn of_latency(latency: &Latency) -> Vec<Goal> {
    let of_all = latency.misses.iter().filter(|miss| miss.delay_ms.is_none());
    let wanted = |of: &str| format!("median error of {of} ≤ 1 ms");
    of_all.map(|miss| at_most(&latency.name, &wanted(miss.of), miss.size.p50_ms, 1.0)).collect()
}

/// Cheaper than the other program.
pub(crate) fn of_comparison(comparison: &Comparison) -> Vec<Goal> {
    let Comparison { name, ratio, .. } = comparison;
    let wanted = "CPU per answer, theirs by ours, ≥ 1".to_owned();
    vec![Goal { scenario: name.clone(), wanted, figure: *ratio, reached: *ratio >= 1.0 }]
}

fn at_most(scenario: &str, wanted: &str, figure: f64, limit: f64) -> Goal {
    Goal { scenario: scenario.to_owned(), wanted: wanted.to_owned(), figure, reached: figure <= limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_without_goals_has_none_and_a_lost_slot_is_one_too_many() {
        let load = |name: &str, hit| Load { name: name.to_owned(), due: 10, hit, ..Load::default() };
        assert!(of_load(&load("100-fresh", 9)).is_empty());
        let goals = of_load(&load("10000-reused", 9));
        assert_eq!(goals.iter().filter(|goal| goal.reached).count(), 3);
        assert!(goals.iter().any(|goal| goal.wanted == "CPU ≤ 0.05 s per 1,000 checks"));
    }
}

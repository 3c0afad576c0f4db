//! What was compared with the truth, and with another program.

use super::{head, line};
use crate::{
    figures::{Comparison, Latency},
    load::as_float,
};

const MIB: f64 = 1_048_576.0;

pub(super) fn write_latencies(text: &mut String, latencies: &[Latency]) {
    if latencies.is_empty() {
        return;
    }
    head(
        text,
        &[
            "recorded latency",
            "of",
            "target's delay",
            "checks",
            "error p50 ms",
            "p99 ms",
            "max ms",
            "median, signed",
        ],
    );
    for Latency { name, target_late, misses, .. } in latencies {
        for miss in misses {
            let delay = miss.delay_ms.map_or_else(|| "all".to_owned(), |ms| format!("{ms} ms"));
            let (of, checks, spread) = (miss.of, miss.checks, miss.size);
            line(
                text,
                format_args!(
                    "| {name} | {of} | {delay} | {checks} | {:.2} | {:.2} | {:.2} | {:+.2} |",
                    spread.p50_ms, spread.p99_ms, spread.max_ms, miss.median_ms
                ),
            );
        }
        line(
            text,
            format_args!(
                "| {name} | the target's own lateness, taken off | | | {:.2} | {:.2} | {:.2} | |",
                target_late.p50_ms, target_late.p99_ms, target_late.max_ms
            ),
        );
    }
}

pub(super) fn write_comparisons(text: &mut String, comparisons: &[Comparison]) {
    if comparisons.is_empty() {
        return;
    }
    head(
        text,
        &[
            "same targets, connections fresh",
            "slots due",
            "targets' answers",
            "prober CPU-s per 1,000",
            "storage",
            "together",
            "ours",
            "ratio",
            "memory MiB",
            "ours",
        ],
    );
    for comparison in comparisons {
        let Comparison { name, due, answers, ratio, .. } = comparison;
        let (prober, storage) = (comparison.prober_cpu_s_per_1000, comparison.storage_cpu_s_per_1000);
        line(
            text,
            format_args!(
                "| {name}: {} | {due} | {answers} | {prober:.3} | {storage:.3} | {:.3} | {:.3} | {ratio:.1} | {:.0} | {:.0} |",
                comparison.versions.join(", "),
                prober + storage,
                comparison.ours_cpu_s_per_1000,
                as_float(comparison.resident_bytes) / MIB,
                as_float(comparison.ours_resident_bytes) / MIB
            ),
        );
    }
}

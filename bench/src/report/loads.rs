//! Loads, and where their CPU went.

use super::{head, line};
use crate::{figures::Load, load::as_float, stages::Stage};

const MIB: f64 = 1_048_576.0;

const TITLES: [&str; 16] = [
    "trackers at 1 s",
    "slots due",
    "hit",
    "unknown",
    "wrong",
    "late p50 ≤ ms",
    "p99 ≤ ms",
    "max ≤ ms",
    "CPU-s per 1,000",
    "cores",
    "targets' cores",
    "others' cores",
    "memory MiB",
    "peak MiB",
    "bytes on disk a check",
    "bytes written a check",
];

pub(super) fn write(text: &mut String, loads: &[Load]) {
    if loads.is_empty() {
        return;
    }
    head(text, &TITLES);
    for load in loads {
        let Load { name, due, hit, unknown, wrong, late, cpu_s_per_1000, cores, .. } = load;
        let Load { targets_cores, others_cores, .. } = load;
        let (memory, peak) = (as_float(load.resident_bytes) / MIB, as_float(load.peak_bytes) / MIB);
        line(
            text,
            format_args!(
                "| {name} | {due} | {hit} | {unknown} | {wrong} | {:.0} | {:.0} | {:.0} | {cpu_s_per_1000:.3} | {cores:.2} | \
                 {targets_cores:.2} | {others_cores:.2} | {memory:.0} | {peak:.0} | {:.0} | {:.0} |",
                late.p50_ms,
                late.p99_ms,
                late.max_ms,
                load.disk_bytes_per_check,
                load.written_bytes_per_check
            ),
        );
    }
}

pub(super) fn write_stages(text: &mut String, loads: &[Load]) {
    if loads.is_empty() {
        return;
    }
    head(text, &["CPU-s per 1,000 checks", "whole", "in the kernel", "by stage (threads)"]);
    for Load { name, cpu_s_per_1000, system_cpu_s_per_1000, stages, .. } in loads {
        let stages: Vec<String> = stages.iter().map(told).collect();
        let stages = stages.join(", ");
        line(text, format_args!("| {name} | {cpu_s_per_1000:.3} | {system_cpu_s_per_1000:.3} | {stages} |"));
    }
}

fn told(Stage { name, threads, cpu_s_per_1000 }: &Stage) -> String {
    match threads {
        0 => format!("{name} {cpu_s_per_1000:.3}"),
        threads => format!("{name} {cpu_s_per_1000:.3} ({threads})"),
    }
}

//! CPU by stage of a check's life, so that the next saving is visible: threads are named by what they do.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::kernel::Thread;

/// The threads of one stage.
#[derive(Serialize)]
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) threads: usize,
    pub(crate) cpu_s_per_1000: f64,
}

/// What the names of threads begin with (the kernel keeps 15 characters of them), and what such threads do. A program whose
/// runtime has one name for all of its threads does everything in one stage.
const NAMES: [(&str, &str); 5] = [
    ("probe-", "probing"),
    ("web-", "web and recorder"),
    ("sqlx-sqlite", "database"),
    ("tokio-runtime", "one runtime for all"),
    ("tokio-rt", "one runtime for all"),
];

/// Threads that ended, or began and ended, between the two looks: the kernel has their time in the sum only.
const ENDED: &str = "ended threads";

/// CPU of each stage between two looks, the costliest first. `whole` is the process's.
pub(crate) fn between(
    before: &BTreeMap<u32, Thread>,
    after: &BTreeMap<u32, Thread>,
    whole: Duration,
    checks: f64,
) -> Vec<Stage> {
    let mut sums = BTreeMap::<String, (usize, Duration)>::new();
    for (number, thread) in after {
        let earlier = before.get(number).map_or(Duration::ZERO, |thread| thread.cpu);
        let (threads, cpu) = sums.entry(stage(&thread.name)).or_default();
        *threads += 1;
        *cpu += thread.cpu.saturating_sub(earlier);
    }
    let known: Duration = sums.values().map(|(_, cpu)| *cpu).sum();
    sums.insert(ENDED.to_owned(), (0, whole.saturating_sub(known)));
    let stages = sums.into_iter().map(|(name, (threads, cpu))| Stage {
        name,
        threads,
        cpu_s_per_1000: cpu.as_secs_f64() / checks * 1_000.0,
    });
    let mut stages: Vec<Stage> = stages.filter(|stage| stage.cpu_s_per_1000 >= 0.000_5).collect();
    stages.sort_by(|left, right| right.cpu_s_per_1000.total_cmp(&left.cpu_s_per_1000));
    stages
}

/// A thread whose name says nothing to us stands for itself, without its number.
fn stage(name: &str) -> String {
    let known = NAMES.iter().find(|(prefix, _)| name.starts_with(prefix));
    let plain = || name.trim_end_matches(|end: char| end.is_ascii_digit() || "-_#".contains(end));
    known.map_or_else(|| plain().to_owned(), |(_, stage)| (*stage).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(all: &[(u32, &str, u64)]) -> BTreeMap<u32, Thread> {
        let thread = |(number, name, ms): &(u32, &str, u64)| {
            (*number, Thread { name: (*name).to_owned(), cpu: Duration::from_millis(*ms) })
        };
        all.iter().map(thread).collect()
    }

    #[test]
    fn threads_of_a_stage_are_one_line() {
        let before = threads(&[(1, "probe-0", 100), (2, "probe-1", 100), (3, "sqlx-sqlite-wor", 10)]);
        let after = threads(&[
            (1, "probe-0", 300),
            (2, "probe-1", 500),
            (3, "sqlx-sqlite-wor", 110),
            (4, "web-0", 50),
        ]);
        let stages = between(&before, &after, Duration::from_millis(800), 1_000.0);
        let told: Vec<_> =
            stages.iter().map(|stage| format!("{} {:.2}", stage.name, stage.cpu_s_per_1000)).collect();
        assert_eq!(told, ["probing 0.60", "database 0.10", "ended threads 0.05", "web and recorder 0.05"]);
    }

    #[test]
    fn an_unknown_thread_stands_for_itself() {
        assert_eq!(stage("resolver-12"), "resolver");
        assert_eq!(stage("tokio-runtime-w"), "one runtime for all");
    }
}

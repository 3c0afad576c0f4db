//! What is measured, as it goes into the JSON file. Times in milliseconds unless the name says otherwise.

use serde::Serialize;

use crate::{stages::Stage, targets::Spoken};

/// Everything of one run.
#[derive(Default, Serialize)]
pub(crate) struct Figures {
    pub(crate) date: String,
    pub(crate) machine: String,
    /// Runnable tasks while nothing of ours ran yet; above 0.5 the machine was busy with others.
    pub(crate) load_before: f64,
    pub(crate) note: String,
    pub(crate) loads: Vec<Load>,
    pub(crate) latencies: Vec<Latency>,
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) goals: Vec<Goal>,
    pub(crate) page: Option<Page>,
    pub(crate) poll: Option<Poll>,
    pub(crate) client: Option<Client>,
    pub(crate) start: Option<Start>,
    /// What could not be measured, and why.
    pub(crate) left_out: Vec<String>,
}

/// Trackers of every second for a while.
#[derive(Default, Serialize)]
pub(crate) struct Load {
    pub(crate) name: String,
    pub(crate) trackers: usize,
    pub(crate) reused: bool,
    pub(crate) spoken: Spoken,
    /// More trackers, whose targets hang.
    pub(crate) beside: usize,
    pub(crate) seconds: u64,
    /// Slots in the window.
    pub(crate) due: usize,
    /// Slots whose target was asked and answered.
    pub(crate) hit: usize,
    /// Slots that were recorded as our own trouble.
    pub(crate) unknown: usize,
    /// Slots with a verdict against the target, which was up all the time.
    pub(crate) wrong: usize,
    /// Checks that the server recorded in the window, of all trackers, without those of which it knows nothing.
    pub(crate) probes: f64,
    /// Answers that the targets gave in the window; connections that they took, of TCP. Nobody counts echoes.
    pub(crate) answers: u64,
    pub(crate) late: Lateness,
    pub(crate) cpu_s_per_1000: f64,
    /// The kernel's part of it.
    pub(crate) system_cpu_s_per_1000: f64,
    pub(crate) stages: Vec<Stage>,
    pub(crate) cores: f64,
    pub(crate) targets_cores: f64,
    /// What ran on the machine that was neither the server nor its targets.
    pub(crate) others_cores: f64,
    /// Memory at the end of the window.
    pub(crate) resident_bytes: u64,
    /// Memory at the worst moment since the start.
    pub(crate) peak_bytes: u64,
    pub(crate) disk_bytes_per_check: f64,
    pub(crate) written_bytes_per_check: f64,
}

/// The recorded latency against what the target knows.
#[derive(Serialize)]
pub(crate) struct Latency {
    pub(crate) name: String,
    pub(crate) trackers: usize,
    /// How much later than it should have the target answered; the errors are without that.
    pub(crate) target_late: Spread,
    pub(crate) misses: Vec<Miss>,
}

/// How far a recorded time was from the true one.
#[derive(Serialize)]
pub(crate) struct Miss {
    /// `total` or `first byte`.
    pub(crate) of: &'static str,
    /// The target's delay; none for all of them.
    pub(crate) delay_ms: Option<u32>,
    pub(crate) checks: usize,
    /// Without its sign.
    pub(crate) size: Spread,
    /// With its sign; more than nothing is too long.
    pub(crate) median_ms: f64,
}

/// A distribution.
#[derive(Clone, Copy, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into the name, which is the JSON's")]
pub(crate) struct Spread {
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

/// Another program on the same targets.
#[derive(Serialize)]
pub(crate) struct Comparison {
    pub(crate) name: String,
    pub(crate) versions: Vec<String>,
    pub(crate) due: u64,
    /// Answers that the targets gave it.
    pub(crate) answers: u64,
    /// By answers, as the next three.
    pub(crate) prober_cpu_s_per_1000: f64,
    pub(crate) storage_cpu_s_per_1000: f64,
    pub(crate) ours_cpu_s_per_1000: f64,
    /// Theirs by ours.
    pub(crate) ratio: f64,
    pub(crate) resident_bytes: u64,
    pub(crate) ours_resident_bytes: u64,
}

/// What was to be reached.
#[derive(Serialize)]
pub(crate) struct Goal {
    pub(crate) scenario: String,
    pub(crate) wanted: String,
    pub(crate) figure: f64,
    pub(crate) reached: bool,
}

/// Upper bounds, as fine as the buckets of `/metrics`.
#[derive(Clone, Copy, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into the name, which is the JSON's")]
pub(crate) struct Lateness {
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
    /// Checks that started more than 50 ms late.
    pub(crate) over_50_ms: f64,
}

/// The first page, asked again and again under load.
#[derive(Serialize)]
pub(crate) struct Page {
    pub(crate) trackers: usize,
    pub(crate) first_byte_ms_median: f64,
    pub(crate) first_byte_ms_worst: f64,
    pub(crate) brotli_bytes: usize,
    pub(crate) plain_bytes: usize,
}

/// A poll for all trackers that a page shows, a second after the one before.
#[derive(Serialize)]
pub(crate) struct Poll {
    pub(crate) trackers: usize,
    pub(crate) plain_bytes: usize,
    pub(crate) brotli_bytes: usize,
    pub(crate) cpu_ms: f64,
}

/// The web client's program.
#[derive(Serialize)]
pub(crate) struct Client {
    pub(crate) plain_bytes: usize,
    pub(crate) brotli_bytes: usize,
}

/// From the start of the process.
#[derive(Serialize)]
pub(crate) struct Start {
    pub(crate) trackers: usize,
    /// Recorded checks that the warm start found.
    pub(crate) checks: f64,
    /// To the first page, with a new database and all trackers to be added.
    pub(crate) cold_first_page_ms: f64,
    /// To the first page, over trackers and checks of a former run.
    pub(crate) warm_first_page_ms: f64,
    /// From the first page to the due time of the last tracker's first check.
    pub(crate) all_checked_ms: Option<f64>,
}

//! The text format of Prometheus, version 0.0.4.
//!
//! Written here and not by a crate: those at hand write `OpenMetrics`, whose counters are another name in this format,
//! and want a lock or an atomic for each series, while ours are read from the live view.

use std::{
    fmt::{Display, Write},
    time::Duration,
};

use domain::{LiveView, Outcome};

use super::{
    Metrics, OUTCOMES, REASONS,
    histogram::{Histogram, Scale},
};

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is true at the moment of asking.
pub struct Scene<'a> {
    /// Trackers and their newest checks.
    pub view: &'a LiveView,
    /// Checks that wait for the recorder.
    pub waiting: usize,
    /// Monotonic time.
    pub now: Duration,
    /// Whether each tracker has series of its own.
    pub each_tracker: bool,
}

impl Metrics {
    /// Everything, as Prometheus reads it.
    pub fn text(&self, scene: &Scene<'_>) -> String {
        let mut page = Page(String::with_capacity(8 * 1024));
        self.work(&mut page, scene);
        trackers(&mut page, scene.view);
        if scene.each_tracker {
            each_tracker(&mut page, scene.view);
        }
        page.0
    }

    fn work(&self, page: &mut Page, scene: &Scene<'_>) {
        let state = &mut *self.lock();
        page.head("uptime_build_info", "gauge", "Always 1; the version is in the label.");
        page.line("uptime_build_info", &[("version", &env!("CARGO_PKG_VERSION"))], 1);
        page.head("uptime_checks_total", "counter", "Recorded checks, retries included, by outcome.");
        for (outcome, count) in OUTCOMES.iter().zip(state.checks) {
            page.line("uptime_checks_total", &[("outcome", outcome)], count);
        }
        page.head(
            "uptime_checks_unknown_total",
            "counter",
            "Recorded checks that learnt nothing, by reason; none of them counts against a target.",
        );
        for (reason, count) in REASONS.iter().zip(state.unknown) {
            page.line("uptime_checks_unknown_total", &[("reason", &reason.word())], count);
        }
        page.histogram(
            "uptime_check_lateness_seconds",
            "How long after its due time a scheduled check started, in whole milliseconds, rounded down.",
            &state.lateness,
        );
        page.histogram("uptime_commit_checks", "Checks in one commit.", &state.group);
        page.histogram(
            "uptime_commit_duration_seconds",
            "How long a commit took until it was on disk, failed tries included.",
            &state.commit,
        );
        page.head(
            "uptime_commit_failures_total",
            "counter",
            "Commits that the database refused; the checks are kept and tried again.",
        );
        page.line("uptime_commit_failures_total", &[], state.commit_failures);
        page.head("uptime_queue_checks", "gauge", "Checks and edits that wait for the recorder.");
        page.line("uptime_queue_checks", &[], scene.waiting + state.backlog);
        page.head("uptime_live_polls_total", "counter", "Answered questions for news by open pages.");
        page.line("uptime_live_polls_total", &[], state.polls.total());
        page.head("uptime_live_clients", "gauge", "Pages that are being watched: polls in the last 10 s divided by the 10 that a visible page makes, rounded up.");
        page.line("uptime_live_clients", &[], state.polls.clients(scene.now));
    }
}

fn trackers(page: &mut Page, view: &LiveView) {
    let totals = view.totals();
    page.head(
        "uptime_trackers",
        "gauge",
        "Trackers by status; broken ones cannot be checked as they stand in the database.",
    );
    let rows = [
        ("up", totals.up),
        ("retrying", totals.retrying),
        ("down", totals.down),
        ("pending", totals.pending),
        ("blocked", totals.blocked),
        ("maintenance", totals.maintenance),
        ("paused", totals.paused),
        ("broken", totals.broken),
    ];
    for (status, count) in rows {
        page.line("uptime_trackers", &[("status", &status)], count);
    }
}

/// Two families, one after the other: the format wants a family's lines together.
fn each_tracker(page: &mut Page, view: &LiveView) {
    let newest = || {
        view.ids().filter_map(|id| {
            let about =
                view.about(id).filter(|about| about.paused.is_none() && about.maintenance.is_none())?;
            let cell = view.cells(id)?.next_back()?;
            Some((id, about, cell))
        })
    };
    let up = "uptime_tracker_up";
    page.head(up, "gauge", "Whether the tracker's newest check found its target up (1) or down (0); absent while that is unknown, and while the tracker is paused or in maintenance.");
    for (id, about, cell) in newest() {
        if let Some(is_up) = cell.outcome.is_up() {
            page.line(up, &[("id", &id), ("name", &about.name)], u8::from(is_up));
        }
    }
    let latency = "uptime_tracker_latency_seconds";
    page.head(
        latency,
        "gauge",
        "From the start of the tracker's newest check to its verdict, when the target was up.",
    );
    for (id, about, cell) in newest() {
        if let (Some(micros), Outcome::Up | Outcome::Degraded(_)) = (cell.latency, &cell.outcome) {
            let seconds = f64::from(micros.0) / 1_000_000.0;
            page.line(latency, &[("id", &id), ("name", &about.name)], seconds);
        }
    }
}

/// The answer in the making. Writing to a string cannot fail.
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &dyn Display)], value: impl Display) {
        self.0.push_str(name);
        for (n, (label, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"", if n == 0 { '{' } else { ',' });
            let _ = write!(Escaped(&mut self.0), "{text}");
            self.0.push('"');
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    fn histogram<S: Scale<N>, const N: usize>(&mut self, name: &str, help: &str, values: &Histogram<S, N>) {
        self.head(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        for (bound, count) in values.cumulative() {
            self.line(&bucket, &[("le", &bound)], count);
        }
        self.line(&bucket, &[("le", &"+Inf")], values.count());
        self.line(&format!("{name}_sum"), &[], values.sum());
        self.line(&format!("{name}_count"), &[], values.count());
    }
}

/// Writes a label's value: the quote, the backslash and the line feed would end it.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for letter in text.chars() {
            match letter {
                '\\' => self.0.push_str("\\\\"),
                '"' => self.0.push_str("\\\""),
                '\n' => self.0.push_str("\\n"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_label() {
        let mut page = Page(String::new());
        page.line("x", &[("id", &1), ("name", &"a\"} 1\nb\\")], 0.5);
        assert_eq!(page.0, "x{id=\"1\",name=\"a\\\"} 1\\nb\\\\\"} 0.5\n");
    }
}

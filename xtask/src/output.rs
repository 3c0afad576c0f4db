//! What the tasks say. It goes to the standard error, beside cargo's own words, so that the standard output stays
//! what the program or the tests print.

use std::{
    fmt::Display,
    io::{self, Write},
    time::{Duration, Instant},
};

/// Announces numbered steps: `[2/4] Server …` when one starts, `[2/4] Server: 12.3 s` when it is done.
pub(crate) struct Steps {
    total: usize,
    begun: usize,
}

impl Steps {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, begun: 0 }
    }

    pub(crate) fn begin(&mut self, name: &'static str) -> Step {
        self.begun += 1;
        let step = Step { label: format!("[{}/{}] {name}", self.begun, self.total), started: now() };
        line(format_args!("{} …", step.label));
        step
    }
}

/// A step under way; `done` says how long it took.
pub(crate) struct Step {
    label: String,
    started: Instant,
}

impl Step {
    pub(crate) fn done(self) {
        line(format_args!("{}: {}", self.label, Seconds(self.started.elapsed())));
    }

    /// Like `done`, with a word on what came of it.
    pub(crate) fn done_with(self, remark: impl Display) {
        line(format_args!("{}: {}, {remark}", self.label, Seconds(self.started.elapsed())));
    }
}

/// A time as people read it: `0.4 s`, `83 s`.
pub(crate) struct Seconds(pub(crate) Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs_f64();
        let digits = usize::from(seconds < 20.0);
        write!(f, "{seconds:.digits$} s")
    }
}

/// A size as people read it: `812 B`, `433 kB`, `20.8 MB`.
pub(crate) struct Size(pub(crate) u64);

impl Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            bytes @ 0..1_000 => write!(f, "{bytes} B"),
            bytes @ 1_000..1_000_000 => write!(f, "{} kB", (bytes + 500) / 1_000),
            bytes => {
                let tenths = (bytes + 50_000) / 100_000;
                write!(f, "{}.{} MB", tenths / 10, tenths % 10)
            }
        }
    }
}

/// A line for the person at the terminal. A closed terminal is no reason to stop building.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A line that programs may read: the results.
pub(crate) fn result(text: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

#[expect(clippy::disallowed_methods, reason = "a build tool times itself; nothing is decided by this clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_what_matters() {
        let shown: Vec<String> =
            [0, 999, 1_000, 433_400, 999_400, 20_849_999].iter().map(|&n| Size(n).to_string()).collect();
        assert_eq!(shown, ["0 B", "999 B", "1 kB", "433 kB", "999 kB", "20.8 MB"]);
    }

    #[test]
    fn long_times_need_no_tenths() {
        assert_eq!(Seconds(Duration::from_millis(440)).to_string(), "0.4 s");
        assert_eq!(Seconds(Duration::from_millis(83_400)).to_string(), "83 s");
    }
}

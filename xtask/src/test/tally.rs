use std::{fmt, ops::AddAssign};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Tally {
    /// A suite that could not say how many of its tests failed.
    pub(super) const BROKEN: Self = Self { passed: 0, failed: 1 };
}

/// From a line of `cargo test`, of which there is one per test binary:
/// `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
pub(super) fn of_cargo(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = counts.split("; ");
    let passed = counts.next()?.strip_suffix(" passed")?.parse().ok()?;
    let failed = counts.next()?.strip_suffix(" failed")?.parse().ok()?;
    Some(Tally { passed, failed })
}

/// From the last line of the browser tests: `5 passed, 0 failed`.
pub(super) fn of_runner(line: &str) -> Option<Tally> {
    let (passed, failed) = line.split_once(", ")?;
    let passed = passed.strip_suffix(" passed")?.parse().ok()?;
    let failed = failed.strip_suffix(" failed")?.parse().ok()?;
    Some(Tally { passed, failed })
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_of_cargo_test_is_counted() {
        let line =
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s";
        assert_eq!(of_cargo(line), Some(Tally { passed: 5, failed: 0 }));
        let line = "test result: FAILED. 17 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(of_cargo(line), Some(Tally { passed: 17, failed: 3 }));
    }

    #[test]
    fn other_lines_are_not() {
        assert_eq!(of_cargo("test tests::a_rule ... ok"), None);
        assert_eq!(of_cargo("running 5 tests"), None);
        assert_eq!(of_cargo("test result: ok. all passed; none failed"), None);
        assert_eq!(of_runner("ok   the bar moves (1.2 s)"), None);
        assert_eq!(of_runner("5 passed, 1 failed, and more"), None);
    }

    #[test]
    fn the_last_line_reads_back_what_it_says() {
        let tally = Tally { passed: 12, failed: 1 };
        assert_eq!(of_runner(&tally.to_string()), Some(tally));
    }

    #[test]
    fn tallies_add_up() {
        let mut total = Tally { passed: 2, failed: 1 };
        total += Tally::BROKEN;
        assert_eq!(total, Tally { passed: 2, failed: 2 });
    }
}

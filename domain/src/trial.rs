//! A test run: what a probe tells while somebody watches it. The probe is the same as ever; it only speaks.

use std::sync::Arc;

use crate::{Micros, Phase};

/// Hears what a probe tells. Called between two steps of it, so it must not take time.
pub type Watcher = Arc<dyn Fn(Progress) + Send + Sync>;

/// What a probe tells while it runs. All of it is for people: short, and without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// This URL is asked now: the target itself, or where it redirects.
    Asking(String),
    /// A phase has ended, after so long.
    Passed {
        /// Which one.
        phase: Phase,
        /// How long it took.
        took: Micros,
        /// What was learnt by it: addresses, a certificate, a status.
        what: String,
    },
    /// The answer was read, and judged expectation by expectation.
    Judged(Judged),
}

/// An answer, judged expectation by expectation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Each expectation in the order in which they are judged, the implied one first.
    pub reviewed: Vec<Reviewed>,
    /// The values of a JSON body of at most [`Judged::BODY_LIMIT`] bytes.
    pub leaves: Vec<Leaf>,
    /// How many bytes of the body were read, unpacked.
    pub size: usize,
}

impl Judged {
    /// The most bytes of a body whose values are told.
    pub const BODY_LIMIT: usize = 256 << 10;
}

/// One value of a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// In how many others it is.
    pub depth: usize,
    /// Its name, or its place like `[0]`; `$` for the whole.
    pub key: String,
    /// As JSON writes it, cut; `{2}` and `[2]` for what holds others.
    pub value: String,
    /// The expectation that it is what it is; none for what holds others.
    pub expect: Option<String>,
}

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// It, in its normal form; at most 96 characters.
    pub text: String,
    /// What was there, at most 90 characters.
    pub found: String,
    /// Whether it holds.
    pub verdict: Review,
    /// What would make it hold.
    pub fixes: Vec<Fix>,
}

/// Whether an expectation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// It does.
    Met,
    /// It does not, which means degraded.
    Degraded,
    /// It does not, which means down.
    Down,
}

/// A change of the expectations after which the same answer would pass this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// For a button: `Accept 301`.
    pub label: String,
    /// All expectations after it, one a line.
    pub expect: String,
}

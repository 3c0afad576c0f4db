//! What happened, as a number that is the same when the same happened; and, if somebody wants to read it, as lines.

use std::collections::VecDeque;

use crate::rng::mix;

/// Lines that are kept.
const LINES: usize = 10_000;

/// A trace.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    hash: u64,
    /// Absent when nobody reads them.
    lines: Option<VecDeque<String>>,
}

impl Trace {
    /// A trace, with or without lines.
    pub(crate) fn new(has_lines: bool) -> Self {
        Self { hash: 0, lines: has_lines.then(VecDeque::new) }
    }

    /// Notes what happened at a time: a word, and numbers that say more.
    pub(crate) fn note(&mut self, at_ms: i64, word: &str, numbers: &[i64]) {
        let words = word.bytes().map(u64::from);
        let numbers_too = numbers.iter().map(|number| number.cast_unsigned());
        self.hash = words
            .chain([at_ms.cast_unsigned()])
            .chain(numbers_too)
            .fold(self.hash, |hash, part| mix(hash.rotate_left(7) ^ part));
        if let Some(lines) = &mut self.lines {
            if lines.len() == LINES {
                lines.pop_front();
            }
            let (seconds, rest) = (at_ms / 1_000, at_ms % 1_000);
            lines.push_back(format!("{seconds:>7}.{rest:03} s  {word} {numbers:?}"));
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default().into()
    }
}

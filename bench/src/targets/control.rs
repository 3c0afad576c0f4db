//! How the bench asks its targets what they have seen: a word a line in, numbers out.

use std::{
    io::{self, BufRead, Write},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Asks for the number of answers.
pub(super) const SERVED: &str = "served";
/// Asks for all delayed answers; an empty line ends them.
pub(super) const DELAYS: &str = "delays";

/// What the targets have seen.
#[derive(Default)]
pub(super) struct Tally {
    served: AtomicU64,
    delays: Mutex<Vec<Delayed>>,
}

/// An answer that was given late on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delayed {
    pub(crate) target: usize,
    /// When the question was read, in microseconds since 1970.
    pub(crate) arrived_us: i64,
    /// From then until the answer was sent: what was asked for and how late the target itself was.
    pub(crate) took_us: u32,
}

impl Delayed {
    /// The opposite of [`Delayed::line`].
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (target, arrived, took) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            target: target.parse().ok()?,
            arrived_us: arrived.parse().ok()?,
            took_us: took.parse().ok()?,
        })
    }

    fn line(self) -> String {
        format!("{} {} {}", self.target, self.arrived_us, self.took_us)
    }
}

impl Tally {
    pub(super) fn count(&self) {
        self.served.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note(&self, delayed: Delayed) {
        self.delays.lock().unwrap_or_else(PoisonError::into_inner).push(delayed);
    }

    /// Answers until the standard input ends, which it does with the process that started this one.
    pub(super) fn tell(&self) {
        for word in io::stdin().lock().lines().map_while(Result::ok) {
            let mut text = String::new();
            match word.as_str() {
                SERVED => text = self.served.load(Ordering::Relaxed).to_string(),
                DELAYS => {
                    for delayed in &*self.delays.lock().unwrap_or_else(PoisonError::into_inner) {
                        text.push_str(&delayed.line());
                        text.push('\n');
                    }
                }
                _ => {}
            }
            if writeln!(io::stdout(), "{text}").is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_crosses_the_pipe() {
        let delayed = Delayed { target: 7, arrived_us: 1_795_435_200_000_123, took_us: 5_062 };
        assert_eq!(Delayed::parse(&delayed.line()), Some(delayed));
        assert_eq!(Delayed::parse(""), None);
    }
}

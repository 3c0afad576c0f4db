//! Every word that people read on a page or in a message, out of one catalogue: `words/en.ftl`, in the
//! [Fluent](https://projectfluent.org/fluent/guide/) format that translators and their tools know.
//!
//! The build turns each message into code: `pause-title = Pause` is the constant `PAUSE_TITLE`; a message with variables is a
//! function that takes them **in the order of the alphabet**, whatever order a language puts them in. Nothing is looked up, parsed or
//! loaded while the program runs, and the browser gets only the messages that its code uses.
//!
//! A language is one file: a translation of the catalogue beside it, named in `build.rs`. What is not in the catalogue, on purpose: logs, the
//! command line, and the names of fields in the API, which programs read.

use std::fmt::{Display, Write as _};

#[cfg(test)]
mod generate;

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// A number of things, as `NUMBER($count)` in a message takes it.
pub trait Count {
    /// The number.
    fn count(self) -> u64;
}

impl Count for u16 {
    fn count(self) -> u64 {
        u64::from(self)
    }
}

impl Count for u32 {
    fn count(self) -> u64 {
        u64::from(self)
    }
}

impl Count for u64 {
    fn count(self) -> u64 {
        self
    }
}

impl Count for usize {
    fn count(self) -> u64 {
        u64::try_from(self).unwrap_or(u64::MAX)
    }
}

/// A whole number with a comma between thousands.
pub fn thousands(number: impl Count) -> String {
    let digits = number.count().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        for (number, text) in [(0_u64, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }
}

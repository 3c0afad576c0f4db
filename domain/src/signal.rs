//! Signals: what a target of the kind `push` tells by calling its URL.

use std::fmt;

use crate::Timestamp;

/// A signal as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// When it came.
    pub at: Timestamp,
    /// What it says.
    pub word: SignalWord,
    /// Which run it is about, where several may be on at once: at most [`Signal::RUN_LIMIT`] letters, digits, dots, hyphens and
    /// underscores.
    pub run: Option<String>,
    /// From which address it came.
    pub from: Option<String>,
    /// The last [`Signal::BODY_LIMIT`] bytes of what came with it, as text; unreadable bytes are replaced. May be empty.
    pub body: String,
}

impl Signal {
    /// How much of what comes with a signal is kept, in bytes.
    pub const BODY_LIMIT: usize = 10_240;
    /// The longest name of a run.
    pub const RUN_LIMIT: usize = 64;
    /// The newest that are kept of each tracker: so many that only log something, and so many others.
    pub const KEPT: usize = 100;

    /// The name of a run, if it can be one.
    pub fn read_run(text: &str) -> Option<&str> {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        ((1..=Self::RUN_LIMIT).contains(&text.len()) && text.chars().all(is_letter)).then_some(text)
    }

    /// What came with it, cut to its bounds: why something failed mostly stands at the end.
    pub fn read_body(bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        let from = text.ceil_char_boundary(text.len().saturating_sub(Self::BODY_LIMIT));
        text.get(from..).unwrap_or_default().to_owned()
    }

    /// Its last line that is not empty, for one-line texts.
    pub fn line(&self) -> &str {
        self.body.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignalWord {
    /// A run begins.
    Start,
    /// It went well.
    Success,
    /// It failed.
    Fail,
    /// It ended with this exit code; 0 went well.
    Exit(i32),
    /// Nothing but what comes with it.
    Log,
}

impl SignalWord {
    /// Reads what stands behind the token in a URL. Nothing means success.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "" | "success" => Some(Self::Success),
            "start" => Some(Self::Start),
            "fail" => Some(Self::Fail),
            "log" => Some(Self::Log),
            // Windows counts from 0 to 2³² or from below 0, as it is asked.
            code if code.starts_with('+') => None,
            code => {
                let signed = code.parse().ok().or_else(|| Some(code.parse::<u32>().ok()?.cast_signed()));
                signed.map(Self::Exit)
            }
        }
    }

    /// Whether it says that something went well.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Success | Self::Exit(0))
    }
}

/// The word of URLs, storage and interfaces: `start`, `success`, `fail`, `log`, or an exit code.
impl fmt::Display for SignalWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Success => f.write_str("success"),
            Self::Fail => f.write_str("fail"),
            Self::Log => f.write_str("log"),
            Self::Exit(code) => code.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn anything_is_read_within_bounds(
            bytes in prop::collection::vec(any::<u8>(), 0..12_000),
            text in "\\PC{0,80}|[a-z0-9._-]{0,70}|-?[0-9]{1,12}",
        ) {
            prop_assert!(Signal::read_body(&bytes).len() <= Signal::BODY_LIMIT);
            let run = Signal::read_run(&text);
            prop_assert!(run.is_none_or(|run| (1..=Signal::RUN_LIMIT).contains(&run.len())));
            if let Some(word) = SignalWord::read(&text) {
                prop_assert_eq!(SignalWord::read(&word.to_string()), Some(word));
            }
        }
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for word in ["start", "success", "fail", "log", "0", "1", "255", "-1", "3010"] {
            assert_eq!(SignalWord::read(word).unwrap().to_string(), word);
        }
        assert_eq!(SignalWord::read(""), Some(SignalWord::Success));
        assert_eq!(SignalWord::read("3221225786"), Some(SignalWord::Exit(-1_073_741_510)));
        for text in ["4294967296", "-2147483649", "+1", "1.0", "START", "stop", "٣", " "] {
            assert_eq!(SignalWord::read(text), None, "{text}");
        }
        assert!(SignalWord::Exit(0).is_good() && !SignalWord::Exit(1).is_good());
    }

    #[test]
    fn what_comes_with_one_is_bounded() {
        assert_eq!(Signal::read_body(&vec![b'a'; 20_000]).len(), Signal::BODY_LIMIT);
        let wide = Signal::read_body(&vec![0xff; 20_000]);
        assert!(wide.len() <= Signal::BODY_LIMIT && wide.chars().all(|c| c == '\u{FFFD}'));
        let signal = |body: &str| Signal {
            at: Timestamp(0),
            word: SignalWord::Fail,
            run: None,
            from: None,
            body: body.into(),
        };
        assert_eq!(signal("copying\n  no space left \n\n").line(), "no space left");
        assert_eq!(signal(" \n").line(), "");
    }

    #[test]
    fn a_run_has_a_plain_name() {
        assert_eq!(Signal::read_run("2026-11-27_a.1"), Some("2026-11-27_a.1"));
        let long = "a".repeat(65);
        for text in ["", "a b", "a/b", "é", long.as_str()] {
            assert_eq!(Signal::read_run(text), None, "{text}");
        }
    }
}

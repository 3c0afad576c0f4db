//! Settings of the installation that people change while it runs, as they are stored: names and texts.

use crate::{Defaults, Fields, Invalid, RetentionDraft};

/// What administrators said; the rest is as it is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How long what is kept. The command line may say otherwise, and wins.
    pub retention: RetentionDraft,
    /// What new trackers start with.
    pub defaults: Defaults,
}

/// What stands before the names of defaults.
const DEFAULT: &str = "default.";

impl Settings {
    /// Reads what is stored. A part that cannot be read is as it is built in, and said.
    pub fn read(stored: &[(String, String)]) -> (Self, Vec<Invalid>) {
        let defaults: Fields = stored
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(DEFAULT)?.to_owned(), value.clone())))
            .collect();
        let mut problems = Vec::new();
        let retention = RetentionDraft::of_fields(stored).unwrap_or_else(|invalid| {
            problems.push(invalid);
            RetentionDraft::default()
        });
        let defaults = Defaults::of_fields(&defaults).unwrap_or_else(|invalid| {
            problems.push(invalid);
            Defaults::default()
        });
        (Self { retention, defaults }, problems)
    }

    /// As it is stored; nothing in the place of a value takes it away.
    pub fn pairs(&self) -> Vec<(String, Option<String>)> {
        let retention = self.retention.pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
        let defaults =
            self.defaults.pairs().into_iter().map(|(name, value)| (format!("{DEFAULT}{name}"), value));
        retention.chain(defaults).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let pairs = [
            ("keep_checks", "30d"),
            ("max_size", "20GiB"),
            ("default.every", "1m"),
            ("default.http.ip", "6"),
        ];
        let (settings, problems) = Settings::read(&stored(&pairs));
        assert!(problems.is_empty());
        let written = settings.pairs().into_iter().filter_map(|(name, value)| Some((name, value?)));
        assert_eq!(written.collect::<Vec<_>>(), stored(&pairs));
        assert_eq!(Settings::read(&[]), (Settings::default(), Vec::new()));
    }

    #[test]
    fn a_part_that_cannot_be_read_does_not_take_the_other_along() {
        let (settings, problems) =
            Settings::read(&stored(&[("keep_checks", "never"), ("default.retries", "0")]));
        assert_eq!((settings.retention, problems.len()), (RetentionDraft::default(), 1));
        assert_eq!(settings.pairs().iter().filter(|(_, value)| value.is_some()).count(), 1);
    }
}

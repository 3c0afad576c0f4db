//! A tracker's name, as people see it.

use std::fmt;

use crate::FieldError;

/// 1 to 200 characters on one line, trimmed, without control characters and without marks that change the direction of
/// text or have no width (they could make a name look like another). Markup is allowed: it is shown as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerName(String);

impl TrackerName {
    /// The most characters of a name.
    pub const LIMIT: usize = 200;

    /// Checks a name; the error is about the field `name`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let problem = if text.is_empty() {
            words::FIELD_NAME_MISSING.to_owned()
        } else if text.chars().count() > Self::LIMIT {
            words::field_name_long(Self::LIMIT)
        } else if text.chars().any(is_deceptive) {
            words::FIELD_NAME_INVISIBLE.to_owned()
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(FieldError::new("name", problem))
    }

    /// The name of a target that was given none: what fits of it.
    pub(crate) fn from_label(label: &str) -> Self {
        let fits: String = label.chars().filter(|c| !is_deceptive(*c)).take(Self::LIMIT).collect();
        Self(if fits.is_empty() { "tracker".into() } else { fits })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TrackerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control characters, bidirectional overrides and isolates (UAX #9), and characters without width.
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{061C}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_may_hold_markup() {
        assert_eq!(TrackerName::parse("  <b>shop</b> ").unwrap().as_str(), "<b>shop</b>");
    }

    #[test]
    fn names_that_could_deceive_or_flood_are_refused() {
        for text in ["", "   ", "a\u{202E}b", "a\0b", "a\nb", "a\u{200B}b", &"x".repeat(201)] {
            let error = TrackerName::parse(text).unwrap_err();
            assert_eq!(error.field, "name", "{text:?}");
        }
    }
}

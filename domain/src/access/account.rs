//! What people give an account: its name and its password.

use std::fmt;

use crate::{FieldError, Secret};

/// How an account is called: 1 to 60 visible characters. Two names are the same when they differ in case only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountName(String);

impl AccountName {
    /// Reads a name; the problem is one of the field `name`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        line(text, 60).map(Self).map_err(|problem| FieldError::new("name", problem))
    }

    /// By what it is found.
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// By what a name that somebody typed would be found.
    pub fn key_of(text: &str) -> String {
        text.trim().to_lowercase()
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What its owner calls a token: 1 to 60 visible characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    /// Reads a name; the problem is one of the field `token_name`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        line(text, 60).map(Self).map_err(|problem| FieldError::new("token_name", problem))
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn line(text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > most {
        return Err(words::field_account_name_length(most));
    }
    if text.chars().any(is_invisible) {
        return Err(words::FIELD_ACCOUNT_NAME_INVISIBLE.into());
    }
    Ok(text.to_owned())
}

/// Controls, and what changes the direction of text or has no width: with them two names could look the same.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The most that is hashed: enough for any sentence, and no work for an attacker to give.
pub const PASSWORD_BYTES: usize = 1_024;
/// The fewest characters of a new password (ASVS 5.0, 6.2.1 asks for 8 and advises 15).
const PASSWORD_CHARACTERS: usize = 12;

/// A new password: 12 characters to 1,024 bytes, taken as it is (ASVS 5.0, 6.2.5 to 6.2.9: no composition rules, nothing cut).
#[derive(Clone, Debug)]
pub struct Password(Secret);

impl Password {
    /// Checks the length. Whether it is easily guessed is for who knows the lists of common ones.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let refused = |problem: String| Err(FieldError::new("password", problem));
        if text.chars().count() < PASSWORD_CHARACTERS {
            return refused(words::field_password_short(PASSWORD_CHARACTERS));
        }
        if text.len() > PASSWORD_BYTES {
            return refused(words::field_bytes(PASSWORD_BYTES));
        }
        Ok(Self(Secret::new(text)))
    }

    /// The text itself, for hashing.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_visible_lines() {
        assert_eq!(AccountName::parse("  Ada ").unwrap().as_str(), "Ada");
        assert_eq!(AccountName::parse("ÄDA").unwrap().key(), AccountName::key_of(" äda"));
        for bad in ["", "   ", "a\nb", "a\u{202E}b", "\u{200B}", &"x".repeat(61)] {
            assert!(AccountName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(AccountName::parse(&"ß".repeat(60)).is_ok());
    }

    #[test]
    fn passwords_have_a_length_and_no_other_rule() {
        for good in ["correct horse", "            ", "\0\u{1F600}πφ-and-more", &"x".repeat(1_024)] {
            assert_eq!(Password::parse(good).unwrap().expose(), good);
        }
        for bad in ["", "short", "elevenchars", &"x".repeat(1_025)] {
            assert!(Password::parse(bad).is_err(), "{} bytes", bad.len());
        }
    }
}

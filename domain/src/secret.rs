//! What nobody is shown.

use std::fmt;

/// A text that must not be seen: `Debug` hides it, and there is no `Display`. Only who sends it to a target or keeps it on disk
/// may [expose](Self::expose) it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// What is shown in its place. Given back as a new value, it means the old one.
    pub const MASK: &str = "•••";

    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Some(Secret::new("hunter2"))), "Some(•••)");
    }
}

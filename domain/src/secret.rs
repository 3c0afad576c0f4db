//! What nobody is shown.

use std::fmt;

/// A text that must not be seen: `Debug` hides it, and there is no `Display`. Only who sends it to a target or keeps it on disk
/// may [expose](Self::expose) it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret {
    text: String,
    is_sealed: bool,
}

impl Secret {
    /// What is shown in its place. Given back as a new value, it means the old one.
    pub const MASK: &str = "•••";

    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_sealed: false }
    }

    /// A secret that storage cannot read: it was sealed with another key, or is damaged. `text` is what is on the disk, so that
    /// keeping the secret keeps it for the day the key is back. Whoever uses secrets asks [`Self::is_sealed`] first.
    pub fn sealed(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_sealed: true }
    }

    /// Whether the text is not the secret, but what storage could not read.
    pub fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// The text itself. Of a sealed one what is on the disk: never an empty password by mistake.
    pub fn expose(&self) -> &str {
        &self.text
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
        assert_eq!(format!("{:?}", Secret::sealed("enc1:0")), "•••");
    }
}

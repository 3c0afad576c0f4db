//! The key that secrets are sealed with, and the file that holds it.

use std::{
    fmt::{self, Write as _},
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};

use crate::{contents::beside, disk};

const LENGTH: usize = 32;

/// 256 bits. `Debug` shows its name only.
pub struct Key {
    bytes: [u8; LENGTH],
    name: String,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is none.
    #[error("a key is 32 random bytes in base64; make one with: head -c 32 /dev/urandom | base64")]
    Malformed,
    /// The file that should hold it cannot be read.
    #[error("cannot read the key of the secrets in {}", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// The file holds something else.
    #[error("{} holds no key: 32 random bytes in base64 are expected; it was left as it is", .0.display())]
    NotAKey(PathBuf),
    /// The file cannot be made.
    #[error("cannot write the key of the secrets to {}", .0.display())]
    Unwritable(PathBuf, #[source] io::Error),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl Key {
    /// Reads 32 bytes in base64, with padding or without.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD_NO_PAD.decode(text.trim().trim_end_matches('=')).ok();
        let bytes: Option<[u8; LENGTH]> = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self::of).ok_or(KeyError::Malformed)
    }

    /// By chance.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = [0; LENGTH];
        SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
        Ok(Self::of(bytes))
    }

    /// From a file.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let unreadable = |error| KeyError::Unreadable(path.to_owned(), error);
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            tracing::warn!("others than its owner may read the key in {}; chmod 600 it", path.display());
        }
        Self::parse(&text).map_err(|_| KeyError::NotAKey(path.to_owned()))
    }

    /// From a file, if it is there.
    pub fn find(path: &Path) -> Result<Option<Self>, KeyError> {
        match Self::read(path) {
            Err(KeyError::Unreadable(_, error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// From a file; where there is none, it is made: whole, for its owner alone, and on the disk before it is used.
    pub fn find_or_make(path: &Path) -> Result<Self, KeyError> {
        if let Some(key) = Self::find(path)? {
            return Ok(key);
        }
        let key = Self::generate()?;
        key.write(path).map_err(|error| KeyError::Unwritable(path.to_owned(), error))?;
        tracing::info!(
            "made the key of the secrets: {}; keep a copy where the backups are not",
            path.display()
        );
        Ok(key)
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let fresh = beside(path, ".new");
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        writeln!(file, "{}", STANDARD.encode(self.bytes))?;
        file.sync_all()?;
        // A link, not a renaming: it never takes the place of a key.
        fs::hard_link(&fresh, path)?;
        fs::remove_file(&fresh)?;
        disk::sync(disk::folder_of(path))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Tells keys from each other, and nothing about them.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn of(bytes: [u8; LENGTH]) -> Self {
        let hash = digest(&SHA256, &[b"uptime-tracker key name 1".as_slice(), &bytes].concat());
        let mut name = String::new();
        for byte in hash.as_ref().iter().take(4) {
            // Writing to a string does not fail.
            let _ = write!(name, "{byte:02x}");
        }
        Self { bytes, name }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        assert!(Key::find(&path).unwrap().is_none());
        // What a start that was cut short left.
        fs::write(folder.path().join("secret.key.new"), "half").unwrap();
        let made = Key::find_or_make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Key::find_or_make(&path).unwrap().bytes, made.bytes);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let text = fs::read_to_string(&path).unwrap();
        assert!(!format!("{made:?}").contains(text.trim()));
        assert_eq!(Key::parse(text.trim().trim_end_matches('=')).unwrap().bytes, made.bytes);
    }

    #[test]
    fn what_is_no_key_is_left_alone_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        for text in ["", "CANARY", "CANARYCANARYCANARYCANARYCANARYCANARYCANARY", &"A".repeat(100)] {
            fs::write(&path, text).unwrap();
            let error = Key::find_or_make(&path).unwrap_err().to_string();
            assert!(error.contains("holds no key") && !error.contains("CANARY"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert!(matches!(Key::parse("no"), Err(KeyError::Malformed)));
    }
}

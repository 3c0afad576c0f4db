//! Whether the database is still the file that was opened.
//!
//! On Unix a file that is removed lives on, nameless, as long as somebody has it open. Whatever is written to it then is gone
//! at the next start, and SQLite reports success all the same.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use crate::StoreError;

/// A file as it was when it was opened.
#[derive(Debug)]
pub(crate) struct OpenedFile {
    path: PathBuf,
    device_and_inode: (u64, u64),
}

impl OpenedFile {
    /// The file that is at `path` now.
    pub(crate) fn at(path: &Path) -> Result<Self, StoreError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        match identity(&path) {
            Ok(device_and_inode) => Ok(Self { path, device_and_inode }),
            Err(_) => Err(StoreError::Gone { path }),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// [`StoreError::Gone`] when there is no file any more, or another one. One system call.
    pub(crate) fn still_there(&self) -> Result<(), StoreError> {
        match identity(&self.path) {
            Ok(found) if found == self.device_and_inode => Ok(()),
            _ => Err(StoreError::Gone { path: self.path.clone() }),
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

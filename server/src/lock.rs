//! One server for one data folder.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::exit::{Ending, Exit};

/// Why the folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// Another server holds it.
    #[error("already running, pid {0}")]
    AlreadyRunning(String),
    /// The lock file cannot be opened or written.
    #[error("cannot lock {path}", path = .0.display())]
    Io(PathBuf, #[source] io::Error),
}

impl From<LockError> for Ending {
    fn from(error: LockError) -> Self {
        let exit = match error {
            LockError::AlreadyRunning(_) => Exit::AlreadyRunning,
            LockError::Io(..) => Exit::Configuration,
        };
        Self::because(exit, &error)
    }
}

/// The lock file's name in the data folder.
pub(crate) const LOCK: &str = "uptime-tracker.lock";

/// A lock that is held until it is dropped, or until the process ends in whatever way: the kernel gives it back.
#[derive(Debug)]
pub(crate) struct DataLock(#[expect(dead_code, reason = "holding the file holds the lock")] File);

impl DataLock {
    /// Locks the folder and writes our process id into the lock file.
    pub(crate) fn acquire(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(LOCK);
        let failed = |error| LockError::Io(path.clone(), error);
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // The other one may be about to write its id; then it stays unknown.
                let _ = file.take(20).read_to_string(&mut pid);
                let pid = if pid.trim().is_empty() { "unknown" } else { pid.trim() };
                return Err(LockError::AlreadyRunning(pid.to_owned()));
            }
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
        writeln!(file, "{}", std::process::id()).and_then(|()| file.flush()).map_err(failed)?;
        Ok(Self(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_once_and_again_after_it_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let held = DataLock::acquire(folder.path()).unwrap();
        let refused = DataLock::acquire(folder.path()).unwrap_err();
        assert_eq!(refused.to_string(), format!("already running, pid {}", std::process::id()));
        drop(held);
        DataLock::acquire(folder.path()).unwrap();
    }
}

//! A file that only takes up room, and gives it back when the disk is full.
//!
//! A full disk would stop recording until somebody comes. With the ballast thrown off there is room for about a million checks,
//! and time to be told.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
};

use rustix::{
    fs::{FallocateFlags, fallocate},
    io::Errno,
};

use crate::disk;

/// A file of a fixed size. Its methods block for as long as the disk takes.
#[derive(Clone, Debug)]
pub struct Ballast {
    path: PathBuf,
    size: u64,
    spare: u64,
}

const MIB: u64 = 1 << 20;

impl Ballast {
    /// The ballast at `path`: 64 MiB, taken only while more than 256 MiB are free.
    pub fn new(path: PathBuf) -> Self {
        Self { path, size: 64 * MIB, spare: 256 * MIB }
    }

    /// Another size, taken only while more than `spare` bytes are free.
    #[must_use]
    pub fn with_size(self, size: u64, spare: u64) -> Self {
        Self { size, spare, ..self }
    }

    /// Takes the room unless it is taken already. `false` when too little is free for that.
    pub fn take(&self) -> io::Result<bool> {
        if fs::metadata(&self.path).is_ok_and(|file| file.len() >= self.size) {
            return Ok(true);
        }
        if disk::free_space(disk::folder_of(&self.path))? <= self.spare {
            return Ok(false);
        }
        let filled = self.fill();
        if filled.is_err() {
            self.release()?;
        }
        filled.map(|()| true)
    }

    /// Gives the room back. `false` when it was given back already.
    pub fn release(&self) -> io::Result<bool> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A size alone takes nothing: the blocks have to be allocated.
    fn fill(&self) -> io::Result<()> {
        let file = File::create(&self.path)?;
        match fallocate(&file, FallocateFlags::empty(), 0, self.size) {
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => self.write_zeros(file),
            done => Ok(done?),
        }
    }

    fn write_zeros(&self, mut file: File) -> io::Result<()> {
        const PIECE: u64 = MIB;
        let zeros = vec![0; usize::try_from(PIECE).unwrap_or(0)];
        let mut left = self.size;
        while left > 0 {
            let piece = usize::try_from(left.min(PIECE)).unwrap_or(zeros.len());
            file.write_all(zeros.get(..piece).unwrap_or(&zeros))?;
            left = left.saturating_sub(PIECE);
        }
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn the_room_is_really_taken_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ballast");
        let ballast = Ballast::new(path.clone()).with_size(3 * MIB, 0);
        for _ in 0..2 {
            assert!(ballast.take().unwrap());
            assert_eq!(fs::metadata(&path).unwrap().len(), 3 * MIB);
            assert!(fs::metadata(&path).unwrap().blocks() * 512 >= 3 * MIB);
        }
        assert!(ballast.release().unwrap());
        assert!(!ballast.release().unwrap());
        assert!(!path.exists());
    }

    #[test]
    fn zeros_do_where_nothing_can_be_allocated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ballast");
        let ballast = Ballast::new(path.clone()).with_size(2 * MIB + 7, 0);
        ballast.write_zeros(File::create(&path).unwrap()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 2 * MIB + 7);
    }

    #[test]
    fn where_little_is_free_nothing_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ballast");
        assert!(!Ballast::new(path.clone()).with_size(1, u64::MAX).take().unwrap());
        assert!(!path.exists());
    }
}

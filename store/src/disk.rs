//! What SQLite does not ask of a disk: how much room it has, and that a new name is on it.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
};

use domain::Ceiling;

/// Bytes that this user can still write on the disk that holds `folder`.
pub fn free_space(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The size of the whole disk that holds `folder`, in bytes.
fn size(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_blocks.saturating_mul(disk.f_frsize))
}

/// A ceiling in bytes for a database in this folder.
pub(crate) fn bytes_of(ceiling: Ceiling, folder: &Path) -> io::Result<u64> {
    match ceiling {
        Ceiling::Bytes(bytes) => Ok(bytes),
        Ceiling::OfDisk { percent } => Ok(size(folder)? / 100 * u64::from(percent)),
    }
}

/// Waits until a file, or the names in a folder, are on the disk. Blocks.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Gives a file or folder to the owner of another: what root makes in the folder of a server, the server has to be able to
/// write. Who may not give anything away owns it already, or finds out at the next start.
pub fn give_to_owner_of(path: &Path, other: &Path) -> io::Result<()> {
    let (is, should) = (fs::metadata(path)?, fs::metadata(other)?);
    if (is.uid(), is.gid()) == (should.uid(), should.gid()) {
        return Ok(());
    }
    match chown(path, Some(should.uid()), Some(should.gid())) {
        Err(error) if error.kind() != io::ErrorKind::PermissionDenied => Err(error),
        _ => Ok(()),
    }
}

/// The folder of a file.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

//! The programs that the bench compares with.

use std::path::PathBuf;

use crate::{command, output, packages, workspace};

/// Debian's packages; the programs in them are called like them.
const PACKAGES: [&str; 2] = ["prometheus", "prometheus-blackbox-exporter"];

/// The folder with the programs; none when they are on PATH, or cannot be had, which the bench says then. They are unpacked and
/// not installed: installed, they would be services that start with the machine.
pub(crate) fn ensure() -> Option<PathBuf> {
    if PACKAGES.iter().all(|name| command::succeeds(command::program(name).arg("--version"))) {
        return None;
    }
    let folder = workspace::scratch().join("peers");
    if PACKAGES.iter().any(|name| !folder.join("usr/bin").join(name).is_file())
        && let Err(failure) = packages::unpack(&PACKAGES, &folder)
    {
        crate::explain(&failure);
        output::line("without them, nothing is compared");
        return None;
    }
    Some(folder)
}

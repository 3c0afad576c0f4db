//! Debian's packages, installed by apt-get or unpacked aside.

use std::{fs, path::Path, process::Stdio};

use crate::{command, failure::Failure, output};

/// Installs them by apt-get, which needs root; anyone else is told what to install, with `help` for other systems. `why` begins
/// the sentence: "the tests need".
pub(crate) fn install(packages: &[&str], why: &str, help: &str) -> Result<(), Failure> {
    let names = packages.join(" ");
    if !is_root() || !has_apt() {
        return Err(Failure::Missing {
            what: format!("{why} {names}"),
            help: format!("on Debian: `sudo apt-get install --no-install-recommends {names}`; {help}"),
        });
    }
    output::line(format_args!("installing {names}"));
    apt_get(&["update"], None)?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat(), None)
}

/// Fetches them and unpacks them into a folder. It needs no root, and a package that would start a service starts none.
pub(crate) fn unpack(packages: &[&str], folder: &Path) -> Result<(), Failure> {
    if !has_apt() {
        return Err(Failure::Missing {
            what: String::from("this is no Debian"),
            help: format!("put the programs of {} on PATH", packages.join(" ")),
        });
    }
    fs::create_dir_all(folder).map_err(Failure::io("make", folder))?;
    output::line(format_args!("fetching {} into {}", packages.join(" "), folder.display()));
    let download = [&["download"], packages].concat();
    if let Err(failure) = apt_get(&download, Some(folder)) {
        // Perhaps the machine does not know yet what there is.
        if !is_root() {
            return Err(failure);
        }
        apt_get(&["update"], None)?;
        apt_get(&download, Some(folder))?;
    }
    for entry in fs::read_dir(folder).map_err(Failure::io("read", folder))?.flatten() {
        let file = entry.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            command::run(command::program("dpkg-deb").arg("--extract").arg(&file).arg(folder))?;
            fs::remove_file(&file).map_err(Failure::io("remove", &file))?;
        }
    }
    Ok(())
}

fn is_root() -> bool {
    command::answer(command::program("id").arg("-u")).is_some_and(|id| id == "0")
}

fn has_apt() -> bool {
    command::succeeds(command::program("apt-get").arg("--version"))
}

fn apt_get(args: &[&str], folder: Option<&Path>) -> Result<(), Failure> {
    let mut run = command::program("apt-get");
    run.arg("-q").args(args).env("DEBIAN_FRONTEND", "noninteractive");
    if let Some(folder) = folder {
        run.current_dir(folder);
    }
    // Its many lines are no results of tests, so they go where the progress goes.
    command::run(run.stdin(Stdio::null()).stdout(std::io::stderr()))
}

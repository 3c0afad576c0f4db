//! A data folder that is not as it should be, at the start.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Command, Output},
};

use crate::process::{Process, binary, run, text};

const DATABASE: &str = "uptime-tracker.db";

fn serve(folder: &Path) -> Output {
    let data = folder.to_str().unwrap();
    run(&["serve", "--listen", "127.0.0.1:0", "--run-for", "1s", "--data-dir", data])
}

/// A folder with a closed database in it, and the database's bytes.
fn used() -> (tempfile::TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Process::serve(folder.path(), &["--track", "http://127.0.0.1:9/"]).terminate(), Some(0));
    // The log may still hold all of it; then the file does not matter.
    let mut sqlite = Command::new("sqlite3");
    sqlite.arg(folder.path().join(DATABASE)).arg("PRAGMA wal_checkpoint(TRUNCATE)");
    assert!(sqlite.output().unwrap().status.success());
    let bytes = fs::read(folder.path().join(DATABASE)).unwrap();
    (folder, bytes)
}

#[test]
fn a_damaged_database_is_refused_and_kept() {
    let (folder, whole) = used();
    let database = folder.path().join(DATABASE);
    let mut garbage = whole.clone();
    garbage[4_096..].fill(0xA5);
    for (bytes, hint) in [(whole[..whole.len() / 2].to_vec(), "is damaged"), (garbage, "is damaged")] {
        fs::write(&database, &bytes).unwrap();
        let refused = serve(folder.path());
        assert_eq!(refused.status.code(), Some(78), "{}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains(hint), "{}", text(&refused.stderr));
        assert_eq!(fs::read(&database).unwrap(), bytes, "it is left as it is");
    }
    fs::write(&database, &whole).unwrap();
    assert_eq!(serve(folder.path()).status.code(), Some(0));
}

#[test]
fn a_database_that_is_lost_is_not_replaced_by_an_empty_one() {
    let (folder, whole) = used();
    let database = folder.path().join(DATABASE);
    for is_there in [true, false] {
        if is_there {
            fs::write(&database, "").unwrap();
        } else {
            fs::remove_file(&database).unwrap();
        }
        let refused = serve(folder.path());
        assert_eq!(refused.status.code(), Some(78), "{}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains("is missing or empty"), "{}", text(&refused.stderr));
        assert_eq!(fs::read(&database).unwrap_or_default(), b"");
    }
    fs::write(&database, &whole).unwrap();
    assert_eq!(serve(folder.path()).status.code(), Some(0), "put back, it goes on");
    fs::remove_file(&database).unwrap();
    fs::remove_file(folder.path().join("uptime-tracker.instance")).unwrap();
    assert_eq!(serve(folder.path()).status.code(), Some(0), "on purpose, it starts anew");
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_kept() {
    let (folder, _) = used();
    let database = folder.path().join(DATABASE);
    let later = "INSERT INTO _sqlx_migrations VALUES (999, 'later', 0, TRUE, x'00', 0)";
    assert!(Command::new("sqlite3").arg(&database).arg(later).status().unwrap().success());
    let before = fs::read(&database).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["add", "a.example"], &["list"]] {
        let refused = run(&[arguments, &["--data-dir", folder.path().to_str().unwrap()]].concat());
        assert_eq!(refused.status.code(), Some(78), "{arguments:?}");
        assert!(text(&refused.stderr).contains("use a newer Uptime Tracker"), "{}", text(&refused.stderr));
    }
    assert_eq!(fs::read(&database).unwrap(), before);
}

/// Runs the server as somebody who may read the folder and not write it. Root may write everything, so it becomes somebody else.
fn serve_as_nobody(folder: &Path) -> Output {
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--run-for", "1s", "--data-dir"];
    let is_root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    if !is_root {
        return Command::new(binary()).args(arguments).arg(folder).output().unwrap();
    }
    // Where the binary was built may be closed to others.
    let open = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    let program = open.path().join("uptime-tracker");
    fs::copy(binary(), &program).unwrap();
    Command::new(program).args(arguments).arg(folder).uid(65_534).gid(65_534).output().unwrap()
}

#[test]
fn what_cannot_be_written_is_named() {
    let (folder, whole) = used();
    let path = folder.path();
    let database = path.join(DATABASE);
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(path, 0o555);
    let refused = serve_as_nobody(path);
    assert_eq!(refused.status.code(), Some(78), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("ermission denied"), "{}", text(&refused.stderr));
    mode(path, 0o777);
    mode(&path.join("uptime-tracker.lock"), 0o666);
    mode(&database, 0o444);
    let refused = serve_as_nobody(path);
    assert_eq!(refused.status.code(), Some(78), "{}", text(&refused.stderr));
    let said = text(&refused.stderr);
    assert!(said.contains(DATABASE) && said.contains("readonly"), "{said}");
    assert_eq!(fs::read(&database).unwrap(), whole);
}

//! Backups, restoration and verification with the real binary.

use std::{
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
    time::Duration,
};

use crate::{
    edits::trackers_until,
    process::{Process, run, text},
};

const DATABASE: &str = "uptime-tracker.db";

/// Runs `db` with these arguments on a data folder, and gives its code and everything it said.
fn db(arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let done = run(&[&["db"], arguments, &["--data-dir", folder.to_str().unwrap()]].concat());
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Waits for the backup that every server makes of a folder that has none.
async fn first_backup(folder: &Path) -> String {
    for _ in 0..1_500 {
        if let [name] = &names(&folder.join("backups"))[..]
            && name.ends_with("Z.db")
        {
            return name.clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("there is no backup: {:?}", names(&folder.join("backups")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_backed_up_under_load_can_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let server = Process::serve(data, &["--track", "http://127.0.0.1:9/"]);
    trackers_until(&server, |trackers| trackers.len() == 1 && trackers[0]["status"] != "pending").await;
    let copy = data.join("copy.db");
    let (code, said) = db(&["backup", copy.to_str().unwrap()], data);
    assert!(code == Some(0) && said.contains("1 tracker, "), "{said}");
    let (code, said) = db(&["backup", copy.to_str().unwrap()], data);
    assert!(code == Some(1) && said.contains("exists already"), "{said}");
    let (code, said) = db(&["verify"], data);
    assert!(code == Some(0) && said.starts_with("sound: "), "{said}");
    let (code, said) = db(&["restore", copy.to_str().unwrap()], data);
    assert!(code == Some(75) && said.contains("already running"), "{said}");

    assert!(run(&["add", "http://127.0.0.1:9/late", "--data-dir", data.to_str().unwrap()]).status.success());
    trackers_until(&server, |trackers| trackers.len() == 2).await;
    server.kill();
    let (code, said) = db(&["restore", copy.to_str().unwrap()], data);
    assert!(code == Some(0) && said.contains("1 tracker, ") && said.contains(".before-restore-"), "{said}");
    let former = names(data).into_iter().find(|name| name.starts_with("uptime-tracker.db.before-restore-"));
    let (code, said) = db(&["verify", data.join(former.unwrap()).to_str().unwrap()], data);
    assert!(code == Some(0) && said.contains("2 trackers"), "what was there is whole: {said}");
    let server = Process::serve(data, &[]);
    trackers_until(&server, |trackers| trackers.len() == 1).await;
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_comes_back_from_the_daily_backup() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let server = Process::serve(data, &["--track", "http://127.0.0.1:9/"]);
    let backup = first_backup(data).await;
    assert_eq!(server.terminate(), Some(0));
    fs::remove_file(data.join(DATABASE)).unwrap();
    let (code, said) = db(&["restore", data.join("backups").join(&backup).to_str().unwrap()], data);
    assert_eq!(code, Some(0), "{said}");
    let server = Process::serve(data, &[]);
    trackers_until(&server, |trackers| trackers.len() == 1).await;
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(names(&data.join("backups")), [backup], "the next one is due tomorrow");
}

#[test]
fn backups_can_be_switched_off_and_named_by_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let ended =
        run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--backups", "0", "--run-for", "1s"]);
    assert_eq!(ended.status.code(), Some(0));
    assert!(!folder.path().join("backups").exists());
    let (code, said) = db(&["backup"], folder.path());
    assert_eq!(code, Some(0), "{said}");
    let [name] = &names(&folder.path().join("backups"))[..] else { panic!("one backup is expected") };
    assert!(store::is_backup_name(name), "{name}");
}

#[test]
fn what_root_makes_belongs_to_the_owner_of_the_folder() {
    const SOMEBODY: u32 = 65_534;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    assert_eq!(Process::serve(data, &["--backups", "0"]).terminate(), Some(0));
    if chown(data, Some(SOMEBODY), Some(SOMEBODY)).is_err() {
        eprintln!("SKIPPED: only root can give a folder away");
        return;
    }
    assert_eq!(db(&["backup"], data).0, Some(0));
    let copy = data.join("backups").join(&names(&data.join("backups"))[0]);
    assert_eq!(db(&["restore", copy.to_str().unwrap()], data).0, Some(0));
    for name in ["backups", DATABASE, "uptime-tracker.lock", "uptime-tracker.instance"] {
        assert_eq!(fs::metadata(data.join(name)).unwrap().uid(), SOMEBODY, "{name}");
    }
}

#[test]
fn damage_is_found_and_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    assert_eq!(
        Process::serve(data, &["--track", "http://127.0.0.1:9/", "--backups", "0"]).terminate(),
        Some(0)
    );
    let copy = data.join("copy.db");
    assert_eq!(db(&["backup", copy.to_str().unwrap()], data).0, Some(0));
    let mut bytes = fs::read(&copy).unwrap();
    for page in bytes.chunks_mut(4_096).skip(1) {
        page[..12].fill(0xA5);
    }
    fs::write(&copy, &bytes).unwrap();
    let (code, said) = db(&["verify", copy.to_str().unwrap()], data);
    assert!(code == Some(1) && said.contains("damaged: "), "{said}");
    let before = fs::read(data.join(DATABASE)).unwrap();
    let (code, said) = db(&["restore", copy.to_str().unwrap()], data);
    assert!(code == Some(78) && said.contains("is damaged"), "{said}");
    assert_eq!(fs::read(data.join(DATABASE)).unwrap(), before);
    let nowhere = tempfile::tempdir().unwrap();
    for arguments in [&["verify"][..], &["backup"]] {
        let (code, said) = db(arguments, nowhere.path());
        assert!(code == Some(78) && said.contains("there is no database"), "{said}");
        assert_eq!(names(nowhere.path()), Vec::<String>::new());
    }
}

//! `import tutorial`, with what such a file may hold.

use std::{path::Path, process::Command};

use crate::{
    edits::trackers_until,
    process::{Process, run, text},
};

fn sqlite(file: &Path, sql: &str) {
    let done = Command::new("sqlite3").arg(file).arg(sql).output();
    let done = done.expect("`sqlite3` is on the PATH; `cargo xtask test` installs it");
    assert!(done.status.success(), "{}", text(&done.stderr));
}

const TUTORIAL: &str = "
    CREATE TABLE Trackers (ID INTEGER, url TEXT);
    CREATE TABLE UptimeStatuses (ID INTEGER, tracker_id INTEGER, up BOOLEAN);
    INSERT INTO Trackers VALUES (1, 'http://127.0.0.1:9/a'), (NULL, 'http://127.0.0.1:9/b'), (NULL, 'http://127.0.0.1:9/a'),
                                (4, 'gopher://old.example'), (5, 'http://user:hunter2@a.example'), (6, NULL);
    INSERT INTO UptimeStatuses VALUES (NULL, 1, 'TRUE'), (NULL, 1, 'FALSE'), (NULL, 1, 1), (NULL, NULL, NULL);";

#[tokio::test(flavor = "multi_thread")]
async fn trackers_are_taken_over_beside_a_running_server_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let file = folder.path().join("sqlite.db");
    sqlite(&file, TUTORIAL);
    let import = || run(&["import", "tutorial", file.to_str().unwrap(), "--data-dir", data]);
    let early = import();
    assert_eq!(early.status.code(), Some(78));
    assert!(text(&early.stderr).contains("start `uptime-tracker serve`"), "{}", text(&early.stderr));
    let server = Process::serve(folder.path(), &[]);
    let first = import();
    let said = text(&first.stdout);
    assert_eq!(first.status.code(), Some(1), "some rows are wrong: {said}");
    for line in [
        "row 1: added tracker 1: http://127.0.0.1:9/a, every 1 s",
        "row 2: added tracker 2: http://127.0.0.1:9/b, every 1 s",
        "row 3: left out, an earlier row has this URL: http://127.0.0.1:9/a",
        "row 4: left out, url: cannot track `gopher`",
        "row 5: left out, url: user names and passwords",
        "row 6: left out, url: it is no text",
        "imported 2 of 6 trackers",
        "not imported: 4 checks (2 up, 1 down, 1 neither)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
    let trackers = trackers_until(&server, |trackers| trackers.len() == 2).await;
    assert!(trackers.iter().all(|tracker| tracker["every"] == 1), "{trackers:?}");
    let again = text(&import().stdout);
    assert!(
        again.contains("row 1: left out, tracker 1 has this URL") && again.contains("imported 0 of 6"),
        "{again}"
    );
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn what_is_no_tutorial_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(Process::serve(folder.path(), &[]).terminate(), Some(0));
    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "this is a letter. ".repeat(50)).unwrap();
    for (file, hint) in [
        (letter, "it is no SQLite database"),
        (folder.path().join("uptime-tracker.db"), "Uptime Tracker itself"),
        (folder.path().join("nowhere.db"), "cannot open"),
        (folder.path().to_owned(), "cannot open"),
    ] {
        let refused = run(&["import", "tutorial", file.to_str().unwrap(), "--data-dir", data]);
        assert_eq!(refused.status.code(), Some(78), "{}", file.display());
        assert!(text(&refused.stderr).contains(hint), "{}", text(&refused.stderr));
    }
}

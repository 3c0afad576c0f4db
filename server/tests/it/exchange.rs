//! Trackers as files: by HTTP and by command line.

use std::{fs, path::Path};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    edits::trackers_until,
    harness::TestApp,
    process::{Process, run, text},
};

#[tokio::test]
async fn trackers_are_exported_as_the_list_shows_them() {
    let app = TestApp::start().await;
    for body in [
        json!({"url": "a.example", "tags": ["eu"], "http": {"headers": {"X-Api-Key": "CANARY"}}}),
        json!({"url": "b.example", "name": "=1+1", "every": "5m"}),
    ] {
        assert_eq!(app.send(Method::POST, "/v1/trackers", &body.to_string()).await.status(), 201);
    }
    let all = app.get("/v1/trackers/export").await;
    assert_eq!(all.headers()["content-disposition"], "attachment; filename=\"trackers.json\"");
    assert_eq!(all.headers()["content-type"], "application/json");
    let all: Value = all.json().await.unwrap();
    assert_eq!(
        all["trackers"][0],
        json!({"url": "https://a.example/", "tags": ["eu"], "left_out": ["http.headers.X-Api-Key"],
               "http": {"headers": {"X-Api-Key": {"secret": "•••"}}}})
    );
    assert_eq!(all["trackers"][1], json!({"url": "https://b.example/", "name": "=1+1", "every": "5m"}));
    let some = app.json("/v1/trackers/export?format=json&tag=eu").await;
    assert_eq!(some["trackers"].as_array().unwrap().len(), 1);
    let toml = app.get("/v1/trackers/export?format=toml&q=b.example").await.text().await.unwrap();
    assert!(
        toml.ends_with("[[trackers]]\nurl = \"https://b.example/\"\nname = \"=1+1\"\nevery = \"5m\"\n"),
        "{toml}"
    );
    let csv = app.get("/v1/trackers/export?format=csv").await.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[1][2], &rows[1][5]), (2, "'=1+1", "5m"));
    assert_eq!(app.get("/v1/trackers/export?format=xml").await.status(), 400);
    let one = app.json("/v1/trackers/2/export?format=json").await;
    assert_eq!(one["trackers"][0], all["trackers"][1]);
    let one = app.get("/v1/trackers/1/export?format=toml").await;
    assert_eq!(one.headers()["content-disposition"], "attachment; filename=\"tracker-1.toml\"");
    assert!(!one.text().await.unwrap().contains("CANARY"));
    assert_eq!(app.get("/v1/trackers/9/export?format=toml").await.status(), 404);
    assert_eq!(app.get("/v1/trackers/1/export?format=toml&last=1h").await.status(), 400);
    // What is exported can be sent as it is.
    let again = app.send(Method::POST, "/v1/trackers", &all["trackers"][1].to_string()).await;
    assert_eq!(again.status(), 201);
    app.stop().await;
}

fn export(data: &str, format: &str) -> String {
    let exported = run(&["export", "--format", format, "--data-dir", data]);
    assert_eq!(exported.status.code(), Some(0), "{}", text(&exported.stderr));
    text(&exported.stdout)
}

fn import(file: &Path, format: &str, data: &str, more: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["import", format, file.to_str().unwrap(), "--data-dir", data], more].concat();
    let done = run(&arguments);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

const FILE: &str = r#"
[[trackers]]
url = "http://127.0.0.1:9/a"
name = "Shop"
every = "5s"
tags = ["eu"]

[[trackers]]
url = "http://127.0.0.1:9/b"
cron = "0 6 * * 1"
zone = "Europe/Berlin"
[trackers.http]
method = "HEAD"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_over_beside_a_running_server_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let file = folder.path().join("trackers.toml");
    fs::write(&file, FILE).unwrap();
    assert_eq!(import(&file, "toml", data, &[]).0, Some(78), "there is no database yet");
    let server = Process::serve(folder.path(), &[]);
    let (code, said) = import(&file, "toml", data, &["--dry-run"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Shop: would be added: http://127.0.0.1:9/a, every 5 s"), "{said}");
    assert!(said.contains("2 would be added, 0 would be changed, 0 as before"), "{said}");
    assert!(!export(data, "toml").contains("[[trackers]]"), "a dry run does nothing");
    let (code, said) = import(&file, "toml", data, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("Shop: added as tracker 1: ") && said.contains("2 added, 0 changed, 0 as before"),
        "{said}"
    );
    let is_there = |trackers: &[Value]| trackers.len() == 2 && trackers[1]["http"]["method"] == "HEAD";
    assert_eq!(trackers_until(&server, is_there).await[0]["every"], 5);
    assert!(import(&file, "toml", data, &[]).1.contains("0 added, 0 changed, 2 as before"));
    fs::write(&file, FILE.replace("5s", "1m")).unwrap();
    let (_, said) = import(&file, "toml", data, &[]);
    assert!(said.contains("Shop: changed, tracker 1\n  every: 5s → 1m\n"), "{said}");
    trackers_until(&server, |trackers| trackers[0]["every"] == 60).await;
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_the_same_after_it_was_imported_elsewhere() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let of = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    for folder in [&here, &there] {
        assert_eq!(Process::serve(folder.path(), &[]).terminate(), Some(0));
    }
    let file = here.path().join("file");
    fs::write(&file, FILE).unwrap();
    assert_eq!(import(&file, "toml", &of(&here), &[]).0, Some(0));
    let exported = export(&of(&here), "json");
    fs::write(&file, &exported).unwrap();
    assert_eq!(import(&file, "json", &of(&there), &[]).0, Some(0));
    assert_eq!(export(&of(&there), "json"), exported);
    assert_eq!(export(&of(&there), "toml"), export(&of(&here), "toml"));
}

#[test]
fn a_file_with_something_wrong_changes_nothing_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(Process::serve(folder.path(), &[]).terminate(), Some(0));
    let file = folder.path().join("trackers.toml");
    fs::write(&file, FILE.replace("0 6 * * 1", "never").replace("5s", "0s")).unwrap();
    let (code, said) = import(&file, "toml", data, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("nothing was imported: tracker 1 (Shop): every: ")
            && said.contains("tracker 2: cron: "),
        "{said}"
    );
    assert!(!export(data, "toml").contains("[[trackers]]"));
    let (code, said) = import(&folder.path().join("nowhere"), "toml", data, &[]);
    assert_eq!(code, Some(78), "{said}");
    assert!(said.contains("cannot read"), "{said}");
    fs::write(&file, [0xff, 0xfe]).unwrap();
    assert_eq!(import(&file, "json", data, &[]).0, Some(78));
}

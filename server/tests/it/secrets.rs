//! Secrets at rest, as people and programs meet them: a key that is lost, wrong, or named and not there.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Stdio, sync::Arc, time::Duration};

use domain::{Draft, Records as _};
use reqwest::Method;
use store::{Key, Store, Vault};

use crate::{
    harness::{ManualClock, START, TestApp, breathe},
    process::{Process, run, text},
};

const OPTIONS: &str = r#"{"auth": {"basic": {"user": "me", "password": "CANARY-7f3a"}}, "method": "POST"}"#;

/// A server whose one tracker was sealed with a key that it does not have.
async fn app_without_the_key() -> TestApp {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let store = Store::open(&folder.path().join("uptime-tracker.db")).await.unwrap();
    let store = store.unlock(Vault::new(Key::generate().unwrap())).await.unwrap();
    let mut writer = store.into_writer().await.unwrap();
    let draft =
        Draft { http: Some(serde_json::from_str(OPTIONS).unwrap()), ..Draft::of("http://a.example/") };
    let draft = Draft { every: Some("1s".into()), ..draft };
    writer.add(&[draft.parse().unwrap()], &domain::access::Actor::program("test"), START).await.unwrap();
    writer.close().await.unwrap();
    TestApp::over(folder, Arc::new(ManualClock::new())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_whose_secrets_cannot_be_read_is_named_kept_and_asked_by_nobody() {
    let app = app_without_the_key().await;
    for _ in 0..50 {
        app.clock.advance(Duration::from_millis(200));
        breathe().await;
    }
    assert_eq!(app.prober.asked(), 0);
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status(), 200);
    let said = ready.text().await.unwrap();
    assert!(said.contains("The secrets of 1 tracker cannot be read"), "{said}");
    let tracker = app.json("/v1/trackers/1").await;
    let problem = tracker["problem"].as_str().unwrap();
    assert!(problem.starts_with("http.auth.basic.password: "), "{problem}");
    let page = app.get("/t/1").await.text().await.unwrap();
    assert!(page.contains("enter it again") && page.contains("The secrets of 1 tracker"), "{page}");
    assert!(!page.contains("enc1:"), "{page}");
    for (path, body) in [("/v1/trackers/1/check-now", ""), ("/v1/check-now", r#"{"ids": [1]}"#)] {
        let refused = app.send(Method::POST, path, body).await.status().as_u16();
        assert!(refused == 422 || refused == 404, "{path}: {refused}");
    }
    // What is still masked would be sent: neither a test nor a copy has it.
    let fields = [
        ("id", "1"),
        ("url", "http://a.example/"),
        ("http.auth", "basic"),
        ("http.auth.basic.user", "me"),
        ("http.auth.basic.password", "•••"),
    ];
    let form = serde_urlencoded::to_string(fields).unwrap();
    let test = app
        .http
        .post(app.url("/api/test_tracker"))
        .header("content-type", "application/x-www-form-urlencoded");
    let test = test.body(form).send().await.unwrap().text().await.unwrap();
    assert!(app.prober.asked() == 0 && !test.contains("enc1:"), "{test}");

    // Something else can be edited meanwhile, and the secret entered again.
    let named = app.send(Method::PATCH, "/v1/trackers/1", r#"{"name": "Shop"}"#).await;
    assert_eq!(named.status(), 200, "{}", named.text().await.unwrap());
    assert_eq!(app.prober.asked(), 0);
    let again = r#"{"http": {"auth": {"basic": {"user": "me", "password": "new"}}}}"#;
    assert_eq!(app.send(Method::PATCH, "/v1/trackers/1", again).await.status(), 200);
    app.run_until(1, 1).await;
    assert_eq!(app.get("/readyz").await.text().await.unwrap(), "ready\n");
    app.stop().await;
}

fn log_of(folder: &Path) -> (fs::File, std::path::PathBuf) {
    let path = folder.join("log");
    (fs::File::create(&path).unwrap(), path)
}

#[test]
fn the_first_start_makes_a_key_and_a_later_one_without_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (data, key) = (folder.path().to_str().unwrap(), folder.path().join("secret.key"));
    assert_eq!(Process::serve(folder.path(), &[]).terminate(), Some(0));
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let add = |more: &[&str]| {
        let all = ["add", "http://127.0.0.1:9/", "--header", "X-Api-Key: CANARY-7f3a", "--data-dir", data];
        run(&[&all, more].concat())
    };
    assert!(add(&[]).status.success());
    let holds = |path: &Path| fs::read(path).unwrap().windows(11).any(|window| window == b"CANARY-7f3a");
    for file in fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()) {
        assert!(!file.is_file() || !holds(&file), "{}", file.display());
    }
    let copy = folder.path().join("copy.db");
    assert!(run(&["db", "backup", copy.to_str().unwrap(), "--data-dir", data]).status.success());
    assert!(!holds(&copy) && run(&["db", "verify", copy.to_str().unwrap()]).status.success());

    fs::rename(&key, folder.path().join("lost")).unwrap();
    let refused = add(&[]);
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("--key-file"),
        "{}",
        text(&refused.stderr)
    );
    let listed = text(&run(&["list", "--data-dir", data]).stdout);
    assert!(listed.contains("not checked: http.headers.x-api-key"), "{listed}");
    let named =
        run(&["list", "--data-dir", data, "--key-file", folder.path().join("lost").to_str().unwrap()]);
    assert!(!text(&named.stdout).contains("not checked"), "{}", text(&named.stdout));
    let (log, path) = log_of(folder.path());
    let server = Process::serve_logged(folder.path(), &[], Stdio::from(log));
    assert_eq!(server.terminate(), Some(0));
    let said = fs::read_to_string(path).unwrap();
    assert!(said.contains("http.headers.x-api-key in row 1 of trackers cannot be read"), "{said}");
    assert!(!said.contains("CANARY"), "{said}");
    let nowhere = run(&["serve", "--data-dir", data, "--key-file", "/nowhere/key", "--run-for", "1s"]);
    let said = text(&nowhere.stderr);
    assert!(nowhere.status.code() == Some(78) && said.contains("/nowhere/key"), "{said}");
}

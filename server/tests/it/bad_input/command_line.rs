//! What is typed.

use std::path::Path;

use super::bad_urls;
use crate::process::{Process, run, text};

fn made(folder: &Path) -> &str {
    assert!(Process::serve(folder, &[]).terminate() == Some(0));
    folder.to_str().unwrap()
}

#[test]
fn add_names_what_is_wrong_and_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = made(folder.path());
    let settings: [(&[&str], &str); 14] = [
        (&["--every", "0"], "every: "),
        (&["--every=-1"], "every: "),
        (&["--every", "0.5"], "every: "),
        (&["--every", "NaN"], "every: "),
        (&["--every", "1000000000"], "every: "),
        (&["--cron", "0 0 30 2 *"], "cron: this never happens"),
        (&["--cron", "* * * * *", "--zone", "Mars/Olympus"], "zone: "),
        (&["--name", " "], "name: "),
        (&["--name", "a\u{202E}b"], "name: "),
        (&["--expect", "99"], "expect: "),
        (&["--retries", "11"], "retries: "),
        (&["--retry", "6m"], "retry: "),
        (&["--successes", "0"], "successes: "),
        (&["--slow", "2m"], "slow: "),
    ];
    for (arguments, hint) in settings {
        let refused = run(&[&["add", "a.example", "--data-dir", data], arguments].concat());
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(text(&refused.stderr).contains(&format!("error: {hint}")), "{}", text(&refused.stderr));
    }
    let options = [
        (&["--method", "TRACE"][..], "http.method: ", [Some(1), Some(2)]),
        (&["--header", "Host: CANARY"], "http.headers: ", [Some(1), Some(2)]),
        (&["--header", "CANARY"], "http.headers: ", [Some(1), Some(2)]),
        (&["--header", "A: CANARY\u{1}"], "http.headers: ", [Some(1), Some(2)]),
        (
            &["--http", r#"{"auth":{"bearer":{"token":"CANARY CANARY"}}}"#],
            "http.auth.bearer.token: ",
            [Some(1), Some(2)],
        ),
        (&["--http", r#"{"auth":{"basic":"CANARY"}}"#], "http.auth", [Some(2), Some(2)]),
        (&["--http", r#"{"verb":"a"}"#], "http.verb: ", [Some(2), Some(2)]),
        (&["--http", "CANARY"], "http: not JSON", [Some(2), Some(2)]),
        (&["--http", "@/nowhere/CANARY"], "http: the file cannot be read", [Some(2), Some(2)]),
    ];
    for (arguments, hint, codes) in options {
        let commands = [&["add", "a.example", "--data-dir", data][..], &["check", "a.example"]];
        for (command, code) in commands.into_iter().zip(codes) {
            let refused = run(&[command, arguments].concat());
            let said = text(&refused.stderr);
            assert_eq!(refused.status.code(), code, "{arguments:?}: {said}");
            assert!(
                said.contains(&format!("error: {hint}")) && !said.contains("CANARY"),
                "{arguments:?}: {said}"
            );
        }
    }
    for (url, hint) in bad_urls() {
        for (arguments, code) in [
            (&["add", &url, "--data-dir", data][..], 1),
            (&["check", &url], 2),
            (&["serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--track", &url], 2),
        ] {
            if arguments[0] == "serve" && url.contains(' ') {
                // A space stands between targets there, and these two can be tracked.
                continue;
            }
            let refused = run(arguments);
            let said = text(&refused.stderr);
            assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {said}");
            assert!(said.contains("error: url: "), "{arguments:?}: {said}");
            assert!(said.contains(hint), "{arguments:?}: {said}");
            assert!(!said.contains("hunter2") && !said.contains('\u{1b}'), "{arguments:?}: {said}");
        }
    }
    for (arguments, code) in [
        (&["remove", "99", "--data-dir", data][..], 1),
        (&["remove", "x", "--data-dir", data], 2),
        (&["add", "a.example", "--every", "5s", "--cron", "* * * * *", "--data-dir", data], 2),
    ] {
        assert_eq!(run(arguments).status.code(), Some(code), "{arguments:?}");
    }
    assert!(text(&run(&["list", "--data-dir", data]).stdout).starts_with("no trackers yet"));
}

#[test]
fn a_duplicate_is_added_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let data = made(folder.path());
    let first = run(&["add", "http://a.example", "--data-dir", data]);
    assert!(!text(&first.stdout).contains("note:"));
    let second = run(&["add", "http://a.example/#x", "--data-dir", data]);
    assert_eq!(second.status.code(), Some(0));
    assert!(text(&second.stdout).contains("note: tracker 1 has the same URL"), "{}", text(&second.stdout));
}

#[test]
fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = run(&["serve", "--listen", &address, "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(78));
    let said = text(&refused.stderr);
    assert!(said.contains(&format!("cannot listen on {address}")) && said.contains("in use"), "{said}");
}

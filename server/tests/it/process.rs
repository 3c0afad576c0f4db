//! The real binary: how it starts, what it says, how it ends.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use crate::harness::breathe;

/// The program under test: the one that was built with the tests, or `UPTIME_TEST_BINARY`, to try what ships.
pub(crate) fn binary() -> PathBuf {
    let built = env!("CARGO_BIN_EXE_uptime-tracker");
    std::env::var_os("UPTIME_TEST_BINARY").map_or_else(|| built.into(), PathBuf::from)
}

/// A number from the environment, for tests that are run longer by hand.
pub(crate) fn number_from(variable: &str) -> Option<usize> {
    std::env::var(variable).ok().map(|number| number.parse().expect("a number"))
}

/// A server process that is killed when the test is done with it.
pub(crate) struct Process {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
}

impl Process {
    /// Starts a server over a data folder and waits for its start line.
    pub(crate) fn serve(folder: &Path, more: &[&str]) -> Self {
        Self::serve_logged(folder, more, Stdio::null())
    }

    /// The same, with its log to where it can be read.
    pub(crate) fn serve_logged(folder: &Path, more: &[&str], log: Stdio) -> Self {
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(at) = line.find("http://") {
                    // The test may have given up waiting.
                    let _ = sender.send(line[at..].trim().to_owned());
                }
            }
        });
        let url = receiver.recv_timeout(Duration::from_secs(30)).expect("the server says where it listens");
        Self { child, url }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks to stop as a service manager would, and gives the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap().code()
    }

    /// How many descriptors it has open; 0 where the system does not say.
    pub(crate) fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.id())).map_or(0, Iterator::count)
    }

    fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The token of a new administrator of a folder that has a database.
pub(crate) fn token(folder: &Path) -> String {
    let data = folder.to_str().unwrap();
    let made = run(&["user", "create", "root", "--data-dir", data]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let made = run(&["user", "create-token", "root", "--role", "administrator", "--data-dir", data]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    text(&made.stdout).trim().to_owned()
}

/// A client that may do everything with the server of a folder.
pub(crate) async fn client(server: &Process, folder: &Path) -> reqwest::Client {
    client_and_token(server, folder).await.0
}

/// The same, with its token. The server looks once a second for what the command line made.
pub(crate) async fn client_and_token(server: &Process, folder: &Path) -> (reqwest::Client, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = reqwest::header::HeaderMap::new();
    let token = token(folder);
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    let client = reqwest::Client::builder().no_proxy().default_headers(headers);
    // A page that is not for everybody leads elsewhere.
    let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for _ in 0..5_000 {
        let reply = client.get(format!("{}/settings/about", server.url)).send().await.unwrap();
        if reply.status() == 200 {
            return (client, token);
        }
        breathe().await;
    }
    panic!("the server never knew the token");
}

/// Runs the binary to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(binary()).args(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_second_server_on_the_same_data_says_who_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let first = Process::serve(folder.path(), &[]);
    let data = folder.path().to_str().unwrap();
    let second = run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data]);
    assert_eq!(second.status.code(), Some(75));
    assert!(
        text(&second.stderr).contains(&format!("already running, pid {}", first.id())),
        "{}",
        text(&second.stderr)
    );
    assert_eq!(first.terminate(), Some(0));
}

#[test]
fn run_for_ends_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let ended = run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--run-for", "1s"]);
    assert_eq!(ended.status.code(), Some(0), "{}", text(&ended.stderr));
    let said = text(&ended.stdout);
    assert!(
        said.contains("http://127.0.0.1:") && said.contains(data) && said.contains(env!("CARGO_PKG_VERSION")),
        "{said}"
    );
}

#[test]
fn the_network_is_not_entered_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let refused = run(&["serve", "--listen", "0.0.0.0:0", "--data-dir", data]);
    assert_eq!(refused.status.code(), Some(78));
    assert!(text(&refused.stderr).contains("--open-to-network"));
}

#[test]
fn usage_errors_exit_with_2() {
    for arguments in [&["serve", "--nonsense"][..], &["fly"], &["check", "ftp://a"], &["add"]] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn data_that_is_no_database_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("uptime-tracker.db");
    std::fs::write(&database, "this is a letter, not a database. ".repeat(100)).unwrap();
    let before = std::fs::read(&database).unwrap();
    let refused = run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(78), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read(&database).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn healthcheck_and_check_ask_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::serve(folder.path(), &[]);
    let address = server.url.trim_start_matches("http://").to_owned();
    assert_eq!(run(&["healthcheck", "--listen", &address]).status.code(), Some(0));
    let up = run(&["check", &format!("{}/healthz", server.url)]);
    assert_eq!(up.status.code(), Some(0));
    assert!(text(&up.stdout).starts_with("up: http://"), "{}", text(&up.stdout));
    let down = run(&["check", &format!("{}/v1/nothing", server.url)]);
    assert_eq!(down.status.code(), Some(1));
    assert!(text(&down.stdout).contains("status 404"), "{}", text(&down.stdout));
    let up = run(&["check", &format!("{}/v1/nothing", server.url), "--expect", "404", "--json"]);
    assert_eq!(up.status.code(), Some(0), "{}", text(&up.stderr));
    let told: serde_json::Value = serde_json::from_str(&text(&up.stdout)).unwrap();
    assert_eq!((&told["outcome"], &told["fault"]), (&"up".into(), &serde_json::Value::Null));
    assert!(told["latency_ms"].as_f64().unwrap() > 0.0 && told["phases"].is_object(), "{told}");
    let down = run(&["check", &format!("{}/v1/nothing", server.url), "--json"]);
    assert_eq!(down.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_str(&text(&down.stdout)).unwrap();
    assert_eq!(told["fault"]["kind"], "status_404");
    server.kill();
    assert_eq!(run(&["healthcheck", "--listen", &address]).status.code(), Some(1));
}

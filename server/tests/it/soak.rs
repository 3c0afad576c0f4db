//! Many pages at once, many of them given up half-way: nothing breaks, nothing leaks, and the checks go on.
//!
//! `UPTIME_SOAK=4000 UPTIME_TEST_BINARY=target/release/uptime-tracker cargo test -p server --test it soak` is the whole of it,
//! with trackers of every second. Without, it is as much as a debug build does in seconds, with slots that even a busy
//! machine does not miss.

use std::{
    collections::BTreeMap,
    fs::File,
    net::Ipv4Addr,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::get};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::process::{Process, client_and_token, number_from};

const CONCURRENCY: usize = 64;
const TRACKERS: usize = 20;

/// How a request ends.
#[derive(Clone, Copy)]
enum Ending {
    /// The answer is read.
    Whole,
    /// The connection is dropped before an answer can be there.
    GivenUp,
    /// The connection is dropped when the answer has begun.
    HalfRead,
}

/// 40 of 100 are aborted.
fn with_aborts(n: usize) -> Ending {
    match n % 5 {
        0 => Ending::GivenUp,
        1 => Ending::HalfRead,
        _ => Ending::Whole,
    }
}

async fn request(address: &str, token: &str, n: usize, ending: Ending) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let path = if n.is_multiple_of(3) { "/t/1" } else { "/" };
    let question = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(question.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    match ending {
        Ending::GivenUp => tokio::time::sleep(Duration::from_millis((n % 7) as u64)).await,
        Ending::HalfRead => drop(stream.read_buf(&mut answer).await.unwrap()),
        Ending::Whole => {
            stream.read_to_end(&mut answer).await.unwrap();
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("</html>"), "{answer:.500}");
        }
    }
}

/// Asks for so many pages, 64 at a time.
async fn ask(server: &Process, token: &str, pages: usize, ending: fn(usize) -> Ending) {
    let token: Arc<str> = token.into();
    let address: Arc<str> = server.url.trim_start_matches("http://").into();
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (address, token, next) = (address.clone(), token.clone(), next.clone());
        workers.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= pages {
                    return;
                }
                request(&address, &token, n, ending(n)).await;
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended.unwrap();
    }
}

/// Descriptors of the server that are open when it has come to rest: at most `expected`, or what is left after a while.
async fn descriptors(server: &Process, expected: usize) -> usize {
    for _ in 0..1_000 {
        if server.descriptors() <= expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.descriptors()
}

/// The scheduled checks that were due and are known, by due time.
async fn checks(client: &reqwest::Client, server: &Process, id: usize) -> BTreeMap<i64, String> {
    let reply = client.get(format!("{}/v1/trackers/{id}/checks", server.url)).send().await.unwrap();
    let checks: Vec<Value> = reply.json().await.unwrap();
    let scheduled = checks.iter().filter(|check| check["attempt"] == 0);
    scheduled.map(|check| (check["due_ms"].as_i64().unwrap(), check.to_string())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_given_up_break_nothing() {
    let whole = number_from("UPTIME_SOAK");
    let (pages, every) = whole.map_or((250, 5), |pages| (pages, 1));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = listener.local_addr().unwrap();
    let load = tokio::spawn(async move {
        axum::serve(listener, Router::new().route("/{n}", get(|| async { "ok" }))).await
    });
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let data = folder.path().join("data");
    let server = Process::serve_logged(&data, &[], Stdio::from(File::create(&log).unwrap()));
    let (client, token) = client_and_token(&server, &data).await;
    for n in 1..=TRACKERS {
        let body = json!({ "url": format!("http://{target}/{n}"), "every": every });
        let reply = client.post(format!("{}/v1/trackers", server.url)).json(&body).send().await.unwrap();
        assert_eq!(reply.status(), 201);
    }
    ask(&server, &token, CONCURRENCY, |_| Ending::Whole).await;
    let before = server.descriptors();

    ask(&server, &token, pages, with_aborts).await;
    ask(&server, &token, pages, |_| Ending::Whole).await;

    // A prober may keep a few idle connections for each tracker; each aborted page would have left one.
    let allowed = before + 3 * TRACKERS;
    let after = descriptors(&server, allowed).await;
    assert!(after <= allowed, "{before} descriptors before, {after} after {pages} pages");
    for id in 1..=TRACKERS {
        let checks = checks(&client, &server, id).await;
        // The first one came with the tracker, outside its slots.
        let dues: Vec<i64> = checks.keys().copied().skip(1).collect();
        let steady = dues.windows(2).all(|pair| pair[1] - pair[0] == i64::from(every) * 1_000);
        assert!(steady, "tracker {id} lost slots: {dues:?}");
        let not_up: Vec<&String> =
            checks.values().filter(|check| !check.contains(r#""outcome":"up""#)).collect();
        assert!(not_up.is_empty(), "tracker {id}: {not_up:?}");
    }
    assert_eq!(server.terminate(), Some(0));
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(!log.contains("panicked"), "{log}");
    load.abort();
}

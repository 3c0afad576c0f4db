//! Bodies: packed, endless, slow, and what they say.

use std::{io::Write, sync::Arc, time::Duration};

use domain::{FaultKind, Outcome};
use flate2::{Compression, write::GzEncoder};
use tokio::{io::AsyncWriteExt, sync::Notify};

use super::{
    server::{OK, Server, recording, request},
    verdict::{Asker, PATIENT, ask_expecting, ask_with, fault, kind, plan, prober},
};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn packed(encoding: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

const HELLO: &str = r#"body contains "hello""#;

#[tokio::test]
async fn only_who_looks_at_a_body_asks_for_a_packed_one() {
    let (server, mut requests) = recording(OK).await;
    for (expect, asks) in [("200", false), (r#"body contains "ok""#, true)] {
        assert_eq!(ask_expecting(server.url("/"), expect).await, Outcome::Up);
        let request = requests.recv().await.unwrap();
        assert_eq!(request.contains("accept-encoding: gzip, br, zstd, deflate\r\n"), asks, "{request}");
    }
}

#[tokio::test]
async fn a_packed_body_is_unpacked() {
    let server = Server::answering(packed("gzip", &gzip(b"why, hello there"))).await;
    assert_eq!(ask_expecting(server.url("/"), HELLO).await, Outcome::Up);
    let mut asker = Asker::new(&prober(), plan(server.url("/"), r#"body contains "bye""#));
    assert_eq!(kind(asker.ask().await), FaultKind::Expectation);
    assert_eq!(asker.evidence().body.as_deref(), Some("why, hello there"));
}

#[tokio::test]
async fn what_does_not_unpack_is_named() {
    let bomb = gzip(&gzip(&vec![0; 50 << 20]));
    for (encoding, body) in [
        ("gzip", &b"nonsense"[..]),
        ("gzip, gzip", &bomb),
        ("gzip, gzip, gzip", b"x"),
        ("compress", b"x"),
        ("gzip", &gzip(&vec![0; 1 << 20])),
    ] {
        let server = Server::answering(packed(encoding, body)).await;
        let fault = fault(ask_expecting(server.url("/"), HELLO).await);
        assert_eq!(fault.kind, FaultKind::Decompression, "{encoding}: {fault}");
        assert_eq!(ask_expecting(server.url("/"), "200").await, Outcome::Up, "nobody looks at it");
    }
}

#[tokio::test]
async fn only_the_first_part_of_a_large_body_is_looked_at() {
    for (body, is_up) in [
        ([&b"hello"[..], &vec![b' '; 2 << 20]].concat(), true),
        ([&vec![b' '; 2 << 20][..], b"hello"].concat(), false),
        ([&vec![b' '; 100_000][..], b"hello"].concat(), true),
    ] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        let server = Server::answering([head.as_bytes(), &body].concat()).await;
        assert_eq!(ask_expecting(server.url("/"), HELLO).await.is_up(), Some(is_up));
    }
}

#[tokio::test]
async fn an_answer_that_is_slow_is_ended() {
    let asked = Arc::new(Notify::new());
    let (told, go) = (Arc::clone(&asked), Arc::new(Notify::new()));
    let wait = Arc::clone(&go);
    let server = Server::start(move |_, mut stream| {
        let (told, wait) = (Arc::clone(&told), Arc::clone(&wait));
        async move {
            request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nso ").await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            told.notify_one();
            wait.notified().await;
            stream.write_all(b"slow").await.unwrap();
            super::server::until_closed(&mut stream).await;
        }
    })
    .await;
    let url = server.url("/");
    let asking = tokio::spawn(async move { ask_with(&prober(), url, "200", PATIENT).await.outcome });
    asked.notified().await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(6)).await;
    tokio::time::resume();
    go.notify_one();
    assert_eq!(kind(asking.await.unwrap()), FaultKind::TooSlow);
}

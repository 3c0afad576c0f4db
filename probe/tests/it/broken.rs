//! Targets that break off, and targets that talk nonsense.

use domain::{FaultKind, Outcome, Reason};
use tokio::{io::AsyncWriteExt, net::TcpListener};

use super::{
    server::{Server, request, reset, until_closed},
    verdict::{ask, fault, kind},
};

#[tokio::test]
async fn nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(kind(ask(format!("http://{address}/")).await), FaultKind::Refused);
    assert_eq!(kind(ask(format!("https://{address}/")).await), FaultKind::Refused);
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let outcome = ask("http://nothing.invalid/").await;
    // A machine without a name server cannot know that the name does not exist.
    assert!(
        matches!(&outcome, Outcome::Down(fault) if fault.kind == FaultKind::Dns)
            || outcome == Outcome::Unknown(Reason::Resolver),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_reset_before_the_answer() {
    let server = Server::start(|_, mut stream| async move {
        request(&mut stream).await;
        reset(stream);
    })
    .await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Reset);
}

#[tokio::test]
async fn a_reset_at_once() {
    let server = Server::start(|_, stream| async move { reset(stream) }).await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Reset);
}

#[tokio::test]
async fn a_reset_within_the_answer() {
    let server = Server::start(|_, mut stream| async move {
        request(&mut stream).await;
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nso";
        stream.write_all(answer).await.unwrap();
        reset(stream);
    })
    .await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Reset);
}

#[tokio::test]
async fn a_close_before_the_answer() {
    let server = Server::answering("").await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Closed);
    let server = Server::answering("HTTP/1.1 200 OK\r\nx: ").await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Closed);
}

#[tokio::test]
async fn answers_that_are_no_http() {
    for answer in [
        "SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "+OK ready\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nok",
        "\0\x01\x02\x03\r\n\r\n",
        &"HTTP/1.1 100 Continue\r\n\r\n".repeat(20),
    ] {
        let server = Server::answering(answer).await;
        let fault = fault(ask(server.url("/")).await);
        assert_eq!(fault.kind, FaultKind::Protocol, "{answer:?}: {fault}");
        assert!(!fault.detail.is_empty(), "{answer:?}");
    }
}

#[tokio::test]
async fn answers_that_break_their_own_word() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nso",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nab",
    ] {
        let server = Server::answering(answer).await;
        let fault = fault(ask(server.url("/")).await);
        assert_eq!(fault.kind, FaultKind::Protocol, "{answer:?}: {fault}");
    }
}

#[tokio::test]
async fn headers_without_end_are_a_fault_and_not_a_flood() {
    for line in [&b"x: y\r\n"[..], b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"] {
        let server = Server::start(move |_, mut stream| async move {
            request(&mut stream).await;
            let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            let flood = line.repeat(1_000);
            while sent.is_ok() {
                sent = stream.write_all(&flood).await;
            }
        })
        .await;
        assert_eq!(kind(ask(server.url("/")).await), FaultKind::HeadersTooLarge);
    }
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(1_000));
    let server = Server::answering(many).await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::HeadersTooLarge);
}

#[tokio::test]
async fn a_probe_that_is_dropped_lets_go_of_its_connection() {
    let (told, mut closed) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |_, mut stream| {
        let told = told.clone();
        async move {
            request(&mut stream).await;
            told.send("asked").unwrap();
            until_closed(&mut stream).await;
            told.send("closed").unwrap();
        }
    })
    .await;
    let probing = tokio::spawn(ask(server.url("/")));
    assert_eq!(closed.recv().await, Some("asked"));
    probing.abort();
    assert_eq!(closed.recv().await, Some("closed"));
}

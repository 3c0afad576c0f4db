//! Answers that are valid, and how they are judged.

use domain::{FaultKind, Outcome, Phase};
use tokio::{io::AsyncWriteExt, sync::mpsc};

use super::{
    server::{OK, Server, request, until_closed},
    verdict::{ask, ask_expecting, ask_in_vain, fault, kind},
};

#[tokio::test]
async fn the_expected_status_is_up() {
    let server = Server::answering(OK).await;
    assert_eq!(ask(server.url("/")).await, Outcome::Up);
}

#[tokio::test]
async fn any_other_status_is_down_and_says_both() {
    for (status, detail) in [
        ("404 Not Found", "wanted 200, got 404 Not Found"),
        ("503 Busy", "wanted 200, got 503 Service Unavailable"),
        ("204 No Content", "wanted 200, got 204 No Content"),
        ("304 Not Modified", "wanted 200, got 304 Not Modified"),
        ("999 Odd", "wanted 200, got 999"),
    ] {
        let server = Server::answering(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n")).await;
        let fault = fault(ask(server.url("/")).await);
        let code = status[..3].parse().unwrap();
        assert_eq!((fault.kind, &*fault.detail), (FaultKind::Status(code), detail));
    }
}

#[tokio::test]
async fn a_set_of_statuses_can_be_expected() {
    let server = Server::answering("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(ask_expecting(server.url("/"), "200-299,401").await, Outcome::Up);
    let fault = fault(ask_expecting(server.url("/"), "200-299,403").await);
    assert_eq!(fault.detail, "wanted 200-299,403, got 401 Unauthorized");
}

#[tokio::test]
async fn a_wrong_status_is_known_before_its_text() {
    let server = Server::stalling_after(b"HTTP/1.1 500 Oops\r\ncontent-length: 9\r\n\r\nso").await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Status(500));
}

#[tokio::test]
async fn answers_of_every_length_are_read() {
    for answer in [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope",
    ] {
        let server = Server::answering(answer).await;
        assert_eq!(ask(server.url("/")).await, Outcome::Up, "{answer:?}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_up_after_a_bounded_part_of_it() {
    let server = Server::start(|_, mut stream| async move {
        request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n";
        let mut sent = stream.write_all(head).await;
        while sent.is_ok() {
            sent = stream.write_all(&[b'x'; 8_192]).await;
        }
    })
    .await;
    assert_eq!(ask(server.url("/")).await, Outcome::Up);
}

#[tokio::test]
async fn a_deadline_names_what_was_waited_for() {
    for (sent, phase) in [
        (&b""[..], Phase::FirstByte),
        (b"HTTP/1.1 200 OK\r\nx-slow: ", Phase::FirstByte),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", Phase::Body),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nso far", Phase::Body),
        (b"HTTP/1.1 200 OK\r\n\r\nso far", Phase::Body),
    ] {
        let server = Server::stalling_after(sent).await;
        let outcome = ask_in_vain(server.url("/")).await;
        assert_eq!(kind(outcome), FaultKind::Timeout(phase), "{sent:?}");
    }
}

#[tokio::test]
async fn an_answer_that_drips_does_not_outlast_the_deadline() {
    let server = Server::start(|_, mut stream| async move {
        request(&mut stream).await;
        let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while sent.is_ok() {
            sent = stream.write_all(b".").await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let outcome = ask_in_vain(server.url("/")).await;
    assert_eq!(kind(outcome), FaultKind::Timeout(Phase::Body));
}

#[tokio::test]
async fn a_request_introduces_itself_and_carries_nothing_else() {
    let (requests, mut received) = mpsc::unbounded_channel();
    let server = Server::start(move |_, mut stream| {
        let requests = requests.clone();
        async move {
            requests.send(request(&mut stream).await).unwrap();
            let _ = stream.write_all(OK).await;
            until_closed(&mut stream).await;
        }
    })
    .await;
    assert_eq!(ask(server.url("/path?query=1")).await, Outcome::Up);
    let head = received.recv().await.unwrap();
    let mut lines: Vec<&str> = head.trim_end().split("\r\n").collect();
    lines[1..].sort_unstable();
    let host = format!("host: {}", server.address);
    assert_eq!(
        lines,
        ["GET /path?query=1 HTTP/1.1", "accept: */*", &host, "user-agent: uptime-tracker/1.2.3",]
    );
}

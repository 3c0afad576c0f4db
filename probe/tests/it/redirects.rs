//! Redirects: which are followed, and when they are the answer.

use domain::{FaultKind, Outcome};
use tokio::io::AsyncWriteExt;

use super::{
    server::{OK, Server, request, until_closed},
    verdict::{ask, ask_expecting, fault, kind},
};

/// Redirects `/N` to `/N-1`, and answers `/0`.
async fn countdown() -> Server {
    Server::start(|_, mut stream| async move {
        loop {
            let head = request(&mut stream).await;
            let Some(left) = head.split(['/', ' ']).nth(2).and_then(|n| n.parse::<u32>().ok()) else {
                return;
            };
            let answer = match left.checked_sub(1) {
                Some(next) => format!("HTTP/1.1 302 Found\r\nlocation: /{next}\r\ncontent-length: 0\r\n\r\n"),
                None => String::from_utf8(OK.to_vec()).unwrap(),
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    })
    .await
}

async fn redirecting(status: &str, location: &str) -> Server {
    Server::answering(format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"))
        .await
}

#[tokio::test]
async fn ten_redirects_are_followed_and_no_more() {
    let server = countdown().await;
    assert_eq!(ask(server.url("/10")).await, Outcome::Up);
    let fault = fault(ask(server.url("/11")).await);
    assert_eq!((fault.kind, &*fault.detail), (FaultKind::Redirects, "more than 10 redirects"));
}

#[tokio::test]
async fn a_loop_ends() {
    for status in ["301", "302", "303", "307", "308"] {
        let server = redirecting(status, "/").await;
        assert_eq!(kind(ask(server.url("/")).await), FaultKind::Redirects, "{status}");
        assert_eq!(server.accepted(), 11);
    }
}

#[tokio::test]
async fn a_redirect_that_is_expected_is_the_answer() {
    let server = redirecting("301", "http://nothing.invalid/").await;
    assert_eq!(ask_expecting(server.url("/"), "301").await, Outcome::Up);
    assert_eq!(ask_expecting(server.url("/"), "200-399").await, Outcome::Up);
}

#[tokio::test]
async fn a_redirect_leads_to_the_verdict_over_where_it_leads() {
    let gone = Server::answering("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n").await;
    let server = redirecting("308", &gone.url("/")).await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Status(410));
}

#[tokio::test]
async fn a_redirect_off_the_web_is_a_fault() {
    for location in ["ftp://example.org/", "file:///etc/passwd"] {
        let server = redirecting("302", location).await;
        assert_eq!(kind(ask(server.url("/")).await), FaultKind::Redirects, "{location}");
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_judged_by_its_status() {
    let nowhere = Server::answering("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(kind(ask(nowhere.url("/")).await), FaultKind::Status(302));
    for location in ["http://[", "http://1.2.3.999/", "http://a:99999/"] {
        let nonsense = redirecting("301", location).await;
        assert_eq!(kind(ask(nonsense.url("/")).await), FaultKind::Status(301), "{location}");
    }
}

#[tokio::test]
async fn a_secret_in_a_redirect_is_neither_used_nor_shown() {
    let server = Server::start(|_, mut stream| async move {
        let head = request(&mut stream).await;
        let host = head.split("host: ").nth(1).and_then(|rest| rest.lines().next());
        let answer = if head.starts_with("GET / ") {
            let host = host.unwrap_or_default();
            format!("HTTP/1.1 302 Found\r\nlocation: http://user:secret@{host}/in?key=secret\r\n\r\n")
        } else if head.to_lowercase().contains("authorization") {
            "HTTP/1.1 200 OK\r\n\r\n".into()
        } else {
            "nonsense\r\n\r\n".into()
        };
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        until_closed(&mut stream).await;
    })
    .await;
    let fault = fault(ask(server.url("/")).await);
    assert_eq!(fault.kind, FaultKind::Protocol);
    assert!(!fault.detail.contains("secret"), "{fault}");
}

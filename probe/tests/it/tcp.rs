//! Ports that take connections: those that talk, those that do not, and those that misbehave.

use std::sync::{Arc, Mutex};

use domain::{EgressPolicy, FaultKind, Outcome, Phase, Progress, Reason, Review};
use probe::{Probers, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    server::{Server, reset, until_closed},
    verdict::{
        Asker, PATIENT, SHORT, ask_expecting, ask_in_vain_expecting, ask_with, fault, kind, options, plan,
        prober,
    },
};

fn tcp(server: &Server) -> String {
    format!("tcp://{}", server.address)
}

/// Says this and then nothing more.
async fn saying(bytes: &'static [u8]) -> Server {
    Server::start(move |_, mut stream| async move {
        let _ = stream.write_all(bytes).await;
        until_closed(&mut stream).await;
    })
    .await
}

#[tokio::test]
async fn connected_is_up() {
    let server = saying(b"").await;
    let mut asker = Asker::new(&prober(), plan(tcp(&server), ""));
    let finding = asker.finding(PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    let phases: Vec<Phase> = finding.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::Connect], "nothing is waited for");
    let evidence = asker.evidence();
    assert_eq!(evidence.peer, Some(server.address.to_string()));
    assert_eq!((evidence.status, evidence.body), (None, None));
}

#[tokio::test]
async fn who_does_not_listen_is_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("tcp://{}", taken.local_addr().unwrap());
    drop(taken);
    assert_eq!(kind(ask_expecting(target, "").await), FaultKind::Refused);
}

#[tokio::test]
async fn a_banner_is_read_until_it_decides() {
    let server = saying(b"220-welcome\r\n220 mail.example ESMTP\r\n").await;
    for expect in [
        "banner exists",
        "banner starts with 220",
        "banner contains \"mail.example\"",
        "banner ~ 'ESMTP'; total < 1m; address == 127.0.0.1",
        "not banner contains nothing",
    ] {
        assert_eq!(ask_expecting(tcp(&server), expect).await, Outcome::Up, "{expect}");
    }
    let mut asker = Asker::new(&prober(), plan(tcp(&server), "banner starts with 220"));
    let finding = asker.finding(PATIENT).await;
    assert!(finding.phases.get(Phase::FirstByte).is_some());
    assert!(asker.evidence().body.unwrap().starts_with("220-welcome"));
}

#[tokio::test]
async fn pieces_are_put_together() {
    let server = Server::start(|_, mut stream| async move {
        for piece in [&b"SSH"[..], b"-2.0", b"-Open", b"SSH\r\n"] {
            let _ = stream.write_all(piece).await;
            tokio::task::yield_now().await;
        }
        until_closed(&mut stream).await;
    })
    .await;
    assert_eq!(ask_expecting(tcp(&server), "banner ~ '^SSH-2.0-OpenSSH'").await, Outcome::Up);
}

#[tokio::test]
async fn what_is_typed_is_sent() {
    let server = Server::start(|_, mut stream| async move {
        let mut heard = [0; 7];
        let answer = match stream.read_exact(&mut heard).await {
            Ok(_) if &heard == b"PING\r\n\0" => &b"+PONG\r\n"[..],
            _ => b"-ERR\r\n",
        };
        let _ = stream.write_all(answer).await;
        until_closed(&mut stream).await;
    })
    .await;
    let mut asking = plan(tcp(&server), "banner == +PONG");
    options(&mut asking).body = Some("PING\\r\\n\\0".into());
    assert_eq!(Asker::new(&prober(), asking).ask().await, Outcome::Up);
    let deaf = saying(b"").await;
    let mut unread = plan(tcp(&deaf), "");
    options(&mut unread).body = Some("x".repeat(65_536));
    assert_eq!(Asker::new(&prober(), unread).ask().await, Outcome::Up, "buffers take it");
}

#[tokio::test]
async fn what_was_said_instead_is_told() {
    let server = Server::start(|_, mut stream| async move {
        let _ = stream.write_all(b"554 go away\r\n").await;
    })
    .await;
    let found = fault(ask_expecting(tcp(&server), "banner starts with 220").await);
    assert_eq!(found.kind, FaultKind::Expectation);
    assert_eq!(found.detail, "wanted banner starts with \"220\", got \"554 go away\\r\\n\"");
    let degraded = ask_expecting(tcp(&server), "banner starts with 220 else degraded").await;
    assert!(matches!(degraded, Outcome::Degraded(_)), "{degraded:?}");
}

#[tokio::test]
async fn who_says_nothing_is_told_apart() {
    let silent = saying(b"").await;
    let timeout = FaultKind::Timeout(Phase::FirstByte);
    assert_eq!(kind(ask_in_vain_expecting(tcp(&silent), "banner exists").await), timeout);
    let slow = saying(b"22").await;
    let missed = kind(ask_in_vain_expecting(tcp(&slow), "banner starts with 220").await);
    assert_eq!(missed, FaultKind::Expectation, "what came is not what was expected");
    assert_eq!(ask_with(&prober(), tcp(&silent), "not banner exists", SHORT).await.outcome, Outcome::Up);
    let closing = Server::start(|_, stream| async move { drop(stream) }).await;
    assert_eq!(kind(ask_expecting(tcp(&closing), "banner exists").await), FaultKind::Closed);
    let resetting = Server::start(|_, mut stream| async move {
        let _ = stream.read(&mut [0; 9]).await;
        reset(stream);
    })
    .await;
    let mut asking = plan(tcp(&resetting), "banner exists");
    options(&mut asking).body = Some("hello".into());
    assert_eq!(kind(Asker::new(&prober(), asking).ask().await), FaultKind::Reset);
}

#[tokio::test]
async fn of_the_endless_4_kib_are_read() {
    let server =
        Server::start(|_, mut stream| async move { while stream.write_all(&[b'x'; 512]).await.is_ok() {} })
            .await;
    let mut asker = Asker::new(&prober(), plan(tcp(&server), "banner contains y"));
    assert_eq!(kind(asker.ask().await), FaultKind::Expectation);
    assert_eq!(asker.evidence().body.unwrap().len(), 4_096);
}

#[tokio::test]
async fn who_watches_hears_and_sees_it() {
    let server = saying(b"220 hi\r\n").await;
    for expect in ["", "banner starts with 220"] {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let mut asker = Asker::new(&prober(), plan(tcp(&server), expect));
        let tell = Arc::clone(&heard);
        asker.session().watch(Arc::new(move |progress| tell.lock().unwrap().push(progress)));
        assert_eq!(asker.ask().await, Outcome::Up);
        let heard = heard.lock().unwrap();
        let Some(Progress::Judged(judged)) = heard.last() else { panic!("{heard:?}") };
        assert!(judged.reviewed.iter().all(|one| one.verdict == Review::Met));
        assert_eq!(judged.reviewed.len(), usize::from(!expect.is_empty()), "no status is implied");
        assert_eq!(asker.evidence().body.as_deref(), Some("220 hi\r\n"));
    }
}

#[tokio::test]
async fn our_own_limits_are_no_fault_of_the_targets() {
    let server = saying(b"").await;
    let policy: EgressPolicy = "public-only".parse().unwrap();
    let strict = Probers::with(Settings { policy, ..Settings::new("0") }).unwrap();
    let outcome = Asker::new(&strict, plan(tcp(&server), "")).ask().await;
    assert_eq!(outcome, Outcome::Unknown(Reason::Policy));
    assert_eq!(server.accepted(), 0);
    let poor = Probers::with(Settings { descriptors: 0, ..Settings::new("0") }).unwrap();
    let outcome = Asker::new(&poor, plan(tcp(&server), "")).finding(SHORT).await.outcome;
    assert_eq!(outcome, Outcome::Unknown(Reason::FileDescriptors));
}

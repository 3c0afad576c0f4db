//! Connections that are kept, and what happens when the other side no longer keeps them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use domain::{FaultKind, Outcome, Phase};
use tokio::{io::AsyncWriteExt, sync::Notify};

use super::{
    server::{OK, Server, request, reset, until_closed},
    tls::{Authority, acceptor},
    verdict::{PATIENT, SHORT, ask_with, kind, prober},
};

/// How a server treats the second request of a connection.
#[derive(Clone, Copy, Debug)]
enum Second {
    Answered,
    Closed,
    Reset,
    Ignored,
}

async fn server(second: Second) -> Server {
    Server::start(move |_, mut stream| async move {
        let mut answered = false;
        while !request(&mut stream).await.is_empty() {
            match second {
                Second::Closed if answered => return,
                Second::Reset if answered => return reset(stream),
                Second::Ignored if answered => return until_closed(&mut stream).await,
                _ => stream.write_all(OK).await.unwrap(),
            }
            answered = true;
        }
    })
    .await
}

#[tokio::test]
async fn a_connection_serves_many_probes() {
    let (prober, server) = (prober(), server(Second::Answered).await);
    for _ in 0..20 {
        let finding = ask_with(&prober, server.url("/"), "200", PATIENT).await;
        assert_eq!(finding.outcome, Outcome::Up);
    }
    // One, but for a turn of the pools or a connection not yet put back.
    assert!(server.accepted() <= 5, "{}", server.accepted());
}

#[tokio::test]
async fn a_kept_connection_that_dies_under_the_request_is_no_fault() {
    for second in [Second::Closed, Second::Reset] {
        let (prober, server) = (prober(), server(second).await);
        for n in 0..20 {
            let finding = ask_with(&prober, server.url("/"), "200", PATIENT).await;
            assert_eq!(finding.outcome, Outcome::Up, "{second:?}, probe {n}");
        }
    }
}

#[tokio::test]
async fn a_server_that_closes_idle_connections_is_up() {
    let (prober, server) = (prober(), Server::answering(OK).await);
    for n in 0..50 {
        let finding = ask_with(&prober, server.url("/"), "200", PATIENT).await;
        assert_eq!(finding.outcome, Outcome::Up, "probe {n}");
    }
}

#[tokio::test]
async fn a_target_that_also_fails_afresh_is_down() {
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = Arc::clone(&broken);
    let server = Server::start(move |_, mut stream| {
        let is_broken = Arc::clone(&is_broken);
        async move {
            while !request(&mut stream).await.is_empty() && !is_broken.load(SeqCst) {
                stream.write_all(OK).await.unwrap();
            }
        }
    })
    .await;
    let prober = prober();
    let before = ask_with(&prober, server.url("/"), "200", PATIENT).await;
    assert_eq!(before.outcome, Outcome::Up);
    broken.store(true, SeqCst);
    let after = ask_with(&prober, server.url("/"), "200", PATIENT).await;
    assert_eq!(kind(after.outcome), FaultKind::Closed);
}

#[tokio::test]
async fn a_kept_connection_that_stalls_is_waiting_for_the_first_byte() {
    let (prober, server) = (prober(), server(Second::Ignored).await);
    let first = ask_with(&prober, server.url("/"), "200", PATIENT).await;
    assert_eq!(first.outcome, Outcome::Up);
    let second = ask_with(&prober, server.url("/"), "200", SHORT).await;
    assert_eq!(kind(second.outcome), FaultKind::Timeout(Phase::FirstByte));
}

/// The second probe starts a connection that stalls, is then given the first one's, and stalls there.
#[tokio::test]
async fn a_probe_that_takes_over_a_connection_no_longer_waits_for_its_own() {
    let authority = Authority::new();
    let acceptor = acceptor(authority.server("localhost"), &[b"http/1.1"]);
    let connecting = Arc::new(Notify::new());
    let has_connected = Arc::clone(&connecting);
    let server = Server::start(move |n, mut stream| {
        let (acceptor, connecting) = (acceptor.clone(), Arc::clone(&connecting));
        async move {
            if n > 0 {
                connecting.notify_one();
                return until_closed(&mut stream).await;
            }
            let mut stream = acceptor.accept(stream).await.unwrap();
            request(&mut stream).await;
            connecting.notify_one();
            connecting.notified().await;
            stream.write_all(OK).await.unwrap();
            until_closed(&mut stream).await;
        }
    })
    .await;
    let prober = Arc::new(authority.prober());
    let ask = |deadline| {
        let (prober, url) = (Arc::clone(&prober), server.https());
        tokio::spawn(async move { ask_with(&prober, url, "200", deadline).await.outcome })
    };
    let first = ask(PATIENT);
    has_connected.notified().await;
    let second = ask(SHORT * 2);
    assert_eq!(first.await.unwrap(), Outcome::Up);
    let second = kind(second.await.unwrap());
    assert_eq!(second, FaultKind::Timeout(Phase::FirstByte));
}

#[tokio::test]
async fn many_probes_at_once_do_not_disturb_each_other() {
    let (prober, good) = (Arc::new(prober()), server(Second::Answered).await);
    let bad = Server::answering("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n").await;
    let all: Vec<_> = (0..100)
        .map(|n| {
            let prober = Arc::clone(&prober);
            let url = if n % 2 == 0 { good.url("/") } else { bad.url("/") };
            tokio::spawn(async move { ask_with(&prober, url, "200", PATIENT).await.outcome })
        })
        .collect();
    for (n, probe) in all.into_iter().enumerate() {
        assert_eq!(probe.await.unwrap().is_up(), Some(n % 2 == 0));
    }
}

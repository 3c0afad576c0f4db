//! Connections that are kept, and what happens when the other side no longer keeps them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::{FaultKind, Outcome, Phase, Plan};
use futures_util::future::join_all;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};

use super::{
    server::{OK, Server, request, reset, until_closed},
    verdict::{Asker, PATIENT, SHORT, ask_with, kind, plan, prober},
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
    let server = server(Second::Answered).await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    for _ in 0..20 {
        assert_eq!(asker.ask().await, Outcome::Up);
    }
    assert_eq!(server.accepted(), 1);
}

/// The server says so, and leaves the connection open all the same.
#[tokio::test]
async fn a_connection_that_the_server_will_close_serves_one_probe() {
    for answer in [
        "HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ] {
        let server = Server::start(move |_, mut stream| async move {
            while !request(&mut stream).await.is_empty() {
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        })
        .await;
        let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
        for _ in 0..3 {
            assert_eq!(asker.ask().await, Outcome::Up);
        }
        assert_eq!(server.accepted(), 3, "{answer}");
    }
}

#[tokio::test]
async fn a_connection_of_its_own_serves_one_probe() {
    let server = server(Second::Answered).await;
    let mut asker = Asker::new(&prober(), Plan { keeps_connections: false, ..plan(server.url("/"), "200") });
    for _ in 0..5 {
        assert_eq!(asker.ask().await, Outcome::Up);
    }
    assert_eq!(server.accepted(), 5);
}

#[tokio::test]
async fn a_kept_connection_is_replaced_after_half_a_minute() {
    let server = server(Second::Answered).await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    for (seconds, accepted) in [(0, 1), (29, 1), (2, 2), (1, 2)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
        assert_eq!(asker.ask().await, Outcome::Up);
        assert_eq!(server.accepted(), accepted);
    }
}

#[tokio::test]
async fn a_failure_ends_a_kept_connection() {
    let server = Server::start(|n, mut stream| async move {
        let mut asked = 0;
        while !request(&mut stream).await.is_empty() {
            asked += 1;
            let status = if n == 0 && asked == 2 { "500 Oops" } else { "200 OK" };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\nok");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    })
    .await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    assert_eq!(asker.ask().await, Outcome::Up);
    assert_eq!(kind(asker.ask().await), FaultKind::Status(500));
    assert_eq!(server.accepted(), 1);
    assert_eq!(asker.ask().await, Outcome::Up);
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_kept_connection_that_dies_under_the_request_is_no_fault() {
    for second in [Second::Closed, Second::Reset] {
        let server = server(second).await;
        let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
        for n in 0..20 {
            assert_eq!(asker.ask().await, Outcome::Up, "{second:?}, probe {n}");
        }
    }
}

#[tokio::test]
async fn a_server_that_closes_idle_connections_is_up() {
    let server = Server::answering(OK).await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    for n in 0..50 {
        assert_eq!(asker.ask().await, Outcome::Up, "probe {n}");
    }
    assert_eq!(server.accepted(), 50);
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
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    assert_eq!(asker.ask().await, Outcome::Up);
    broken.store(true, SeqCst);
    assert_eq!(kind(asker.ask().await), FaultKind::Closed);
}

#[tokio::test]
async fn a_kept_connection_that_stalls_is_waiting_for_the_first_byte() {
    let server = server(Second::Ignored).await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    assert_eq!(asker.ask().await, Outcome::Up);
    assert_eq!(kind(asker.finding(SHORT).await.outcome), FaultKind::Timeout(Phase::FirstByte));
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

/// A port whose queue is full and that accepts nobody: whoever connects hears nothing.
async fn deaf() -> (TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(connected) = timeout(SHORT / 2, TcpStream::connect(address)).await {
        queued.push(connected.unwrap());
    }
    (listener, queued)
}

#[tokio::test]
async fn a_crowd_hides_nothing() {
    let (listener, _queued) = deaf().await;
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let prober = prober();
    // More than may knock at a time.
    let all = join_all((0..200).map(|_| ask_with(&prober, &url, "200", 4 * SHORT))).await;
    let kinds: Vec<_> = all.into_iter().map(|finding| kind(finding.outcome)).collect();
    assert_eq!(kinds, [FaultKind::Timeout(Phase::Connect); 200]);

    let server = Server::answering(OK).await;
    let all = join_all((0..200).map(|_| ask_with(&prober, server.url("/"), "200", PATIENT))).await;
    let failed: Vec<_> = all.iter().filter(|finding| finding.outcome != Outcome::Up).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

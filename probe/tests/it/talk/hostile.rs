//! Servers that are none, asked in every protocol.

use std::{sync::Arc, time::Duration};

use domain::{FaultKind, Outcome, Phase};
use probe::talk::{Heard, Name, Query, Talk, TalkError, imap, mqtt, mysql, pop3, postgres, redis, smtp, ssh};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{super::server::Server, login};

const ALL: [&str; 8] = ["redis", "postgres", "smtp", "imap", "pop3", "ssh", "mqtt", "mysql"];

async fn ask(protocol: &str, server: &Server) -> Result<Heard, TalkError> {
    let stream = &mut TcpStream::connect(server.address).await.unwrap();
    let (ann, name, query) = (login("ann", "canary"), Name::new("me.test").unwrap(), Query::default());
    match protocol {
        "redis" => redis::ask(stream, Some(&ann)).await,
        "postgres" => postgres::Ask { login: &ann, database: None, query: &query }.ask(stream).await,
        "smtp" => smtp::Ask { name: &name, login: Some(&ann) }.ask(stream).await,
        "imap" => imap::Ask { login: Some(&ann) }.ask(stream).await,
        "pop3" => pop3::Ask { login: Some(&ann) }.ask(stream).await,
        "ssh" => ssh::ask(stream).await,
        "mqtt" => mqtt::ask(stream, &mqtt::Ask { login: Some(&ann), echo: None }).await,
        "mysql" => mysql::Ask { login: &ann, database: None, query: &query }.ask(stream).await,
        other => panic!("no protocol {other}"),
    }
}

fn kind(error: &TalkError) -> FaultKind {
    match error.outcome(Phase::FirstByte) {
        Outcome::Down(fault) => {
            assert!(!fault.detail.contains("canary"), "{fault}");
            fault.kind
        }
        other => panic!("{error}: {other:?}"),
    }
}

#[tokio::test]
async fn who_hangs_up_is_told_from_who_breaks_off() {
    let closing = Server::start(async |_, mut stream: TcpStream| {
        let _ = stream.shutdown().await;
        // What it is told is taken, or the system would break off.
        while stream.read(&mut [0; 512]).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let breaking = Server::start(async |_, stream: TcpStream| stream.set_zero_linger().unwrap()).await;
    for protocol in ALL {
        let error = ask(protocol, &closing).await.unwrap_err();
        assert_eq!(kind(&error), FaultKind::Closed, "{protocol}: {error}");
        let error = ask(protocol, &breaking).await.unwrap_err();
        assert_eq!(kind(&error), FaultKind::Reset, "{protocol}: {error}");
    }
}

/// Endless noise of many sorts. Each is left long before a deadline, with a fault.
#[tokio::test]
async fn who_never_ends_is_left() {
    for noise in [
        &b"\0"[..],
        b"\xff",
        b"a",
        b"\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"+OK\r\n",
        b"* OK\r\n",
        b"220-x\r\n",
    ] {
        let noise: Arc<[u8]> = noise.repeat(1_000).into();
        let server = Server::start(move |_, mut stream| {
            let noise = Arc::clone(&noise);
            async move { while stream.write_all(&noise).await.is_ok() {} }
        })
        .await;
        for protocol in ALL {
            let answer = timeout(Duration::from_secs(20), ask(protocol, &server)).await;
            let error = answer.unwrap_or_else(|_| panic!("{protocol} goes on")).unwrap_err();
            assert!(matches!(kind(&error), FaultKind::Protocol | FaultKind::Reset), "{protocol}: {error}");
        }
    }
}

/// A server of another protocol that speaks first, or answers what it does not understand.
#[tokio::test]
async fn another_protocol_is_named_as_one() {
    for (speaks, like) in [
        ("redis", "-ERR unknown command\r\n"),
        ("smtp", "220 mail.test ESMTP\r\n"),
        ("imap", "* OK ready\r\n"),
        ("pop3", "+OK ready\r\n"),
        ("web", "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"),
        ("TLS", "\x15\x03\x01\0\x02\x02\x0a"),
    ] {
        let server = Server::start(move |_, mut stream| async move {
            let _ = stream.write_all(like.as_bytes()).await;
            let _ = stream.shutdown().await;
            while stream.read(&mut [0; 512]).await.is_ok_and(|read| read > 0) {}
        })
        .await;
        for protocol in ALL.into_iter().filter(|protocol| *protocol != speaks) {
            let error = ask(protocol, &server).await.unwrap_err();
            // Who waits for a line that means something waits until the other hangs up; Redis takes `+OK` for an answer of its own.
            let waits =
                matches!(protocol, "ssh") || speaks == "TLS" || (protocol, speaks) == ("redis", "pop3");
            match kind(&error) {
                // An error in its own words may be one in those of another.
                FaultKind::Protocol | FaultKind::NotServing => {}
                FaultKind::Closed if waits => {}
                other => panic!("{protocol} over {speaks}: {other:?}, {error}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_silent_is_waited_for_until_the_deadline() {
    let server = Server::start(async |_, stream: TcpStream| {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    for protocol in ALL {
        assert!(timeout(Duration::from_secs(5), ask(protocol, &server)).await.is_err(), "{protocol}");
    }
}

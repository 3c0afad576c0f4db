//! Messages over HTTP: servers that are right, by a library that is not ours, and servers that are not.

use domain::{Auth, FaultKind, Header, HeaderValue, Outcome, Phase, Progress, Secret};
use futures_util::{SinkExt, StreamExt};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream, accept_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use super::{
    server::{Server, recording, request, reset, until_closed},
    tls::{Authority, acceptor},
    verdict::{
        Asker, PATIENT, SHORT, ask_expecting, ask_in_vain_expecting, ask_with, fault, kind, options, plan,
        prober,
    },
};

fn ws(server: &Server) -> String {
    format!("ws://{}/live?room=1", server.address)
}

/// Greets, answers what it is told, and leaves when we do.
async fn echo(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut socket = accept_async(stream).await.unwrap();
    socket.send(Message::text("welcome")).await.unwrap();
    socket.send(Message::Ping("are you there".into())).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        let answer = match message {
            Message::Text(text) => Message::text(format!("text {text}")),
            Message::Binary(bytes) => Message::binary([&b"binary "[..], &bytes].concat()),
            Message::Pong(bytes) => Message::binary([&b"pong "[..], &bytes].concat()),
            _ => continue,
        };
        let _ = socket.send(answer).await;
    }
}

/// Does this with a connection that was upgraded.
async fn upgraded<W>(
    script: impl Fn(WebSocketStream<TcpStream>) -> W + Copy + Send + Sync + 'static,
) -> Server
where
    W: Future<Output = ()> + Send + 'static,
{
    Server::start(move |_, stream| async move { script(accept_async(stream).await.unwrap()).await }).await
}

/// Agrees, and then says these bytes; then it hangs up, or says nothing more.
async fn saying(bytes: &'static [u8], hangs_up: bool) -> Server {
    Server::start(move |_, mut stream| async move {
        agree(&mut stream).await;
        let _ = stream.write_all(bytes).await;
        if hangs_up {
            let _ = stream.shutdown().await;
        }
        until_closed(&mut stream).await;
    })
    .await
}

async fn agree(stream: &mut TcpStream) {
    let asked = request(stream).await;
    let key = asked.lines().find_map(|line| line.strip_prefix("sec-websocket-key: ")).unwrap();
    let accept = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let accept = digest(&SHA1_FOR_LEGACY_USE_ONLY, accept.as_bytes());
    let accept = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, accept);
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: {accept}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn upgraded_is_up() {
    let server = Server::start(|_, stream| echo(stream)).await;
    let mut asker = Asker::new(&prober(), plan(ws(&server), ""));
    let finding = asker.finding(PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    let phases: Vec<Phase> = finding.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::Connect, Phase::FirstByte], "no message is waited for");
    let evidence = asker.evidence();
    assert_eq!((evidence.status, evidence.body), (Some(101), None));
    assert!(evidence.headers.iter().any(|(name, _)| name == "sec-websocket-accept"));
}

#[tokio::test]
async fn messages_are_read_until_they_decide() {
    let server = Server::start(|_, stream| echo(stream)).await;
    for (sent, expect) in [
        (None, "message == welcome; total < 1m; address == 127.0.0.1"),
        (None, "message contains 'pong are you there'"),
        (Some("hi\\n\\xc3\\xa9"), "message contains \"text hi\\né\""),
        (Some("\\xff\\0"), "message ~ '(?-u)binary \\xff'"),
        (Some("hi"), "message ~ '(?s)^welcome\\n.*text hi'; transfer < 1m"),
    ] {
        let mut asking = plan(ws(&server), expect);
        options(&mut asking).body = sent.map(ToOwned::to_owned);
        assert_eq!(Asker::new(&prober(), asking).ask().await, Outcome::Up, "{expect}");
    }
    let mut asking = plan(ws(&server), "message contains 'text x'");
    options(&mut asking).body = Some("x".repeat(4_000));
    let mut asker = Asker::new(&prober(), asking);
    assert_eq!(asker.ask().await, Outcome::Up, "{:?}", asker.evidence());
}

#[tokio::test]
async fn an_encrypted_one_is_asked_the_same() {
    let authority = Authority::new();
    let acceptor = acceptor(authority.server("localhost"), &[b"http/1.1"]);
    let server = Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move { echo(acceptor.accept(stream).await.unwrap()).await }
    })
    .await;
    let target = format!("wss://localhost:{}/", server.address.port());
    let expect = "message == welcome; certificate.days > 1; tls.version >= 1.2";
    let finding = ask_with(&authority.prober(), &target, expect, PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    assert!(finding.phases.get(Phase::Tls).is_some());
    assert!(matches!(kind(ask_expecting(&target, "").await), FaultKind::Tls(_)), "who is not trusted");
}

#[tokio::test]
async fn the_request_says_what_is_set() {
    let answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
    let (server, mut told) = recording(answer).await;
    let mut asking = plan(ws(&server), "");
    let plain =
        |name: &str, value: &str| Header { name: name.into(), value: HeaderValue::Plain(value.into()) };
    options(&mut asking).headers = vec![
        plain("origin", "https://a.example"),
        plain("sec-websocket-extensions", "permessage-deflate"),
        plain("upgrade", "h2c"),
    ];
    options(&mut asking).host = Some("b.example".into());
    options(&mut asking).auth = Some(Auth::Bearer { token: Secret::new("canary") });
    options(&mut asking).body = Some("hi".into());
    let mut asker = Asker::new(&prober(), asking);
    let found = fault(asker.ask().await);
    assert_eq!(
        (found.kind, found.detail.as_str()),
        (FaultKind::Status(403), "wanted 101, got 403 Forbidden")
    );
    assert_eq!(asker.evidence().status, Some(403));
    let heard = told.recv().await.unwrap();
    assert!(heard.starts_with("GET /live?room=1 HTTP/1.1\r\n"), "{heard}");
    for line in [
        "origin: https://a.example",
        "host: b.example",
        "authorization: Bearer canary",
        "upgrade: websocket",
        "connection: Upgrade",
        "sec-websocket-version: 13",
        "user-agent: uptime-tracker/1.2.3",
    ] {
        assert!(heard.lines().any(|told| told.eq_ignore_ascii_case(line)), "{line}: {heard}");
    }
    assert!(
        !heard.contains("permessage") && !heard.contains("h2c") && !heard.contains("content-length"),
        "{heard}"
    );
}

#[tokio::test]
async fn we_take_our_leave() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |_, stream| {
        let tell = tell.clone();
        async move {
            let mut socket = accept_async(stream).await.unwrap();
            let last = socket.next().await;
            let _ = tell.send(last);
        }
    })
    .await;
    assert_eq!(ask_expecting(ws(&server), "").await, Outcome::Up);
    let last = told.recv().await.unwrap();
    assert!(
        matches!(&last, Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == 1_000),
        "{last:?}"
    );
}

#[tokio::test]
async fn who_is_no_such_server_is_named() {
    let no_key = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
    let other = "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n";
    let endless = [b"HTTP/1.1 101 x\r\n", &b"x: y\r\n".repeat(20_000)[..]].concat();
    for (answer, wanted, detail) in [
        (no_key.as_bytes(), FaultKind::Protocol, "does not fit the key"),
        (other.as_bytes(), FaultKind::Protocol, "something else"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", FaultKind::Status(200), "wanted 101, got 200 OK"),
        (b"HTTP/1.1 301 Moved\r\nlocation: /\r\ncontent-length: 0\r\n\r\n", FaultKind::Status(301), "301"),
        (b"SSH-2.0-OpenSSH\r\n", FaultKind::Protocol, ""),
        (b"HTTP/1.1 101 Switch", FaultKind::Closed, ""),
        (b"", FaultKind::Closed, ""),
        (&endless, FaultKind::HeadersTooLarge, ""),
    ] {
        let server = Server::answering(answer).await;
        let found = fault(ask_expecting(ws(&server), "").await);
        assert!(found.kind == wanted && found.detail.contains(detail), "{found:?}");
    }
    let resetting = Server::start(|_, mut stream| async move {
        request(&mut stream).await;
        reset(stream);
    })
    .await;
    assert_eq!(kind(ask_expecting(ws(&resetting), "").await), FaultKind::Reset);
    let silent = Server::stalling_after(b"").await;
    assert_eq!(kind(ask_in_vain_expecting(ws(&silent), "").await), FaultKind::Timeout(Phase::FirstByte));
}

#[tokio::test]
async fn what_comes_after_the_upgrade_is_judged() {
    let silent = saying(b"", false).await;
    let late = FaultKind::Timeout(Phase::Body);
    assert_eq!(kind(ask_in_vain_expecting(ws(&silent), "message exists").await), late);
    assert_eq!(ask_with(&prober(), ws(&silent), "not message exists", SHORT).await.outcome, Outcome::Up);
    let cut = saying(b"\x81\x09nea", false).await;
    let missed = fault(ask_in_vain_expecting(ws(&cut), "message == nearly").await);
    assert_eq!(missed.detail, "wanted message == \"nearly\", got \"nea\"", "what came is told");
    for (says, wanted, detail) in [
        (&b""[..], FaultKind::Closed, ""),
        (b"\x88\x06\x03\xf4full", FaultKind::Closed, "closed with 1012: full"),
        (b"\x88\x02\x03\xe9", FaultKind::Closed, "closed with 1001"),
        (b"\x81\x02no\x88\x00", FaultKind::Expectation, "wanted message == \"yes\", got \"no\""),
        (b"\x81\x02no", FaultKind::Expectation, "got \"no\""),
        (b"\x81\x09no", FaultKind::Protocol, "ended before its end"),
        (b"\x01\x02no", FaultKind::Protocol, "ended before its end"),
        (b"\x81", FaultKind::Protocol, "ended before its end"),
        (b"\x81\x82....no", FaultKind::Protocol, "no frame"),
        (b"\xc1\x02no", FaultKind::Protocol, "no frame"),
        (b"\x81\x02n\xff", FaultKind::Protocol, "a text that is not UTF-8"),
        (b"\x81\x02n\xc3", FaultKind::Protocol, "a text that is not UTF-8"),
        (b"\x82\x02n\xff", FaultKind::Expectation, "got \"n\u{fffd}\""),
        (b"HTTP/1.1 500 Oh\r\n\r\n", FaultKind::Protocol, "no frame"),
    ] {
        let server = saying(says, true).await;
        let found = fault(ask_expecting(ws(&server), "message == yes").await);
        assert!(found.kind == wanted && found.detail.contains(detail), "{says:?}: {found:?}");
    }
    let resetting = Server::start(|_, mut stream| async move {
        agree(&mut stream).await;
        // The first bytes of a message that nobody reads.
        let _ = stream.read(&mut [0; 1]).await;
        reset(stream);
    })
    .await;
    let mut asking = plan(ws(&resetting), "message exists");
    options(&mut asking).body = Some("hello".into());
    assert_eq!(kind(Asker::new(&prober(), asking).ask().await), FaultKind::Reset);
}

#[tokio::test]
async fn of_the_endless_so_much_is_read() {
    let tiny =
        upgraded(|mut socket| async move { while socket.send(Message::text("x")).await.is_ok() {} }).await;
    let long = Server::start(|_, mut stream| async move {
        agree(&mut stream).await;
        let _ = stream.write_all(b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff").await;
        while stream.write_all(&[b'x'; 512]).await.is_ok() {}
    })
    .await;
    for (server, most) in [(tiny, 2 * 256 - 1), (long, 4_096)] {
        let mut asker = Asker::new(&prober(), plan(ws(&server), "message contains y"));
        assert_eq!(kind(asker.ask().await), FaultKind::Expectation);
        assert_eq!(asker.evidence().body.unwrap().len(), most);
    }
    for noise in [&b"\x89\x02hi"[..], b"\x8a\x00", b"\x00\x00"] {
        let server = Server::start(move |_, mut stream| async move {
            agree(&mut stream).await;
            let _ = stream.write_all(b"\x01\x00").await;
            while stream.write_all(noise).await.is_ok() {}
        })
        .await;
        let found = kind(ask_with(&prober(), ws(&server), "message contains y", SHORT).await.outcome);
        assert_eq!(found, FaultKind::Expectation, "{noise:?}: the message that began is empty");
    }
}

#[tokio::test]
async fn who_watches_hears_and_sees_it() {
    let server = upgraded(|mut socket| async move {
        let _ = socket.send(Message::text("hello")).await;
        let frame = CloseFrame { code: 1_001.into(), reason: "bye".into() };
        let _ = socket.close(Some(frame)).await;
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    for expect in ["", "message == hello"] {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let mut asker = Asker::new(&prober(), plan(ws(&server), expect));
        let tell = Arc::clone(&heard);
        asker.session().watch(Arc::new(move |progress| tell.lock().unwrap().push(progress)));
        assert_eq!(asker.ask().await, Outcome::Up);
        let heard = heard.lock().unwrap();
        assert!(matches!(heard.last(), Some(Progress::Judged(_))), "{heard:?}");
        assert_eq!(asker.evidence().body.as_deref(), Some("hello"), "{expect}");
    }
}

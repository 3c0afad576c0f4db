//! Remote calls: servers that tell of their health, and servers that do not.

use bytes::Bytes;
use domain::{Auth, FaultKind, Outcome, Phase, Secret};
use h2::{Reason, RecvStream};
use http::{HeaderMap, Request, Response};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use super::{
    server::{Server, reset, until_closed},
    tls::{Authority, acceptor},
    verdict::{
        Asker, PATIENT, SHORT, ask_expecting, ask_in_vain_expecting, ask_with, fault, kind, options, plan,
        prober,
    },
};

/// How a server answers a call.
#[derive(Clone, Copy)]
struct Says {
    status: u16,
    content: &'static str,
    body: &'static [u8],
    /// The trailers; none at all where there is no code.
    code: Option<&'static str>,
    message: &'static str,
    then: Then,
}

#[derive(Clone, Copy, PartialEq)]
enum Then {
    End,
    Stall,
    Reset,
    /// Nothing but trailers, as the head.
    Head,
    /// The body again and again.
    Endless,
}

const SERVING: &[u8] = b"\0\0\0\0\x02\x08\x01";
const GOOD: Says = Says {
    status: 200,
    content: "application/grpc+proto",
    body: SERVING,
    code: Some("0"),
    message: "",
    then: Then::End,
};

fn refusing(code: &'static str, message: &'static str) -> Says {
    Says { body: b"", code: Some(code), message, then: Then::Head, ..GOOD }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    says: Says,
    mut told_of: impl FnMut(Request<RecvStream>),
) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    let mut kept = Vec::new();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        told_of(request);
        let head = Response::builder().status(says.status).header("content-type", says.content);
        let mut trailers = HeaderMap::new();
        if let Some(code) = says.code {
            trailers.insert("grpc-status", code.parse().unwrap());
            trailers.insert("grpc-message", says.message.parse().unwrap());
        }
        let mut head = head.body(()).unwrap();
        if says.then == Then::Head {
            head.headers_mut().extend(trailers);
            respond.send_response(head, true).unwrap();
            continue;
        }
        let mut body = respond.send_response(head, false).unwrap();
        let times = if says.then == Then::Endless { 1_000 } else { 1 };
        for _ in 0..times {
            let _ = body.send_data(Bytes::from_static(says.body), false);
        }
        match says.then {
            Then::End => drop(body.send_trailers(trailers)),
            Then::Reset => body.send_reset(Reason::INTERNAL_ERROR),
            _ => kept.push(body),
        }
    }
}

async fn saying(says: Says) -> Server {
    Server::start(move |_, stream| serve(stream, says, |_| ())).await
}

async fn recording() -> (Server, UnboundedReceiver<(Request<()>, Bytes)>) {
    let (tell, told) = unbounded_channel();
    let server = Server::start(move |_, stream| {
        let tell = tell.clone();
        serve(stream, GOOD, move |request| {
            let (head, mut body) = request.into_parts();
            let tell = tell.clone();
            tokio::spawn(async move {
                let bytes = body.data().await.unwrap().unwrap();
                let _ = tell.send((Request::from_parts(head, ()), bytes));
            });
        })
    })
    .await;
    (server, told)
}

fn grpc(server: &Server) -> String {
    format!("grpc://{}/shop.v1.Cart", server.address)
}

#[tokio::test]
async fn who_serves_is_up() {
    let server = saying(GOOD).await;
    let mut asker = Asker::new(&prober(), plan(grpc(&server), ""));
    let finding = asker.finding(PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    assert!(finding.phases.get(Phase::FirstByte).is_some());
    let evidence = asker.evidence();
    assert_eq!((evidence.status, evidence.body.as_deref()), (Some(200), Some("serving: SERVING")));
    assert_eq!(ask_expecting(grpc(&server), "serving exists; total < 1m").await, Outcome::Up);
    for (status, name) in [(0, "UNKNOWN"), (2, "NOT_SERVING"), (3, "SERVICE_UNKNOWN")] {
        let body: &[u8] = match status {
            0 => b"\0\0\0\0\0",
            2 => b"\0\0\0\0\x02\x08\x02",
            _ => b"\0\0\0\0\x02\x08\x03",
        };
        let server = saying(Says { body, ..GOOD }).await;
        let found = fault(ask_expecting(grpc(&server), "").await);
        assert_eq!(found.kind, FaultKind::Expectation);
        assert_eq!(found.detail, format!("wanted serving == \"SERVING\", got \"{name}\""));
        assert_eq!(ask_expecting(grpc(&server), &format!("serving == {name}")).await, Outcome::Up);
    }
}

#[tokio::test]
async fn the_call_says_what_is_set() {
    let (server, mut told) = recording().await;
    let mut asking = plan(grpc(&server), "");
    options(&mut asking).auth = Some(Auth::Bearer { token: Secret::new("canary") });
    options(&mut asking).host = Some("b.example".into());
    assert_eq!(Asker::new(&prober(), asking).ask().await, Outcome::Up);
    let (head, body) = told.recv().await.unwrap();
    assert_eq!(head.method(), "POST");
    assert_eq!(head.uri(), "http://b.example/grpc.health.v1.Health/Check");
    for (name, value) in [
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("authorization", "Bearer canary"),
        ("user-agent", "uptime-tracker/1.2.3"),
    ] {
        assert_eq!(head.headers()[name], value);
    }
    assert_eq!(body, &b"\0\0\0\0\x0e\x0a\x0cshop.v1.Cart"[..]);
    let whole = format!("grpc://{}", server.address);
    assert_eq!(ask_expecting(whole, "").await, Outcome::Up);
    assert_eq!(told.recv().await.unwrap().1, &[0; 5][..], "the server as a whole");
}

#[tokio::test]
async fn we_take_our_leave() {
    let (tell, mut told) = unbounded_channel();
    let server = Server::start(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            let (mut inside, outside) = tokio::io::duplex(4_096);
            let (mut hear, mut say) = stream.split();
            tokio::spawn(serve(outside, GOOD, |_| ()));
            let (mut back, mut forth) = tokio::io::split(&mut inside);
            let mut heard = Vec::new();
            let listen = async {
                let mut piece = [0; 512];
                while let Ok(read @ 1..) = hear.read(&mut piece).await {
                    heard.extend_from_slice(&piece[..read]);
                    let _ = forth.write_all(&piece[..read]).await;
                }
            };
            tokio::select! {
                () = listen => {}
                _ = tokio::io::copy(&mut back, &mut say) => {}
            }
            let _ = tell.send(heard);
        }
    })
    .await;
    assert_eq!(ask_expecting(grpc(&server), "").await, Outcome::Up);
    let heard = told.recv().await.unwrap();
    // Each frame begins with three bytes of its length and its kind.
    let mut frames = &heard["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()..];
    let mut kinds = Vec::new();
    while let [a, b, c, kind, ..] = frames {
        kinds.push(*kind);
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        frames = &frames[9 + length..];
    }
    assert_eq!(kinds.last(), Some(&7), "GOAWAY: {kinds:?}");
}

#[tokio::test]
async fn an_encrypted_one_is_asked_the_same() {
    let authority = Authority::new();
    let acceptor = acceptor(authority.server("localhost"), &[b"h2"]);
    let server = Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move { serve(acceptor.accept(stream).await.unwrap(), GOOD, |_| ()).await }
    })
    .await;
    let target = format!("grpcs://localhost:{}", server.address.port());
    let expect = "serving == SERVING; certificate.days > 1; tls.version >= 1.2";
    let finding = ask_with(&authority.prober(), target, expect, PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
}

#[tokio::test]
async fn calls_that_fail_are_named() {
    for (says, wanted, detail) in [
        (refusing("12", "unknown%20service"), FaultKind::NotServing, "UNIMPLEMENTED: unknown service"),
        (refusing("14", ""), FaultKind::NotServing, "UNAVAILABLE"),
        (refusing("5", "%ff%0a"), FaultKind::NotServing, "NOT_FOUND: \u{FFFD}"),
        (refusing("16", "who"), FaultKind::SignIn, "UNAUTHENTICATED: who"),
        (refusing("99", "x"), FaultKind::NotServing, "code 99: x"),
        (Says { code: Some("2"), ..GOOD }, FaultKind::NotServing, "UNKNOWN"),
        (
            Says { status: 502, content: "text/html", ..GOOD },
            FaultKind::Status(502),
            "wanted 200, got 502 Bad Gateway",
        ),
        (Says { content: "text/html", ..GOOD }, FaultKind::Protocol, "it does not speak gRPC"),
        (Says { code: None, ..GOOD }, FaultKind::Protocol, "it does not speak gRPC"),
        (Says { body: b"\0\0\0\0\x03\x08\x01", ..GOOD }, FaultKind::Protocol, "it does not speak gRPC"),
        (Says { body: b"", ..GOOD }, FaultKind::Protocol, "it does not speak gRPC"),
        (Says { then: Then::Endless, ..GOOD }, FaultKind::Protocol, "an answer without an end"),
        (Says { then: Then::Reset, ..GOOD }, FaultKind::Protocol, ""),
    ] {
        let server = saying(says).await;
        let found = fault(ask_expecting(grpc(&server), "").await);
        assert!(found.kind == wanted && found.detail.starts_with(detail), "{detail}: {found:?}");
    }
    let stalling = saying(Says { then: Then::Stall, ..GOOD }).await;
    let late = ask_with(&prober(), grpc(&stalling), "", SHORT).await.outcome;
    assert_eq!(kind(late), FaultKind::Timeout(Phase::Body));
}

#[tokio::test]
async fn who_is_no_such_server_is_named() {
    for says in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"SSH-2.0-OpenSSH\r\n"] {
        let server = Server::answering_to_hello(says.to_vec()).await;
        assert_eq!(kind(ask_expecting(grpc(&server), "").await), FaultKind::Protocol, "{says:?}");
    }
    let noisy =
        Server::start(|_, mut stream| async move { while stream.write_all(&[b'x'; 512]).await.is_ok() {} })
            .await;
    assert_eq!(kind(ask_expecting(grpc(&noisy), "").await), FaultKind::Protocol);
    let closing = Server::start(|_, mut stream| async move {
        let _ = stream.shutdown().await;
        until_closed(&mut stream).await;
    })
    .await;
    assert_eq!(kind(ask_expecting(grpc(&closing), "").await), FaultKind::Closed);
    let resetting = Server::start(|_, stream| async move {
        let _ = stream.readable().await;
        reset(stream);
    })
    .await;
    // Which of both is seen first depends on what was being written.
    let broken = kind(ask_expecting(grpc(&resetting), "").await);
    assert!(matches!(broken, FaultKind::Reset | FaultKind::Closed), "{broken:?}");
    let silent = Server::start(|_, mut stream| async move { until_closed(&mut stream).await }).await;
    assert_eq!(kind(ask_in_vain_expecting(grpc(&silent), "").await), FaultKind::Timeout(Phase::FirstByte));
}

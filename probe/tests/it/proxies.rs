//! Asking through proxies.

use std::sync::Arc;

use domain::{FaultKind, Outcome, Plan, Proxy, ProxyKind, Secret};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use super::{
    server::{OK, Server, recording, request},
    tls::{Authority, acceptor},
    verdict::{Asker, fault, kind, prober, with},
};

fn through(url: impl AsRef<str>, proxy: &Server, kind: ProxyKind, signs_in: bool) -> Plan {
    let credentials = signs_in.then(|| ("me".to_owned(), Secret::new("sesame")));
    let (host, port) = ("127.0.0.1".into(), proxy.address.port());
    with(url, |http| http.proxy = Some(Proxy { kind, host, port, credentials }))
}

/// Opens a tunnel to this port, whatever host is wanted, and tells what was asked.
async fn tunnels(to: u16) -> (Server, UnboundedReceiver<String>) {
    let (tell, told) = unbounded_channel();
    let server = Server::start(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            tell.send(request(&mut stream).await).unwrap();
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            let mut there = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut there).await;
        }
    })
    .await;
    (server, told)
}

async fn encrypted(authority: &Authority) -> Server {
    let acceptor = acceptor(authority.server("name.test"), &[b"http/1.1"]);
    Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            while !request(&mut stream).await.is_empty() {
                stream.write_all(OK).await.unwrap();
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_proxy_passes_plain_requests_on() {
    let (proxy, mut requests) = recording(OK).await;
    let plan = through("http://name.test/a?b", &proxy, ProxyKind::Http, true);
    assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("GET http://name.test/a?b HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nhost: name.test\r\n"), "{request}");
    assert!(request.contains("\r\nproxy-authorization: Basic bWU6c2VzYW1l\r\n"), "{request}");
}

#[tokio::test]
async fn a_proxy_opens_tunnels_for_encrypted_ones() {
    let authority = Authority::new();
    let server = encrypted(&authority).await;
    let (proxy, mut requests) = tunnels(server.address.port()).await;
    let mut asker =
        Asker::new(&authority.prober(), through("https://name.test/", &proxy, ProxyKind::Http, true));
    for _ in 0..3 {
        assert_eq!(asker.ask().await, Outcome::Up);
    }
    assert_eq!(proxy.accepted(), 1, "the tunnel is kept");
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with("CONNECT name.test:443 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nproxy-authorization: Basic bWU6c2VzYW1l\r\n"), "{request}");
}

#[tokio::test]
async fn what_a_proxy_refuses_is_the_proxys_fault() {
    for (answer, scheme, detail) in [
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "https", "502 Bad Gateway"),
        ("HTTP/1.1 407 Who?\r\n\r\n", "https", "it wants to know who asks"),
        ("HTTP/1.1 407 Who?\r\ncontent-length: 0\r\n\r\n", "http", "it wants to know who asks"),
        ("", "https", "it hung up without an answer"),
    ] {
        let proxy = Server::answering(answer).await;
        let plan = through(format!("{scheme}://name.test/"), &proxy, ProxyKind::Http, false);
        let fault = fault(Asker::new(&prober(), plan).ask().await);
        assert_eq!((fault.kind, &*fault.detail), (FaultKind::Proxy, detail), "{answer}");
    }
    let gone = Server::answering("").await;
    let plan = through("http://name.test/", &gone, ProxyKind::Http, false);
    drop(gone);
    tokio::task::yield_now().await;
    let fault = fault(Asker::new(&prober(), plan).ask().await);
    assert_eq!(fault.to_string(), "the proxy fails: connection refused");
}

/// Speaks SOCKS5, wants a password, and tells the host and port that are wanted.
async fn socks(to: u16) -> (Server, UnboundedReceiver<Vec<u8>>) {
    let (tell, told) = unbounded_channel();
    let tell = Arc::new(tell);
    let server = Server::start(move |_, mut stream| {
        let tell = Arc::clone(&tell);
        async move {
            let mut hello = [0; 4];
            stream.read_exact(&mut hello).await.unwrap();
            stream.write_all(&[5, 2]).await.unwrap();
            let mut password = [0; 11];
            stream.read_exact(&mut password).await.unwrap();
            assert_eq!(&password, b"\x01\x02me\x06sesame");
            stream.write_all(&[1, 0]).await.unwrap();
            let mut wanted = [0; 16];
            stream.read_exact(&mut wanted).await.unwrap();
            tell.send(wanted.to_vec()).unwrap();
            stream.write_all(&[5, 0, 0, 3, 1, b'x', 0, 0]).await.unwrap();
            let mut there = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut there).await;
        }
    })
    .await;
    (server, told)
}

#[tokio::test]
async fn socks_proxies_resolve_names() {
    let authority = Authority::new();
    let server = encrypted(&authority).await;
    let (proxy, mut asked) = socks(server.address.port()).await;
    let plan = through("https://name.test/", &proxy, ProxyKind::Socks5, true);
    assert_eq!(Asker::new(&authority.prober(), plan).ask().await, Outcome::Up);
    assert_eq!(asked.recv().await.unwrap(), b"\x05\x01\x00\x03\x09name.test\x01\xbb");

    let open = Server::answering(OK).await;
    let (proxy, _asked) = socks(open.address.port()).await;
    let plan = through("http://name.test/", &proxy, ProxyKind::Socks5, true);
    assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
}

#[tokio::test]
async fn what_is_no_socks_proxy_is_the_proxys_fault() {
    let proxy = Server::start(|_, mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        super::server::until_closed(&mut stream).await;
    })
    .await;
    let plan = through("http://name.test/", &proxy, ProxyKind::Socks5, false);
    assert_eq!(kind(Asker::new(&prober(), plan).ask().await), FaultKind::Proxy);
}

//! Servers that do exactly what a test says, on a port of the system's choice.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinHandle,
};

/// A server; it ends with the value.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Runs the script for every connection, with the connection's number from 0.
    pub(super) async fn start<F, W>(script: F) -> Self
    where
        F: Fn(usize, TcpStream) -> W + Send + Sync + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&accepted);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(script(counter.fetch_add(1, SeqCst), stream));
            }
        });
        Self { address, accepted, accepting }
    }

    /// Answers the first request of every connection with these bytes, then closes it.
    pub(super) async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into().into();
        Self::start(move |_, mut stream| {
            let bytes = Arc::clone(&bytes);
            async move {
                request(&mut stream).await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    /// Answers like `answering`, but then says nothing more and keeps the connection.
    pub(super) async fn stalling_after(bytes: &'static [u8]) -> Self {
        Self::start(move |_, mut stream| async move {
            request(&mut stream).await;
            let _ = stream.write_all(bytes).await;
            until_closed(&mut stream).await;
        })
        .await
    }

    /// Answers the first bytes of whatever kind with these, then says nothing more.
    pub(super) async fn answering_to_hello(bytes: Vec<u8>) -> Self {
        Self::start(move |_, mut stream| {
            let bytes = bytes.clone();
            async move {
                let _ = stream.read(&mut [0; 4_096]).await;
                let _ = stream.write_all(&bytes).await;
                until_closed(&mut stream).await;
            }
        })
        .await
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn https(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }

    /// How many connections came in.
    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

pub(super) const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Reads the head of one request; empty when the other side hung up first.
pub(super) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return String::new(),
        }
    }
    String::from_utf8(head).unwrap()
}

/// Waits until the other side hangs up.
pub(super) async fn until_closed(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = [0; 1024];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

/// Makes the close of this connection a reset.
pub(super) fn reset(stream: TcpStream) {
    stream.set_zero_linger().unwrap();
    drop(stream);
}

/// A server that answers every request with these bytes, and what it was asked.
pub(super) async fn recording(answer: impl Into<Vec<u8>>) -> (Server, UnboundedReceiver<String>) {
    let (tell, told) = unbounded_channel();
    let answer: Arc<[u8]> = answer.into().into();
    let server = Server::start(move |_, mut stream| {
        let (tell, answer) = (tell.clone(), Arc::clone(&answer));
        async move {
            loop {
                let whole = whole_request(&mut stream).await;
                let is_last = whole.is_empty()
                    || stream.write_all(&answer).await.is_err()
                    || whole.contains("connection: close");
                if !whole.is_empty() {
                    let _ = tell.send(whole);
                }
                if is_last {
                    return;
                }
            }
        }
    })
    .await;
    (server, told)
}

/// Reads a request with its body.
pub(super) async fn whole_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let head = request(stream).await;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body).await;
    head + &String::from_utf8(body).unwrap()
}

/// An answer that leads somewhere else.
pub(super) fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}

//! As much of a client as measuring needs: one question a connection, the time of the first byte, the bytes as they came.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

use crate::Failure;

/// An answer and when it came.
pub(crate) struct Answer {
    pub(crate) head: String,
    /// Without the frames of chunked encoding.
    pub(crate) body: Vec<u8>,
    /// From before the connection was opened to the first byte.
    pub(crate) first_byte: Duration,
}

impl Answer {
    pub(crate) fn is_ok(&self) -> bool {
        self.head.starts_with("HTTP/1.1 200")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What the server that is measured knows the bench by, once it has told it; other programs do not mind.
static TOKEN: Mutex<String> = Mutex::new(String::new());

/// Shows this token with every question from now on.
pub(crate) fn show_token(token: &str) {
    *TOKEN.lock().unwrap_or_else(PoisonError::into_inner) = format!("Authorization: Bearer {token}\r\n");
}

fn token() -> String {
    TOKEN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// `address` is `127.0.0.1:PORT`; `encoding` is what is accepted.
pub(crate) async fn get(address: &str, path: &str, encoding: &str) -> Result<Answer, Failure> {
    let token = token();
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{token}Accept: text/html,*/*\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n")).await
}

/// Posts JSON.
pub(crate) async fn post(address: &str, path: &str, body: &str, encoding: &str) -> Result<Answer, Failure> {
    let (length, token) = (body.len(), token());
    ask(address, &format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{token}Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n{body}")).await
}

async fn ask(address: &str, question: &str) -> Result<Answer, Failure> {
    let doing = || Failure::io(format!("asking {address}"));
    let started = Instant::now();
    let mut stream = TcpStream::connect(address).await.map_err(doing())?;
    stream.write_all(question.as_bytes()).await.map_err(doing())?;
    let mut bytes = vec![0; 64 * 1024];
    let read = stream.read(&mut bytes).await.map_err(doing())?;
    let first_byte = started.elapsed();
    bytes.truncate(read);
    stream.read_to_end(&mut bytes).await.map_err(doing())?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| Failure::Unexpected(format!("{address} answered no HTTP")))?;
    let body = bytes.split_off(end + 4);
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Ok(Answer { head, body: if is_chunked { unchunked(&body) } else { body }, first_byte })
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(rest.len());
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = rest.get(..end).and_then(|size| std::str::from_utf8(size).ok());
        let Some(size) = size.and_then(|size| usize::from_str_radix(size, 16).ok()).filter(|size| *size > 0)
        else {
            break;
        };
        body.extend_from_slice(rest.get(end + 2..end + 2 + size).unwrap_or_default());
        rest = rest.get(end + 2 + size + 2..).unwrap_or_default();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        assert_eq!(unchunked(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), b"abcde");
    }
}

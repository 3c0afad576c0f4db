//! Tunnels through a proxy for HTTP (RFC 9110, section 9.3.6).

use domain::{Fault, FaultKind, Outcome, Phase};
use http::HeaderValue;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{fault, line::place::Place};

/// The most that a proxy may answer.
const LIMIT: usize = 16 << 10;

/// Asks a proxy for a tunnel to this place.
pub(super) async fn tunnel(
    proxy: &mut TcpStream,
    place: &Place,
    authorization: Option<&HeaderValue>,
) -> Result<(), Outcome> {
    let there = place.authority();
    let mut request = format!("CONNECT {there} HTTP/1.1\r\nhost: {there}\r\n").into_bytes();
    if let Some(value) = authorization {
        request.extend_from_slice(b"proxy-authorization: ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    let lost = |error: std::io::Error| fault::io(&error, Phase::Connect);
    proxy.write_all(&request).await.map_err(lost)?;
    let mut answer = Vec::with_capacity(256);
    loop {
        match read(&answer) {
            Reply::Open => return Ok(()),
            Reply::Refused(detail) => return Err(refused(&detail)),
            Reply::More if answer.len() >= LIMIT => return Err(refused(words::DETAIL_PROXY_ENDLESS)),
            Reply::More => {}
        }
        if proxy.read_buf(&mut answer).await.map_err(lost)? == 0 {
            return Err(refused(words::DETAIL_PROXY_HUNG_UP));
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Reply {
    /// There is more to come.
    More,
    Open,
    Refused(String),
}

/// Reads what a proxy answered so far.
fn read(answer: &[u8]) -> Reply {
    let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Reply::More;
    };
    let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.splitn(3, ' ');
    let (version, status, text) = (words.next(), words.next(), words.next().unwrap_or_default());
    let is_http = version.is_some_and(|version| version.starts_with("HTTP/1."));
    match status.and_then(|status| status.parse::<u16>().ok()).filter(|_| is_http) {
        // The other side of a tunnel waits for us to speak.
        Some(200..=299) if answer.len() > end + 4 => Reply::Refused(words::DETAIL_PROXY_MORE.into()),
        Some(200..=299) => Reply::Open,
        Some(407) => Reply::Refused(words::DETAIL_PROXY_WHO.into()),
        Some(status) => Reply::Refused(format!("{status} {text}").trim().to_owned()),
        None => Reply::Refused(words::DETAIL_PROXY_NO_HTTP.into()),
    }
}

fn refused(detail: &str) -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Proxy, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_proxies_are_read() {
        let refused = |text: &str| Reply::Refused(text.to_owned());
        for (answer, reply) in [
            (&b"HTTP/1.1 200 OK\r\n"[..], Reply::More),
            (b"HTTP/1.1 200 Connection established\r\n\r\n", Reply::Open),
            (b"HTTP/1.0 200\r\nvia: x\r\n\r\n", Reply::Open),
            (b"HTTP/1.1 200 OK\r\n\r\nhello", refused("it says more than it should")),
            (b"HTTP/1.1 407 No\r\n\r\n", refused("it wants to know who asks")),
            (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", refused("502 Bad Gateway")),
            (b"SSH-2.0\r\n\r\n", refused("it does not speak HTTP")),
            (b"\r\n\r\n", refused("it does not speak HTTP")),
        ] {
            assert_eq!(read(answer), reply, "{answer:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes: Vec<u8>) {
            let _ = read(&bytes);
            let _ = read(&[&b"HTTP/1.1 "[..], &bytes, b"\r\n\r\n"].concat());
        }
    }
}

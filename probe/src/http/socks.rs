//! Tunnels through a SOCKS5 proxy (RFC 1928 and 1929). The proxy looks names up.

use domain::{Fault, FaultKind, Outcome, Phase};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use url::Host;

use crate::{fault, line::place::Place};

const VERSION: u8 = 5;
const NO_CREDENTIALS: u8 = 0;
const PASSWORD: u8 = 2;

/// Asks a proxy for a tunnel to this place.
pub(super) async fn tunnel<S: AsyncRead + AsyncWrite + Unpin>(
    proxy: &mut S,
    place: &Place,
    credentials: Option<(&str, &str)>,
) -> Result<(), Outcome> {
    let methods: &[u8] = match credentials {
        Some(_) => &[VERSION, 2, NO_CREDENTIALS, PASSWORD],
        None => &[VERSION, 1, NO_CREDENTIALS],
    };
    match (ask(proxy, methods).await?, credentials) {
        ([VERSION, NO_CREDENTIALS], _) => {}
        ([VERSION, PASSWORD], Some((user, password))) => sign_in(proxy, user, password).await?,
        ([VERSION, _], _) => return Err(refused(words::DETAIL_PROXY_WHO)),
        _ => return Err(refused(words::DETAIL_SOCKS_NO_SOCKS)),
    }
    let [version, reply, _, kind] = ask(proxy, &request(place)?).await?;
    match (version, reply) {
        (VERSION, 0) => skip_address(proxy, kind).await,
        (VERSION, code) => Err(refused(meaning(code))),
        _ => Err(refused(words::DETAIL_SOCKS_NO_SOCKS)),
    }
}

async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(
    proxy: &mut S,
    user: &str,
    password: &str,
) -> Result<(), Outcome> {
    let mut request = vec![1];
    for text in [user, password] {
        request.push(length(text)?);
        request.extend_from_slice(text.as_bytes());
    }
    match ask(proxy, &request).await? {
        [_, 0] => Ok(()),
        _ => Err(refused(words::DETAIL_SOCKS_CREDENTIALS)),
    }
}

/// Sends this and reads so many bytes.
async fn ask<S: AsyncRead + AsyncWrite + Unpin, const N: usize>(
    proxy: &mut S,
    bytes: &[u8],
) -> Result<[u8; N], Outcome> {
    let lost = |error: std::io::Error| fault::io(&error, Phase::Connect);
    proxy.write_all(bytes).await.map_err(lost)?;
    proxy.flush().await.map_err(lost)?;
    let mut answer = [0; N];
    proxy.read_exact(&mut answer).await.map_err(lost)?;
    Ok(answer)
}

fn request(place: &Place) -> Result<Vec<u8>, Outcome> {
    let mut request = vec![VERSION, 1, 0];
    match &place.host {
        Host::Ipv4(address) => {
            request.push(1);
            request.extend_from_slice(&address.octets());
        }
        Host::Domain(name) => {
            request.extend_from_slice(&[3, length(name)?]);
            request.extend_from_slice(name.as_bytes());
        }
        Host::Ipv6(address) => {
            request.push(4);
            request.extend_from_slice(&address.octets());
        }
    }
    request.extend_from_slice(&place.port.to_be_bytes());
    Ok(request)
}

/// The address that the proxy asks from, which is nobody's business.
async fn skip_address<S: AsyncRead + AsyncWrite + Unpin>(proxy: &mut S, kind: u8) -> Result<(), Outcome> {
    const PORT: usize = 2;
    let length = match kind {
        1 => 4 + PORT,
        3 => usize::from(ask::<S, 1>(proxy, &[]).await?[0]) + PORT,
        4 => 16 + PORT,
        _ => return Err(refused(words::DETAIL_SOCKS_NO_SOCKS)),
    };
    let mut rest = [0; 255 + PORT];
    let read = proxy.read_exact(&mut rest[..length]).await;
    read.map(|_| ()).map_err(|error| fault::io(&error, Phase::Connect))
}

fn length(text: &str) -> Result<u8, Outcome> {
    u8::try_from(text.len()).map_err(|_| refused(words::DETAIL_SOCKS_LONG))
}

fn meaning(code: u8) -> &'static str {
    match code {
        1 => words::DETAIL_SOCKS_FAILED,
        2 => words::DETAIL_SOCKS_FORBIDDEN,
        3 => words::DETAIL_SOCKS_NETWORK,
        4 => words::DETAIL_SOCKS_HOST,
        5 => words::DETAIL_SOCKS_REFUSED,
        6 => words::DETAIL_SOCKS_LATE,
        7 | 8 => words::DETAIL_SOCKS_CANNOT,
        _ => words::DETAIL_SOCKS_UNNAMED,
    }
}

fn refused(detail: &str) -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Proxy, detail))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::any};

    use super::*;

    fn answered(bytes: &[u8]) -> Result<(), Outcome> {
        let place = Place { is_tls: false, host: Host::parse("a.test").unwrap(), port: 80 };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut ours, mut theirs) = tokio::io::duplex(4_096);
            theirs.write_all(bytes).await.unwrap();
            theirs.shutdown().await.unwrap();
            tunnel(&mut ours, &place, Some(("user", "password"))).await
        })
    }

    #[test]
    fn answers_of_proxies_are_read() {
        let opened = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!(answered(&[&[5, 0], &opened[..]].concat()), Ok(()));
        assert_eq!(answered(&[&[5, 2, 1, 0], &opened[..]].concat()), Ok(()));
        assert_eq!(answered(&[5, 2, 1, 1]), Err(refused("it does not accept the user and password")));
        assert_eq!(answered(&[5, 255]), Err(refused("it wants to know who asks")));
        assert_eq!(answered(&[5, 0, 5, 5, 0, 1]), Err(refused("connection refused by the target")));
        assert_eq!(answered(b"HTTP/1.1 400 Bad"), Err(refused("it does not speak SOCKS5")));
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(choice in 0..3_u8, bytes in vec(any::<u8>(), 0..600)) {
            let _ = answered(&bytes);
            let _ = answered(&[&[5, choice], &bytes[..]].concat());
            let _ = answered(&[&[5, 0, 5, 0, 0, choice + 1], &bytes[..]].concat());
        }
    }
}

//! Canaries: what can be seen from here as long as anything can.

use std::{io::ErrorKind, net::Ipv4Addr, str::FromStr};

use async_trait::async_trait;
use tokio::net::TcpStream;

/// Something that is asked whether it can be reached.
#[async_trait]
pub trait Canary: Send + Sync {
    /// Whether it could be reached. Whoever asks limits the time.
    async fn answers(&self) -> bool;
}

/// A canary that is asked for a TCP connection. One that is refused was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpCanary {
    /// A host, and its port.
    Host(String, u16),
    /// The gateway of this machine's default route (IPv4).
    Gateway,
}

/// The text names no canary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a canary is a host with a port, like 192.0.2.1:443, or `gateway`")]
pub struct NoCanary;

impl FromStr for TcpCanary {
    type Err = NoCanary;

    fn from_str(text: &str) -> Result<Self, NoCanary> {
        if text.trim() == "gateway" {
            return Ok(Self::Gateway);
        }
        let (host, port) = text.trim().rsplit_once(':').ok_or(NoCanary)?;
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = port.parse().ok().filter(|port| *port > 0).ok_or(NoCanary)?;
        let is_plain = !host.is_empty() && !host.contains(['/', '@', ' ']);
        if is_plain { Ok(Self::Host(host.to_owned(), port)) } else { Err(NoCanary) }
    }
}

#[async_trait]
impl Canary for TcpCanary {
    async fn answers(&self) -> bool {
        match self {
            Self::Host(host, port) => reached(TcpStream::connect((host.as_str(), *port)).await),
            Self::Gateway => {
                let routes = tokio::fs::read_to_string("/proc/net/route").await.unwrap_or_default();
                let Some(gateway) = gateway(&routes) else { return false };
                reached(TcpStream::connect((gateway, GATEWAY_PORT)).await)
            }
        }
    }
}

/// Gateways at home answer or refuse here: most of them resolve names.
const GATEWAY_PORT: u16 = 53;

fn reached(connected: std::io::Result<TcpStream>) -> bool {
    match connected {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::ConnectionRefused,
    }
}

/// The gateway of the default route in the kernel's table: addresses are hexadecimal, in the order of this machine's bytes.
fn gateway(routes: &str) -> Option<Ipv4Addr> {
    let fields = routes.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let defaults = fields.filter(|fields| fields.get(1) == Some(&"00000000"));
    let addresses = defaults.filter_map(|fields| u32::from_str_radix(fields.get(2)?, 16).ok());
    let address = addresses.into_iter().find(|address| *address != 0)?;
    Some(Ipv4Addr::from(address.to_ne_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canaries_are_read_as_people_write_them() {
        let host = |host: &str, port| Ok(TcpCanary::Host(host.to_owned(), port));
        for (text, canary) in [
            ("gateway", Ok(TcpCanary::Gateway)),
            ("192.0.2.1:443", host("192.0.2.1", 443)),
            ("[2001:db8::1]:53", host("2001:db8::1", 53)),
            (" one.example:80 ", host("one.example", 80)),
            ("one.example", Err(NoCanary)),
            ("one.example:0", Err(NoCanary)),
            ("http://one.example:80", Err(NoCanary)),
            (":80", Err(NoCanary)),
        ] {
            assert_eq!(text.parse(), canary, "{text}");
        }
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn the_gateway_is_that_of_the_default_route() {
        let table = "Iface\tDestination\tGateway \tFlags\neth0\t0000A8C0\t00000000\t0001\neth0\t00000000\t0101A8C0\t0003\n";
        assert_eq!(gateway(table), Some(Ipv4Addr::new(192, 168, 1, 1)));
        assert_eq!(gateway("Iface\tDestination\tGateway\n"), None);
    }
}

//! A socket for echoes: a datagram one where this process' group may have it, else a raw one, which takes a capability.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr, UdpSocket as StdSocket},
};

use domain::{Outcome, Phase, Reason};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::fault;

/// Hears one address only. Tokio has no type for it, but what is sent and received is datagrams either way.
pub(super) struct EchoSocket {
    socket: UdpSocket,
    is_raw: bool,
    is_v6: bool,
    id: u16,
}

impl EchoSocket {
    /// A socket to this address. That we may have none is our own trouble.
    pub(super) fn open(address: IpAddr) -> Result<Self, Outcome> {
        let is_forbidden = |error: &io::Error| {
            matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES | libc::EPROTONOSUPPORT))
                || error.kind() == ErrorKind::PermissionDenied
        };
        let opened = match socket(address, Type::DGRAM) {
            Err(error) if is_forbidden(&error) => {
                socket(address, Type::from(libc::SOCK_RAW)).map(|raw| (raw, true))
            }
            opened => opened.map(|datagram| (datagram, false)),
        };
        let (socket, is_raw) = opened.map_err(|error| {
            if is_forbidden(&error) {
                Outcome::Unknown(Reason::Ping)
            } else {
                fault::io(&error, Phase::Connect)
            }
        })?;
        // Two raw sockets to the same address hear each other's answers; a number and a token tell them apart.
        let id = std::process::id().to_le_bytes();
        Ok(Self { socket, is_raw, is_v6: address.is_ipv6(), id: u16::from_le_bytes([id[0], id[1]]) })
    }

    /// The number that is set by us; the system chooses that of a datagram socket.
    pub(super) fn id(&self) -> Option<u16> {
        self.is_raw.then_some(self.id)
    }

    pub(super) fn is_v6(&self) -> bool {
        self.is_v6
    }

    /// Whether what is received begins with the header of IP.
    pub(super) fn has_header(&self) -> bool {
        self.is_raw && !self.is_v6
    }

    pub(super) async fn send(&self, bytes: &[u8]) -> io::Result<()> {
        self.socket.send(bytes).await.map(drop)
    }

    pub(super) async fn recv(&self, into: &mut [u8]) -> io::Result<usize> {
        self.socket.recv(into).await
    }
}

fn socket(address: IpAddr, kind: Type) -> io::Result<UdpSocket> {
    let (domain, protocol) = match address {
        IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
        IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
    };
    let socket = Socket::new(domain, kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    socket.connect(&SocketAddr::new(address, 0).into())?;
    UdpSocket::from_std(StdSocket::from(socket))
}

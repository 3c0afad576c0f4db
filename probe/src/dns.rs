//! The probe of `dns` targets: one question to one name server, over UDP (and TCP when the answer does not fit), TCP or TLS.
//!
//! An answer has to have the question's number and the question itself; anything else that comes is not heard. What the server says, whether
//! it has the name or refuses, is for the expectations. A name server of this machine's own that does not answer is our trouble.

mod wire;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use domain::{Answer, Fault, FaultKind, Outcome, Phase, Question, Reason, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UdpSocket,
    time::{Instant, timeout_at},
};
use url::Host;

use self::wire::{Asked, Reply, Told};
use crate::{
    fault,
    line::{
        ask::{Ask, Line},
        place::Place,
        seen::Met,
        trace::Blame,
    },
};

/// How long an answer is waited for before the question is sent again: datagrams get lost.
const AGAIN: Duration = Duration::from_secs(2);
/// The most datagrams that are no answers to the question.
const MOST_STRAY: usize = 64;

pub(crate) struct Dns;

#[async_trait]
impl Ask for Dns {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let unsendable = || Outcome::Down(Fault::new(FaultKind::Protocol, words::DETAIL_URL_UNSENDABLE));
        let question = line.plan.target.question().ok_or_else(unsendable)?;
        let asked = Asked::of(&question).ok_or_else(unsendable)?;
        if question.server.is_none() {
            line.trace.blame = Blame::NameServer;
        }
        let place = place(&question).await?;
        let told = match question.transport {
            Transport::Udp => over_udp(line, &place, &asked).await?,
            Transport::Tcp | Transport::Tls => over_stream(line, &place, &asked).await?,
        };
        line.trace.blame = Blame::Target;
        line.trace.enter_knowing(Phase::Body, || told.in_short());
        line.trace.stop_here();
        line.trace.seen.body = told.lines();
        let records = told.records();
        Ok(line.judge(&Answer { rcode: Some(told.rcode()), records: Some(&records), ..Answer::default() }))
    }
}

/// Who is asked.
async fn place(question: &Question) -> Result<Place, Outcome> {
    let host = match &question.server {
        Some(host) => host.clone(),
        None => match tokio::fs::read_to_string("/etc/resolv.conf").await.ok().as_deref().and_then(first) {
            Some(IpAddr::V4(address)) => Host::Ipv4(address),
            Some(IpAddr::V6(address)) => Host::Ipv6(address),
            None => return Err(Outcome::Unknown(Reason::Resolver)),
        },
    };
    Ok(Place { is_tls: question.transport == Transport::Tls, host, port: question.port })
}

/// The first name server of a file like `/etc/resolv.conf`.
fn first(text: &str) -> Option<IpAddr> {
    let mut servers = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.next().filter(|word| *word == "nameserver").and(words.next())
    });
    // A zone behind an address (`%eth0`) is of no use to a socket that is not told of it.
    servers.find_map(|server| server.parse().ok())
}

async fn over_udp(line: &mut Line<'_>, place: &Place, asked: &Asked) -> Result<Told, Outcome> {
    let permit = line.route().permit(line.trace).await?;
    let (allowed, addresses) = line.route().addresses(place, None, line.trace).await?;
    line.trace.phase = Phase::FirstByte;
    let (socket, peer) = socket(&allowed, place.port).await?;
    line.trace.seen.meet(&Met { addresses: addresses.clone(), peer: Some(peer), tls: None });
    let reply = exchange(line, &socket, asked).await?;
    drop((socket, permit));
    match reply {
        Reply::Whole(told) => Ok(told),
        Reply::Truncated => {
            let host = match peer.ip() {
                IpAddr::V4(address) => Host::Ipv4(address),
                IpAddr::V6(address) => Host::Ipv6(address),
            };
            line.trace.enter_knowing(Phase::Connect, || words::DETAIL_TRUNCATED.into());
            let told = over_stream(line, &Place { is_tls: false, host, port: place.port }, asked).await?;
            line.trace.seen.addresses = addresses;
            Ok(told)
        }
    }
}

/// A socket, with a port of the system's choice, that hears the first address that there is a way to.
async fn socket(addresses: &[IpAddr], port: u16) -> Result<(UdpSocket, SocketAddr), Outcome> {
    let mut failure = Outcome::Unknown(Reason::Network);
    for address in addresses {
        let any: IpAddr = match address {
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let peer = SocketAddr::new(*address, port);
        let connected = async {
            let socket = UdpSocket::bind((any, 0)).await?;
            socket.connect(peer).await?;
            Ok(socket)
        };
        match connected.await {
            Ok(socket) => return Ok((socket, peer)),
            Err(error) => failure = fault::io(&error, Phase::Connect),
        }
    }
    Err(failure)
}

async fn exchange(line: &Line<'_>, socket: &UdpSocket, asked: &Asked) -> Result<Reply, Outcome> {
    let mut buffer = vec![0; 4_096];
    let mut stray = 0;
    let failed = |error| fault::io(&error, Phase::FirstByte);
    while Instant::now() < line.trace.until && stray < MOST_STRAY {
        socket.send(asked.bytes()).await.map_err(failed)?;
        let again = (Instant::now() + AGAIN).min(line.trace.until);
        while let Ok(received) = timeout_at(again, socket.recv(&mut buffer)).await {
            let size = received.map_err(failed)?;
            match asked.read(&buffer[..size]) {
                Some(reply) => return Ok(reply),
                None => stray += 1,
            }
            if stray >= MOST_STRAY {
                break;
            }
        }
    }
    Err(if stray == 0 { line.trace.deadline() } else { stray_answer() })
}

async fn over_stream(line: &mut Line<'_>, place: &Place, asked: &Asked) -> Result<Told, Outcome> {
    let mut connection = line.connect_to(place).await?;
    let stream = &mut connection.stream;
    let failed = |error| fault::io(&error, Phase::FirstByte);
    let length = u16::try_from(asked.bytes().len()).unwrap_or_default().to_be_bytes();
    let message = [&length, asked.bytes()].concat();
    stream.write_all(&message).await.map_err(failed)?;
    stream.flush().await.map_err(failed)?;
    let size = stream.read_u16().await.map_err(failed)?;
    let mut answer = vec![0; size.into()];
    stream.read_exact(&mut answer).await.map_err(|error| fault::io(&error, Phase::Body))?;
    connection.leave().await;
    match asked.read(&answer) {
        Some(Reply::Whole(told)) => Ok(told),
        _ => Err(stray_answer()),
    }
}

fn stray_answer() -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Protocol, words::DETAIL_DNS_STRAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_server_of_this_machine_is_asked() {
        let text = "# nameserver 9.9.9.9\nsearch a.example\nnameserver fe80::1%eth0\n nameserver  192.0.2.1\nnameserver ::1";
        assert_eq!(first(text), Some([192, 0, 2, 1].into()));
        assert_eq!(first("nameserver"), None);
    }
}

//! Connecting to the first address that answers (RFC 8305).

use std::{collections::VecDeque, io, net::SocketAddr, time::Duration};

use domain::{Outcome, Phase, Reason};
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{net::TcpStream, time::sleep};

use crate::fault;

/// How much later the next address is tried while the one before has not answered.
const STAGGER: Duration = Duration::from_millis(250);

/// A connection, and to which address.
pub(crate) type Connected = (TcpStream, SocketAddr);
/// Why none answered, and which address that is about.
type Failure = (Outcome, Option<SocketAddr>);

/// Connects to the first of these addresses that answers, families taking turns.
pub(crate) async fn connect(addresses: &[SocketAddr]) -> Result<Connected, Failure> {
    match addresses {
        [] => Err((Outcome::Unknown(Reason::Network), None)),
        // Nothing to wait for, so nothing to race.
        [only] => one(*only).await,
        many => race(in_turns(many)).await,
    }
}

async fn race(mut waiting: VecDeque<SocketAddr>) -> Result<Connected, Failure> {
    let mut failures = Vec::new();
    let mut trying = FuturesUnordered::new();
    loop {
        trying.extend(waiting.pop_front().map(one));
        loop {
            let tried = tokio::select! {
                biased;
                tried = trying.next() => tried,
                () = sleep(STAGGER), if !waiting.is_empty() => break,
            };
            match tried {
                Some(Ok(connected)) => return Ok(connected),
                Some(Err(failure)) => failures.push(failure),
                None => {}
            }
            if !waiting.is_empty() {
                break;
            }
            if trying.is_empty() {
                return Err(gravest(failures));
            }
        }
    }
}

async fn one(address: SocketAddr) -> Result<Connected, Failure> {
    match TcpStream::connect(address).await {
        Ok(tcp) => Ok((tcp, address)),
        Err(error) => Err((judge(&error, address), Some(address))),
    }
}

/// Without IPv6, Linux has no address to ask an IPv6 address from, which is no want of ports.
fn judge(error: &io::Error, address: SocketAddr) -> Outcome {
    match fault::io(error, Phase::Connect) {
        Outcome::Unknown(Reason::Ports) if address.is_ipv6() => Outcome::Unknown(Reason::Network),
        outcome => outcome,
    }
}

/// What the failures mean together. Where this machine had no means to ask an address at all, that one might have answered;
/// that it has no route to one of the families is the usual case and says nothing.
fn gravest(failures: Vec<Failure>) -> Failure {
    let weight = |failure: &Failure| match failure.0 {
        Outcome::Unknown(Reason::FileDescriptors | Reason::Ports) => 0,
        Outcome::Unknown(_) => 2,
        _ => 1,
    };
    failures.into_iter().min_by_key(weight).unwrap_or((Outcome::Unknown(Reason::Network), None))
}

/// The order of the system, but families take turns from its first one on.
fn in_turns(addresses: &[SocketAddr]) -> VecDeque<SocketAddr> {
    let is_first = |address: &&SocketAddr| address.is_ipv6() == addresses[0].is_ipv6();
    let mut first = addresses.iter().filter(is_first);
    let mut second = addresses.iter().filter(|address| !is_first(address));
    let mut turns = VecDeque::with_capacity(addresses.len());
    while turns.len() < addresses.len() {
        turns.extend(first.next());
        turns.extend(second.next());
    }
    turns
}

#[cfg(test)]
mod tests {
    use domain::{Fault, FaultKind};

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns() {
        let all = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "1.1.1.2:1"]);
        let turns = addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "1.1.1.2:1", "[::3]:1"]);
        assert_eq!(in_turns(&all), turns);
    }

    #[test]
    fn a_family_without_a_route_says_nothing() {
        let refused = || (Outcome::Down(Fault::new(FaultKind::Refused, "")), None);
        let unknown = |reason| (Outcome::Unknown(reason), None);
        assert_eq!(gravest(vec![unknown(Reason::Network), refused()]), refused());
        assert_eq!(gravest(vec![refused(), unknown(Reason::Ports)]), unknown(Reason::Ports));
        assert_eq!(gravest(vec![unknown(Reason::Network)]), unknown(Reason::Network));
    }

    #[tokio::test]
    async fn the_first_that_answers_is_taken() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let bad = SocketAddr::from(([127, 0, 0, 2], good.port()));
        for order in [[bad, good], [good, bad]] {
            let (tcp, address) = connect(&order).await.unwrap();
            assert_eq!((tcp.peer_addr().unwrap(), address), (good, good));
        }
        let (outcome, peer) = connect(&[bad, bad]).await.unwrap_err();
        assert_eq!((outcome, peer), (Outcome::Down(Fault::new(FaultKind::Refused, "")), Some(bad)));
    }
}

//! From a place to a connection: its addresses, those that may be asked, and the first that answers.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use domain::{Family, Fault, FaultKind, HttpOptions, Outcome, Phase, Plan, Reason};
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit};

use super::{
    connect,
    destinations::Turn,
    place::Place,
    trace::{Blame, Trace},
};
use crate::{fault, prober::Shared};

/// What reaching a place depends on.
#[derive(Clone, Copy)]
pub(crate) struct Route<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) options: &'a HttpOptions,
}

/// A connection that was made.
pub(crate) struct Reached<'a> {
    pub(crate) tcp: TcpStream,
    pub(crate) peer: SocketAddr,
    /// All addresses of the place's name, where it is a name.
    pub(crate) addresses: Option<Arc<[IpAddr]>>,
    /// Others wait for this place; it is kept until the connection is encrypted as well.
    pub(crate) turn: Option<Turn<'a>>,
}

impl<'a> Route<'a> {
    pub(crate) fn of(plan: &'a Plan, shared: &'a Shared) -> Self {
        Self { shared, options: &plan.http }
    }

    /// Waits for a descriptor of the budget. Waiting for one is our own trouble.
    pub(crate) async fn permit(self, trace: &mut Trace) -> Result<OwnedSemaphorePermit, Outcome> {
        let budget = &self.shared.budget;
        if let Ok(permit) = Arc::clone(budget).try_acquire_owned() {
            return Ok(permit);
        }
        let blame = std::mem::replace(&mut trace.blame, Blame::Descriptors);
        let permit = Arc::clone(budget).acquire_owned().await;
        trace.blame = blame;
        permit.map_err(|_| Outcome::Unknown(Reason::FileDescriptors))
    }

    /// Whether this address may be asked.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), Outcome> {
        if self.shared.policy.allows(address) { Ok(()) } else { Err(Outcome::Unknown(Reason::Policy)) }
    }

    /// Looks a place up and connects to it, or connects to the one address that is given. Ends waiting for the connection.
    pub(crate) async fn reach(
        self,
        place: &Place,
        only: Option<IpAddr>,
        trace: &mut Trace,
    ) -> Result<Reached<'a>, Outcome> {
        let (allowed, found) = self.addresses(place, only, trace).await?;
        let addresses = found.filter(|_| only.is_none());
        trace.seen.addresses.clone_from(&addresses);
        trace.phase = Phase::Connect;
        let candidates: Vec<SocketAddr> =
            allowed.into_iter().map(|ip| SocketAddr::new(ip, place.port)).collect();
        let turn = match candidates.first() {
            Some(first) => Some(self.turn(*first, trace).await),
            None => None,
        };
        match connect::connect(&candidates).await {
            Ok((tcp, peer)) => Ok(Reached { tcp, peer, addresses, turn }),
            Err((outcome, peer)) => {
                trace.seen.peer = peer;
                // The addresses may have changed since they were looked up.
                self.shared.resolver.forget(&place.host.to_string(), &self.options.resolvers);
                Err(outcome)
            }
        }
    }

    /// Waits while many connections to one address are being opened. That is not the target's time.
    async fn turn(self, address: SocketAddr, trace: &mut Trace) -> Turn<'a> {
        let turn = self.shared.destinations.turn(address, trace.patience).await;
        trace.set_aside(turn.waited);
        turn
    }

    /// The addresses of a place that may be asked, in their order; and all that its name has, where it is a name.
    pub(crate) async fn addresses(
        self,
        place: &Place,
        only: Option<IpAddr>,
        trace: &mut Trace,
    ) -> Result<(Vec<IpAddr>, Option<Arc<[IpAddr]>>), Outcome> {
        if let Some(address) = only.or(place.literal()) {
            return Ok((self.permitted(self.options.family, &[address])?, None));
        }
        let found = self.look_up(&place.host.to_string(), trace).await?;
        trace.seen.addresses = Some(Arc::clone(&found));
        Ok((self.permitted(self.options.family, &found)?, Some(found)))
    }

    /// Asks for the addresses of a name, and counts the time.
    pub(crate) async fn look_up(self, name: &str, trace: &mut Trace) -> Result<Arc<[IpAddr]>, Outcome> {
        let servers = &self.options.resolvers;
        servers.iter().try_for_each(|server| self.check(server.ip()))?;
        trace.phase = Phase::Resolve;
        let found = self.shared.resolver.look_up(name, servers).await;
        let found = found.map_err(fault::lookup)?;
        trace.enter_knowing(Phase::Connect, || {
            let all: Vec<String> = found.iter().take(8).map(ToString::to_string).collect();
            all.join(", ")
        });
        Ok(found)
    }

    /// The addresses that are asked, in this order: those of the family, without those that are not allowed.
    pub(crate) fn permitted(self, family: Family, found: &[IpAddr]) -> Result<Vec<IpAddr>, Outcome> {
        let is_wanted = |address: &&IpAddr| match family {
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
            Family::Auto | Family::Every => true,
        };
        let wanted: Vec<IpAddr> = found.iter().filter(is_wanted).copied().collect();
        if wanted.is_empty() {
            let kind = if family == Family::V6 { words::DETAIL_NO_IPV6 } else { words::DETAIL_NO_IPV4 };
            return Err(Outcome::Down(Fault::new(FaultKind::Dns, kind)));
        }
        let is_allowed = |address: &IpAddr| self.shared.policy.allows(*address);
        let allowed: Vec<IpAddr> = wanted.into_iter().filter(is_allowed).collect();
        if allowed.is_empty() { Err(Outcome::Unknown(Reason::Policy)) } else { Ok(allowed) }
    }
}

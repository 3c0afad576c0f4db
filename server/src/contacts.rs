//! Whom each tracker talked to last: by that, those are found that may depend on each other.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Evidence, Nearness, TrackerId};

/// The newest good contact of every tracker, as drivers note it: when they start, and again after each failure.
#[derive(Clone, Default)]
pub struct Contacts(Arc<Mutex<HashMap<TrackerId, Contact>>>);

/// Small: there is one for each tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Contact {
    address: Option<IpAddr>,
    /// The beginning of the fingerprint of the server's certificate; enough to propose.
    certificate: Option<u64>,
}

impl Contacts {
    /// Notes what a tracker's good check saw.
    pub(crate) fn note(&self, id: TrackerId, seen: &Evidence) {
        self.locked().insert(id, Contact::of(seen));
    }

    /// Those that talk to the same server as this one, as far as that is known.
    pub(crate) fn near(&self, id: TrackerId) -> Vec<(TrackerId, Nearness)> {
        let all = self.locked();
        let Some(own) = all.get(&id) else { return Vec::new() };
        let near = all.iter().filter(|(other, _)| **other != id);
        near.filter_map(|(other, contact)| Some((*other, own.nearness(contact)?))).collect()
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<TrackerId, Contact>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contact {
    fn of(seen: &Evidence) -> Self {
        let peer = seen.peer.as_deref().and_then(|peer| peer.parse::<SocketAddr>().ok());
        let own = seen.tls.as_ref().and_then(|tls| tls.chain.first());
        let beginning = own.and_then(|certificate| certificate.fingerprint.get(..16));
        Self {
            // Everything on this machine has the same one.
            address: peer.map(|peer| peer.ip()).filter(|address| !address.is_loopback()),
            certificate: beginning.and_then(|digits| u64::from_str_radix(digits, 16).ok()),
        }
    }

    fn nearness(&self, other: &Self) -> Option<Nearness> {
        if self.certificate.is_some() && self.certificate == other.certificate {
            return Some(Nearness::Certificate);
        }
        (self.address.is_some() && self.address == other.address).then_some(Nearness::Address)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Certificate, TlsEvidence};

    use super::*;

    fn seen(peer: &str, fingerprint: &str) -> Evidence {
        let own = Certificate { fingerprint: fingerprint.into(), ..Certificate::default() };
        let tls = TlsEvidence { chain: vec![own], ..TlsEvidence::default() };
        Evidence { peer: Some(peer.into()), tls: Some(tls), ..Evidence::default() }
    }

    #[test]
    fn the_same_certificate_or_address_is_near_and_this_machine_is_not() {
        let contacts = Contacts::default();
        let all = [
            ("192.0.2.1:443", "aaaaaaaaaaaaaaaaff"),
            ("192.0.2.2:443", "aaaaaaaaaaaaaaaaff"),
            ("192.0.2.1:80", ""),
            ("127.0.0.1:80", "bbbbbbbbbbbbbbbb"),
            ("127.0.0.1:81", ""),
        ];
        for (id, (peer, fingerprint)) in (1..).zip(all) {
            contacts.note(TrackerId(id), &seen(peer, fingerprint));
        }
        let near = |id| {
            let mut near = contacts.near(TrackerId(id));
            near.sort_unstable_by_key(|(id, _)| *id);
            near
        };
        assert_eq!(near(1), [(TrackerId(2), Nearness::Certificate), (TrackerId(3), Nearness::Address)]);
        assert_eq!(near(3), [(TrackerId(1), Nearness::Address)]);
        assert_eq!((near(4), near(5), near(99)), (vec![], vec![], vec![]));
    }
}

//! Whether this location sees: when many unrelated targets fail at once, or the canaries fall silent, it is rather our own network
//! that fails, and nobody may be called down for that.
//!
//! A machine without I/O and without a clock: it is told what failed, what answered and when, and says how a failure is to be taken.
//! Times are monotonic, from any start.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use url::Host;

use crate::{FaultKind, Target};

/// How a failure that may be our own is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// As the target's.
    Believe,
    /// As one that makes nobody down yet.
    Hold,
    /// As nothing learnt: this location is blind.
    Blind,
    /// First look at the canaries, then ask again.
    Look,
}

/// Why a location is held to be blind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blindness {
    /// So many of the canaries that count do not answer.
    Canaries {
        /// Silent ones.
        silent: usize,
        /// Those that have answered before in this run.
        of: usize,
    },
    /// Every host that was up fails at once.
    Hosts(usize),
}

/// What is known of this location's sight.
#[derive(Debug)]
pub struct Sight {
    /// Of each canary, whether it has answered in this run. Who never has says nothing by its silence.
    answered: Vec<bool>,
    /// When the newest round ended.
    looked_at: Option<Duration>,
    /// Hosts that were up and fail.
    failing: BTreeMap<Arc<str>, Failing>,
    /// Hosts that are believed to be up, as of `counted_at`.
    up: HashSet<Arc<str>>,
    /// How many of them do not fail.
    others_up: usize,
    counted_at: Option<Duration>,
    suspect_since: Option<Duration>,
    blind: Option<(Duration, Blindness)>,
}

#[derive(Clone, Copy, Debug)]
struct Failing {
    at: Duration,
    window: Duration,
}

impl Sight {
    /// The longest that a round of canaries may take, and how long its result is used.
    pub const ROUND: Duration = Duration::from_secs(2);
    /// The longest that a suspicion holds failures back when no canary decides.
    pub const HOLD: Duration = Duration::from_secs(20);
    /// Failing hosts below this number are never suspicious.
    const FEWEST: usize = 5;
    /// The share of the hosts that were up, in per cent, from which on they are.
    const SHARE: usize = 30;
    /// How long the count of hosts is used.
    const COUNT_FOR: Duration = Duration::from_secs(1);

    /// A location with so many canaries, of which nothing is known yet.
    pub fn new(canaries: usize) -> Self {
        Self {
            answered: vec![false; canaries],
            looked_at: None,
            failing: BTreeMap::new(),
            up: HashSet::new(),
            others_up: 0,
            counted_at: None,
            suspect_since: None,
            blind: None,
        }
    }

    /// For how long a failure counts among those "at once", for a tracker checked this often.
    pub fn window(interval: Option<Duration>) -> Duration {
        interval.unwrap_or(Duration::MAX).clamp(Duration::from_secs(10), Duration::from_mins(1))
    }

    /// Whether the hosts that are up should be counted anew before the next failure is told.
    pub fn wants_count(&self, now: Duration) -> bool {
        self.counted_at.is_none_or(|at| now.saturating_sub(at) >= Self::COUNT_FOR)
    }

    /// The hosts that are believed to be up or in doubt; see [`host_of`].
    pub fn count(&mut self, up: HashSet<Arc<str>>, now: Duration) {
        // Who was up when everything went dark counts until something is seen again.
        if self.blind.is_none() {
            self.failing.retain(|_, failing| now.saturating_sub(failing.at) <= failing.window);
        }
        self.others_up = up.iter().filter(|host| !self.failing.contains_key(*host)).count();
        self.up = up;
        self.counted_at = Some(now);
    }

    /// A host that was up fails in a way [that may be ours](may_be_ours).
    pub fn failed(&mut self, host: &Arc<str>, window: Duration, now: Duration) -> Advice {
        let is_new = self.failing.insert(Arc::clone(host), Failing { at: now, window }).is_none();
        if is_new && self.up.contains(host) {
            self.others_up = self.others_up.saturating_sub(1);
        }
        let population = self.failing.len() + self.others_up;
        let is_suspect = self.failing.len() >= Self::FEWEST.max((population * Self::SHARE).div_ceil(100));
        if !is_suspect {
            self.suspect_since = None;
        } else if self.suspect_since.is_none() {
            self.suspect_since = Some(now);
        }
        if self.counting() > 0 { self.by_canaries(now) } else { self.by_hosts(now) }
    }

    /// How failures are taken now, after a look at the canaries. One that still wants a look is held.
    pub fn advice(&self, now: Duration) -> Advice {
        if self.counting() == 0 { Advice::Hold } else { self.by_canaries(now) }
    }

    /// A host that was told to fail answers.
    pub fn succeeded(&mut self, host: &str) {
        if self.failing.remove(host).is_some() {
            self.others_up += 1;
        }
        if matches!(self.blind, Some((_, Blindness::Hosts(_)))) {
            self.blind = None;
        }
    }

    /// A round of canaries has ended: which of them answered, in their order.
    pub fn looked(&mut self, seen: &[bool], now: Duration) {
        for (answered, seen) in self.answered.iter_mut().zip(seen) {
            *answered |= seen;
        }
        self.looked_at = Some(now);
        let of = self.counting();
        if of == 0 {
            return;
        }
        let silent = self.silent(seen);
        let since = self.blind.map_or(now, |(since, _)| since);
        self.blind = (silent * 2 > of).then_some((since, Blindness::Canaries { silent, of }));
    }

    /// Whether so many have answered in a round that is not over yet that this location sees, whatever the others do.
    pub fn sees(&self, seen: &[bool]) -> bool {
        self.counting() > 0 && self.silent(seen) * 2 <= self.counting()
    }

    /// Canaries that have answered before, and not in this round.
    fn silent(&self, seen: &[bool]) -> usize {
        self.answered.iter().zip(seen).filter(|(answered, seen)| **answered && !**seen).count()
    }

    /// Since when this location is blind, and why.
    pub fn blindness(&self) -> Option<(Duration, Blindness)> {
        self.blind
    }

    /// Canaries that have answered in this run.
    fn counting(&self) -> usize {
        self.answered.iter().filter(|answered| **answered).count()
    }

    fn by_canaries(&self, now: Duration) -> Advice {
        // When many fail at once, what was seen before is not enough.
        let newest = self.looked_at.filter(|at| {
            now.saturating_sub(*at) <= Self::ROUND && self.suspect_since.is_none_or(|since| since <= *at)
        });
        match (self.blind, newest) {
            // Whoever looks after blindness does so often.
            (Some(_), _) => Advice::Blind,
            (None, Some(_)) => Advice::Believe,
            (None, None) => Advice::Look,
        }
    }

    fn by_hosts(&mut self, now: Duration) -> Advice {
        let Some(since) = self.suspect_since else {
            self.blind = None;
            return Advice::Believe;
        };
        if self.others_up == 0 {
            let since = self.blind.map_or(now, |(since, _)| since);
            self.blind = Some((since, Blindness::Hosts(self.failing.len())));
            return Advice::Blind;
        }
        self.blind = None;
        if now.saturating_sub(since) < Self::HOLD { Advice::Hold } else { Advice::Believe }
    }
}

/// Whether a failure may be our own network's. One that proves contact with the target never is. That there is no such name is no contact:
/// routers say so of every name when they see nothing themselves.
pub fn may_be_ours(kind: FaultKind) -> bool {
    use FaultKind::{Closed, Dns, Refused, Reset, Timeout, Unreachable};
    matches!(kind, Dns | Refused | Unreachable | Reset | Closed | Timeout(_))
}

/// The host of a target, in small letters; none for this machine itself, which is always seen.
pub fn host_of(target: &Target) -> Option<Arc<str>> {
    let host = target.host()?;
    let is_here = match &host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.to_canonical().is_loopback(),
    };
    (!is_here).then(|| host.to_string().to_lowercase().into())
}

#[cfg(test)]
#[path = "sight_tests.rs"]
mod tests;

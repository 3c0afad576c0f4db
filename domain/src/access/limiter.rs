//! How often somebody may try to sign in.
//!
//! Failures are counted for an account *from one prefix*, and for a prefix; never for an account alone, which would let
//! anybody lock its owner out (ASVS 5.0, 6.3.1).

use std::{collections::HashMap, net::IpAddr, time::Duration};

/// The network that an address belongs to: what one attacker has many of is one prefix (a /64 of IPv6, one address of IPv4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Prefix(u128);

impl From<IpAddr> for Prefix {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(u128::from(address.to_bits())),
            // No network begins with 64 zeros, so the two kinds do not meet.
            IpAddr::V6(address) => Self(address.to_bits() >> 64 << 64),
        }
    }
}

/// Failures of one account from one prefix before the first wait.
const FREE_TRIES: u32 = 5;
/// A failure is forgotten after this time without another.
const MEMORY: Duration = Duration::from_mins(15);
/// The longest wait.
const LONGEST: Duration = Duration::from_mins(15);
/// Tries of a prefix in a minute, whatever the accounts.
const PREFIX_TRIES: u32 = 30;
const PREFIX_WINDOW: Duration = Duration::from_mins(1);
/// Counters that are kept; the oldest go first. An attacker with more prefixes than this is slowed by hashing alone.
const KEPT: usize = 20_000;

/// Counts tries. Times are monotonic.
#[derive(Debug, Default)]
pub struct Limiter {
    failures: HashMap<(Prefix, String), Failures>,
    prefixes: HashMap<Prefix, Tries>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    since: Duration,
}

impl Limiter {
    /// Whether somebody may try now; otherwise how long to wait. A try that may be made is counted for its prefix.
    pub fn admit(&mut self, prefix: Prefix, account: &str, now: Duration) -> Result<(), Duration> {
        if let Some(failures) = self.failures.get(&(prefix, account.to_owned())) {
            let until = failures.last + wait_after(failures.count);
            if now < until {
                return Err(until.saturating_sub(now));
            }
        }
        make_room(&mut self.prefixes, |tries| tries.since);
        let tries = self.prefixes.entry(prefix).or_insert(Tries { count: 0, since: now });
        if now >= tries.since + PREFIX_WINDOW {
            *tries = Tries { count: 0, since: now };
        }
        if tries.count >= PREFIX_TRIES {
            return Err((tries.since + PREFIX_WINDOW).saturating_sub(now));
        }
        tries.count += 1;
        Ok(())
    }

    /// Counts a try that failed.
    pub fn failed(&mut self, prefix: Prefix, account: &str, now: Duration) {
        make_room(&mut self.failures, |failures| failures.last);
        let failures =
            self.failures.entry((prefix, account.to_owned())).or_insert(Failures { count: 0, last: now });
        let is_old = now >= failures.last + MEMORY.max(wait_after(failures.count));
        failures.count = if is_old { 1 } else { failures.count.saturating_add(1) };
        failures.last = now;
    }

    /// Forgets the failures of who has signed in.
    pub fn succeeded(&mut self, prefix: Prefix, account: &str) {
        self.failures.remove(&(prefix, account.to_owned()));
    }
}

/// None for the first failures, then twice as long for each.
fn wait_after(failures: u32) -> Duration {
    let Some(beyond) = failures.checked_sub(FREE_TRIES) else { return Duration::ZERO };
    Duration::from_secs(1 << beyond.min(10)).min(LONGEST)
}

/// Forgets the older half when there are too many: seldom, and then cheap for each.
fn make_room<K: Clone + Eq + std::hash::Hash, V>(map: &mut HashMap<K, V>, age: impl Fn(&V) -> Duration) {
    if map.len() < KEPT {
        return;
    }
    let mut ages: Vec<Duration> = map.values().map(&age).collect();
    let middle = ages.len() / 2;
    let (_, median, _) = ages.select_nth_unstable(middle);
    let median = *median;
    map.retain(|_, value| age(value) > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn prefix(address: &str) -> Prefix {
        address.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn five_failures_are_free_then_each_doubles_the_wait() {
        let (mut limiter, from) = (Limiter::default(), prefix("192.0.2.1"));
        for second in 0..5 {
            assert_eq!(limiter.admit(from, "ada", at(second)), Ok(()));
            limiter.failed(from, "ada", at(second));
        }
        assert_eq!(limiter.admit(from, "ada", at(4)), Err(at(1)));
        assert_eq!(limiter.admit(from, "ada", at(5)), Ok(()));
        limiter.failed(from, "ada", at(5));
        assert_eq!(limiter.admit(from, "ada", at(5)), Err(at(2)));
        for _ in 0..40 {
            limiter.failed(from, "ada", at(9));
        }
        assert_eq!(limiter.admit(from, "ada", at(9)), Err(LONGEST));
    }

    #[test]
    fn an_attack_does_not_lock_the_owner_out() {
        let (mut limiter, attacker, owner) = (Limiter::default(), prefix("192.0.2.1"), prefix("192.0.2.2"));
        for _ in 0..1_000 {
            limiter.failed(attacker, "ada", at(0));
        }
        assert!(limiter.admit(attacker, "ada", at(1)).is_err());
        assert_eq!(limiter.admit(owner, "ada", at(1)), Ok(()));
    }

    #[test]
    fn one_prefix_cannot_try_every_account() {
        let (mut limiter, from) = (Limiter::default(), prefix("2001:db8::1"));
        for n in 0..PREFIX_TRIES {
            assert_eq!(limiter.admit(from, &n.to_string(), at(10)), Ok(()));
        }
        assert_eq!(limiter.admit(prefix("2001:db8::2"), "x", at(20)), Err(at(50)));
        assert_eq!(limiter.admit(prefix("2001:db8:0:1::2"), "x", at(20)), Ok(()));
        assert_eq!(limiter.admit(from, "x", at(70)), Ok(()));
    }

    #[test]
    fn success_and_time_forget_failures() {
        let (mut limiter, from) = (Limiter::default(), prefix("192.0.2.1"));
        for _ in 0..6 {
            limiter.failed(from, "ada", at(0));
        }
        limiter.succeeded(from, "ada");
        assert_eq!(limiter.admit(from, "ada", at(0)), Ok(()));
        for _ in 0..6 {
            limiter.failed(from, "ada", at(0));
        }
        limiter.failed(from, "ada", at(901));
        assert_eq!(limiter.admit(from, "ada", at(901)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let mut limiter = Limiter::default();
        for n in 0..50_000_u32 {
            let from = IpAddr::from(n.to_be_bytes()).into();
            let _ = limiter.admit(from, "ada", at(u64::from(n)));
            limiter.failed(from, "ada", at(u64::from(n)));
        }
        assert!(limiter.failures.len() <= KEPT && limiter.prefixes.len() <= KEPT);
        assert!(
            limiter.failures.contains_key(&(IpAddr::from(49_999_u32.to_be_bytes()).into(), "ada".into()))
        );
    }

    #[test]
    fn a_mapped_address_is_the_same_prefix() {
        assert_eq!(prefix("::ffff:192.0.2.1"), prefix("192.0.2.1"));
        assert_ne!(prefix("192.0.2.1"), prefix("192.0.2.2"));
    }
}

//! Which addresses this server asks at all.
//!
//! Whoever may add a tracker makes this machine send requests. Cloud machines answer some addresses with credentials of their
//! own, so those are never asked; a server that strangers may use asks nothing inside its own network either.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// Which addresses are asked. Judged for the very address that is connected to, after names are resolved, at each redirect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EgressPolicy {
    /// Everything but link-local addresses (there are the metadata services of clouds), their kin elsewhere, and addresses that
    /// are nobody's: whoever hosts this server watches private networks with it.
    #[default]
    SelfHosted,
    /// Public addresses only.
    PublicOnly,
}

impl FromStr for EgressPolicy {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "self-hosted" => Ok(Self::SelfHosted),
            "public-only" => Ok(Self::PublicOnly),
            _ => Err("a policy is `self-hosted` or `public-only`"),
        }
    }
}

impl EgressPolicy {
    /// Whether this address may be asked. An IPv4 address inside an IPv6 address is judged as well.
    pub fn allows(self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.allows_v4(address),
            IpAddr::V6(address) => {
                self.allows_v6(address) && inner(address).is_none_or(|v4| self.allows_v4(v4))
            }
        }
    }

    fn allows_v4(self, address: Ipv4Addr) -> bool {
        let within = |list: &[(u32, u8)]| list.iter().any(|range| contains_v4(*range, address));
        !within(NEVER_V4) && (self == Self::SelfHosted || !within(INSIDE_V4))
    }

    fn allows_v6(self, address: Ipv6Addr) -> bool {
        let within = |list: &[(u128, u8)]| list.iter().any(|range| contains_v6(*range, address));
        !within(NEVER_V6) && (self == Self::SelfHosted || !within(INSIDE_V6))
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> (u32, u8) {
    (Ipv4Addr::new(a, b, c, d).to_bits(), bits)
}

const fn v6(head: [u16; 4], last: u16, bits: u8) -> (u128, u8) {
    let [a, b, c, d] = head;
    (Ipv6Addr::new(a, b, c, d, 0, 0, 0, last).to_bits(), bits)
}

/// Metadata services (link-local ones, and those of Azure, Alibaba and Oracle), "this network", multicast, broadcast.
const NEVER_V4: &[(u32, u8)] = &[
    v4(0, 0, 0, 0, 8),
    v4(100, 100, 100, 200, 32),
    v4(168, 63, 129, 16, 32),
    v4(169, 254, 0, 0, 16),
    v4(192, 0, 0, 192, 32),
    v4(224, 0, 0, 0, 4),
    v4(255, 255, 255, 255, 32),
];

/// What the registry of special addresses (RFC 6890) knows as not public.
const INSIDE_V4: &[(u32, u8)] = &[
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(240, 0, 0, 0, 4),
];

/// The unspecified address, link-local and site-local ones, multicast, and the metadata services of Amazon and Google.
const NEVER_V6: &[(u128, u8)] = &[
    v6([0, 0, 0, 0], 0, 128),
    v6([0xfd00, 0xec2, 0, 0], 0x254, 128),
    v6([0xfd20, 0xce, 0, 0], 0x254, 128),
    v6([0xfe80, 0, 0, 0], 0, 10),
    v6([0xfec0, 0, 0, 0], 0, 10),
    v6([0xff00, 0, 0, 0], 0, 8),
];

/// Loopback, discard, Teredo and its neighbours, documentation, segment routing, unique local.
const INSIDE_V6: &[(u128, u8)] = &[
    v6([0, 0, 0, 0], 1, 128),
    v6([0x100, 0, 0, 0], 0, 64),
    v6([0x2001, 0, 0, 0], 0, 23),
    v6([0x2001, 0xdb8, 0, 0], 0, 32),
    v6([0x3fff, 0, 0, 0], 0, 20),
    v6([0x5f00, 0, 0, 0], 0, 16),
    v6([0xfc00, 0, 0, 0], 0, 7),
];

fn contains_v4((base, bits): (u32, u8), address: Ipv4Addr) -> bool {
    (address.to_bits() ^ base) >> (32 - u32::from(bits)) == 0
}

fn contains_v6((base, bits): (u128, u8), address: Ipv6Addr) -> bool {
    (address.to_bits() ^ base) >> (128 - u32::from(bits)) == 0
}

/// The IPv4 address that packets to this one end at: mapped and compatible (RFC 4291), NAT64 (RFC 6052 and 8215), 6to4 (RFC 3056).
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = address.to_bits();
    #[expect(clippy::cast_possible_truncation, reason = "the last 32 bits are wanted")]
    let last = Ipv4Addr::from_bits(bits as u32);
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] if address != Ipv6Addr::LOCALHOST => Some(last),
        [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] => Some(last),
        [0x2002, a, b, ..] => Some(Ipv4Addr::from_bits(u32::from(a) << 16 | u32::from(b))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(policy: EgressPolicy, address: &str) -> bool {
        policy.allows(address.parse().unwrap())
    }

    #[test]
    fn metadata_services_and_nobodys_addresses_are_never_asked() {
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(!allows(EgressPolicy::SelfHosted, address), "{address}");
            assert!(!allows(EgressPolicy::PublicOnly, address), "{address}");
        }
    }

    #[test]
    fn who_hosts_this_server_watches_private_networks() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "100.64.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "240.0.0.1",
            "::1",
            "fc00::1",
            "fd12::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "3fff::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:c0a8:101::1",
        ] {
            assert!(allows(EgressPolicy::SelfHosted, address), "{address}");
            assert!(!allows(EgressPolicy::PublicOnly, address), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_asked() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "168.63.129.17",
            "223.255.255.255",
            "2606:4700::1",
            "2a00:1450::1",
            "64:ff9b::101:101",
            "2002:101:101::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(allows(EgressPolicy::SelfHosted, address), "{address}");
            assert!(allows(EgressPolicy::PublicOnly, address), "{address}");
        }
    }
}

//! Where a request goes.

use std::net::IpAddr;

use url::{Host, Url};

/// One end of a connection: two URLs at the same place can share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) is_tls: bool,
    pub(super) host: Host,
    pub(super) port: u16,
}

impl Place {
    /// The place of an `http` or `https` URL with a host.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let is_tls = url.scheme() == "https";
        Some(Self { is_tls, host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// The address, when the URL spells it out.
    pub(super) fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// Host and port, as CONNECT wants them.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

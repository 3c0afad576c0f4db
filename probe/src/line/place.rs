//! Where a connection goes.

use std::net::IpAddr;

use domain::Target;
use url::{Host, Url};

/// One end of a connection: two URLs at the same place can share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) is_tls: bool,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl Place {
    /// The place of an `http` or `https` URL with a host.
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let is_tls = url.scheme() == "https";
        Some(Self { is_tls, host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// The place of a target of any kind; port 0 of one that has none.
    pub(crate) fn of_target(target: &Target) -> Option<Self> {
        Some(Self { is_tls: target.is_tls(), host: target.host()?, port: target.port().unwrap_or_default() })
    }

    /// The address, when the URL spells it out.
    pub(crate) fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// Host and port, as CONNECT wants them.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

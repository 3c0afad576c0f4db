//! Names to addresses, and which of those may be connected to.

use std::net::{IpAddr, SocketAddr};

use domain::EgressPolicy;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Host;

/// The host is at an address that this server must not connect to.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the address is not allowed")]
pub(crate) struct Forbidden;

/// Looks up names for the HTTP client, which then connects to the very addresses that were judged.
pub(crate) struct Vetting(pub(crate) EgressPolicy);

impl Resolve for Vetting {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let found = look_up(name.as_str()).await?;
            Ok(Box::new(allowed(policy, found)?.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a host that may be connected to, with this port.
pub(crate) async fn vetted(policy: EgressPolicy, host: &Host, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    let found = match host {
        Host::Domain(name) => look_up(name).await?,
        Host::Ipv4(address) => vec![SocketAddr::new((*address).into(), port)],
        Host::Ipv6(address) => vec![SocketAddr::new((*address).into(), port)],
    };
    let mut allowed = allowed(policy, found).map_err(std::io::Error::other)?;
    for address in &mut allowed {
        address.set_port(port);
    }
    Ok(allowed)
}

/// Whether a host may be connected to, as far as that can be seen without looking it up: a client looks up no addresses.
pub(crate) fn may_ask(policy: EgressPolicy, host: Option<&Host<&str>>) -> bool {
    match host {
        Some(Host::Ipv4(address)) => policy.allows(IpAddr::V4(*address)),
        Some(Host::Ipv6(address)) => policy.allows(IpAddr::V6(*address)),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

async fn look_up(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

fn allowed(policy: EgressPolicy, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Forbidden> {
    let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| policy.allows(address.ip())).collect();
    if allowed.is_empty() { Err(Forbidden) } else { Ok(allowed) }
}

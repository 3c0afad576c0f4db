//! Asking name servers that a tracker names.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::op::ResponseCode,
};
use tokio::time::Instant;

use super::resolver::{LookupAnswer, LookupError};

/// How long answers hold, whatever they say: a target that moves has to be seen.
const HELD: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// How long it holds that a name does not exist, or that nobody answered.
const NOTHING: Duration = Duration::from_secs(5);

/// Asks these servers, and says for how long the answer holds.
pub(crate) async fn ask(name: &str, servers: &[SocketAddr]) -> (LookupAnswer, Duration) {
    let Ok(resolver) = resolver(servers) else {
        return (Err(LookupError::Unanswered), NOTHING);
    };
    // With its dot, or the name would be looked for below others.
    let full = format!("{}.", name.trim_end_matches('.'));
    match resolver.lookup_ip(full.as_str()).await {
        Ok(found) => {
            let time = found.valid_until().saturating_duration_since(Instant::now().into_std());
            let mut addresses: Vec<_> = found.iter().collect();
            // IPv6 is a little preferred; a stable sort keeps the servers' order otherwise.
            addresses.sort_by_key(std::net::IpAddr::is_ipv4);
            if addresses.is_empty() {
                return (Err(LookupError::Missing), NOTHING);
            }
            (Ok(Arc::from(addresses)), time.clamp(HELD.0, HELD.1))
        }
        Err(error) => (Err(verdict(&error)), NOTHING),
    }
}

fn resolver(servers: &[SocketAddr]) -> Result<TokioResolver, NetError> {
    let servers = servers.iter().map(|server| {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        NameServerConfig::new(server.ip(), true, connections.into())
    });
    let config = ResolverConfig::from_parts(None, vec![], servers.collect());
    let mut options = ResolverOpts::default();
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = Duration::from_secs(2);
    let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    builder.with_options(options).build()
}

/// A name that a server says does not exist, or has no addresses, is missing. Anything else is no answer.
fn verdict(error: &NetError) -> LookupError {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none))
            if matches!(none.response_code, ResponseCode::NoError | ResponseCode::NXDomain) =>
        {
            LookupError::Missing
        }
        _ => LookupError::Unanswered,
    }
}

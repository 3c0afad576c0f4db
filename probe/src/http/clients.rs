//! The HTTP clients and their connections.
//!
//! A connection is kept for 9 s, so a tracker that asks every 10 s or more makes a new one each time and sees faults of
//! its name server, its port and its certificate. One that asks every second would use the same connection for ever and
//! see none of them. So there are two pools, and each host changes between them every 30 s: by the time a pool's turn
//! comes back, whatever it kept has expired. Hosts change at different times, which keeps the load level.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use reqwest::{Client, Url, redirect::Policy};
use tokio::time::Instant;

use super::{phase::WatchConnects, resolver::Resolver};

/// How long an unused connection is kept.
const KEPT_FOR: Duration = Duration::from_secs(9);
/// How long a host stays with one pool. Longer than `KEPT_FOR`, or the other pool would still hold connections.
const TURN_MS: u64 = 30_000;
/// The most connections kept to one host and port; trackers of one host share them.
const KEPT_PER_HOST: usize = 16;
/// The most that the headers of an HTTP/2 answer may weigh. HTTP/1.1 is bounded by hyper: 100 headers, 400 kB.
const HEADERS_LIMIT: u32 = 64 << 10;
/// An HTTP/2 connection carries every request to its host, so one that has died silently must be noticed and dropped.
const PING_EVERY: Duration = Duration::from_secs(3);

/// Why a prober cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A certificate authority that was given is not a certificate.
    #[error("a root certificate cannot be used")]
    Root(#[source] rustls::Error),
    /// The client cannot be set up, for instance because the version is no text for a header.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
}

/// The clients that all probes share.
pub(super) struct Clients {
    kept: [Client; 2],
    fresh: Client,
    started: Instant,
}

impl Clients {
    pub(super) fn new(
        version: &str,
        tls: &rustls::ClientConfig,
        resolver: &Resolver,
    ) -> Result<Self, BuildError> {
        let client = |kept: usize| {
            Client::builder()
                .user_agent(format!("uptime-tracker/{version}"))
                .tls_backend_preconfigured(tls.clone())
                .no_proxy()
                .redirect(Policy::none())
                .dns_resolver(resolver.clone())
                .connector_layer(WatchConnects)
                .pool_idle_timeout(KEPT_FOR)
                .pool_max_idle_per_host(kept)
                .http2_max_header_list_size(HEADERS_LIMIT)
                .http2_keep_alive_interval(PING_EVERY)
                .http2_keep_alive_timeout(PING_EVERY)
                .http2_keep_alive_while_idle(true)
                .build()
        };
        Ok(Self {
            kept: [client(KEPT_PER_HOST)?, client(KEPT_PER_HOST)?],
            fresh: client(0)?,
            started: Instant::now(),
        })
    }

    /// The client whose turn it is for this host. It may use a kept connection.
    pub(super) fn kept(&self, url: &Url) -> &Client {
        let [one, other] = &self.kept;
        if is_first_turn(self.started.elapsed(), url) { one } else { other }
    }

    /// The client that makes a new connection for every request.
    pub(super) fn fresh(&self) -> &Client {
        &self.fresh
    }
}

fn is_first_turn(elapsed: Duration, url: &Url) -> bool {
    let mut hasher = DefaultHasher::new();
    (url.host_str(), url.port()).hash(&mut hasher);
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let turn = elapsed_ms.saturating_add(hasher.finish() % TURN_MS) / TURN_MS;
    turn.is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_changes_its_pool_every_thirty_seconds() {
        let url = Url::parse("https://example.org/").unwrap();
        let turns: Vec<bool> =
            (0..120).map(|second| is_first_turn(Duration::from_secs(second), &url)).collect();
        let changes: Vec<usize> = (1..120).filter(|n| turns[*n] != turns[n - 1]).collect();
        assert!(changes.len() >= 3, "{changes:?}");
        assert!(changes.windows(2).all(|pair| pair[1] - pair[0] == 30), "{changes:?}");
    }

    #[test]
    fn hosts_change_at_different_times() {
        let first = (0..100)
            .filter_map(|n| Url::parse(&format!("http://host{n}/")).ok())
            .filter(|url| is_first_turn(Duration::from_secs(15), url))
            .count();
        assert!((25..=75).contains(&first), "{first}");
    }
}

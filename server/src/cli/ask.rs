//! `check` and `healthcheck`: questions that are answered once.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use domain::{NewTracker, Outcome, Prober};
use probe::HttpProber;

use super::{CheckArguments, say};
use crate::exit::{Ending, Exit};

/// Probes once with the same prober that the server uses.
pub(super) async fn check(arguments: CheckArguments) -> Result<Exit, Ending> {
    let target = super::parse_target(&arguments.target)?;
    let prober = prober()?;
    let tracker = NewTracker { expect: arguments.expect, ..NewTracker::of(target) };
    let finding = prober.prepare(tracker.plan()).ask(arguments.deadline).await;
    let took = finding.latency.map(|latency| format!(" in {:.1} ms", latency.as_ms())).unwrap_or_default();
    let target = &tracker.target;
    let (line, exit) = match finding.outcome {
        Outcome::Up => (format!("up: {target}{took}"), Exit::Ok),
        Outcome::Degraded(fault) => (format!("up, degraded: {target}: {fault}{took}"), Exit::Ok),
        Outcome::Down(fault) => (format!("down: {target}: {fault}{took}"), Exit::Failed),
        Outcome::Unknown(reason) => (format!("unknown: {target}: {}", reason.sentence()), Exit::Failed),
    };
    say(&line)?;
    Ok(exit)
}

pub(super) fn prober() -> Result<HttpProber, Ending> {
    HttpProber::new(env!("CARGO_PKG_VERSION")).map_err(|error| Ending::because(Exit::Configuration, &error))
}

/// Asks `/healthz` of the server at this address.
pub(super) async fn healthcheck(listen: SocketAddr) -> Result<Exit, Ending> {
    let host = match listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    let url = format!("http://{}/healthz", SocketAddr::new(host, listen.port()));
    let target = domain::Target::parse(&url)
        .map_err(|error| Ending { exit: Exit::Failed, sentence: error.to_string() })?;
    let finding = prober()?.prepare(NewTracker::of(target).plan()).ask(Duration::from_secs(5)).await;
    match finding.outcome {
        Outcome::Up | Outcome::Degraded(_) => Ok(Exit::Ok),
        Outcome::Down(fault) => Err(Ending { exit: Exit::Failed, sentence: format!("{url}: {fault}") }),
        Outcome::Unknown(reason) => {
            Err(Ending { exit: Exit::Failed, sentence: format!("{url}: {}", reason.sentence()) })
        }
    }
}

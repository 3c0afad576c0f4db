//! `check` and `healthcheck`: questions that are answered once.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use domain::{Clock as _, Draft, EgressPolicy, Evidence, Finding, NewTracker, Outcome, Prober, Target};
use probe::{Probers, Settings};

use super::{CheckArguments, say};
use crate::{
    clock::SystemClock,
    exit::{Ending, Exit},
    finding::FindingReply,
};

mod waterfall;

/// Probes once with the same prober that the server uses.
pub(super) async fn check(arguments: CheckArguments) -> Result<Exit, Ending> {
    let draft =
        Draft { http: arguments.http.draft()?, expect: arguments.expect, ..Draft::of(arguments.target) };
    let usage = |invalid| Ending::because(Exit::Usage, &invalid);
    let tracker = draft.parse().map_err(usage)?;
    let mut session = prober(EgressPolicy::default())?.prepare(tracker.question().map_err(usage)?);
    let finding = session.ask(arguments.deadline).await;
    let evidence = session.evidence();
    if arguments.json {
        say(&as_json(&tracker.target, &finding, evidence.as_ref())?)?;
    } else {
        say(&verdict(&tracker.target, &finding))?;
        for line in waterfall::lines(&finding.phases, evidence.as_ref(), SystemClock::new().now()) {
            say(&line)?;
        }
    }
    Ok(if finding.outcome.is_up() == Some(true) { Exit::Ok } else { Exit::Failed })
}

fn as_json(target: &Target, finding: &Finding, evidence: Option<&Evidence>) -> Result<String, Ending> {
    let reply = FindingReply::new(target.as_str(), finding, evidence);
    serde_json::to_string(&reply).map_err(|error| Ending::because(Exit::Failed, &error))
}

fn verdict(target: &Target, finding: &Finding) -> String {
    let took = finding.latency.map(|latency| format!(" in {:.1} ms", latency.as_ms())).unwrap_or_default();
    match &finding.outcome {
        Outcome::Up => format!("up: {target}{took}"),
        Outcome::Degraded(fault) => format!("up, degraded: {target}: {fault}{took}"),
        Outcome::Down(fault) => format!("down: {target}: {fault}{took}"),
        Outcome::Unknown(reason) => format!("unknown: {target}: {}", reason.sentence()),
    }
}

pub(super) fn prober(policy: EgressPolicy) -> Result<Probers, Ending> {
    let settings = Settings { policy, ..Settings::new(env!("CARGO_PKG_VERSION")) };
    Probers::with(settings).map_err(|error| Ending::because(Exit::Configuration, &error))
}

/// Asks `/healthz` of the server at this address.
pub(super) async fn healthcheck(listen: SocketAddr) -> Result<Exit, Ending> {
    let host = match listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    let url = format!("http://{}/healthz", SocketAddr::new(host, listen.port()));
    let target =
        Target::parse(&url).map_err(|error| Ending { exit: Exit::Failed, sentence: error.to_string() })?;
    let mut session = prober(EgressPolicy::default())?.prepare(NewTracker::of(target).plan());
    let finding = session.ask(Duration::from_secs(5)).await;
    match finding.outcome {
        Outcome::Up | Outcome::Degraded(_) => Ok(Exit::Ok),
        Outcome::Down(fault) => Err(Ending { exit: Exit::Failed, sentence: format!("{url}: {fault}") }),
        Outcome::Unknown(reason) => {
            Err(Ending { exit: Exit::Failed, sentence: format!("{url}: {}", reason.sentence()) })
        }
    }
}

//! Asking every address of a target: each has to answer as expected.

use std::net::IpAddr;

use domain::{Fault, FaultKind, Outcome};
use futures_util::future::join_all;
use http::HeaderValue;
use tokio::time::timeout_at;

use super::{hop::Ready, walk::Walk};
use crate::line::trace::Trace;

/// The most addresses that are asked.
const LIMIT: usize = 16;

/// Asks all addresses at the same time. The trace becomes that of the first that fails, or of the slowest.
pub(super) async fn ask(ready: &Ready, token: Option<&HeaderValue>, trace: &mut Trace) -> Outcome {
    let addresses = match addresses(ready, trace).await {
        Ok(addresses) => addresses,
        Err(outcome) => return outcome,
    };
    let asked = join_all(addresses.iter().map(|address| one(ready, token, *address, trace))).await;
    let verdicts =
        asked.iter().zip(&addresses).map(|((outcome, _), address)| (address.to_string(), said(outcome)));
    let verdicts: Vec<(String, String)> = verdicts.collect();
    let outcome = together(&asked, &verdicts);
    let telling = asked.into_iter().enumerate().max_by_key(|(place, (outcome, own))| {
        let is_bad = !matches!(outcome, Outcome::Up);
        (is_bad, if is_bad { std::time::Duration::ZERO } else { own.total() }, std::cmp::Reverse(*place))
    });
    if let Some((_, (_, own))) = telling {
        trace.follow(own);
    }
    trace.seen.addresses = Some(addresses.into());
    trace.seen.verdicts = verdicts;
    outcome
}

async fn addresses(ready: &Ready, trace: &mut Trace) -> Result<Vec<IpAddr>, Outcome> {
    let place = match &ready.first {
        Ok(first) => &first.place,
        Err(fault) => return Err(Outcome::Down(fault.clone())),
    };
    let (mut allowed, _) = ready.route().addresses(place, None, trace).await?;
    allowed.truncate(LIMIT);
    Ok(allowed)
}

async fn one(
    ready: &Ready,
    token: Option<&HeaderValue>,
    address: IpAddr,
    common: &Trace,
) -> (Outcome, Trace) {
    let mut trace = Trace::new();
    trace.branch(common);
    let mut walk = Walk { ready, token, only: Some(address), trace: &mut trace, kept: &mut None };
    // The deadline is the same for all, but each has to say what it was waiting for.
    let outcome = match timeout_at(common.until, walk.run()).await {
        Ok(outcome) => outcome,
        Err(_) => trace.deadline(),
    };
    trace.stop();
    (outcome, trace)
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Up => words::MARK_UP.into(),
        Outcome::Degraded(fault) | Outcome::Down(fault) => fault.to_string(),
        Outcome::Unknown(reason) => reason.sentence().into(),
    }
}

/// Down if there is evidence against one of them; otherwise as well as the worst of them.
fn together(asked: &[(Outcome, Trace)], verdicts: &[(String, String)]) -> Outcome {
    let outcomes = || asked.iter().map(|(outcome, _)| outcome);
    if let [only] = asked {
        return only.0.clone();
    }
    let failing: Vec<String> = outcomes()
        .zip(verdicts)
        .filter(|(outcome, _)| matches!(outcome, Outcome::Down(_)))
        .map(|(_, (address, said))| format!("{address}: {said}"))
        .collect();
    if !failing.is_empty() {
        let detail = words::detail_addresses(asked.len(), failing.join("; "), failing.len());
        return Outcome::Down(Fault::new(FaultKind::Addresses, detail));
    }
    let unknown = outcomes().find(|outcome| matches!(outcome, Outcome::Unknown(_)));
    unknown
        .or(outcomes().find(|outcome| matches!(outcome, Outcome::Degraded(_))))
        .cloned()
        .unwrap_or(Outcome::Up)
}

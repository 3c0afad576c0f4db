//! Asking in one line, and saying what the answer should be.

use std::time::Duration;

use domain::{Expectations, Fault, FaultKind, Finding, Outcome, ProbeRequest, Prober, Target};
use probe::HttpProber;

/// Far beyond what any answer here takes: nothing in these tests may depend on the machine's speed.
pub(super) const PATIENT: Duration = Duration::from_secs(30);
/// For targets that never answer.
pub(super) const SHORT: Duration = Duration::from_millis(500);

pub(super) fn prober() -> HttpProber {
    HttpProber::new("1.2.3").unwrap()
}

pub(super) async fn ask(target: impl AsRef<str>) -> Outcome {
    ask_with(&prober(), target, "200", PATIENT).await.outcome
}

pub(super) async fn ask_expecting(target: impl AsRef<str>, expect: &str) -> Outcome {
    ask_with(&prober(), target, expect, PATIENT).await.outcome
}

/// Asks a target that is known never to answer.
pub(super) async fn ask_in_vain(target: impl AsRef<str>) -> Outcome {
    ask_with(&prober(), target, "200", SHORT).await.outcome
}

pub(super) async fn ask_with(
    prober: &HttpProber,
    target: impl AsRef<str>,
    expect: &str,
    deadline: Duration,
) -> Finding {
    let request = ProbeRequest {
        target: Target::parse(target.as_ref()).unwrap(),
        expect: Expectations::parse(expect).unwrap(),
        deadline,
    };
    let finding = prober.probe(&request).await;
    let is_known = !matches!(finding.outcome, Outcome::Unknown(_));
    assert_eq!(finding.latency.is_some(), is_known, "{finding:?}");
    finding
}

/// The fault of an outcome that must be down.
pub(super) fn fault(outcome: Outcome) -> Fault {
    match outcome {
        Outcome::Down(fault) => fault,
        other => panic!("wanted down, got {other:?}"),
    }
}

pub(super) fn kind(outcome: Outcome) -> FaultKind {
    fault(outcome).kind
}

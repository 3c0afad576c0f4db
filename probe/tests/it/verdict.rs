//! Asking in one line, and saying what the answer should be.

use std::{sync::Arc, time::Duration};

use domain::{
    Evidence, Expectations, Fault, FaultKind, Finding, HttpOptions, Outcome, Plan, Prober, Session, Target,
};
use probe::Probers;
use tokio::time::Instant;

/// Far beyond what any answer here takes: nothing in these tests may depend on the machine's speed.
pub(super) const PATIENT: Duration = Duration::from_secs(30);
/// For targets that never answer.
pub(super) const SHORT: Duration = Duration::from_millis(500);

pub(super) fn prober() -> Probers {
    Probers::new("1.2.3").unwrap()
}

/// What to ask, with connections that are kept. An empty expectation is that of the target's kind.
pub(super) fn plan(target: impl AsRef<str>, expect: &str) -> Plan {
    let target = Target::parse(target.as_ref()).unwrap();
    let usual = Expectations::of(target.kind());
    Plan {
        expect: if expect.is_empty() { usual } else { Expectations::parse(expect).unwrap() },
        target,
        http: Arc::default(),
        keeps_connections: true,
    }
}

/// The options of a plan, to be changed.
pub(super) fn options(plan: &mut Plan) -> &mut HttpOptions {
    Arc::make_mut(&mut plan.http)
}

/// A plan for status 200 with these options.
pub(super) fn with(target: impl AsRef<str>, change: impl FnOnce(&mut HttpOptions)) -> Plan {
    let mut plan = plan(target, "200");
    change(options(&mut plan));
    plan
}

/// A tracker's session that is asked again and again.
pub(super) struct Asker(Box<dyn Session>);

impl Asker {
    pub(super) fn new(prober: &Probers, plan: Plan) -> Self {
        Self(prober.prepare(plan))
    }

    pub(super) async fn finding(&mut self, deadline: Duration) -> Finding {
        let finding = self.0.ask(deadline).await;
        let is_known = !matches!(finding.outcome, Outcome::Unknown(_));
        assert_eq!(finding.latency.is_some(), is_known, "{finding:?}");
        finding
    }

    pub(super) async fn ask(&mut self) -> Outcome {
        self.finding(PATIENT).await.outcome
    }

    pub(super) fn evidence(&self) -> Evidence {
        self.0.evidence().unwrap()
    }

    pub(super) fn session(&mut self) -> &mut dyn Session {
        self.0.as_mut()
    }
}

pub(super) async fn ask(target: impl AsRef<str>) -> Outcome {
    ask_with(&prober(), target, "200", PATIENT).await.outcome
}

pub(super) async fn ask_expecting(target: impl AsRef<str>, expect: &str) -> Outcome {
    ask_with(&prober(), target, expect, PATIENT).await.outcome
}

/// Asks a target that is known never to answer. The deadline must not pass early, nor, on a machine that is not busy with something else
/// each time, more than 100 ms late.
pub(super) async fn ask_in_vain(target: impl AsRef<str>) -> Outcome {
    ask_in_vain_expecting(target, "200").await
}

pub(super) async fn ask_in_vain_expecting(target: impl AsRef<str>, expect: &str) -> Outcome {
    for _ in 0..5 {
        let started = Instant::now();
        let finding = ask_with(&prober(), &target, expect, SHORT).await;
        let took = started.elapsed();
        assert!(took >= SHORT, "gave up after {took:?}");
        if took < SHORT + Duration::from_millis(100) {
            return finding.outcome;
        }
    }
    panic!("every deadline passed late");
}

pub(super) async fn ask_with(
    prober: &Probers,
    target: impl AsRef<str>,
    expect: &str,
    deadline: Duration,
) -> Finding {
    Asker::new(prober, plan(target, expect)).finding(deadline).await
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

//! Echoes of this machine. Where it lets nobody ping, that is said, and nothing is tested.

use domain::{EgressPolicy, Outcome, Phase, Reason};
use probe::{Probers, Settings};

use super::verdict::{Asker, PATIENT, ask_with, plan, prober};

/// Whether this machine lets us ping.
async fn is_possible() -> bool {
    let outcome = ask_with(&prober(), "ping://127.0.0.1", "", PATIENT).await.outcome;
    if outcome == Outcome::Unknown(Reason::Ping) {
        eprintln!("SKIPPED: this machine lets this process open no socket for echoes");
        return false;
    }
    true
}

#[tokio::test]
async fn who_answers_is_up() {
    if !is_possible().await {
        return;
    }
    for (target, family) in [("ping://127.0.0.1", "127.0.0.1"), ("ping localhost", "")] {
        let mut asker = Asker::new(&prober(), plan(target, "total < 20s"));
        let finding = asker.finding(PATIENT).await;
        assert_eq!(finding.outcome, Outcome::Up, "{target}");
        assert!(finding.phases.get(Phase::FirstByte).is_some() && finding.phases.get(Phase::Body).is_none());
        assert!(asker.evidence().peer.unwrap().contains(family));
    }
    let finding = ask_with(&prober(), "ping://127.0.0.1", "loss == 0%; address == 127.0.0.1", PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    let missed = ask_with(&prober(), "ping://127.0.0.1", "loss > 50% else degraded", PATIENT).await.outcome;
    let Outcome::Degraded(fault) = missed else { panic!("{missed:?}") };
    assert_eq!(fault.detail, "wanted loss > 50%, got 0%");
}

#[tokio::test]
async fn many_do_not_hear_each_other() {
    if !is_possible().await {
        return;
    }
    let prober = prober();
    let all = (0..40).map(|_| ask_with(&prober, "ping://127.0.0.1", "loss == 0%", PATIENT));
    for finding in futures_util::future::join_all(all).await {
        assert_eq!(finding.outcome, Outcome::Up);
    }
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_not_asked() {
    let policy: EgressPolicy = "public-only".parse().unwrap();
    let strict = Probers::with(Settings { policy, ..Settings::new("0") }).unwrap();
    let outcome = ask_with(&strict, "ping://127.0.0.1", "", PATIENT).await.outcome;
    assert_eq!(outcome, Outcome::Unknown(Reason::Policy));
}

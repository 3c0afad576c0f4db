//! One tracker's way of asking its target.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{Auth, Evidence, Family, Finding, Outcome, Plan, Session, Watcher};
use http::HeaderValue;
use tokio::time::timeout;

use super::{auth::Token, dial::Kept, every, hop::Ready, walk::Walk};
use crate::{
    line::{
        redact::Redactor,
        seen::Seen,
        trace::{Blame, Trace},
    },
    prober::Shared,
};

/// Asks one target, with the one connection that it keeps.
pub(crate) struct HttpSession {
    ready: Ready,
    kept: Option<Box<Kept>>,
    token: Option<Token>,
    trace: Trace,
    good: Option<Box<Seen>>,
    /// Whether the newest answer is the good one to remember. It is put aside when the next probe begins.
    is_good: bool,
}

/// Whether connections are kept. Where every address is asked, each time with a connection of its own.
pub(super) fn keeps_connections(plan: &Plan) -> bool {
    plan.keeps_connections && !asks_every_address(plan)
}

/// Through a proxy it is the proxy that looks names up, so there is nothing to tell apart.
fn asks_every_address(plan: &Plan) -> bool {
    plan.http.family == Family::Every && plan.http.proxy.is_none()
}

impl HttpSession {
    pub(crate) fn new(plan: Plan, shared: Arc<Shared>) -> Self {
        let ready = Ready::new(plan, shared);
        Self { ready, kept: None, token: None, trace: Trace::new(), good: None, is_good: false }
    }

    async fn run(&mut self) -> Outcome {
        if let Some(Auth::OAuth2 { .. }) = &self.ready.plan.http.auth
            && let Err(outcome) = Box::pin(self.sign_in()).await
        {
            return outcome;
        }
        if asks_every_address(&self.ready.plan) {
            return Box::pin(every::ask(
                &self.ready,
                self.token.as_ref().map(Token::header),
                &mut self.trace,
            ))
            .await;
        }
        let Self { ready, kept, token, trace, .. } = self;
        let mut walk = Walk { ready, token: token.as_ref().map(Token::header), only: None, trace, kept };
        walk.run().await
    }

    /// Sees to a token that is good for a while. The time it takes is part of the whole but of no phase.
    async fn sign_in(&mut self) -> Result<(), Outcome> {
        if self.token.as_ref().is_some_and(Token::is_good) {
            return Ok(());
        }
        self.token = None;
        self.trace.blame = Blame::SignIn;
        let token = Token::fetch(&self.ready, &mut self.trace).await;
        self.token = Some(token.map_err(|outcome| self.trace.blame(outcome))?);
        self.trace.resume();
        Ok(())
    }

    /// Makes room for what the probe that begins will see.
    fn put_aside(&mut self) {
        if std::mem::take(&mut self.is_good) {
            std::mem::swap(self.good.get_or_insert_default().as_mut(), &mut self.trace.seen);
        }
    }

    fn redactor(&self) -> Redactor {
        Redactor::of(
            &self.ready.plan,
            self.token.as_ref().map(Token::header).and_then(|value: &HeaderValue| value.to_str().ok()),
        )
    }

    /// A failed check has no connection to keep, and what the target said may contain what it was told.
    fn settle(&mut self, mut outcome: Outcome) -> Outcome {
        if outcome.is_up() != Some(true) {
            self.kept = None;
            self.token = self.token.take().filter(|_| self.trace.seen.status != Some(401));
        }
        if let Outcome::Down(fault) | Outcome::Degraded(fault) = &mut outcome {
            fault.detail = self.redactor().clean(&fault.detail);
        }
        outcome
    }
}

#[async_trait]
impl Session for HttpSession {
    async fn ask(&mut self, deadline: Duration) -> Finding {
        self.put_aside();
        self.trace.begin(deadline);
        let outcome = match timeout(deadline, self.run()).await {
            Ok(outcome) => outcome,
            Err(_) => self.trace.deadline(),
        };
        self.trace.stop();
        let outcome = self.settle(outcome);
        let (total, phases) = (self.trace.total(), self.trace.phases);
        self.trace.seen.phases = phases;
        if let Some(stream) = self.trace.parting.take() {
            stream.see_off(self.trace.left()).await;
        }
        let latency = (!matches!(outcome, Outcome::Unknown(_))).then(|| total.into());
        Finding { outcome, latency, phases }
    }

    fn watch(&mut self, watcher: Watcher) {
        self.trace.watcher = Some(Redactor::of(&self.ready.plan, None).watching(watcher));
    }

    fn evidence(&self) -> Option<Evidence> {
        Some(self.trace.seen.evidence(&self.ready.plan, &self.redactor()))
    }

    fn remember(&mut self) {
        self.is_good = true;
    }

    fn last_good(&self) -> Option<Evidence> {
        let good = if self.is_good { &self.trace.seen } else { self.good.as_deref()? };
        Some(good.evidence(&self.ready.plan, &self.redactor()))
    }
}

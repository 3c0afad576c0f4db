//! Sessions of kinds that ask once and let go: what differs between them is one function.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Answer, Evidence, Fault, FaultKind, Finding, Judged, Outcome, Phase, Plan, Progress, Session, Watcher,
};
use tokio::{io::AsyncWriteExt, sync::OwnedSemaphorePermit, time::timeout};

use super::{
    place::Place,
    reach::{Reached, Route},
    redact::Redactor,
    seen::{Met, Seen},
    stream::Stream,
    tls,
    trace::Trace,
    verdict,
};
use crate::prober::Shared;

/// A kind of probe.
#[async_trait]
pub(crate) trait Ask: Send + Sync {
    /// Asks once. Who calls sees to the deadline, to the times and to secrets; an error is a verdict as well.
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome>;
}

/// What one probe works with.
pub(crate) struct Line<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) shared: &'a Shared,
    pub(crate) trace: &'a mut Trace,
}

/// A connection to a target, with its place in the budget.
pub(crate) struct Connection {
    pub(crate) stream: Stream,
    pub(super) _permit: OwnedSemaphorePermit,
}

/// How long a target gets to take our leave.
const LEAVE: Duration = Duration::from_millis(50);

impl<'a> Line<'a> {
    /// How places are reached.
    pub(crate) fn route(&self) -> Route<'a> {
        Route::of(self.plan, self.shared)
    }

    /// Where the target is.
    pub(crate) fn place(&self) -> Result<Place, Outcome> {
        let unsendable = || Outcome::Down(Fault::new(FaultKind::Protocol, words::DETAIL_URL_UNSENDABLE));
        Place::of_target(&self.plan.target).ok_or_else(unsendable)
    }

    /// Connects to the target, encrypted where its scheme says so. Ends waiting for the first byte.
    pub(crate) async fn connect(&mut self) -> Result<Connection, Outcome> {
        self.connect_offering(&[]).await
    }

    /// The same, offering these protocols (ALPN).
    pub(crate) async fn connect_offering(
        &mut self,
        protocols: &'static [&'static [u8]],
    ) -> Result<Connection, Outcome> {
        let place = self.place()?;
        self.connect_with(&place, protocols).await
    }

    /// The same with another place, offering none.
    pub(crate) async fn connect_to(&mut self, place: &Place) -> Result<Connection, Outcome> {
        self.connect_with(place, &[]).await
    }

    async fn connect_with(
        &mut self,
        place: &Place,
        protocols: &'static [&'static [u8]],
    ) -> Result<Connection, Outcome> {
        let route = self.route();
        let permit = route.permit(self.trace).await?;
        let Reached { tcp, peer, addresses, turn: _turn } = route.reach(place, None, self.trace).await?;
        self.trace.seen.meet(&Met { addresses, peer: Some(peer), tls: None });
        // Questions are small, and what is asked next waits for nothing.
        let _ = tcp.set_nodelay(true);
        if !place.is_tls {
            self.trace.enter_knowing(Phase::FirstByte, || peer.to_string());
            return Ok(Connection { stream: Stream::Plain(tcp), _permit: permit });
        }
        self.trace.enter_knowing(Phase::Tls, || peer.to_string());
        let options = &self.plan.http.tls;
        let setup = self.shared.encryption.setup(options, protocols).map_err(Outcome::Down)?;
        let name = tls::name(options.server_name.as_deref(), place);
        let (stream, shown) = tls::encrypt(&setup, name, tcp, self.trace).await?;
        self.trace.seen.tls = Some(Arc::clone(&shown));
        self.trace.enter_knowing(Phase::FirstByte, || shown.in_short());
        Ok(Connection { stream: Stream::Tls(Box::new(stream)), _permit: permit })
    }

    /// What an answer has of every kind, as far as it is known by now.
    pub(crate) fn answer<'b>(&self, answer: &Answer<'b>, shown: Option<&'b tls::Shown>) -> Answer<'b> {
        Answer {
            phases: self.trace.phases,
            total: self.trace.total().into(),
            certificate: shown.and_then(tls::Shown::facts),
            tls_version: shown.and_then(tls::Shown::version_number),
            address: self.trace.seen.peer.map(|peer| peer.ip()),
            ..*answer
        }
    }

    /// The verdict on an answer after which nothing is waited for any more.
    pub(crate) fn judge(&mut self, answer: &Answer<'_>) -> Outcome {
        self.trace.stop();
        let shown = self.trace.seen.tls.clone();
        let answer = self.answer(answer, shown.as_deref());
        let expect = &self.plan.expect;
        self.trace.tell(|| {
            let reviewed = verdict::reviewed(expect, &answer, &Redactor::of(self.plan, None));
            Progress::Judged(Judged { reviewed, leaves: Vec::new(), size: self.trace.seen.body.len() })
        });
        verdict::outcome(expect.judge(&answer))
    }
}

impl Connection {
    /// Ends it as its protocol wants it.
    pub(crate) async fn leave(mut self) {
        let _ = timeout(LEAVE, self.stream.shutdown()).await;
    }
}

/// Asks one target of a kind.
pub(crate) struct LineSession {
    ask: Box<dyn Ask>,
    plan: Plan,
    shared: Arc<Shared>,
    trace: Trace,
    good: Option<Box<Seen>>,
    /// Whether the newest answer is the good one to remember. It is put aside when the next probe begins.
    is_good: bool,
}

impl LineSession {
    pub(crate) fn new(plan: Plan, shared: Arc<Shared>, ask: Box<dyn Ask>) -> Self {
        Self { ask, plan, shared, trace: Trace::new(), good: None, is_good: false }
    }

    fn redactor(&self) -> Redactor {
        Redactor::of(&self.plan, None)
    }
}

#[async_trait]
impl Session for LineSession {
    async fn ask(&mut self, deadline: Duration) -> Finding {
        if std::mem::take(&mut self.is_good) {
            std::mem::swap(self.good.get_or_insert_default().as_mut(), &mut self.trace.seen);
        }
        self.trace.begin(deadline);
        let mut line = Line { plan: &self.plan, shared: &self.shared, trace: &mut self.trace };
        let asked = timeout(deadline, self.ask.ask(&mut line)).await;
        let mut outcome = match asked {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(outcome)) => self.trace.blame(outcome),
            Err(_) => self.trace.deadline(),
        };
        self.trace.stop();
        if let Outcome::Down(fault) | Outcome::Degraded(fault) = &mut outcome {
            fault.detail = self.redactor().clean(&fault.detail);
        }
        let (total, phases) = (self.trace.total(), self.trace.phases);
        self.trace.seen.phases = phases;
        let latency = (!matches!(outcome, Outcome::Unknown(_))).then(|| total.into());
        Finding { outcome, latency, phases }
    }

    fn watch(&mut self, watcher: Watcher) {
        self.trace.watcher = Some(self.redactor().watching(watcher));
    }

    fn evidence(&self) -> Option<Evidence> {
        Some(self.trace.seen.evidence(&self.plan, &self.redactor()))
    }

    fn remember(&mut self) {
        self.is_good = true;
    }

    fn last_good(&self) -> Option<Evidence> {
        let good = if self.is_good { &self.trace.seen } else { self.good.as_deref()? };
        Some(good.evidence(&self.plan, &self.redactor()))
    }
}

//! What a probe is waiting for, so that a deadline that passes can say so.
//!
//! reqwest does not tell. But its connections are made by the very task that sends the request, so a variable of that
//! task can be written by the two places that reqwest lets us see: the resolver and the connector. Where a connection is
//! instead made in the background (another one came free first), the variable is absent and nothing is written.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use domain::Phase;
use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    static PROGRESS: Arc<State>;
}

/// How far one probe has come.
pub(super) struct Progress(Arc<State>);

struct State {
    phase: AtomicU8,
    /// Whether the newest request went over a connection made for it.
    fresh: AtomicBool,
}

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(State { phase: AtomicU8::new(code(Phase::FirstByte)), fresh: AtomicBool::new(false) }))
    }
}

impl Progress {
    /// Runs a probe whose progress this is.
    pub(super) fn follow<F: Future>(&self, probe: F) -> impl Future<Output = F::Output> {
        PROGRESS.scope(Arc::clone(&self.0), probe)
    }

    /// What the probe is waiting for.
    pub(super) fn phase(&self) -> Phase {
        self.0.phase()
    }
}

impl State {
    fn phase(&self) -> Phase {
        phase(self.phase.load(Relaxed))
    }

    fn is_current(self: &Arc<Self>) -> bool {
        PROGRESS.try_with(|current| Arc::ptr_eq(current, self)) == Ok(true)
    }
}

/// Begins a request. No connector is called for a kept connection, so until told otherwise it waits for the first byte.
pub(super) fn begin_hop() {
    let _ = PROGRESS.try_with(|state| {
        state.fresh.store(false, Relaxed);
        state.phase.store(code(Phase::FirstByte), Relaxed);
    });
}

/// The probe of this task now waits for this.
pub(super) fn enter(phase: Phase) {
    let _ = PROGRESS.try_with(|state| state.phase.store(code(phase), Relaxed));
}

/// What the probe of this task waits for.
pub(super) fn current() -> Phase {
    PROGRESS.try_with(|state| state.phase()).unwrap_or(Phase::FirstByte)
}

/// Whether this task's newest request went over a connection made for it, or failed in making one.
pub(super) fn connected_afresh() -> bool {
    PROGRESS.try_with(|state| state.fresh.load(Relaxed)).unwrap_or(true)
}

fn code(phase: Phase) -> u8 {
    match phase {
        Phase::Resolve => 0,
        Phase::Connect | Phase::Tls => 1,
        Phase::FirstByte => 2,
        Phase::Body => 3,
    }
}

fn phase(code: u8) -> Phase {
    match code {
        0 => Phase::Resolve,
        1 => Phase::Connect,
        2 => Phase::FirstByte,
        _ => Phase::Body,
    }
}

/// Watches the connector: put around it by reqwest.
#[derive(Clone)]
pub(super) struct WatchConnects;

impl<S> Layer<S> for WatchConnects {
    type Service = WatchedConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        WatchedConnector(inner)
    }
}

/// A connector that tells when it starts and ends.
#[derive(Clone)]
pub(super) struct WatchedConnector<S>(S);

impl<S, R> Service<R> for WatchedConnector<S>
where
    S: Service<R>,
    S::Future: Unpin,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Connecting<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        enter(Phase::Connect);
        Connecting { inner: self.0.call(destination), probe: PROGRESS.try_with(Arc::clone).ok() }
    }
}

/// A connection being made, and the probe that waits for it.
pub(super) struct Connecting<F> {
    inner: F,
    probe: Option<Arc<State>>,
}

impl<F, T, E> Future for Connecting<F>
where
    F: Future<Output = Result<T, E>> + Unpin,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        // Polled by another task: a kept connection came free first and the probe took that one.
        if let Some(probe) = this.probe.take_if(|probe| !probe.is_current())
            && matches!(probe.phase(), Phase::Resolve | Phase::Connect)
        {
            probe.phase.store(code(Phase::FirstByte), Relaxed);
        }
        let made = Pin::new(&mut this.inner).poll(cx);
        if let (Poll::Ready(result), Some(probe)) = (&made, &this.probe) {
            probe.fresh.store(true, Relaxed);
            if result.is_ok() {
                enter(Phase::FirstByte);
            }
        }
        made
    }
}

//! The probe of `http` and `https` targets.

mod clients;
mod phase;
mod redirect;
mod resolver;
mod tls;

use std::{borrow::Cow, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Answer, Expectations, Fault, FaultKind, Finding, Judgement, Outcome, Phase, Phases, Plan, Prober, Session,
};
use reqwest::{Method, Request, Response, StatusCode, Url};
use rustls::pki_types::CertificateDer;
use tokio::time::{Instant, timeout};

use self::{
    clients::Clients,
    phase::Progress,
    redirect::{Next, next_hop},
    resolver::Resolver,
};
use crate::fault;

pub use self::clients::BuildError;
pub(crate) use self::resolver::LookupError;

/// Asks a URL with GET, over HTTP/1.1 or, where TLS offers it, HTTP/2.
///
/// - Up means that the status is one of those expected. A redirect whose own status is expected is the answer; any other
///   redirect is followed, 10 at most, to `http` and `https` only.
/// - The answer is read to its end, because an answer that stops half-way is not up, but only its first MiB.
/// - The deadline holds for all of it, redirects included.
/// - Cookies, compression, proxies of the environment and the contents of the answer play no part.
///
/// One prober serves any number of probes at a time; make one and share it.
pub struct HttpProber {
    clients: Arc<Clients>,
}

struct HttpSession {
    clients: Arc<Clients>,
    plan: Plan,
}

impl HttpProber {
    /// A prober that trusts the certificate authorities of this machine, and introduces itself as
    /// `uptime-tracker/VERSION`.
    pub fn new(version: &str) -> Result<Self, BuildError> {
        Self::assemble(version, &tls::platform(), &Resolver::default())
    }

    /// A prober that trusts these certificate authorities and no others, given as DER.
    pub fn with_roots(version: &str, roots: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, BuildError> {
        let roots = roots.into_iter().map(CertificateDer::from);
        Self::assemble(version, &tls::only(roots)?, &Resolver::default())
    }

    fn assemble(version: &str, tls: &rustls::ClientConfig, resolver: &Resolver) -> Result<Self, BuildError> {
        let clients = Clients::new(version, tls, resolver)?;
        Ok(Self { clients: Arc::new(clients) })
    }
}

impl HttpSession {
    async fn run(&self) -> Outcome {
        let mut url = Cow::Borrowed(self.plan.target.as_url());
        for _ in 0..=redirect::LIMIT {
            let response = match self.send(&url).await {
                Ok(response) => response,
                Err(error) => return fault::outcome(&error, phase::current()),
            };
            if self.plan.expect.accepts_status(response.status().as_u16()) {
                return read(response).await;
            }
            match next_hop(&url, response.status(), response.headers()) {
                Next::Hop(next) => url = Cow::Owned(next),
                Next::Answer => return wrong_status(&self.plan.expect, response.status()),
                Next::Refused(detail) => return Outcome::Down(Fault::new(FaultKind::Redirects, detail)),
            }
        }
        let detail = format!("more than {} redirects", redirect::LIMIT);
        Outcome::Down(Fault::new(FaultKind::Redirects, detail))
    }

    /// One request and the head of its answer. A kept connection that fails says little about the target: servers close
    /// idle connections when they like, and the request may cross the close. Only a fresh connection is evidence, so
    /// such a request is sent again; GET may be.
    async fn send(&self, url: &Url) -> reqwest::Result<Response> {
        phase::begin_hop();
        let first = self.clients.kept(url).execute(get(url)).await;
        if first.is_ok() || phase::connected_afresh() {
            return first;
        }
        phase::begin_hop();
        self.clients.fresh().execute(get(url)).await
    }
}

impl Prober for HttpProber {
    fn prepare(&self, plan: Plan) -> Box<dyn Session> {
        Box::new(HttpSession { clients: Arc::clone(&self.clients), plan })
    }
}

#[async_trait]
impl Session for HttpSession {
    async fn ask(&mut self, deadline: Duration) -> Finding {
        let started = Instant::now();
        let progress = Progress::default();
        let outcome = match timeout(deadline, progress.follow(self.run())).await {
            Ok(outcome) => outcome,
            Err(_) => fault::deadline(progress.phase()),
        };
        let latency = match outcome {
            Outcome::Unknown(_) => None,
            _ => Some(started.elapsed().into()),
        };
        Finding { outcome, latency, phases: Phases::NONE }
    }
}

fn get(url: &Url) -> Request {
    Request::new(Method::GET, url.clone())
}

/// Reads an answer whose status is as expected, to its end or its bound. Read to the end, its connection can be used again.
async fn read(mut response: Response) -> Outcome {
    const LIMIT: usize = 1 << 20;
    phase::enter(Phase::Body);
    let mut left = LIMIT;
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() < left => left -= chunk.len(),
            Ok(_) => return Outcome::Up,
            Err(error) => return fault::outcome(&error, Phase::Body),
        }
    }
}

fn wrong_status(expect: &Expectations, got: StatusCode) -> Outcome {
    let answer = Answer { status: Some(got.as_u16()), ..Answer::default() };
    match expect.judge(&answer) {
        Judgement::Met => Outcome::Up,
        Judgement::Degraded(miss) => Outcome::Degraded(miss.fault()),
        Judgement::Down(miss) => Outcome::Down(miss.fault()),
    }
}

#[cfg(test)]
mod tests;

//! One probe: from the target along its redirects to the answer, and the verdict on that.

use std::{
    borrow::Cow,
    mem::replace,
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    task::Poll,
    time::Duration,
};

use domain::{Fault, FaultKind, Judgement, Outcome, Phase, Progress};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use tokio::time::timeout;

use super::{
    body::{self, Content, Read},
    cookies::Jar,
    dial::{self, Kept},
    hop::{Extra, Hop, Ready},
    redirect::{Next, next_hop},
    session::keeps_connections,
    verdict::Trial,
};
use crate::{
    fault,
    line::{redact::Redactor, seen::Lines, trace::Trace, verdict},
};

/// What one probe works with.
pub(super) struct Walk<'a> {
    pub(super) ready: &'a Ready,
    /// The token that was fetched for this target.
    pub(super) token: Option<&'a HeaderValue>,
    /// The one address of the target's that is asked.
    pub(super) only: Option<IpAddr>,
    pub(super) trace: &'a mut Trace,
    pub(super) kept: &'a mut Option<Box<Kept>>,
}

/// The head of an answer, and what is there of its body.
type Got = (Box<Kept>, Response<Incoming>);

impl Walk<'_> {
    pub(super) async fn run(&mut self) -> Outcome {
        let first = match &self.ready.first {
            Ok(first) => first,
            Err(fault) => return Outcome::Down(fault.clone()),
        };
        let mut jar = self.ready.plan.http.cookies.then(Jar::default);
        let mut later: Option<Hop> = None;
        let mut followed = 0;
        loop {
            let hop = later.as_ref().unwrap_or(first);
            self.trace.tell(|| Progress::Asking(hop.url.to_string()));
            let (kept, answer) = match self.send(hop, jar.as_ref()).await {
                Ok(got) => got,
                Err(outcome) => return self.trace.blame(outcome),
            };
            if let Some(jar) = &mut jar {
                jar.take(&hop.url, answer.headers());
            }
            let next = match self.next(hop, &answer, followed) {
                Ok(Some(next)) => next,
                Ok(None) => return self.conclude(hop, (kept, answer), followed).await,
                Err(fault) => {
                    self.trace.seen.take_head(&answer, &kept.met);
                    return Outcome::Down(fault);
                }
            };
            followed += 1;
            self.trace.seen.redirects.push(hop.url.to_string());
            self.trace.seen.url = Some(next.url.clone());
            self.let_go(kept, answer).await;
            later = Some(next);
        }
    }

    /// Where the answer leads, unless it is the answer itself.
    fn next(&self, hop: &Hop, answer: &Response<Incoming>, followed: u8) -> Result<Option<Hop>, Fault> {
        let limit = self.ready.plan.http.redirects.0;
        let is_wanted = || self.ready.plan.expect.accepts_status(answer.status().as_u16());
        if !answer.status().is_redirection() || limit == 0 || is_wanted() {
            return Ok(None);
        }
        match next_hop(&hop.url, answer.status(), answer.headers()) {
            Next::Answer => Ok(None),
            Next::Refused(detail) => Err(Fault::new(FaultKind::Redirects, detail)),
            Next::Hop(_) if followed == limit => {
                Err(Fault::new(FaultKind::Redirects, words::detail_redirects_many(limit)))
            }
            Next::Hop(url) => self.ready.following(hop, url, answer.status()).map(Some),
        }
    }

    /// One request and the head of its answer. A kept connection that fails says little about the target: servers close
    /// idle connections when they like, and the request may cross the close. Only a fresh connection is evidence, so
    /// such a request is sent again. So is, once, one that a server of HTTP/2 says it has not looked at.
    async fn send(&mut self, hop: &Hop, jar: Option<&Jar>) -> Result<Got, Outcome> {
        if let Some(mut kept) = self.kept.take().filter(|kept| kept.serves(hop)) {
            self.trace.phase = Phase::FirstByte;
            if kept.link.is_alive().await {
                let request = hop.request(kept.link.is_http2(), &self.extra(hop, jar, &kept));
                if let Ok(answer) = kept.link.send(request).await {
                    self.trace.enter_knowing(Phase::Body, || said(&answer));
                    return self.accept(hop, kept, answer);
                }
            }
            self.trace.enter(Phase::Resolve);
        }
        let mut may_repeat = true;
        loop {
            let mut kept = Box::pin(dial::dial(self.ready, hop, self.only, self.trace)).await?;
            self.trace.seen.meet(&kept.met);
            let request = hop.request(kept.link.is_http2(), &self.extra(hop, jar, &kept));
            match kept.link.send(request).await {
                Ok(answer) => {
                    self.trace.enter_knowing(Phase::Body, || said(&answer));
                    return self.accept(hop, kept, answer);
                }
                Err(error) if error.is_unprocessed() && replace(&mut may_repeat, false) => {
                    self.trace.enter(Phase::Resolve);
                }
                Err(error) => return Err(fault::outcome(&error, Phase::FirstByte)),
            }
        }
    }

    /// Refuses what is no answer of the target's.
    fn accept(&mut self, hop: &Hop, kept: Box<Kept>, answer: Response<Incoming>) -> Result<Got, Outcome> {
        let has = |name| answer.headers().contains_key(name);
        let down = |kind, detail: &str| Err(Outcome::Down(Fault::new(kind, detail)));
        if kept.is_absolute && answer.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return down(FaultKind::Proxy, words::DETAIL_PROXY_WHO);
        }
        if has(header::TRANSFER_ENCODING) && has(header::CONTENT_LENGTH) {
            self.trace.seen.take_head(&answer, &kept.met);
            return down(FaultKind::Protocol, words::DETAIL_TWO_LENGTHS);
        }
        debug_assert!(kept.place == hop.place);
        Ok((kept, answer))
    }

    fn extra<'b>(&'b self, hop: &Hop, jar: Option<&Jar>, kept: &'b Kept) -> Extra<'b> {
        Extra {
            token: self.token,
            cookies: jar.and_then(|jar| jar.for_url(&hop.url)),
            nonce: self.ready.plan.http.cache_busting.then(nonce),
            proxy: kept.proxy.as_ref(),
            is_absolute: kept.is_absolute,
        }
    }

    /// Keeps the connection of a redirect for the next request, if nothing has to be waited for.
    async fn let_go(&mut self, mut kept: Box<Kept>, answer: Response<Incoming>) {
        let stays_open = stays_open(answer.version(), answer.headers());
        let mut body = answer.into_body();
        while let Poll::Ready(frame) = kept.link.frame_now(&mut body).await {
            match frame {
                Some(Ok(_)) => {}
                Some(Err(_)) => return,
                None => {
                    *self.kept = (stays_open && keeps_connections(&self.ready.plan)).then_some(kept);
                    return;
                }
            }
        }
    }

    /// Reads the answer as far as the verdict needs it.
    async fn conclude(&mut self, hop: &Hop, (mut kept, answer): Got, followed: u8) -> Outcome {
        self.trace.seen.take_head(&answer, &kept.met);
        let (head, mut incoming) = answer.into_parts();
        let stays_open = stays_open(head.version, &head.headers);
        let expect = &self.ready.plan.expect;
        let mut trial = Trial {
            expect: Cow::Borrowed(expect),
            http_version: dial::http_version(head.version),
            status: head.status.as_u16(),
            headers: Lines(head.headers),
            tls: kept.met.tls.clone(),
            redirects: followed,
            url: Cow::Borrowed(hop.url.as_str()),
            address: kept.met.peer.map(|peer| peer.ip()),
            phases: self.trace.phases,
            total: self.trace.total(),
            read: Read::default(),
        };
        let early = trial.judge_head();
        if let Some(Judgement::Down(miss)) = early {
            if self.trace.watcher.is_some() {
                self.look_on(&mut trial, &mut kept, &mut incoming).await;
            }
            self.trace.stop_here();
            body::glance(&mut kept.link, &mut incoming, &mut self.trace.seen.body).await;
            return Outcome::Down(miss.fault());
        }
        let needs_all = expect.needs_body();
        let is_watched = self.trace.watcher.is_some();
        let content = Content { needs_all, keeps_all: is_watched, encodings: &trial.headers.0 };
        trial.read = match content.read(&mut kept.link, &mut incoming, self.trace).await {
            Ok(read) => read,
            Err(outcome) => return outcome,
        };
        self.trace.stop();
        if is_watched {
            (trial.phases, trial.total) = (self.trace.phases, self.trace.total());
            self.tell_review(&trial);
        }
        if trial.read.is_whole {
            self.keep(kept, stays_open);
        }
        if let Some(judgement) = early {
            return verdict::outcome(judgement);
        }
        (trial.phases, trial.total) = (self.trace.phases, self.trace.total());
        verdict::outcome(trial.judge().await)
    }

    /// Reads on after the verdict, for who wants to see all of it; but not for long, and whatever comes of it changes nothing.
    async fn look_on(&mut self, trial: &mut Trial<'_>, kept: &mut Kept, incoming: &mut Incoming) {
        let content = Content { needs_all: false, keeps_all: true, encodings: &trial.headers.0 };
        let reading = timeout(LOOK_ON, content.read(&mut kept.link, incoming, self.trace)).await;
        if let Ok(Ok(read)) = reading {
            trial.read = read;
        }
        (trial.phases, trial.total) = (self.trace.phases, self.trace.total());
        self.tell_review(trial);
    }

    fn tell_review(&self, trial: &Trial<'_>) {
        let redactor = Redactor::of(&self.ready.plan, self.token.and_then(|token| token.to_str().ok()));
        self.trace.tell(|| Progress::Judged(trial.review(&redactor)));
    }

    /// Keeps a connection whose answer was read to its end, or lets the server close it.
    fn keep(&mut self, mut kept: Box<Kept>, stays_open: bool) {
        if stays_open && keeps_connections(&self.ready.plan) {
            kept.link.rest();
            *self.kept = Some(kept);
        } else {
            self.trace.parting = kept.link.into_stream();
        }
    }
}

/// The first line of an answer, and where it leads.
fn said(answer: &Response<Incoming>) -> String {
    let leads = answer.headers().get(header::LOCATION).filter(|_| answer.status().is_redirection());
    let said = format!("{:?} {}", answer.version(), answer.status());
    match leads.and_then(|value| value.to_str().ok()) {
        Some(to) => words::detail_answer_leads_to(said, to),
        None => said,
    }
}

/// How long who watches waits for the rest of an answer that is decided.
const LOOK_ON: Duration = Duration::from_secs(2);

/// Whether the server takes another request on the same connection (RFC 9112, section 9.3).
fn stays_open(version: Version, headers: &HeaderMap) -> bool {
    let says = |word: &str| {
        let lines = headers.get_all(header::CONNECTION).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).any(|token| token.trim().eq_ignore_ascii_case(word))
    };
    if version == Version::HTTP_10 { says("keep-alive") } else { !says("close") }
}

/// A number that no cache has seen. Starts anywhere, so that a restart does not repeat it.
fn nonce() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    if NEXT.load(Relaxed) == 0 {
        NEXT.fetch_add(RandomState::new().hash_one(0) | 1, Relaxed);
    }
    NEXT.fetch_add(1, Relaxed)
}

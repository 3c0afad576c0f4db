//! One request on the way to the answer, made once and sent again and again.

use std::sync::{Arc, OnceLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use domain::{Auth, Fault, FaultKind, HttpVersion, Outcome, Plan};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LANGUAGE,
        CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, PROXY_AUTHORIZATION, USER_AGENT,
    },
    uri::PathAndQuery,
};
use tokio::net::TcpStream;
use url::{Position, Url};

use super::link::Sent;
use crate::{
    line::{
        place::Place,
        reach::Route,
        stream::Secured,
        tls::{self, Setup, Shown},
        trace::Trace,
    },
    prober::Shared,
};

/// What a session is made ready with.
pub(super) struct Ready {
    pub(super) plan: Plan,
    pub(super) shared: Arc<Shared>,
    /// The target itself; a fault if it cannot be asked at all.
    pub(super) first: Result<Hop, Fault>,
    /// How connections to the target are encrypted, once there was one.
    pub(super) encryption: OnceLock<Arc<Setup>>,
}

/// One request.
pub(super) struct Hop {
    pub(super) url: Url,
    pub(super) place: Place,
    /// Whether it goes to the target itself rather than to where it redirects: only then it carries secrets.
    pub(super) is_home: bool,
    pub(super) method: Method,
    path: PathAndQuery,
    headers: HeaderMap,
    body: Bytes,
}

/// What is new in each request.
#[derive(Default)]
pub(super) struct Extra<'a> {
    /// The bearer token that was fetched.
    pub(super) token: Option<&'a HeaderValue>,
    /// What the cookies of this run are.
    pub(super) cookies: Option<String>,
    /// What makes the URL one that no cache knows.
    pub(super) nonce: Option<u64>,
    /// What the proxy wants to see, of a request that it passes on.
    pub(super) proxy: Option<&'a HeaderValue>,
    /// Whether the whole URL is sent, as a proxy wants it.
    pub(super) is_absolute: bool,
}

impl Ready {
    pub(super) fn new(plan: Plan, shared: Arc<Shared>) -> Self {
        let first = Hop::first(&plan, &shared);
        Self { plan, shared, first, encryption: OnceLock::new() }
    }

    /// How places are reached.
    pub(super) fn route(&self) -> Route<'_> {
        Route::of(&self.plan, &self.shared)
    }

    /// Encrypts a connection for this request. The name that is set belongs to the target, not to where it redirects.
    pub(super) async fn encrypt(
        &self,
        hop: &Hop,
        tcp: TcpStream,
        trace: &mut Trace,
    ) -> Result<(Secured, Arc<Shown>), Outcome> {
        let wanted = self.plan.http.tls.server_name.as_deref().filter(|_| hop.is_home);
        let setup = self.setup(hop).map_err(Outcome::Down)?;
        tls::encrypt(&setup, tls::name(wanted, &hop.place), tcp, trace).await
    }

    /// The identity that is set belongs to the target as well.
    fn setup(&self, hop: &Hop) -> Result<Arc<Setup>, Fault> {
        if let Some(setup) = self.encryption.get().filter(|_| hop.is_home) {
            return Ok(Arc::clone(setup));
        }
        let mut tls = self.plan.http.tls.clone();
        tls.identity = tls.identity.filter(|_| hop.is_home);
        let setup = self.shared.encryption.setup(&tls, protocols(self.plan.http.version))?;
        if hop.is_home {
            let _ = self.encryption.set(Arc::clone(&setup));
        }
        Ok(setup)
    }

    /// Where this redirect leads, as browsers follow it: 303 asks with GET, and so do 301 and 302 in place of a POST.
    pub(super) fn following(&self, from: &Hop, url: Url, status: StatusCode) -> Result<Hop, Fault> {
        let place = Place::of(&url).ok_or_else(|| unsendable(words::DETAIL_REDIRECT_NO_HOST))?;
        let is_home = self.first.as_ref().is_ok_and(|first| first.place == place);
        let asks_anew = match status.as_u16() {
            303 => from.method != Method::HEAD,
            301 | 302 => from.method == Method::POST,
            _ => false,
        };
        let (method, body) =
            if asks_anew { (Method::GET, Bytes::new()) } else { (from.method.clone(), from.body.clone()) };
        let mut headers = headers(&self.plan, &self.shared, is_home)?;
        headers.insert(HOST, host(&self.plan, &url, is_home)?);
        note_length(&mut headers, &method, &body);
        if body.is_empty() {
            for name in [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE] {
                headers.remove(name);
            }
        }
        Ok(Hop { path: path(&url)?, url, place, is_home, method, headers, body })
    }
}

impl Hop {
    fn first(plan: &Plan, shared: &Shared) -> Result<Self, Fault> {
        let url = plan.target.as_url().clone();
        let place = Place::of(&url).ok_or_else(|| unsendable(words::FIELD_URL_NO_HOST))?;
        let method =
            plan.http.method.as_deref().map_or(Ok(Method::GET), |name| Method::from_bytes(name.as_bytes()));
        let mut headers = headers(plan, shared, true)?;
        headers.insert(HOST, host(plan, &url, true)?);
        let method = method.map_err(|_| unsendable(words::DETAIL_METHOD_UNSENDABLE))?;
        let body = Bytes::from(plan.http.body.clone().unwrap_or_default());
        note_length(&mut headers, &method, &body);
        Ok(Self { path: path(&url)?, url, place, is_home: true, method, headers, body })
    }

    /// The request with which another protocol begins at the target, or what is called there; the closure says in the headers which.
    pub(super) fn beginning(
        plan: &Plan,
        shared: &Shared,
        called: Option<(&'static str, Bytes)>,
        say: impl FnOnce(&mut HeaderMap),
    ) -> Result<Self, Fault> {
        let url = plan.target.as_url().clone();
        let place = Place::of_target(&plan.target).ok_or_else(|| unsendable(words::FIELD_URL_NO_HOST))?;
        let mut headers = headers(plan, shared, true)?;
        headers.insert(HOST, host(plan, &url, true)?);
        say(&mut headers);
        let (method, path, body) = match called {
            Some((path, body)) => (Method::POST, PathAndQuery::from_static(path), body),
            None => (Method::GET, path(&url)?, Bytes::new()),
        };
        Ok(Self { url, place, is_home: true, method, path, headers, body })
    }

    /// A form that is posted, on behalf of a session but not to its target.
    pub(super) fn form(
        url: &Url,
        shared: &Shared,
        authorization: HeaderValue,
        body: String,
    ) -> Result<Self, Fault> {
        let place = Place::of(url).ok_or_else(|| unsendable(words::FIELD_URL_NO_HOST))?;
        let headers = HeaderMap::from_iter([
            (HOST, header(&url[Position::BeforeHost..Position::AfterPort])?),
            (USER_AGENT, shared.user_agent.clone()),
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (AUTHORIZATION, authorization),
            (CONNECTION, HeaderValue::from_static("close")),
        ]);
        let (path, url, body) = (path(url)?, url.clone(), Bytes::from(body));
        Ok(Self { url, place, is_home: false, method: Method::POST, path, headers, body })
    }

    /// The request for this version of HTTP.
    pub(super) fn request(&self, is_http2: bool, extra: &Extra<'_>) -> Request<Sent> {
        let mut request = Request::new(Sent::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        let mut headers = self.headers.clone();
        let path = match extra.nonce {
            Some(nonce) => busted(&self.path, nonce),
            None => self.path.clone(),
        };
        *request.uri_mut() = match (is_http2, extra.is_absolute) {
            (false, false) => Uri::from(path),
            (false, true) => {
                self.absolute(&path, self.url[Position::BeforeHost..Position::AfterPort].as_bytes())
            }
            (true, _) => {
                headers.remove(CONNECTION);
                let host = headers.remove(HOST);
                self.absolute(&path, host.as_ref().map_or(&b""[..], HeaderValue::as_bytes))
            }
        };
        if let Some(token) = extra.token.filter(|_| self.is_home) {
            headers.insert(AUTHORIZATION, token.clone());
        }
        if let Some(value) = extra.proxy {
            headers.insert(PROXY_AUTHORIZATION, value.clone());
        }
        if let Some(cookies) = &extra.cookies {
            add_cookies(&mut headers, cookies);
        }
        *request.headers_mut() = headers;
        request
    }

    fn absolute(&self, path: &PathAndQuery, authority: &[u8]) -> Uri {
        let scheme = if self.place.is_tls { "https" } else { "http" };
        let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query(path.clone());
        uri.build().unwrap_or_else(|_| Uri::from(path.clone()))
    }
}

/// What is offered while a connection is encrypted.
fn protocols(version: HttpVersion) -> &'static [&'static [u8]] {
    match version {
        HttpVersion::Auto => &[b"h2", b"http/1.1"],
        HttpVersion::Http1 => &[b"http/1.1"],
        HttpVersion::Http2 => &[b"h2"],
    }
}

/// What is sent to the target itself, or to where it redirects. Secrets go home only.
fn headers(plan: &Plan, shared: &Shared, is_home: bool) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(HOST, HeaderValue::from_static(""));
    for line in &plan.http.headers {
        let name =
            HeaderName::try_from(&line.name).map_err(|_| unsendable(words::DETAIL_HEADER_NAME_UNSENDABLE))?;
        let is_secret = matches!(line.value, domain::HeaderValue::Secret(_));
        if !is_home && (is_secret || [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(&name)) {
            continue;
        }
        let mut value = header(line.value.expose())?;
        value.set_sensitive(is_secret);
        headers.append(name, value);
    }
    let mut default = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    default(USER_AGENT, shared.user_agent.clone());
    default(ACCEPT, HeaderValue::from_static("*/*"));
    if plan.expect.needs_body() {
        default(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd, deflate"));
    }
    if !super::session::keeps_connections(plan) {
        default(CONNECTION, HeaderValue::from_static("close"));
    }
    if is_home && let Some(authorization) = authorization(plan.http.auth.as_ref())? {
        headers.insert(AUTHORIZATION, authorization);
    }
    Ok(headers)
}

/// Some servers wait for a body after these methods unless they are told that there is none; hyper does not tell.
fn note_length(headers: &mut HeaderMap, method: &Method, body: &Bytes) {
    if body.is_empty() && [Method::POST, Method::PUT, Method::PATCH].contains(method) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

fn authorization(auth: Option<&Auth>) -> Result<Option<HeaderValue>, Fault> {
    match auth {
        Some(Auth::Basic { user, password }) => basic(user, password.expose()).map(Some),
        Some(Auth::Bearer { token }) => bearer(token.expose()).map(Some),
        Some(Auth::OAuth2 { .. }) | None => Ok(None),
    }
}

/// RFC 7617.
pub(super) fn basic(user: &str, password: &str) -> Result<HeaderValue, Fault> {
    secret(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// RFC 6750.
pub(super) fn bearer(token: &str) -> Result<HeaderValue, Fault> {
    secret(&format!("Bearer {token}"))
}

fn secret(text: &str) -> Result<HeaderValue, Fault> {
    let mut value = header(text)?;
    value.set_sensitive(true);
    Ok(value)
}

fn header(text: &str) -> Result<HeaderValue, Fault> {
    HeaderValue::try_from(text).map_err(|_| unsendable(words::DETAIL_HEADER_UNSENDABLE))
}

fn host(plan: &Plan, url: &Url, is_home: bool) -> Result<HeaderValue, Fault> {
    match plan.http.host.as_deref().filter(|_| is_home) {
        Some(host) => header(host),
        None => header(&url[Position::BeforeHost..Position::AfterPort]),
    }
}

fn path(url: &Url) -> Result<PathAndQuery, Fault> {
    let text = &url[Position::BeforePath..Position::AfterQuery];
    PathAndQuery::try_from(text).map_err(|_| unsendable(words::DETAIL_URL_UNSENDABLE))
}

fn busted(path: &PathAndQuery, nonce: u64) -> PathAndQuery {
    let joint = if path.query().is_some() { '&' } else { '?' };
    PathAndQuery::try_from(format!("{path}{joint}uptime-tracker={nonce:x}")).unwrap_or_else(|_| path.clone())
}

fn add_cookies(headers: &mut HeaderMap, cookies: &str) {
    let own = headers.get(COOKIE).map(HeaderValue::as_bytes).unwrap_or_default();
    let all = if own.is_empty() { cookies.into() } else { [own, b"; ", cookies.as_bytes()].concat() };
    if let Ok(mut value) = HeaderValue::try_from(all) {
        value.set_sensitive(true);
        headers.insert(COOKIE, value);
    }
}

/// The draft of a tracker refuses what cannot be sent, so this is about what slipped through.
fn unsendable(detail: &str) -> Fault {
    Fault::new(FaultKind::Protocol, detail)
}

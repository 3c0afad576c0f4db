//! From a draft to options, with every problem at once.

use core::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use super::{Connections, Family, Given, HttpDraft, HttpOptions, HttpVersion, PushUrl, Redirects};
use crate::{FieldError, Invalid, Secret, parse_length};

mod auth;
mod headers;
mod pem;
mod proxy;
mod tls;
mod words;

pub(super) use words::is_sensitive;
use words::{authority, method};

impl HttpOptions {
    /// The most bytes of a body.
    pub const BODY_LIMIT: usize = 64 * 1_024;
    /// The most headers.
    pub const MOST_HEADERS: usize = 50;
    /// The most name servers.
    pub const MOST_RESOLVERS: usize = 3;
    /// The longest grace.
    pub const MOST_GRACE: Duration = Duration::from_hours(7 * 24);

    /// The options after an edit by this draft. What is absent keeps its value, `null` and empty texts reset it, and a secret
    /// given as [`Secret::MASK`] stays what it was. Errors name fields like `http.headers`; they repeat no secret.
    pub fn parse(draft: &HttpDraft, before: &Self) -> Result<Self, Invalid> {
        let mut reading = Reading::default();
        let one = |field, read: Result<_, String>| read.map_err(|problem| FieldError::new(field, problem));
        let word = |field, problem| FieldError::new(field, problem);
        let options = Self {
            method: reading.field(&draft.method, &before.method, |text| one("http.method", method(text))),
            headers: reading.field(&draft.headers, &before.headers, |given| headers::read(given, before)),
            body: reading.field(&draft.body, &before.body, |text| one("http.body", body(text))),
            auth: reading.field(&draft.auth, &before.auth, |given| auth::read(given, before.auth.as_ref())),
            tls: tls::read(&draft.tls, &before.tls, &mut reading),
            host: reading.field(&draft.host, &before.host, |text| one("http.host", authority(text))),
            proxy: reading
                .field(&draft.proxy, &before.proxy, |given| proxy::read(given, before.proxy.as_ref())),
            version: reading.field(&draft.version, &before.version, |text| {
                HttpVersion::read(text).map_err(|problem| word("http.version", problem))
            }),
            redirects: reading.field(&draft.redirects, &before.redirects, |most| redirects(*most)),
            cookies: reading.field(&draft.cookies, &before.cookies, |is| Ok(*is)),
            family: reading.field(&draft.ip, &before.family, |text| {
                Family::read(text).map_err(|problem| word("http.ip", problem))
            }),
            resolvers: reading.field(&draft.resolvers, &before.resolvers, |given| resolvers(given)),
            cache_busting: reading.field(&draft.cache_busting, &before.cache_busting, |is| Ok(*is)),
            connections: reading.field(&draft.connections, &before.connections, |text| {
                Connections::read(text).map_err(|problem| word("http.connections", problem))
            }),
            grace: reading.field(&draft.grace, &before.grace, |text| grace(text)),
            push_url: reading.field(&draft.push_url, &before.push_url, |number| push_url(*number)),
        };
        reading.check(headers::agree(&options));
        reading.end(options)
    }
}

/// What was found to be wrong so far.
#[derive(Default)]
struct Reading {
    problems: Vec<FieldError>,
}

impl Reading {
    /// A setting after the draft. One that is wrong stays what it was, so that the rest can be looked at.
    fn field<G, T: Clone + Default>(
        &mut self,
        given: &Given<G>,
        before: &T,
        read: impl FnOnce(&G) -> Result<T, FieldError>,
    ) -> T {
        match given {
            Given::Keep => before.clone(),
            Given::Reset => T::default(),
            Given::Set(given) => self.check(read(given)).unwrap_or_else(|| before.clone()),
        }
    }

    fn check<T>(&mut self, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn end<T>(self, read: T) -> Result<T, Invalid> {
        if self.problems.is_empty() { Ok(read) } else { Err(Invalid(self.problems)) }
    }
}

/// A secret after the draft; `None` when there is none, or when it is empty.
fn secret(field: &str, given: &Given<Secret>, before: Option<&Secret>) -> Result<Option<Secret>, FieldError> {
    match given {
        Given::Keep => Ok(before.cloned()),
        Given::Reset => Ok(None),
        Given::Set(secret) if secret.expose() == Secret::MASK => match before {
            Some(before) => Ok(Some(before.clone())),
            None => Err(FieldError::new(field, NOTHING_KEPT)),
        },
        Given::Set(secret) => Ok(Some(secret.clone()).filter(|secret| !secret.expose().is_empty())),
    }
}

/// Said of a mask without a secret behind it.
const NOTHING_KEPT: &str = ::words::FIELD_SECRET_NOT_KEPT;

fn body(text: &str) -> Result<Option<String>, String> {
    match text.len() {
        0 => Ok(None),
        1..=HttpOptions::BODY_LIMIT => Ok(Some(text.to_owned())),
        long => Err(::words::field_body_long(long, HttpOptions::BODY_LIMIT)),
    }
}

fn redirects(most: i64) -> Result<Redirects, FieldError> {
    let most = u8::try_from(most).ok().filter(|most| *most <= Redirects::MOST).map(Redirects);
    most.ok_or_else(|| FieldError::new("http.redirects", ::words::field_redirects_wrong(Redirects::MOST)))
}

/// Empty goes by the schedule.
fn grace(text: &str) -> Result<Option<Duration>, FieldError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let bounds = Duration::from_secs(1)..=HttpOptions::MOST_GRACE;
    let secs = text.trim().parse().ok().map(Duration::from_secs);
    let grace = secs.or_else(|| parse_length(text)).filter(|grace| bounds.contains(grace));
    grace.map(Some).ok_or_else(|| FieldError::new("http.grace", ::words::FIELD_GRACE_WRONG))
}

fn push_url(number: i64) -> Result<PushUrl, FieldError> {
    let number = u32::try_from(number).ok().filter(|number| *number > 0).map(PushUrl);
    number.ok_or_else(|| FieldError::new("http.push_url", ::words::FIELD_PUSH_URL_WRONG))
}

fn resolvers(given: &[String]) -> Result<Vec<SocketAddr>, FieldError> {
    let wrong = |problem: String| FieldError::new("http.resolvers", problem);
    if given.len() > HttpOptions::MOST_RESOLVERS {
        return Err(wrong(::words::field_resolvers_many(HttpOptions::MOST_RESOLVERS)));
    }
    let read = |text: &String| {
        let text = text.trim();
        let address = text.parse::<SocketAddr>().ok().or_else(|| {
            let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
            bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 53))
        });
        address
            .filter(|address| address.port() > 0)
            .ok_or_else(|| wrong(::words::FIELD_RESOLVER_WRONG.into()))
    };
    given.iter().map(read).collect()
}

//! Who makes a request: read from its cookie or token, and from where it comes.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{
        HeaderMap, HeaderValue,
        header::{AUTHORIZATION, COOKIE, USER_AGENT},
    },
    middleware::Next,
    response::Response,
};
use domain::Secret;
use ipnet::IpNet;

use super::AppState;
use crate::access::Asker;

/// How the pages are reached, as the operator says.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// Whether browsers come by HTTPS: then the session's cookie is sent by nothing else.
    pub by_https: bool,
    /// Proxies that are believed when they say for whom they ask. Nobody else is.
    pub trusted_proxies: Vec<IpNet>,
}

/// Finds out who asks, for everything behind it.
pub(super) async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let headers = request.headers();
    let address =
        peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| origin(headers, peer, &state.reached.trusted_proxies));
    // A proxy on the same machine makes everybody look local; any that says so, or could, is not the machine itself.
    let is_local = peer.is_some_and(|peer| peer.to_canonical().is_loopback()) && !is_forwarded(headers);
    let session = session(headers, &state.reached);
    let token = bearer(headers);
    let viewer = state.access.viewer(session.as_deref(), token, is_local);
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let agent = agent.chars().take(200).collect();
    request.extensions_mut().insert(Asker { viewer, address, agent });
    next.run(request).await
}

/// Whether a request carries a session, which a browser sends without being asked.
pub(super) fn has_session(headers: &HeaderMap, reached: &Reached) -> bool {
    session(headers, reached).is_some()
}

/// `__Host-`: only for this host, only by HTTPS, for all of its paths (RFC 6265bis, 4.1.3.2).
fn cookie_name(reached: &Reached) -> &'static str {
    if reached.by_https { "__Host-sid" } else { "sid" }
}

fn session(headers: &HeaderMap, reached: &Reached) -> Option<String> {
    let name = cookie_name(reached);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value.to_owned())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The cookie of a session that begins, or that ends when there is none.
pub(super) fn cookie(session: Option<&Secret>, reached: &Reached) -> Option<HeaderValue> {
    let name = cookie_name(reached);
    let secure = if reached.by_https { "; Secure" } else { "" };
    // A link from a mail should find its reader signed in, so not `Strict`; changes have the guard.
    let attributes = format!("; Path=/; HttpOnly; SameSite=Lax{secure}");
    let (value, age) = session.map_or(("", 0), |session| (session.expose(), 30 * 24 * 3_600));
    let mut header = HeaderValue::from_str(&format!("{name}={value}{attributes}; Max-Age={age}")).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The address of who asks: the last in the chain of forwarders that is no trusted proxy.
fn origin(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address.to_canonical()));
    let mut origin = peer.to_canonical();
    let chains = headers.get_all("x-forwarded-for").iter().filter_map(|chain| chain.to_str().ok());
    let mut chain: Vec<&str> = chains.flat_map(|chain| chain.split(',')).map(str::trim).collect();
    while is_trusted(origin) {
        match chain.pop().and_then(|address| address.parse::<IpAddr>().ok()) {
            Some(before) => origin = before.to_canonical(),
            None => break,
        }
    }
    origin
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(chain: &[&'static str], peer: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in chain {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        origin(&headers, peer.parse().unwrap(), &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_say_for_whom_they_ask() {
        assert_eq!(seen(&["203.0.113.9"], "198.51.100.1", &[]), "198.51.100.1");
        assert_eq!(seen(&["203.0.113.9"], "10.0.0.1", &["10.0.0.0/8"]), "203.0.113.9");
        // What the client itself claimed stands further left.
        assert_eq!(seen(&["1.1.1.1, 203.0.113.9", "10.0.0.2"], "10.0.0.1", &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen(&["nonsense"], "10.0.0.1", &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen(&["203.0.113.9"], "::ffff:10.0.0.1", &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn a_cookie_says_where_it_may_go() {
        let secret = Secret::new("abc");
        let said = |by_https| {
            let reached = Reached { by_https, ..Reached::default() };
            cookie(Some(&secret), &reached).unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(said(true), "__Host-sid=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=2592000");
        assert_eq!(said(false), "sid=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");
        let ended = cookie(None, &Reached::default()).unwrap();
        assert_eq!(ended.to_str().unwrap(), "sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("theme=dark; sid=abc; xsid=no"));
        assert_eq!(session(&headers, &Reached::default()).as_deref(), Some("abc"));
        let https = Reached { by_https: true, ..Reached::default() };
        assert_eq!(session(&headers, &https), None);
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer  ut_1 "));
        assert_eq!(bearer(&headers), Some("ut_1"));
    }
}

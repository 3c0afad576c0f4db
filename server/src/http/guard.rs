//! Who may ask: the host that was asked for, and where a change comes from.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, Method, StatusCode,
        header::{HOST, ORIGIN, UPGRADE},
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{AppState, Problem, asker};

/// Which `Host` headers are answered. Any other name would let a page elsewhere reach a loopback server by pointing its
/// own name here (DNS rebinding).
#[derive(Clone, Debug)]
pub enum Hosts {
    /// `localhost`, `127.0.0.1` and `[::1]`.
    Loopback,
    /// Those, and these names in lower case.
    Named(Arc<[String]>),
    /// Every name: the person who runs it has opened it to the network.
    Any,
}

impl Hosts {
    fn answers(&self, host: &str) -> bool {
        let is_loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        match self {
            Self::Any => true,
            Self::Loopback => is_loopback,
            Self::Named(names) => is_loopback || names.contains(&host.to_lowercase()),
        }
    }
}

/// Refuses foreign hosts, and changes that another site caused.
pub(super) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let authority = authority(&request);
    let host = authority.as_ref().map(Authority::host).unwrap_or_default();
    if !state.hosts.answers(host) {
        let detail = words::API_HOST;
        return Problem::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response();
    }
    let headers = request.headers();
    // An upgrade is a GET that opens a way to send more.
    let is_safe = is_safe(request.method()) && !headers.contains_key(UPGRADE);
    let carries_session = asker::has_session(headers, &state.reached);
    if !is_safe && is_cross_site(headers, authority.as_ref(), carries_session) {
        let detail = words::API_OTHER_SITE;
        return Problem::new(StatusCode::FORBIDDEN, detail).into_response();
    }
    next.run(request).await
}

fn authority(request: &Request) -> Option<Authority> {
    let header = request.headers().get(HOST).and_then(|host| host.to_str().ok()?.parse().ok());
    header.or_else(|| request.uri().authority().cloned())
}

fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// The rule of Go 1.25's `http.CrossOriginProtection`: browsers say where a request comes from, and what says nothing is
/// no browser, so it carries nobody's rights but its own. Stricter in one point: what says nothing and yet carries a session is refused.
fn is_cross_site(headers: &HeaderMap, host: Option<&Authority>, carries_session: bool) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return carries_session };
    let from =
        origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    from != host.map(Authority::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cross_site(headers: &[(&'static str, &'static str)]) -> bool {
        let map =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        is_cross_site(&map, Some(&Authority::from_static("localhost:3000")), false)
    }

    #[test]
    fn browsers_say_where_a_request_comes_from() {
        assert!(!cross_site(&[]));
        assert!(!cross_site(&[("sec-fetch-site", "same-origin")]));
        assert!(!cross_site(&[("sec-fetch-site", "none")]));
        assert!(cross_site(&[("sec-fetch-site", "same-site")]));
        assert!(cross_site(&[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:3000")]));
        assert!(!cross_site(&[("origin", "http://localhost:3000")]));
        assert!(cross_site(&[("origin", "http://localhost:3001")]));
        assert!(cross_site(&[("origin", "null")]));
        let host = Authority::from_static("localhost:3000");
        assert!(is_cross_site(&HeaderMap::new(), Some(&host), true));
    }

    #[test]
    fn on_loopback_only_loopback_names_are_answered() {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            assert!(Hosts::Loopback.answers(host));
        }
        for host in ["", "evil.example", "localhost.evil.example", "127.0.0.2"] {
            assert!(!Hosts::Loopback.answers(host), "{host}");
        }
        let named = Hosts::Named(["status.example".to_owned()].into());
        assert!(named.answers("Status.example") && named.answers("localhost"));
        assert!(!named.answers("evil.example") && !named.answers(""));
    }
}

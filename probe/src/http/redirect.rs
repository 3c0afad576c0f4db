//! Where a redirect leads.

use http::{HeaderMap, StatusCode, header::LOCATION};
use url::Url;

/// What to do with an answer whose status is not expected.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask there.
    Hop(Url),
    /// It is no redirect, or one that names no place: its status is the verdict.
    Answer,
    /// It leads where no probe goes.
    Refused(String),
}

/// Reads a redirect. User name and password in it are dropped: a target shall not make us log in somewhere.
pub(super) fn next_hop(from: &Url, status: StatusCode, headers: &HeaderMap) -> Next {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Next::Answer;
    }
    let location = headers.get(LOCATION);
    let Some(mut next) = location
        .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
        .and_then(|text| from.join(text).ok())
    else {
        return Next::Answer;
    };
    if !matches!(next.scheme(), "http" | "https") {
        return Next::Refused(words::detail_redirect_scheme(next.scheme()));
    }
    if next.port() == Some(0) {
        return Next::Refused(words::DETAIL_REDIRECT_PORT.into());
    }
    if next.host().is_none() {
        return Next::Answer;
    }
    next.set_fragment(None);
    if next.set_username("").is_err() || next.set_password(None).is_err() {
        return Next::Answer;
    }
    Next::Hop(next)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a target says: what is followed is a place on the web, without credentials, and asked as it is written.
        #[test]
        fn what_is_followed_is_on_the_web(
            location in prop_oneof![
                any::<Vec<u8>>(),
                r"(https?|HTTP|ftp|file|javascript|data)?(:|://|//|:///|\\\\)[a-z0-9\[\]:.@%/?#\\ \t-]{0,40}".prop_map(String::into_bytes),
            ],
            status in prop::sample::select(vec![301_u16, 302, 303, 307, 308]),
        ) {
            let from = Url::parse("https://user:secret@example.org/a/b?c").unwrap();
            let mut headers = HeaderMap::new();
            let Ok(value) = HeaderValue::from_bytes(&location) else { return Ok(()) };
            headers.insert(LOCATION, value);
            if let Next::Hop(url) = next_hop(&from, StatusCode::from_u16(status).unwrap(), &headers) {
                prop_assert!(matches!(url.scheme(), "http" | "https"));
                prop_assert!(url.host().is_some() && url.port() != Some(0) && url.fragment().is_none());
                prop_assert!(url.username().is_empty() && url.password().is_none());
                prop_assert_eq!(Url::parse(url.as_str()).unwrap(), url);
            }
        }
    }

    fn next(status: u16, location: Option<&[u8]>) -> Next {
        let from = Url::parse("https://example.org/a/b?c").unwrap();
        let mut headers = HeaderMap::new();
        if let Some(location) = location {
            headers.insert(LOCATION, location.try_into().unwrap());
        }
        next_hop(&from, StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn redirects_are_followed_as_browsers_do() {
        for (location, to) in [
            ("http://example.net", "http://example.net/"),
            ("d", "https://example.org/a/d"),
            ("/d", "https://example.org/d"),
            ("//example.net/d", "https://example.net/d"),
            ("?d", "https://example.org/a/b?d"),
            ("/\u{fc}", "https://example.org/%C3%BC"),
            ("http://user:secret@example.net/", "http://example.net/"),
        ] {
            let hop = next(302, Some(location.as_bytes()));
            assert_eq!(hop, Next::Hop(Url::parse(to).unwrap()), "{location}");
        }
    }

    #[test]
    fn a_redirect_to_nowhere_is_an_answer() {
        for (status, location) in [
            (301, None),
            (302, Some("http://".as_bytes())),
            (302, Some(b"\xff")),
            (200, Some(b"/d")),
            (300, Some(b"/d")),
            (304, Some(b"/d")),
        ] {
            assert_eq!(next(status, location), Next::Answer, "{status}");
        }
    }

    #[test]
    fn a_redirect_off_the_web_is_refused() {
        for location in ["ftp://example.org/", "file:///etc/passwd", "http://example.org:0/"] {
            let hop = next(302, Some(location.as_bytes()));
            assert!(matches!(hop, Next::Refused(_)), "{location}");
        }
    }
}

//! The cookies of one run: what a redirect sets is sent again to where it leads (RFC 6265, without a memory).

use http::{HeaderMap, header::SET_COOKIE};
use url::{Host, Url};

/// The most cookies that are kept, and the most bytes of one.
const LIMITS: (usize, usize) = (50, 4_096);

/// What was set so far.
#[derive(Default)]
pub(super) struct Jar(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    domain: String,
    is_for_subdomains: bool,
    path: String,
    is_secure: bool,
}

impl Jar {
    /// Takes the cookies of an answer from this URL.
    pub(super) fn take(&mut self, from: &Url, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let Ok(text) = line.to_str() else { continue };
            let Some((cookie, is_kept)) = Cookie::read(from, text) else { continue };
            self.0.retain(|old| !old.is_same(&cookie));
            if is_kept && self.0.len() < LIMITS.0 {
                self.0.push(cookie);
            }
        }
    }

    /// What is sent to this URL.
    pub(super) fn for_url(&self, url: &Url) -> Option<String> {
        let fitting = self.0.iter().filter(|cookie| cookie.fits(url));
        let pairs: Vec<String> = fitting.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    /// The cookie, and whether it is set rather than deleted.
    fn read(from: &Url, text: &str) -> Option<(Self, bool)> {
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || text.len() > LIMITS.1 {
            return None;
        }
        let mut cookie = Self {
            name: name.into(),
            value: value.into(),
            domain: from.host_str()?.into(),
            is_for_subdomains: false,
            path: default_path(from.path()).into(),
            is_secure: false,
        };
        let mut is_kept = true;
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "domain" => cookie.widen(from, value)?,
                "path" if value.starts_with('/') => cookie.path = value.into(),
                "secure" => cookie.is_secure = true,
                "max-age" => is_kept = value.parse().is_ok_and(|seconds: i64| seconds > 0),
                _ => {}
            }
        }
        Some((cookie, is_kept))
    }

    /// A server may set cookies for the domain above it, but not for a whole top level.
    fn widen(&mut self, from: &Url, domain: &str) -> Option<()> {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        if domain.is_empty() || domain == self.domain {
            self.is_for_subdomains = !domain.is_empty() && matches!(from.host(), Some(Host::Domain(_)));
            return Some(());
        }
        let is_above = matches!(from.host(), Some(Host::Domain(host)) if is_below(host, &domain));
        if !is_above || !domain.contains('.') {
            return None;
        }
        (self.domain, self.is_for_subdomains) = (domain, true);
        Some(())
    }

    fn fits(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let is_host = host == self.domain || self.is_for_subdomains && is_below(host, &self.domain);
        let rest = url.path().strip_prefix(self.path.as_str());
        let is_path =
            rest.is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        is_host && is_path && (!self.is_secure || url.scheme() == "https")
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.domain, &self.path) == (&other.name, &other.domain, &other.path)
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(end) => &path[..end],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(from: &str, lines: &[&str], to: &str) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SET_COOKIE, line.parse().unwrap());
        }
        let mut jar = Jar::default();
        jar.take(&Url::parse(from).unwrap(), &headers);
        jar.for_url(&Url::parse(to).unwrap()).unwrap_or_default()
    }

    #[test]
    fn cookies_go_where_they_belong() {
        for (from, lines, to, wanted) in [
            ("http://a.test/", &["x=1", "y=2; HttpOnly"][..], "http://a.test/z", "x=1; y=2"),
            ("http://a.test/", &["x=1"], "http://b.test/", ""),
            ("http://a.test/", &["x=1"], "http://sub.a.test/", ""),
            ("http://a.test/", &["x=1; Domain=a.test"], "http://sub.a.test/", "x=1"),
            ("http://sub.a.test/", &["x=1; domain=.a.test"], "http://a.test/", "x=1"),
            ("http://a.test/", &["x=1; Domain=test"], "http://a.test/", ""),
            ("http://a.test/", &["x=1; Domain=b.test"], "http://b.test/", ""),
            ("http://127.0.0.1/", &["x=1; Domain=0.0.1"], "http://127.0.0.1/", ""),
            ("http://a.test/", &["x=1; Secure"], "http://a.test/", ""),
            ("http://a.test/", &["x=1; Secure"], "https://a.test/", "x=1"),
            ("http://a.test/b/c", &["x=1"], "http://a.test/b/d", "x=1"),
            ("http://a.test/b/c", &["x=1"], "http://a.test/bd", ""),
            ("http://a.test/b/c", &["x=1; Path=/"], "http://a.test/d", "x=1"),
            ("http://a.test/", &["x=1", "x=2"], "http://a.test/", "x=2"),
            ("http://a.test/", &["x=1", "x=2; Max-Age=0"], "http://a.test/", ""),
            ("http://a.test/", &["=1", "none", ""], "http://a.test/", ""),
        ] {
            assert_eq!(sent(from, lines, to), wanted, "{from} {lines:?} {to}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "[ -~]{0,80}", from in "https?://[a-z.]{1,9}/[a-z/]{0,9}") {
            let headers = HeaderMap::from_iter([(SET_COOKIE, line.parse().unwrap())]);
            if let Ok(from) = Url::parse(&from) {
                let mut jar = Jar::default();
                jar.take(&from, &headers);
                let _ = jar.for_url(&from);
            }
        }
    }
}

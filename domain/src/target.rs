//! What a tracker asks: an HTTP or HTTPS URL.

use std::fmt;

use url::{Host, Url};

use crate::FieldError;

/// An `http` or `https` URL with a host, without credentials and fragment; at most 2,048 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target(Url);

impl Target {
    /// The most bytes of a URL.
    pub const LIMIT: usize = 2_048;

    /// Reads a target as people type it: `example.org` means `https://example.org/`. The error is about the field `url`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        Self::read(text.trim()).map_err(|problem| FieldError::new("url", problem))
    }

    /// The URL in its normal form.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The URL as parsed, for code that asks it.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The host with its port where that is not the scheme's own, and the path where there is one.
    pub fn label(&self) -> String {
        let authority = self.0.authority();
        let path = self.0.path().trim_end_matches('/');
        format!("{authority}{path}")
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(words::FIELD_URL_MISSING.into());
        }
        if text.len() > Self::LIMIT {
            return Err(words::field_url_long(text.len(), Self::LIMIT));
        }
        if let Some(problem) = not_yet(text) {
            return Err(problem);
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(words::FIELD_URL_SPACES.into());
        }
        let with_scheme = match port_of(text) {
            _ if has_scheme(text) => text.to_owned(),
            Some(80) => format!("http://{text}"),
            _ => format!("https://{text}"),
        };
        let mut url = Url::parse(&with_scheme).map_err(words::field_url_wrong)?;
        if !matches!(url.scheme(), "http" | "https") {
            let scheme: String = url.scheme().chars().take(60).collect();
            return Err(words::field_url_scheme(scheme));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(words::FIELD_URL_CREDENTIALS.into());
        }
        match (url.host(), url.port()) {
            (None, _) => return Err(words::FIELD_URL_NO_HOST.into()),
            (Some(Host::Domain(domain)), _) if domain.trim_matches('.').is_empty() => {
                return Err(words::FIELD_URL_NO_HOST.into());
            }
            (Some(Host::Domain(domain)), _) if !domain.chars().all(is_host_letter) => {
                return Err(words::FIELD_URL_HOST_WRONG.into());
            }
            (_, Some(0)) => return Err(words::FIELD_URL_PORT_ZERO.into()),
            _ => {}
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

/// What is meant where something else than a URL is meant, and cannot be done yet.
fn not_yet(text: &str) -> Option<String> {
    if let Some(host) = text.strip_prefix("ping ") {
        let host: String = host.trim().chars().filter(|c| is_host_letter(*c)).take(60).collect();
        return Some(words::field_url_ping(host));
    }
    if text.starts_with("curl ") {
        return Some(words::FIELD_URL_CURL.into());
    }
    let (port, word) =
        port_of(text).and_then(|port| OTHERS.iter().find(|(other, _)| *other == port)).copied()?;
    (!has_scheme(text)).then(|| words::field_url_port_other(port, word))
}

/// Ports at which hardly anybody speaks HTTP, with what is spoken there. Of any other port, a URL is meant.
const OTHERS: [(u16, &str); 20] = [
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (25, "SMTP"),
    (53, "DNS"),
    (110, "POP3"),
    (143, "IMAP"),
    (389, "LDAP"),
    (445, "SMB"),
    (465, "SMTP"),
    (587, "SMTP"),
    (636, "LDAP"),
    (993, "IMAP"),
    (995, "POP3"),
    (1883, "MQTT"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (6379, "Redis"),
    (27017, "MongoDB"),
];

/// The port of `host:port`, without anything behind it.
fn port_of(text: &str) -> Option<u16> {
    text.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
}

/// Whether the text names a scheme. `host:8080` does not, `mailto:x` does.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_name = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_port = rest.split('/').next().is_some_and(|port| port.chars().all(|c| c.is_ascii_digit()));
    is_name && (rest.starts_with("//") || !is_port)
}

/// What a name server can be asked for; other scripts have become ASCII by now.
fn is_host_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._".contains(c)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_people_type_them() {
        for (text, url, label) in [
            ("https://example.org", "https://example.org/", "example.org"),
            (" example.org/a/ ", "https://example.org/a/", "example.org/a"),
            ("example.org:8080/x?y=1#z", "https://example.org:8080/x?y=1", "example.org:8080/x"),
            ("http://bücher.example", "http://xn--bcher-kva.example/", "xn--bcher-kva.example"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000/", "127.0.0.1:3000"),
            ("http://[::1]:9/", "http://[::1]:9/", "[::1]:9"),
            ("HTTPS://EXAMPLE.org:443", "https://example.org/", "example.org"),
            ("example.org:80", "http://example.org/", "example.org"),
            ("example.org:8443", "https://example.org:8443/", "example.org:8443"),
            ("http://example.org:22", "http://example.org:22/", "example.org:22"),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!((target.as_str(), target.label().as_str()), (url, label));
        }
    }

    #[test]
    fn what_cannot_be_probed_is_refused_by_name() {
        for (text, hint) in [
            ("", "give the URL"),
            ("ftp://example.org", "`ftp`"),
            (&format!("{}://example.org", "f".repeat(100)), &format!("`{}`", "f".repeat(60))),
            ("file:///etc/passwd", "`file`"),
            ("javascript:alert(1)", "`javascript`"),
            ("http://", "not a URL"),
            ("http://a:0/", "port 0"),
            ("http://a:65536/", "not a URL"),
            ("http://user:secret@a/", "passwords"),
            ("http://a b/", "spaces"),
            ("ping example.org", "write https://example.org"),
            ("example.org:22", "port 22 is SSH"),
            ("db.example:5432", "PostgreSQL"),
            ("tcp://example.org:80", "`tcp`"),
            ("curl example.org", "More options"),
            ("http://a{b}/", "letters"),
            ("http://a/\u{0}", "control"),
            (&format!("http://a/{}", "x".repeat(65_536)), "at most 2048"),
        ] {
            let error = Target::parse(text).unwrap_err();
            assert_eq!(error.field, "url");
            assert!(error.problem.contains(hint), "{text:.40}: {}", error.problem);
            assert!(!error.problem.contains("secret"));
        }
    }
}

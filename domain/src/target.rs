//! What a tracker asks: a URL of one of the [kinds](Kind).

use std::{borrow::Cow, fmt};

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::{
    Facet, FieldError, Kind, Question, RECORD_TYPES, Scheme,
    kind::{Form, whole},
};

mod login;

/// A URL with a host and a scheme that names its kind, without credentials and fragment; at most 2,048 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target(Url);

impl Target {
    /// The most bytes of a URL.
    pub const LIMIT: usize = 2_048;
    /// The most bytes of its [name](Self::name).
    pub const NAME_LIMIT: usize = 255;

    /// Reads a target as people type it: `example.org` means `https://example.org/`, `db.example:5432` means
    /// `tcp://db.example:5432`, `ping example.org` means `ping://example.org`. The error is about the field `url`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        Self::read(text.trim()).map_err(|problem| FieldError::new("url", problem))
    }

    /// The URL in its normal form.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The URL as parsed, for code that asks it. Only the web's has its host parsed: [`Self::host`] has every kind's.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Which protocol is spoken there.
    pub fn kind(&self) -> Kind {
        Kind::of_scheme(self.0.scheme()).map_or(Kind::Http, |(kind, _)| kind)
    }

    /// Whether the connection is encrypted from its first byte on.
    pub fn is_tls(&self) -> bool {
        self.scheme().is_some_and(|scheme| scheme.is_tls)
    }

    /// Whether encryption begins within the conversation.
    pub fn is_starttls(&self) -> bool {
        self.scheme().is_some_and(Scheme::is_starttls)
    }

    /// The name behind the host, of kinds whose targets have one: of a database, of a topic.
    pub fn name(&self) -> Option<String> {
        let path = self.0.path().strip_prefix('/').filter(|path| !path.is_empty());
        let path = path.filter(|_| self.kind().form() == Form::Named)?;
        percent_decode_str(path).decode_utf8().ok().map(Cow::into_owned)
    }

    /// What is asked of a name server, if it is one.
    pub fn question(&self) -> Option<Question> {
        if self.kind().form() == Form::Question { Question::of(&self.0) } else { None }
    }

    /// The host; none of a name server of this machine's own, and of what is not asked.
    pub fn host(&self) -> Option<Host> {
        let host = self.0.host_str().filter(|_| self.kind().has(Facet::Asked))?;
        Host::parse(host).ok()
    }

    /// The port, written or its scheme's.
    pub fn port(&self) -> Option<u16> {
        self.0.port().or(self.scheme()?.port)
    }

    /// The host with its port where that is not the scheme's own, and the path where there is one. What is not of the web says its kind
    /// where only that tells it from a web page.
    pub fn label(&self) -> String {
        if let Some(question) = self.question() {
            return question.to_string();
        }
        let authority = self.0.authority();
        let path = self.0.path().trim_end_matches('/');
        let kind = match self.kind() {
            Kind::Http => String::new(),
            _ if self.0.port().is_some() => String::new(),
            kind => format!("{} ", kind.word()),
        };
        format!("{kind}{authority}{path}")
    }

    fn scheme(&self) -> Option<Scheme> {
        Kind::of_scheme(self.0.scheme()).map(|(_, scheme)| scheme)
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(words::FIELD_URL_MISSING.into());
        }
        if text.len() > Self::LIMIT {
            return Err(words::field_url_long(text.len(), Self::LIMIT));
        }
        if text.starts_with("curl ") {
            return Err(words::FIELD_URL_CURL.into());
        }
        let whole = whole(text);
        if whole.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(words::FIELD_URL_SPACES.into());
        }
        let url = Url::parse(&whole).map_err(words::field_url_wrong)?;
        let Some((kind, scheme)) = Kind::of_scheme(url.scheme()) else {
            let scheme: String = url.scheme().chars().take(60).collect();
            return Err(words::field_url_scheme(Kind::schemes(), scheme));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(words::FIELD_URL_CREDENTIALS.into());
        }
        normal(url, kind, scheme).map(Self)
    }
}

/// The URL in the one way in which its kind is written.
fn normal(mut url: Url, kind: Kind, scheme: Scheme) -> Result<Url, String> {
    let host = url.host_str().filter(|host| !host.trim_matches('.').is_empty());
    // The machine's own name server has no host.
    if kind.form() == Form::Question && host.is_none() {
        return question(&url);
    }
    let is_label = kind.form() == Form::Label;
    if is_label && host.is_none() {
        return Err(words::FIELD_URL_LABEL.into());
    }
    let host = Host::parse(host.ok_or(words::FIELD_URL_NO_HOST)?).map_err(|_| words::FIELD_URL_HOST_WRONG)?;
    if is_label && (url.port().is_some() || !matches!(host, Host::Domain(_))) {
        return Err(words::FIELD_URL_LABEL.into());
    }
    if matches!(&host, Host::Domain(domain) if !domain.chars().all(is_host_letter)) {
        return Err(words::FIELD_URL_HOST_WRONG.into());
    }
    match (url.port(), scheme.port) {
        (Some(0), _) => return Err(words::FIELD_URL_PORT_ZERO.into()),
        (Some(_), _) if kind.form() == Form::Host => return Err(words::field_url_host(kind.word())),
        (None, None) if !is_label && kind.form() != Form::Host => {
            return Err(words::field_url_no_port(kind.word()));
        }
        _ => {}
    }
    url.set_fragment(None);
    if kind.form() == Form::Question {
        return question(&url);
    }
    if kind.form() == Form::Named {
        if url.query().is_some() || !is_name(url.path()) {
            return Err(words::field_url_named(kind.word()));
        }
        if url.path() == "/" {
            url.set_path("");
        }
    }
    if matches!(kind.form(), Form::Place | Form::Host | Form::Label) {
        if !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(match kind.form() {
                Form::Label => words::FIELD_URL_LABEL.into(),
                Form::Host => words::field_url_host(kind.word()),
                _ => words::field_url_place(kind.word()),
            });
        }
        url.set_path("");
        url.set_query(None);
    }
    // Only the web's schemes have hosts that are parsed, and ports that go without saying.
    url.set_host(Some(&host.to_string())).map_err(|_| words::FIELD_URL_HOST_WRONG)?;
    if url.port() == scheme.port {
        url.set_port(None).map_err(|()| words::FIELD_URL_HOST_WRONG)?;
    }
    Ok(url)
}

/// Whether a path is nothing, or one name that can be sent.
fn is_name(path: &str) -> bool {
    let Some(name) = path.strip_prefix('/') else { return path.is_empty() };
    let decoded = percent_decode_str(name).decode_utf8();
    decoded.is_ok_and(|name| {
        name.len() <= Target::NAME_LIMIT && !name.contains(|c: char| c.is_control() || "+#".contains(c))
    })
}

fn question(url: &Url) -> Result<Url, String> {
    let question = Question::of(url).and_then(|question| question.url());
    question.ok_or_else(|| words::field_url_question(RECORD_TYPES.join(", ")))
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_normal_form_is_read_as_itself(
            scheme in prop::sample::select(vec![
                "http", "https", "tcp", "tls", "dns", "ping", "HTTPS", "Tcp", "smtp+starttls", "postgres", "mqtt", "rediss", "ws", "WSS", "grpcs",
                "push",
            ]),
            host in "[a-zA-Z0-9.-]{1,20}|\\[[0-9a-f:]{2,12}\\]|[0-9.]{1,15}|\\PC{1,8}",
            port in prop::option::of(any::<u16>()),
            rest in "|/|/[a-z%]{0,9}|\\?[a-z=&]{0,9}|#x|/[a-z.*_-]{1,9}\\?type=(mx|PTR|Txt)(&transport=t(cp|ls))?",
        ) {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            if let Ok(target) = Target::parse(&format!("{scheme}://{host}{port}{rest}")) {
                prop_assert_eq!(Target::parse(target.as_str()), Ok(target.clone()));
                prop_assert!(matches!(target.kind(), Kind::Dns | Kind::Push) || target.host().is_some());
                prop_assert_eq!(Kind::of_text(target.as_str()), target.kind());
            }
        }

        #[test]
        fn anything_is_read(text in "\\PC{0,60}") {
            let kind = Kind::of_text(&text);
            if let Ok(target) = Target::parse(&text) {
                prop_assert_eq!(kind, target.kind());
                prop_assert_eq!(Target::parse(target.as_str()), Ok(target));
            }
        }
    }

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
            ("example.org:22", "ssh://example.org", "ssh example.org"),
            ("example.org:21", "tcp://example.org:21", "example.org:21"),
            ("mail.example:587", "smtp+starttls://mail.example", "smtp mail.example"),
            ("IMAPS://mail.example:993/", "imaps://mail.example", "imap mail.example"),
            ("postgres://DB.example/shop", "postgres://db.example/shop", "postgres db.example/shop"),
            ("postgresql://db.example:5433", "postgresql://db.example:5433", "db.example:5433"),
            ("mqtt://broker.example/a%2Fb/", "mqtt://broker.example/a%2Fb/", "mqtt broker.example/a%2Fb"),
            ("rediss://[::1]:6379", "rediss://[::1]", "redis [::1]"),
            (
                "WSS://Example.org:443/live/?x=1#y",
                "wss://example.org/live/?x=1",
                "websocket example.org/live",
            ),
            (
                "grpc://Example.org:50051/shop.v1.Cart",
                "grpc://example.org:50051/shop.v1.Cart",
                "example.org:50051/shop.v1.Cart",
            ),
            ("grpcs://example.org:443/", "grpcs://example.org", "grpc example.org"),
            ("ws://[::1]:9000", "ws://[::1]:9000/", "[::1]:9000"),
            ("DB.example:5432", "tcp://db.example:5432", "db.example:5432"),
            ("[::1]:6379", "tcp://[::1]:6379", "[::1]:6379"),
            ("TCP://Bücher.example:5432/", "tcp://xn--bcher-kva.example:5432", "xn--bcher-kva.example:5432"),
            ("tcp://0x7f.1:80", "tcp://127.0.0.1:80", "127.0.0.1:80"),
            ("dns://1.1.1.1/Example.org.", "dns://1.1.1.1/example.org?type=A", "example.org A @1.1.1.1"),
            (
                "dns://[::1]:5353/a.example?type=mx",
                "dns://[::1]:5353/a.example?type=MX",
                "a.example MX @[::1]:5353",
            ),
            (
                "dns:///_dmarc.a.example?type=txt#x",
                "dns:///_dmarc.a.example?type=TXT",
                "_dmarc.a.example TXT",
            ),
            (
                "dns://Bücher.example:53/bücher.example/?transport=TLS",
                "dns://xn--bcher-kva.example:53/xn--bcher-kva.example?type=A&transport=tls",
                "xn--bcher-kva.example A @xn--bcher-kva.example:53",
            ),
            (
                "dns://ns.example:53/192.0.2.1?type=PTR&transport=tcp",
                "dns://ns.example/1.2.0.192.in-addr.arpa?type=PTR&transport=tcp",
                "1.2.0.192.in-addr.arpa PTR @ns.example",
            ),
            (
                "dns://ns.example/2001:db8::1?type=PTR",
                "dns://ns.example/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa?type=PTR",
                "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR @ns.example",
            ),
            ("ping Example.org", "ping://example.org", "ping example.org"),
            ("ping://[::1]/", "ping://[::1]", "ping [::1]"),
            ("Push://Nightly-Backup/", "push://nightly-backup", "push nightly-backup"),
            ("tls://example.org", "tls://example.org", "tls example.org"),
            ("tls://example.org:443/", "tls://example.org", "tls example.org"),
            ("tls://example.org:993", "tls://example.org:993", "example.org:993"),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!((target.as_str(), target.label().as_str()), (url, label));
            assert_eq!(Kind::of_text(text), target.kind(), "{text}");
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
            ("ftp://example.org", "http, https, tcp, tls, dns, ping"),
            ("tcp://example.org", "a port"),
            ("tcp://example.org:80/x", "nothing behind"),
            ("tls://example.org?x", "nothing behind"),
            ("dns://1.1.1.1", "dns://SERVER/NAME"),
            ("dns://1.1.1.1/a.example?type=ANY", "AAAA, CAA"),
            ("dns://1.1.1.1/a.example?typ=A", "dns://SERVER/NAME"),
            ("dns://1.1.1.1/a.example?transport=quic", "dns://SERVER/NAME"),
            ("dns://1.1.1.1/a..example", "dns://SERVER/NAME"),
            ("dns://1.1.1.1/192.0.2.1", "dns://SERVER/NAME"),
            ("dns://a{b}/a.example", "letters"),
            ("ping://a:1", "a host, with nothing"),
            ("ping a.example/x", "a host, with nothing"),
            ("ping -c 3 a.example", "spaces"),
            ("push://", "name of your own"),
            ("push://a:1", "name of your own"),
            ("push://a/b", "name of your own"),
            ("push://7", "name of your own"),
            ("tcp://", "no host"),
            ("tcp://:80", "empty host"),
            ("tcp://a{b}:80", "letters"),
            ("tcp://a%20b:80", "letters"),
            ("tcp://user:secret@a:1", "passwords"),
            ("tcp://a:0", "port 0"),
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

//! From options back to a draft.

use super::{
    Auth, Connections, Family, Given, Header, HeaderValue, HttpDraft, HttpOptions, HttpVersion, Proxy,
    ProxyKind, TlsOptions, TlsVersion,
    draft::{
        AuthDraft, BasicDraft, BearerDraft, HeaderDraft, HeadersDraft, HiddenDraft, OAuth2Draft, ProxyDraft,
        TlsDraft,
    },
};
use crate::{Secret, form::length};

/// What becomes of secrets in a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// They are in it: for the disk.
    Clear,
    /// [`Secret::MASK`] stands in their place: for everybody else.
    Masked,
}

impl Secrets {
    fn of(self, secret: &Secret) -> Secret {
        match self {
            Self::Clear => secret.clone(),
            Self::Masked => Secret::new(Secret::MASK),
        }
    }
}

impl HttpOptions {
    /// What of them is secret, as errors name it.
    pub fn secrets(&self) -> Vec<String> {
        let headers = self.headers.iter().filter(|header| matches!(header.value, HeaderValue::Secret(_)));
        let mut names: Vec<String> = headers.map(|header| format!("http.headers.{}", header.name)).collect();
        names.extend(self.auth.as_ref().map(|auth| {
            match auth {
                Auth::Basic { .. } => "http.auth.basic.password",
                Auth::Bearer { .. } => "http.auth.bearer.token",
                Auth::OAuth2 { .. } => "http.auth.oauth2.client_secret",
            }
            .to_owned()
        }));
        names.extend(self.tls.identity.as_ref().map(|_| "http.tls.key".to_owned()));
        let credentials = self.proxy.as_ref().and_then(|proxy| proxy.credentials.as_ref());
        names.extend(credentials.map(|_| "http.proxy.password".to_owned()));
        names
    }

    /// The options as a draft that says what differs from the default. Read over the default, the clear one gives equal
    /// options; read over these, so does the masked one.
    pub fn draft(&self, secrets: Secrets) -> HttpDraft {
        let usual = Self::default();
        HttpDraft {
            method: self.method.clone().into(),
            headers: unless(self.headers.is_empty(), || headers(&self.headers, secrets)),
            body: self.body.clone().into(),
            auth: self.auth.as_ref().map(|auth| sign_in(auth, secrets)).into(),
            tls: unless(self.tls == usual.tls, || tls(&self.tls, secrets)),
            host: self.host.clone().into(),
            proxy: self.proxy.as_ref().map(|proxy| proxy.draft(secrets)).into(),
            version: unless(self.version == usual.version, || self.version.word().into()),
            redirects: unless(self.redirects == usual.redirects, || self.redirects.0.into()),
            cookies: unless(!self.cookies, || true),
            ip: unless(self.family == usual.family, || self.family.word().into()),
            resolvers: unless(self.resolvers.is_empty(), || {
                self.resolvers.iter().map(ToString::to_string).collect()
            }),
            cache_busting: unless(!self.cache_busting, || true),
            connections: unless(self.connections == usual.connections, || self.connections.word().into()),
            grace: self.grace.map(length).into(),
            push_url: unless(self.push_url == usual.push_url, || self.push_url.0.into()),
        }
    }
}

fn unless<T>(is_usual: bool, value: impl FnOnce() -> T) -> Given<T> {
    if is_usual { Given::Keep } else { Given::Set(value()) }
}

fn headers(headers: &[Header], secrets: Secrets) -> HeadersDraft {
    let draft = |header: &Header| {
        let value = match &header.value {
            HeaderValue::Plain(text) => HeaderDraft::Plain(Secret::new(text.as_str())),
            HeaderValue::Secret(secret) => HeaderDraft::Hidden(HiddenDraft { secret: secrets.of(secret) }),
        };
        (header.name.clone(), value)
    };
    HeadersDraft(headers.iter().map(draft).collect())
}

fn sign_in(auth: &Auth, secrets: Secrets) -> AuthDraft {
    let given = |secret| Given::Set(secrets.of(secret));
    match auth {
        Auth::Basic { user, password } => {
            AuthDraft::Basic(BasicDraft { user: user.clone(), password: given(password) })
        }
        Auth::Bearer { token } => AuthDraft::Bearer(BearerDraft { token: given(token) }),
        Auth::OAuth2 { token_url, client_id, client_secret, scopes } => AuthDraft::OAuth2(OAuth2Draft {
            token_url: token_url.to_string(),
            client_id: client_id.clone(),
            client_secret: given(client_secret),
            scopes: scopes.clone(),
        }),
    }
}

fn tls(tls: &TlsOptions, secrets: Secrets) -> TlsDraft {
    let identity = tls.identity.as_ref();
    TlsDraft {
        verify: unless(tls.verify, || false),
        authorities: tls.authorities.clone().into(),
        certificate: identity.map(|identity| identity.chain.clone()).into(),
        key: identity.map(|identity| secrets.of(&identity.key)).into(),
        min_version: unless(tls.min_version == TlsVersion::default(), || tls.min_version.word().into()),
        server_name: tls.server_name.clone().into(),
    }
}

impl Proxy {
    /// `http://proxy.example:3128`, without credentials.
    pub fn url(&self) -> String {
        let scheme = match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Socks5 => "socks5",
        };
        let host = &self.host;
        if host.contains(':') {
            format!("{scheme}://[{host}]:{}", self.port)
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }

    fn draft(&self, secrets: Secrets) -> ProxyDraft {
        let (user, password) = self.credentials.as_ref().map_or((String::new(), Given::Keep), |known| {
            (known.0.clone(), Given::Set(secrets.of(&known.1)))
        });
        ProxyDraft { url: self.url(), user, password }
    }
}

impl TlsVersion {
    const WORDS: [(&'static str, Self); 2] = [("1.2", Self::V1_2), ("1.3", Self::V1_3)];

    /// Its number.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    pub(super) fn read(text: &str) -> Result<Self, String> {
        read_word(&Self::WORDS, text)
    }
}

impl HttpVersion {
    const WORDS: [(&'static str, Self); 3] = [("auto", Self::Auto), ("1.1", Self::Http1), ("2", Self::Http2)];

    /// `auto`, or its number.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    pub(super) fn read(text: &str) -> Result<Self, String> {
        read_word(&Self::WORDS, text)
    }
}

impl Family {
    const WORDS: [(&'static str, Self); 4] =
        [("auto", Self::Auto), ("4", Self::V4), ("6", Self::V6), ("every", Self::Every)];

    /// `auto`, `every`, or the number of IP's version.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    pub(super) fn read(text: &str) -> Result<Self, String> {
        read_word(&Self::WORDS, text)
    }
}

impl Connections {
    const WORDS: [(&'static str, Self); 3] =
        [("auto", Self::Auto), ("fresh", Self::Fresh), ("kept", Self::Kept)];

    /// `auto`, `fresh` or `kept`.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    pub(super) fn read(text: &str) -> Result<Self, String> {
        read_word(&Self::WORDS, text)
    }
}

fn word_of<T: PartialEq + Copy>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, other)| *other == value).map_or("auto", |(word, _)| word)
}

/// An empty text is the first word, the usual one.
fn read_word<T: Copy>(words: &[(&'static str, T)], text: &str) -> Result<T, String> {
    let text = text.trim();
    let found = words.iter().find(|(word, _)| text.is_empty() || text.eq_ignore_ascii_case(word));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        words::field_one_of(known.join(", "))
    })
}

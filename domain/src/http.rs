//! How an `http` or `https` target is asked.

use std::{
    net::SocketAddr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use crate::{Secret, Target};

mod draft;
mod given;
mod parse;
mod print;
mod secrets;
#[cfg(test)]
mod tests;

pub use self::{
    draft::{
        AuthDraft, BasicDraft, BearerDraft, HeaderDraft, HeadersDraft, HiddenDraft, HttpDraft, OAuth2Draft,
        ProxyDraft, TlsDraft,
    },
    given::Given,
    print::Secrets,
    secrets::CANNOT_BE_READ,
};

/// Everything that can be said about how to ask, beside the URL. The default asks as a browser would: GET, HTTP/2 where it is
/// offered, certificates verified, redirects followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpOptions {
    /// GET when absent. An HTTP token of at most 20 letters, in capitals.
    pub method: Option<String>,
    /// Sent in this order, at most 50.
    pub headers: Vec<Header>,
    /// Sent with the request; at most 64 KiB.
    pub body: Option<String>,
    /// How to sign in.
    pub auth: Option<Auth>,
    /// How TLS is spoken.
    pub tls: TlsOptions,
    /// The `Host` (or `:authority`) that is sent instead of the URL's.
    pub host: Option<String>,
    /// Whom to ask instead of the target itself.
    pub proxy: Option<Proxy>,
    /// Which version of HTTP is spoken.
    pub version: HttpVersion,
    /// The most redirects that are followed.
    pub redirects: Redirects,
    /// Whether cookies that are set during a run are sent again within it. None outlives a run.
    pub cookies: bool,
    /// Which of the target's addresses are asked.
    pub family: Family,
    /// The name servers that are asked instead of the system's; at most 3.
    pub resolvers: Vec<SocketAddr>,
    /// Whether each request has a query parameter of its own, so that no cache answers.
    pub cache_busting: bool,
    /// Whether connections are kept.
    pub connections: Connections,
    /// How late a signal may come, and how long a run may take, of a target that calls; 1 s to 7 days. By the schedule when absent.
    pub grace: Option<Duration>,
    /// Which of its URLs a target calls. Another number is another URL, and the former one is nobody's.
    pub push_url: PushUrl,
}

impl HttpOptions {
    /// These options for many to have. Nearly all trackers have the built-in ones, so there is one of that for all of them.
    pub fn shared(self) -> Arc<Self> {
        static USUAL: LazyLock<Arc<HttpOptions>> = LazyLock::new(Arc::default);
        if self == **USUAL { Arc::clone(&USUAL) } else { Arc::new(self) }
    }
}

/// The number of a URL that a target calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushUrl(pub u32);

impl Default for PushUrl {
    fn default() -> Self {
        Self(1)
    }
}

/// One line of a request's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// An HTTP token of at most 100 letters; not one that frames the message or has an option of its own.
    pub name: String,
    /// At most 4 KiB without control characters.
    pub value: HeaderValue,
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderValue {
    /// Everybody may see it.
    Plain(String),
    /// Nobody may see it, and it goes to no other host than the target's.
    Secret(Secret),
}

impl HeaderValue {
    /// What is sent.
    pub fn expose(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Secret(secret) => secret.expose(),
        }
    }
}

/// How to sign in. Never sent to another host by a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// RFC 7617.
    Basic {
        /// Without a colon.
        user: String,
        /// May be empty.
        password: Secret,
    },
    /// RFC 6750.
    Bearer {
        /// The token.
        token: Secret,
    },
    /// RFC 6749, section 4.4: a token is fetched with the client's credentials, kept until it expires, and sent as a bearer.
    OAuth2 {
        /// Where tokens are given.
        token_url: Target,
        /// Who asks.
        client_id: String,
        /// The proof.
        client_secret: Secret,
        /// Separated by spaces; may be empty.
        scopes: String,
    },
}

impl Auth {
    /// The most bytes of a user that is told to anything but the web.
    pub const USER_LIMIT: usize = 256;
    /// The most bytes of a password that is told to anything but the web; tokens of clouds are passwords too.
    pub const PASSWORD_LIMIT: usize = 4_096;

    /// Its setting, as forms and errors call it.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "http.auth.basic",
            Self::Bearer { .. } => "http.auth.bearer",
            Self::OAuth2 { .. } => "http.auth.oauth2",
        }
    }
}

/// How TLS is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsOptions {
    /// Whether the certificate has to be trustworthy. The chain is read either way.
    pub verify: bool,
    /// PEM: the authorities that are trusted instead of the machine's.
    pub authorities: Option<String>,
    /// What this client shows.
    pub identity: Option<Identity>,
    /// The oldest version that is accepted.
    pub min_version: TlsVersion,
    /// The name that is asked for (SNI) and verified instead of the URL's host.
    pub server_name: Option<String>,
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self {
            verify: true,
            authorities: None,
            identity: None,
            min_version: TlsVersion::V1_2,
            server_name: None,
        }
    }
}

/// A client's certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// PEM: the certificate and what leads to its authority.
    pub chain: String,
    /// PEM.
    pub key: Secret,
}

/// A version of TLS. Older ones are not spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// RFC 5246.
    #[default]
    V1_2,
    /// RFC 8446.
    V1_3,
}

/// Whom to ask instead of the target itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Which protocol it speaks.
    pub kind: ProxyKind,
    /// A name or an address, without brackets.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
    /// User and password.
    pub credentials: Option<(String, Secret)>,
}

/// A proxy's protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// CONNECT for `https`, the whole URL in the request for `http`.
    Http,
    /// RFC 1928. The proxy resolves names.
    Socks5,
}

/// Which version of HTTP is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/2 where TLS offers it, otherwise HTTP/1.1.
    #[default]
    Auto,
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 only, over plain connections as well.
    Http2,
}

/// The most redirects that are followed, 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirects(pub u8);

impl Redirects {
    /// The most that can be asked for.
    pub const MOST: u8 = 10;
}

impl Default for Redirects {
    fn default() -> Self {
        Self(Self::MOST)
    }
}

/// Which of the target's addresses are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// The first that answers, IPv6 a little preferred (RFC 8305).
    #[default]
    Auto,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
    /// Every address has to answer as expected.
    Every,
}

/// Whether connections are kept from one check to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connections {
    /// A fresh one each time from [`Connections::FRESH_FROM`] upwards; below that they are kept.
    #[default]
    Auto,
    /// A fresh one each time, which sees faults of names, addresses and certificates at once.
    Fresh,
    /// Kept. A fresh one all the same every [`Connections::KEPT_FOR`] and after each failure.
    Kept,
}

impl Connections {
    /// The interval from which on every check has a connection of its own.
    pub const FRESH_FROM: Duration = Duration::from_secs(10);
    /// The longest that a connection is kept.
    pub const KEPT_FOR: Duration = Duration::from_secs(30);

    /// Whether connections are kept between checks this far apart; `None` for a schedule without an interval.
    pub fn are_kept(self, interval: Option<Duration>) -> bool {
        match self {
            Self::Auto => interval.is_some_and(|interval| interval < Self::FRESH_FROM),
            Self::Fresh => false,
            Self::Kept => true,
        }
    }
}

//! The kinds of targets: one line each.

mod typed;

pub(crate) use typed::whole;

/// Which protocol a target speaks, and so what can be said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A URL of the web.
    Http,
    /// A port that takes connections.
    Tcp,
    /// A port that speaks TLS with a certificate that is trusted.
    Tls,
    /// A name server that answers a question.
    Dns,
    /// A host that answers echoes.
    Ping,
    /// A server that takes mail.
    Smtp,
    /// A server that shows mail.
    Imap,
    /// A server that hands mail over.
    Pop3,
    /// A host that lets people in.
    Ssh,
    /// A PostgreSQL database.
    Postgres,
    /// A MySQL or MariaDB database.
    Mysql,
    /// A Redis server, or what talks like one.
    Redis,
    /// A broker of messages.
    Mqtt,
    /// A web server that takes and sends messages.
    WebSocket,
    /// A server of remote calls that tells of its health.
    Grpc,
    /// A job that sends signals itself.
    Push,
}

/// What a kind has: options, subjects of expectations and fields of the editor go by it. What no facet is about, every kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// Requests and answers of HTTP.
    Web,
    /// A request of HTTP that begins it, with headers.
    Headers,
    /// Signing in.
    SignIn,
    /// Something that is sent.
    Sends,
    /// A connection.
    Connects,
    /// Something that comes back over it.
    Answers,
    /// Encryption.
    Tls,
    /// What the target says first.
    Banner,
    /// Records of names.
    Records,
    /// Echoes that get lost.
    Echoes,
    /// A server that tells of itself.
    Server,
    /// A database that answers queries.
    Rows,
    /// Messages that come back.
    Messages,
    /// Services that say whether they serve.
    Health,
    /// Questions: every kind has them but one that calls.
    Asked,
    /// Signals that come by themselves.
    Signals,
}

/// How a target of a kind is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `scheme://host:port/path?query`.
    Url,
    /// `scheme://host`.
    Host,
    /// `scheme://host:port`.
    Place,
    /// `scheme://server:port/name?type=TYPE&transport=HOW`.
    Question,
    /// `scheme://host:port/name`; the name may be left out.
    Named,
    /// `scheme://label`: no host, but a name of somebody's own.
    Label,
}

/// A scheme of URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// As it is written before `://`.
    pub name: &'static str,
    /// Whether the connection is encrypted from its first byte on.
    pub is_tls: bool,
    /// The port where none is written; without one it has to be.
    pub port: Option<u16>,
}

impl Scheme {
    /// Whether encryption begins within the conversation, on the way.
    pub fn is_starttls(self) -> bool {
        self.name.ends_with("+starttls")
    }
}

/// All there is to know of a kind beside how it is asked.
struct Row {
    kind: Kind,
    word: &'static str,
    schemes: &'static [Scheme],
    form: Form,
    facets: &'static [Facet],
    expect: &'static str,
}

/// Every kind. Words and schemes are on users' disks: they never change.
const KINDS: [Row; 16] = {
    use Facet::{
        Answers, Banner, Connects, Echoes, Headers, Health, Messages, Records, Rows, Sends, Server, SignIn,
        Signals, Tls, Web,
    };
    [
        Row {
            kind: Kind::Http,
            word: "http",
            schemes: &[plain("http", 80), encrypted("https", 443)],
            form: Form::Url,
            facets: &[Web, Headers, SignIn, Sends, Connects, Answers, Tls],
            expect: "200",
        },
        Row {
            kind: Kind::Tcp,
            word: "tcp",
            schemes: &[Scheme { name: "tcp", is_tls: false, port: None }],
            form: Form::Place,
            facets: &[Sends, Connects, Answers, Banner],
            expect: "",
        },
        Row {
            kind: Kind::Tls,
            word: "tls",
            schemes: &[encrypted("tls", 443)],
            form: Form::Place,
            facets: &[Connects, Tls],
            expect: "",
        },
        Row {
            kind: Kind::Dns,
            word: "dns",
            schemes: &[plain("dns", 53)],
            form: Form::Question,
            facets: &[Connects, Answers, Tls, Records],
            expect: "rcode == \"NOERROR\"; answers >= 1",
        },
        Row {
            kind: Kind::Ping,
            word: "ping",
            schemes: &[Scheme { name: "ping", is_tls: false, port: None }],
            form: Form::Host,
            facets: &[Echoes],
            expect: "",
        },
        Row {
            kind: Kind::Smtp,
            word: "smtp",
            schemes: &[plain("smtp", 25), plain("smtp+starttls", 587), encrypted("smtps", 465)],
            form: Form::Place,
            facets: &[SignIn, Connects, Answers, Tls, Banner, Server],
            expect: "",
        },
        Row {
            kind: Kind::Imap,
            word: "imap",
            schemes: &[plain("imap", 143), plain("imap+starttls", 143), encrypted("imaps", 993)],
            form: Form::Place,
            facets: &[SignIn, Connects, Answers, Tls, Banner, Server],
            expect: "",
        },
        Row {
            kind: Kind::Pop3,
            word: "pop3",
            schemes: &[plain("pop3", 110), plain("pop3+starttls", 110), encrypted("pop3s", 995)],
            form: Form::Place,
            facets: &[SignIn, Connects, Answers, Tls, Banner, Server],
            expect: "",
        },
        Row {
            kind: Kind::Ssh,
            word: "ssh",
            schemes: &[plain("ssh", 22)],
            form: Form::Place,
            facets: &[Connects, Answers, Banner, Server],
            expect: "",
        },
        Row {
            kind: Kind::Postgres,
            word: "postgres",
            schemes: &[
                plain("postgres", 5_432),
                plain("postgresql", 5_432),
                plain("postgres+starttls", 5_432),
            ],
            form: Form::Named,
            facets: &[SignIn, Sends, Connects, Answers, Tls, Server, Rows],
            expect: "",
        },
        Row {
            kind: Kind::Mysql,
            word: "mysql",
            schemes: &[plain("mysql", 3_306), plain("mysql+starttls", 3_306)],
            form: Form::Named,
            facets: &[SignIn, Sends, Connects, Answers, Tls, Server, Rows],
            expect: "",
        },
        Row {
            kind: Kind::Redis,
            word: "redis",
            schemes: &[plain("redis", 6_379), encrypted("rediss", 6_379)],
            form: Form::Place,
            facets: &[SignIn, Connects, Answers, Tls, Server],
            expect: "",
        },
        Row {
            kind: Kind::Mqtt,
            word: "mqtt",
            schemes: &[plain("mqtt", 1_883), encrypted("mqtts", 8_883)],
            form: Form::Named,
            facets: &[SignIn, Connects, Answers, Tls, Server],
            expect: "",
        },
        Row {
            kind: Kind::WebSocket,
            word: "websocket",
            schemes: &[plain("ws", 80), encrypted("wss", 443)],
            form: Form::Url,
            facets: &[Headers, SignIn, Sends, Connects, Answers, Tls, Messages],
            expect: "",
        },
        Row {
            kind: Kind::Grpc,
            word: "grpc",
            schemes: &[Scheme { name: "grpc", is_tls: false, port: None }, encrypted("grpcs", 443)],
            form: Form::Named,
            facets: &[Headers, SignIn, Connects, Answers, Tls, Health],
            expect: "serving == \"SERVING\"",
        },
        Row {
            kind: Kind::Push,
            word: "push",
            schemes: &[Scheme { name: "push", is_tls: false, port: None }],
            form: Form::Label,
            facets: &[Signals, Messages],
            expect: "",
        },
    ]
};

const fn plain(name: &'static str, port: u16) -> Scheme {
    Scheme { name, is_tls: false, port: Some(port) }
}

const fn encrypted(name: &'static str, port: u16) -> Scheme {
    Scheme { name, is_tls: true, port: Some(port) }
}

impl Kind {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|row| row.kind)
    }

    /// The kind that a scheme means.
    pub fn of_scheme(name: &str) -> Option<(Self, Scheme)> {
        let all = KINDS.iter().flat_map(|row| row.schemes.iter().map(|scheme| (row.kind, *scheme)));
        all.into_iter().find(|(_, scheme)| scheme.name == name)
    }

    /// The kind of a target as it is typed, whether it is right or not; that of the web for what names no kind.
    pub fn of_text(text: &str) -> Self {
        let whole = whole(text.trim());
        let scheme = whole.split(':').next().unwrap_or_default();
        Self::of_scheme(&scheme.to_ascii_lowercase()).map_or(Self::Http, |(kind, _)| kind)
    }

    /// Its name in interfaces and for people.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// How its targets are written.
    pub fn form(self) -> Form {
        self.row().form
    }

    /// What counts as up when nobody says anything; empty when that its probe succeeds is enough.
    pub fn expect(self) -> &'static str {
        self.row().expect
    }

    /// How often its signals are expected when nobody says anything, of a kind that is not asked.
    pub fn every(self) -> Option<&'static str> {
        self.has(Facet::Signals).then_some("24h")
    }

    /// Whether it has this.
    pub fn has(self, facet: Facet) -> bool {
        self.row().has(facet)
    }

    /// Whether a setting, as forms and errors call it, says something about it; with a word behind it that can be chosen there, whether
    /// that can be: `http.auth.bearer`.
    pub fn takes(self, field: &str) -> bool {
        facet_of(field).is_none_or(|facet| self.has(facet))
    }

    /// The words of all kinds that have this, for people.
    pub fn with(facet: Facet) -> String {
        let all: Vec<&str> = KINDS.iter().filter(|row| row.has(facet)).map(|row| row.word).collect();
        all.join(", ")
    }

    /// All schemes, for people.
    pub fn schemes() -> String {
        let all: Vec<&str> = KINDS.iter().flat_map(|row| row.schemes).map(|scheme| scheme.name).collect();
        all.join(", ")
    }

    fn row(self) -> &'static Row {
        KINDS.iter().find(|row| row.kind == self).unwrap_or(&KINDS[0])
    }
}

impl Row {
    fn has(&self, facet: Facet) -> bool {
        match facet {
            Facet::Asked => !self.has(Facet::Signals),
            _ => self.facets.contains(&facet),
        }
    }
}

/// What an option is about, by its field, or its field and the word that is chosen there; of what begins like it, too. The first one counts.
const OPTIONS: [(&str, Facet); 23] = [
    ("http.method", Facet::Web),
    ("http.headers", Facet::Headers),
    ("http.host", Facet::Headers),
    ("http.proxy", Facet::Web),
    ("http.version", Facet::Web),
    ("http.redirects", Facet::Web),
    ("http.cookies", Facet::Web),
    ("http.cache_busting", Facet::Web),
    ("http.connections", Facet::Web),
    // A token goes with a request, and only clients of the web fetch one first.
    ("http.auth.oauth2", Facet::Web),
    ("http.auth.bearer", Facet::Headers),
    ("http.auth", Facet::SignIn),
    // Only the web is asked at every address.
    ("http.ip.every", Facet::Web),
    ("http.body", Facet::Sends),
    ("http.tls", Facet::Tls),
    ("http.ip", Facet::Asked),
    ("http.resolvers", Facet::Asked),
    ("http.grace", Facet::Signals),
    ("http.push_url", Facet::Signals),
    ("deadline", Facet::Asked),
    ("retries", Facet::Asked),
    ("retry", Facet::Asked),
    ("upside_down", Facet::Asked),
];

/// What a field is about; nothing where it is about all kinds.
pub fn facet_of(field: &str) -> Option<Facet> {
    let is_of =
        |name: &str| field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    OPTIONS.iter().find(|(name, _)| is_of(name)).map(|(_, facet)| *facet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_line() {
        for kind in Kind::all() {
            let row = kind.row();
            assert_eq!(row.kind, kind);
            for scheme in row.schemes {
                assert_eq!(Kind::of_scheme(scheme.name), Some((kind, *scheme)), "{}", scheme.name);
                assert_eq!(Kind::of_text(&format!(" {}://host", scheme.name.to_uppercase())), kind);
            }
        }
        for (text, kind) in [
            ("example.org", Kind::Http),
            ("", Kind::Http),
            ("gopher://a.example", Kind::Http),
            ("db.example:5432", Kind::Tcp),
            (" mail.example:587 ", Kind::Smtp),
            ("ping a.example", Kind::Ping),
            ("ping a.example/x", Kind::Ping),
            ("Postgres://ann:secret@db example", Kind::Postgres),
        ] {
            assert_eq!(Kind::of_text(text), kind, "{text}");
        }
    }

    #[test]
    fn options_go_by_what_a_kind_has() {
        assert!(Kind::Http.takes("http.proxy.password") && Kind::Tls.takes("http.tls.key"));
        assert!(!Kind::Tcp.takes("http.tls.key") && !Kind::Tls.takes("http.body"));
        assert!(Kind::WebSocket.takes("http.headers") && !Kind::WebSocket.takes("http.method"));
        assert!(Kind::Tcp.takes("http.body") && Kind::Tcp.takes("http.ip") && Kind::Tcp.takes("url"));
        assert!(
            Kind::Push.takes("http.grace") && !Kind::Push.takes("retries") && !Kind::Push.takes("http.ip")
        );
        assert!(!Kind::Http.takes("http.grace") && Kind::Ping.takes("retries"));
        for (kind, ways) in [
            (Kind::Http, &["none", "basic", "bearer", "oauth2"][..]),
            (Kind::Grpc, &["none", "basic", "bearer"]),
            (Kind::Redis, &["none", "basic"]),
            (Kind::Tcp, &[]),
        ] {
            let mut all = vec!["none", "basic", "bearer", "oauth2"];
            all.retain(|way| kind.takes(&format!("http.auth.{way}")));
            assert_eq!(all, ways, "{kind:?}");
        }
        assert!(Kind::Redis.takes("http.ip.auto") && !Kind::Redis.takes("http.ip.every"));
        assert!(!Kind::Redis.takes("http.auth.oauth2.token_url") && Kind::Http.takes("http.ip.every"));
        assert_eq!(Kind::with(Facet::Web), "http");
        assert_eq!(Kind::with(Facet::Signals), "push");
    }
}

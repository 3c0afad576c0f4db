//! The options as JSON: what programs send, what is stored, and what is shown with its secrets masked.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::Given;
use crate::Secret;

/// Options as they were given, before they are known to be right. What is absent keeps its value, `null` and empty texts reset
/// it. `Debug` shows no secret; JSON does, unless they were [masked](super::Secrets::Masked).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object of options")]
pub struct HttpDraft {
    /// `POST`.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub method: Given<String>,
    /// All of them, by name.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub headers: Given<HeadersDraft>,
    /// Sent with the request.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub body: Given<String>,
    /// How to sign in.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub auth: Given<AuthDraft>,
    /// How TLS is spoken. What is absent in here keeps its value as well.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub tls: Given<TlsDraft>,
    /// The `Host` that is sent.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub host: Given<String>,
    /// Whom to ask instead.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub proxy: Given<ProxyDraft>,
    /// `auto`, `1.1` or `2`.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub version: Given<String>,
    /// 0 to 10.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub redirects: Given<i64>,
    /// Whether cookies are sent again within a run.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub cookies: Given<bool>,
    /// `auto`, `4`, `6` or `every`.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub ip: Given<String>,
    /// `1.1.1.1` or `1.1.1.1:53`.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub resolvers: Given<Vec<String>>,
    /// Whether each request has a query parameter of its own.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub cache_busting: Given<bool>,
    /// `auto`, `fresh` or `kept`.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub connections: Given<String>,
    /// `1h`.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub grace: Given<String>,
    /// 1 and up.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub push_url: Given<i64>,
}

impl HttpDraft {
    /// The same as a whole description: what is absent has its default.
    #[must_use]
    pub fn whole(self) -> Self {
        let tls = |tls: TlsDraft| TlsDraft {
            verify: tls.verify.or_reset(),
            authorities: tls.authorities.or_reset(),
            certificate: tls.certificate.or_reset(),
            key: tls.key.or_reset(),
            min_version: tls.min_version.or_reset(),
            server_name: tls.server_name.or_reset(),
        };
        Self {
            method: self.method.or_reset(),
            headers: self.headers.or_reset(),
            body: self.body.or_reset(),
            auth: self.auth.or_reset(),
            tls: match self.tls {
                Given::Set(given) => Given::Set(tls(given)),
                Given::Keep | Given::Reset => Given::Reset,
            },
            host: self.host.or_reset(),
            proxy: self.proxy.or_reset(),
            version: self.version.or_reset(),
            redirects: self.redirects.or_reset(),
            cookies: self.cookies.or_reset(),
            ip: self.ip.or_reset(),
            resolvers: self.resolvers.or_reset(),
            cache_busting: self.cache_busting.or_reset(),
            connections: self.connections.or_reset(),
            grace: self.grace.or_reset(),
            push_url: self.push_url.or_reset(),
        }
    }

    /// Says that everything shall have its default.
    pub fn reset() -> Self {
        Self::default().whole()
    }
}

/// Headers by their names: an object in JSON, whose order is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadersDraft(pub Vec<(String, HeaderDraft)>);

/// A header's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a text, or an object like {\"secret\": \"a text\"}")]
pub enum HeaderDraft {
    /// Everybody may see it, unless its name says otherwise. A [`Secret`] all the same, until that is known.
    Plain(#[serde(with = "exposed")] Secret),
    /// Nobody may see it.
    Hidden(HiddenDraft),
}

/// `{"secret": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object like {\"secret\": \"a text\"}")]
pub struct HiddenDraft {
    /// The value.
    #[serde(with = "exposed")]
    pub secret: Secret,
}

/// How to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthDraft {
    /// `{"basic": {"user": "…", "password": "…"}}`.
    #[serde(rename = "basic")]
    Basic(BasicDraft),
    /// `{"bearer": {"token": "…"}}`.
    #[serde(rename = "bearer")]
    Bearer(BearerDraft),
    /// `{"oauth2": {"token_url": "…", "client_id": "…", "client_secret": "…", "scopes": "…"}}`.
    #[serde(rename = "oauth2")]
    OAuth2(OAuth2Draft),
}

/// User and password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object with user and password")]
pub struct BasicDraft {
    /// Without a colon.
    pub user: String,
    /// Absent keeps the former one.
    #[serde(skip_serializing_if = "Given::is_kept", with = "exposed::given")]
    pub password: Given<Secret>,
}

/// A token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object with a token")]
pub struct BearerDraft {
    /// Absent keeps the former one.
    #[serde(skip_serializing_if = "Given::is_kept", with = "exposed::given")]
    pub token: Given<Secret>,
}

/// A client's credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object with token_url, client_id and client_secret")]
pub struct OAuth2Draft {
    /// Where tokens are given.
    pub token_url: String,
    /// Who asks.
    pub client_id: String,
    /// Absent keeps the former one.
    #[serde(skip_serializing_if = "Given::is_kept", with = "exposed::given")]
    pub client_secret: Given<Secret>,
    /// Separated by spaces.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scopes: String,
}

/// How TLS is spoken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object of options")]
pub struct TlsDraft {
    /// Whether the certificate has to be trustworthy.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub verify: Given<bool>,
    /// PEM: the authorities that are trusted.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub authorities: Given<String>,
    /// PEM: what this client shows.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub certificate: Given<String>,
    /// PEM: its key.
    #[serde(skip_serializing_if = "Given::is_kept", with = "exposed::given")]
    pub key: Given<Secret>,
    /// `1.2` or `1.3`.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub min_version: Given<String>,
    /// The name that is asked for and verified.
    #[serde(skip_serializing_if = "Given::is_kept")]
    pub server_name: Given<String>,
}

/// Whom to ask instead of the target itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object with a url")]
pub struct ProxyDraft {
    /// `http://host:port` or `socks5://host:port`.
    pub url: String,
    /// Empty for a proxy that asks for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Absent keeps the former one.
    #[serde(skip_serializing_if = "Given::is_kept", with = "exposed::given")]
    pub password: Given<Secret>,
}

impl Serialize for HeadersDraft {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for HeadersDraft {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = HeadersDraft;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("headers by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeadersDraft, A::Error> {
                let mut headers = Vec::new();
                while let Some(header) = map.next_entry()? {
                    headers.push(header);
                }
                Ok(HeadersDraft(headers))
            }
        }

        from.deserialize_map(InOrder)
    }
}

/// A secret as text. Only here: what has no such field can never send or store one by mistake.
mod exposed {
    use super::{Deserialize, Deserializer, Secret, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        secret.expose().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }

    /// One that may be absent.
    pub(super) mod given {
        use super::{super::Given, Deserialize, Deserializer, Secret, Serialize, Serializer};

        pub(in super::super) fn serialize<S: Serializer>(
            given: &Given<Secret>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            given.value().map(Secret::expose).serialize(to)
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Given<Secret>, D::Error> {
            Ok(match Given::<String>::deserialize(from)? {
                Given::Keep => Given::Keep,
                Given::Reset => Given::Reset,
                Given::Set(text) => Given::Set(Secret::new(text)),
            })
        }
    }
}

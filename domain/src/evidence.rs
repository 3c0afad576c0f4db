//! What a probe saw, in more detail than a check keeps: enough to understand a failure, and to compare it with the last good
//! answer. Kept at transitions only.

use serde::{Deserialize, Serialize};

use crate::{Phases, Timestamp};

/// What one probe saw. Secrets are masked before they get here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The URL that was asked last, after redirects.
    pub url: String,
    /// The URLs that led there, the first one first.
    pub redirects: Vec<String>,
    /// What the name server said, as text; at most 16.
    pub addresses: Vec<String>,
    /// Which of them was talked to, with its port.
    pub peer: Option<String>,
    /// Where the time went.
    pub phases: Phases,
    /// `HTTP/1.1`, `HTTP/2.0`.
    pub version: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The head of the answer; at most 50 lines of at most 500 characters.
    pub headers: Vec<(String, String)>,
    /// The first [`Evidence::BODY_LIMIT`] bytes of the body as text; unreadable bytes are replaced.
    pub body: Option<String>,
    /// How the connection was encrypted.
    pub tls: Option<TlsEvidence>,
    /// For [every address](crate::FaultKind) on its own: the address and what was found there.
    pub verdicts: Vec<(String, String)>,
}

impl Evidence {
    /// How much of a body is kept, in bytes.
    pub const BODY_LIMIT: usize = 4_096;
}

/// How a connection was encrypted, and what the server showed. There even when it was not trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsEvidence {
    /// `TLS 1.3`; absent when the handshake did not end.
    pub version: Option<String>,
    /// The cipher suite's name.
    pub cipher: Option<String>,
    /// The certificates, the server's own first; at most 10.
    pub chain: Vec<Certificate>,
    /// Why the chain is not trusted, if it is not.
    pub problem: Option<String>,
}

/// What a certificate says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names it is for; at most 20.
    pub names: Vec<String>,
    /// When its time begins.
    pub not_before: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
    /// Its number, in hexadecimal.
    pub serial: String,
    /// The SHA-256 of its DER, in hexadecimal.
    pub fingerprint: String,
}

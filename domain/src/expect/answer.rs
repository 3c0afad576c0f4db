//! What is judged, and the verdict.

use core::net::IpAddr;

use crate::{Fault, FaultKind, Micros, Phases};

/// An answer as a probe saw it. Borrowed: making one costs nothing.
///
/// What a protocol does not have stays as in [`Answer::default`]: absent. An absent thing misses every comparison.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The status, of protocols that have one.
    pub status: Option<u16>,
    /// The headers of the final answer.
    pub headers: &'a dyn Headers,
    /// The body, decompressed; at most [`crate::Expectations::BODY_LIMIT`] of it. Any bytes.
    pub body: &'a [u8],
    /// Whether there is more of the body than was read.
    pub is_body_cut: bool,
    /// The time each phase took. A phase that did not happen took no time.
    pub phases: Phases,
    /// The time from the start of the probe.
    pub total: Micros,
    /// The certificate; of a kept connection the facts that were remembered.
    pub certificate: Option<CertificateFacts<'a>>,
    /// `1.0`, `1.1` or `2`; empty when none was spoken.
    pub http_version: &'a str,
    /// `1.2` or `1.3`.
    pub tls_version: Option<&'a str>,
    /// How many redirects were followed.
    pub redirects: u8,
    /// The URL that answered, after all redirects.
    pub url: &'a str,
    /// The address that answered.
    pub address: Option<IpAddr>,
    /// What a target said by itself, at most [`crate::Expectations::BANNER_LIMIT`] of it. Any bytes.
    pub banner: Option<&'a [u8]>,
    /// The messages that came, a line feed between two, at most [`crate::Expectations::MESSAGES_LIMIT`] of them. Any bytes.
    pub messages: Option<&'a [u8]>,
    /// How a service serves, in capitals.
    pub serving: Option<&'a str>,
    /// How a name server answered, in capitals.
    pub rcode: Option<&'a str>,
    /// What the records of the type that was asked for hold, as zone files write it.
    pub records: Option<&'a [String]>,
    /// How many of a hundred echoes got lost.
    pub loss: Option<u8>,
    /// What a server tells of itself.
    pub server: Option<&'a ServerFacts<'a>>,
}

impl Default for Answer<'_> {
    fn default() -> Self {
        Self {
            status: None,
            headers: &(),
            body: &[],
            is_body_cut: false,
            phases: Phases::NONE,
            total: Micros(0),
            certificate: None,
            http_version: "",
            tls_version: None,
            redirects: 0,
            url: "",
            address: None,
            banner: None,
            messages: None,
            serving: None,
            rcode: None,
            records: None,
            loss: None,
            server: None,
        }
    }
}

/// What a server tells of itself, and what it answered to a query. What it does not tell is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerFacts<'a> {
    /// The version that it names.
    pub version: Option<&'a str>,
    /// Whether it leads or follows others, in its own word.
    pub role: Option<&'a str>,
    /// What it says it can do, as it writes it.
    pub capabilities: &'a [String],
    /// How many rows the query gave.
    pub rows: Option<u64>,
    /// The first field of the first row.
    pub value: Option<&'a str>,
}

/// What is looked at in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateFacts<'a> {
    /// Whole days until the first certificate of the chain expires, rounded down; negative when it has expired.
    pub days_left: i64,
    /// The subject of the server's certificate.
    pub subject: &'a str,
    /// The issuer of the server's certificate.
    pub issuer: &'a str,
}

/// The headers of an answer.
pub trait Headers {
    /// Calls `visit` with each value of the header with this name (which is in lower case), in their order.
    fn visit(&self, name: &str, visit: &mut dyn FnMut(&[u8]));
}

/// No headers.
impl Headers for () {
    fn visit(&self, _: &str, _: &mut dyn FnMut(&[u8])) {}
}

/// Headers by name in lower case and value.
impl Headers for Vec<(String, Vec<u8>)> {
    fn visit(&self, name: &str, visit: &mut dyn FnMut(&[u8])) {
        self.iter().filter(|(known, _)| known == name).for_each(|(_, value)| visit(value));
    }
}

/// The verdict on an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Everything holds.
    Met,
    /// Something that demands not to be degraded does not hold.
    Degraded(Miss),
    /// Something that demands to be up does not hold.
    Down(Miss),
}

/// An expectation that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// [`FaultKind::Status`] if it is about the status and nothing else, otherwise [`FaultKind::Expectation`].
    pub kind: FaultKind,
    /// The expectation in its normal form, at most 96 characters: `total < 800ms`.
    pub expectation: String,
    /// What it wanted, at most 96 characters: `< 800ms`.
    pub wanted: String,
    /// What was there instead, at most 90 characters, without control characters: `1.2s`.
    pub found: String,
}

impl Miss {
    /// The fault with both sides: `status 503: wanted 200-299, got 503 Service Unavailable`.
    pub fn fault(&self) -> Fault {
        let wanted = match self.kind {
            FaultKind::Status(_) => &self.wanted,
            _ => &self.expectation,
        };
        Fault::new(self.kind, words::fault_wanted_got(&self.found, wanted))
    }
}

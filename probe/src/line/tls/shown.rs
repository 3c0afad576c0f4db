//! What a server showed of itself while its connection was encrypted.

use std::{
    io,
    sync::{Arc, OnceLock},
};

use domain::{CertificateFacts, Fault, FaultKind, Outcome, TlsEvidence};
use rustls::{
    CipherSuite, ClientConnection, Error, ProtocolVersion,
    pki_types::{CertificateDer, UnixTime},
};

use super::{chain, witness::Sight};
use crate::fault;

/// How a connection is encrypted, or what was seen until that failed.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) is_http2: bool,
    version: Option<ProtocolVersion>,
    cipher: Option<CipherSuite>,
    /// As bytes: hardly anybody ever asks what they say.
    chain: Arc<[CertificateDer<'static>]>,
    problem: Option<Error>,
    /// Seconds since the epoch.
    at: u64,
    facts: OnceLock<Option<chain::Facts>>,
}

impl Shown {
    /// What a connection that works has. A chain like the one that is known is kept once.
    pub(super) fn of(sight: Option<Sight>, connection: &ClientConnection, known: Option<Arc<Self>>) -> Self {
        let mut shown = Self::failed(sight);
        if let Some(known) = known.filter(|known| known.chain == shown.chain) {
            shown.chain = Arc::clone(&known.chain);
        }
        shown.is_http2 = connection.alpn_protocol() == Some(b"h2");
        shown.version = connection.protocol_version();
        shown.cipher = connection.negotiated_cipher_suite().map(|suite| suite.suite());
        shown
    }

    /// What was seen of a connection that does not work.
    pub(super) fn failed(sight: Option<Sight>) -> Self {
        let Some(sight) = sight else { return Self::default() };
        Self { chain: sight.chain.into(), problem: sight.problem, at: sight.at.as_secs(), ..Self::default() }
    }

    /// The verdict, if it is the certificate that is to blame for this error.
    pub(super) fn judge(&self, error: &io::Error) -> Option<Outcome> {
        let problem = self.problem.as_ref()?;
        // Not an error that came after, where the certificate does not matter.
        error.get_ref()?.downcast_ref::<Error>().filter(|error| *error == problem)?;
        let (cause, detail) = fault::tls(problem, &self.chain);
        Some(Outcome::Down(Fault::new(FaultKind::Tls(cause), detail)))
    }

    /// `1.2` or `1.3`.
    pub(crate) fn version_number(&self) -> Option<&'static str> {
        match self.version? {
            ProtocolVersion::TLSv1_2 => Some("1.2"),
            ProtocolVersion::TLSv1_3 => Some("1.3"),
            _ => None,
        }
    }

    /// What expectations look at. The days are those when the connection was made, which is half a minute ago at most.
    pub(crate) fn facts(&self) -> Option<CertificateFacts<'_>> {
        let facts = self.facts.get_or_init(|| chain::facts(&self.chain)).as_ref()?;
        let now =
            i64::try_from(UnixTime::since_unix_epoch(std::time::Duration::from_secs(self.at)).as_secs());
        let left = facts.not_after.saturating_sub(now.unwrap_or(i64::MAX));
        Some(CertificateFacts {
            days_left: left.div_euclid(86_400),
            subject: &facts.subject,
            issuer: &facts.issuer,
        })
    }

    /// What people are told of it in one line.
    pub(crate) fn in_short(&self) -> String {
        let version = self.version_number().map(|number| format!("TLS {number}"));
        let certificate = self.facts().map(|facts| {
            let days = match facts.days_left {
                0.. => words::certificate_days_left(facts.days_left),
                past => words::certificate_expired(past.saturating_neg()),
            };
            words::certificate_issued(days, facts.issuer)
        });
        let parts: Vec<String> = version.into_iter().chain(certificate).collect();
        parts.join(", ")
    }

    /// What people are shown.
    pub(crate) fn evidence(&self) -> TlsEvidence {
        TlsEvidence {
            version: self.version_number().map(|number| format!("TLS {number}")),
            cipher: self.cipher.and_then(|cipher| cipher.as_str()).map(str::to_owned),
            chain: self.chain.iter().map(|der| chain::read(der)).collect(),
            problem: self.problem.as_ref().map(|problem| {
                let (cause, detail) = fault::tls(problem, &self.chain);
                Fault::new(FaultKind::Tls(cause), detail).to_string()
            }),
        }
    }
}

//! What a probe found, as programs get it: the same from the programming interface and from `check --json`.

use std::collections::BTreeMap;

use domain::{Certificate, Evidence, Fault, Finding, Micros, Outcome, Phases, TlsEvidence};
use serde::{Serialize, Serializer};

/// A check that was not recorded.
#[derive(Debug, Serialize)]
pub(crate) struct FindingReply {
    target: String,
    /// `up`, `degraded`, `down` or `unknown`.
    outcome: &'static str,
    fault: Option<FaultReply>,
    /// Why nothing is known.
    reason: Option<&'static str>,
    latency_ms: Option<f64>,
    phases: PhasesReply,
    evidence: Option<EvidenceReply>,
}

impl FindingReply {
    pub(crate) fn new(target: &str, finding: &Finding, evidence: Option<&Evidence>) -> Self {
        let (outcome, reason) = words(&finding.outcome);
        let fault = match &finding.outcome {
            Outcome::Down(fault) | Outcome::Degraded(fault) => Some(fault),
            Outcome::Up | Outcome::Unknown(_) => None,
        };
        Self {
            target: target.to_owned(),
            outcome,
            fault: fault.map(FaultReply::from),
            reason,
            latency_ms: finding.latency.map(Micros::as_ms),
            phases: PhasesReply::from(&finding.phases),
            evidence: evidence.map(EvidenceReply::from),
        }
    }
}

/// The word of an outcome, and why nothing is known.
pub(crate) fn words(outcome: &Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Up => ("up", None),
        Outcome::Degraded(_) => ("degraded", None),
        Outcome::Down(_) => ("down", None),
        Outcome::Unknown(reason) => ("unknown", Some(reason.word())),
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct FaultReply {
    kind: String,
    detail: String,
}

impl From<&Fault> for FaultReply {
    fn from(fault: &Fault) -> Self {
        Self { kind: fault.kind.to_string(), detail: fault.to_string() }
    }
}

/// Milliseconds by phase, in the order in which phases follow each other.
#[derive(Debug, Default)]
pub(crate) struct PhasesReply(Vec<(&'static str, f64)>);

impl PhasesReply {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&Phases> for PhasesReply {
    fn from(phases: &Phases) -> Self {
        Self(phases.iter().map(|(phase, took)| (phase.word(), took.as_ms())).collect())
    }
}

impl Serialize for PhasesReply {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().copied())
    }
}

/// What a probe saw.
#[derive(Debug, Serialize)]
pub(crate) struct EvidenceReply {
    url: String,
    redirects: Vec<String>,
    addresses: Vec<String>,
    peer: Option<String>,
    phases: PhasesReply,
    version: Option<String>,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    tls: Option<TlsReply>,
    /// By address, where each is asked on its own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    verdicts: BTreeMap<String, String>,
}

impl From<&Evidence> for EvidenceReply {
    fn from(evidence: &Evidence) -> Self {
        let Evidence { url, redirects, addresses, peer, version, status, headers, body, tls, .. } =
            evidence.clone();
        Self {
            url,
            redirects,
            addresses,
            peer,
            phases: PhasesReply::from(&evidence.phases),
            version,
            status,
            headers,
            body,
            tls: tls.map(TlsReply::from),
            verdicts: evidence.verdicts.iter().cloned().collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct TlsReply {
    version: Option<String>,
    cipher: Option<String>,
    problem: Option<String>,
    chain: Vec<CertificateReply>,
}

impl From<TlsEvidence> for TlsReply {
    fn from(tls: TlsEvidence) -> Self {
        let TlsEvidence { version, cipher, chain, problem } = tls;
        Self { version, cipher, problem, chain: chain.into_iter().map(CertificateReply::from).collect() }
    }
}

#[derive(Debug, Serialize)]
struct CertificateReply {
    subject: String,
    issuer: String,
    names: Vec<String>,
    not_before: String,
    not_after: String,
    serial: String,
    fingerprint: String,
}

impl From<Certificate> for CertificateReply {
    fn from(shown: Certificate) -> Self {
        let Certificate { subject, issuer, names, not_before, not_after, serial, fingerprint } = shown;
        Self {
            subject,
            issuer,
            names,
            not_before: not_before.to_string(),
            not_after: not_after.to_string(),
            serial,
            fingerprint,
        }
    }
}

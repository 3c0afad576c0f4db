//! Why a check is down.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Evidence that a target fails: one cause of a closed list, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fault {
    /// The cause.
    #[serde(rename = "k", with = "as_text")]
    pub kind: FaultKind,
    /// What was seen, for people: at most 200 characters on one line, without secrets. May be empty.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Fault {
    /// Longest detail kept, in characters.
    pub const DETAIL_LIMIT: usize = 200;

    /// A fault whose detail is cut to its bounds; control characters become spaces.
    pub fn new(kind: FaultKind, detail: impl AsRef<str>) -> Self {
        let detail = detail
            .as_ref()
            .trim()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(Self::DETAIL_LIMIT)
            .collect();
        Self { kind, detail }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.sentence())?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// The closed list of causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The host's name does not resolve.
    Dns,
    /// Nothing listens at the address.
    Refused,
    /// The network says that the host cannot be reached.
    Unreachable,
    /// The connection was reset.
    Reset,
    /// The connection was closed before an answer.
    Closed,
    /// The deadline passed in this phase.
    Timeout(Phase),
    /// No trustworthy encrypted connection.
    Tls(TlsFault),
    /// The answer has a status that was not expected.
    Status(u16),
    /// The answer is none that its protocol knows.
    Protocol,
    /// More redirects than are followed, or one that cannot be followed.
    Redirects,
    /// What it was is no longer kept.
    Forgotten,
    /// It takes longer than the tracker tolerates.
    Slow,
    /// It answers, and the tracker is upside down.
    Answers,
    /// It sends less than a probe waits for.
    TooSlow,
    /// The head of the answer is larger than a probe reads.
    HeadersTooLarge,
    /// The answer unpacks to more than a probe reads, or not at all.
    Decompression,
    /// The proxy refuses or fails.
    Proxy,
    /// Some of the target's addresses do not answer as expected.
    Addresses,
    /// The answer is not what the tracker expects of it.
    Expectation,
    /// Signing in fails, so the target was not asked.
    SignIn,
    /// It understands, and says that it does not serve: it starts, is full, or lacks what was asked for.
    NotServing,
    /// No signal came in its time.
    Missing,
    /// A run began, and did not end in its time.
    Unfinished,
    /// A signal came after its time was over.
    Late,
    /// A run began while another was on.
    Overlap,
    /// The signal says that it failed.
    Failed,
    /// It ended with this code, which is not 0.
    Exit(i32),
}

/// Why there is no trustworthy encrypted connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsFault {
    /// None of the others.
    Other,
    /// A certificate's time is over.
    Expired,
    /// A certificate's time has not begun.
    NotYetValid,
    /// The certificate is for other names.
    WrongName,
    /// No authority that is trusted leads to it.
    Untrusted,
    /// It vouches for itself.
    SelfSigned,
    /// It was called back.
    Revoked,
    /// A certificate is not well-formed, or too weak.
    BadCertificate,
    /// The server speaks no version that is accepted.
    Version,
    /// The server speaks no cipher that is accepted.
    Cipher,
    /// The server wants a certificate of this client, or another one.
    ClientCertificate,
    /// The server speaks no TLS.
    NotTls,
}

/// What a probe was waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The host's address.
    Resolve,
    /// The connection.
    Connect,
    /// Its encryption.
    Tls,
    /// The first byte of the answer.
    FirstByte,
    /// The rest of the answer.
    Body,
}

impl Phase {
    /// Every phase, in the order in which they follow each other.
    pub const ALL: [Self; 5] = [Self::Resolve, Self::Connect, Self::Tls, Self::FirstByte, Self::Body];

    /// Its name in interfaces and in expectations.
    pub fn word(self) -> &'static str {
        match self {
            Self::Resolve => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::FirstByte => "first_byte",
            Self::Body => "transfer",
        }
    }
}

impl FaultKind {
    /// A phrase for people.
    pub fn sentence(self) -> String {
        match self {
            Self::Dns => words::FAULT_DNS.into(),
            Self::Refused => words::FAULT_REFUSED.into(),
            Self::Unreachable => words::FAULT_UNREACHABLE.into(),
            Self::Reset => words::FAULT_RESET.into(),
            Self::Closed => words::FAULT_CLOSED.into(),
            Self::Timeout(Phase::Resolve) => words::FAULT_TIMEOUT_RESOLVE.into(),
            Self::Timeout(Phase::Connect) => words::FAULT_TIMEOUT_CONNECT.into(),
            Self::Timeout(Phase::Tls) => words::FAULT_TIMEOUT_TLS.into(),
            Self::Timeout(Phase::FirstByte) => words::FAULT_TIMEOUT_FIRST_BYTE.into(),
            Self::Timeout(Phase::Body) => words::FAULT_TIMEOUT_BODY.into(),
            Self::Tls(cause) => cause.sentence().into(),
            Self::Status(code) => words::fault_status(code),
            Self::Protocol => words::FAULT_PROTOCOL.into(),
            Self::Redirects => words::FAULT_REDIRECTS.into(),
            Self::Forgotten => words::FAULT_FORGOTTEN.into(),
            Self::Slow => words::FAULT_SLOW.into(),
            Self::Answers => words::FAULT_ANSWERS.into(),
            Self::TooSlow => words::FAULT_TOO_SLOW.into(),
            Self::HeadersTooLarge => words::FAULT_HEADERS_TOO_LARGE.into(),
            Self::Decompression => words::FAULT_DECOMPRESSION.into(),
            Self::Proxy => words::FAULT_PROXY.into(),
            Self::Addresses => words::FAULT_ADDRESSES.into(),
            Self::Expectation => words::FAULT_EXPECTATION.into(),
            Self::SignIn => words::FAULT_SIGN_IN.into(),
            Self::NotServing => words::FAULT_NOT_SERVING.into(),
            Self::Missing => words::FAULT_MISSING.into(),
            Self::Unfinished => words::FAULT_UNFINISHED.into(),
            Self::Late => words::FAULT_LATE.into(),
            Self::Overlap => words::FAULT_OVERLAP.into(),
            Self::Failed => words::FAULT_FAILED.into(),
            Self::Exit(code) => words::fault_exit(code),
        }
    }
}

impl TlsFault {
    /// A phrase for people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Other => words::FAULT_TLS_OTHER,
            Self::Expired => words::FAULT_TLS_EXPIRED,
            Self::NotYetValid => words::FAULT_TLS_NOT_YET_VALID,
            Self::WrongName => words::FAULT_TLS_WRONG_NAME,
            Self::Untrusted => words::FAULT_TLS_UNTRUSTED,
            Self::SelfSigned => words::FAULT_TLS_SELF_SIGNED,
            Self::Revoked => words::FAULT_TLS_REVOKED,
            Self::BadCertificate => words::FAULT_TLS_BAD_CERTIFICATE,
            Self::Version => words::FAULT_TLS_VERSION,
            Self::Cipher => words::FAULT_TLS_CIPHER,
            Self::ClientCertificate => words::FAULT_TLS_CLIENT_CERTIFICATE,
            Self::NotTls => words::FAULT_TLS_NOT_SPOKEN,
        }
    }
}

/// Causes without a number, with the word they are stored and sent as. Append only: the words are on users' disks.
const WORDS: [(FaultKind, &str); 40] = [
    (FaultKind::Dns, "dns"),
    (FaultKind::Refused, "refused"),
    (FaultKind::Unreachable, "unreachable"),
    (FaultKind::Reset, "reset"),
    (FaultKind::Closed, "closed"),
    (FaultKind::Timeout(Phase::Resolve), "timeout_resolve"),
    (FaultKind::Timeout(Phase::Connect), "timeout_connect"),
    (FaultKind::Timeout(Phase::FirstByte), "timeout_first_byte"),
    (FaultKind::Timeout(Phase::Body), "timeout_body"),
    (FaultKind::Tls(TlsFault::Other), "tls"),
    (FaultKind::Protocol, "protocol"),
    (FaultKind::Redirects, "redirects"),
    (FaultKind::Forgotten, "forgotten"),
    (FaultKind::Timeout(Phase::Tls), "timeout_tls"),
    (FaultKind::Tls(TlsFault::Expired), "tls_expired"),
    (FaultKind::Tls(TlsFault::NotYetValid), "tls_not_yet_valid"),
    (FaultKind::Tls(TlsFault::WrongName), "tls_wrong_name"),
    (FaultKind::Tls(TlsFault::Untrusted), "tls_untrusted"),
    (FaultKind::Tls(TlsFault::SelfSigned), "tls_self_signed"),
    (FaultKind::Tls(TlsFault::Revoked), "tls_revoked"),
    (FaultKind::Tls(TlsFault::BadCertificate), "tls_bad_certificate"),
    (FaultKind::Tls(TlsFault::Version), "tls_version"),
    (FaultKind::Tls(TlsFault::Cipher), "tls_cipher"),
    (FaultKind::Tls(TlsFault::ClientCertificate), "tls_client_certificate"),
    (FaultKind::Tls(TlsFault::NotTls), "tls_not_spoken"),
    (FaultKind::Slow, "slow"),
    (FaultKind::Answers, "answers"),
    (FaultKind::TooSlow, "too_slow"),
    (FaultKind::HeadersTooLarge, "headers_too_large"),
    (FaultKind::Decompression, "decompression"),
    (FaultKind::Proxy, "proxy"),
    (FaultKind::Addresses, "addresses"),
    (FaultKind::Expectation, "expectation"),
    (FaultKind::SignIn, "sign_in"),
    (FaultKind::NotServing, "not_serving"),
    (FaultKind::Missing, "missing"),
    (FaultKind::Unfinished, "unfinished"),
    (FaultKind::Late, "late"),
    (FaultKind::Overlap, "overlap"),
    (FaultKind::Failed, "failed"),
];

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, WORDS.iter().find(|(kind, _)| kind == self)) {
            (Self::Status(code), _) => write!(f, "status_{code}"),
            (Self::Exit(code), _) => write!(f, "exit_{code}"),
            (_, Some((_, word))) => f.write_str(word),
            (_, None) => f.write_str("protocol"),
        }
    }
}

/// The text is not the word of any cause.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown fault `{0}`")]
pub struct UnknownFault(String);

impl FromStr for FaultKind {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        if let Some(code) = text.strip_prefix("status_") {
            return code.parse().map(Self::Status).map_err(|_| UnknownFault(text.into()));
        }
        if let Some(code) = text.strip_prefix("exit_") {
            return code.parse().map(Self::Exit).map_err(|_| UnknownFault(text.into()));
        }
        let known = WORDS.iter().find(|(_, word)| *word == text);
        known.map(|(kind, _)| *kind).ok_or_else(|| UnknownFault(text.into()))
    }
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::FaultKind;

    // It is two pointers long where those are small.
    #[cfg_attr(
        target_pointer_width = "64",
        expect(clippy::trivially_copy_pass_by_ref, reason = "serde's `with` passes references")
    )]
    pub(super) fn serialize<S: Serializer>(kind: &FaultKind, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(kind)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FaultKind, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_survives_its_word() {
        let mut kinds: Vec<FaultKind> = WORDS.iter().map(|(kind, _)| *kind).collect();
        kinds.extend([FaultKind::Status(503), FaultKind::Exit(137), FaultKind::Exit(-1)]);
        for kind in kinds {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert!("status_many".parse::<FaultKind>().is_err() && "exit_many".parse::<FaultKind>().is_err());
    }

    #[test]
    fn a_detail_is_one_bounded_line() {
        let fault = Fault::new(FaultKind::Tls(TlsFault::Other), format!("a\nb{}", "x".repeat(500)));
        assert_eq!(fault.detail.chars().count(), Fault::DETAIL_LIMIT);
        assert!(fault.to_string().starts_with("no secure connection: a bx"));
    }
}

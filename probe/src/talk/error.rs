//! Why a conversation did not come to its end.

use std::{fmt, io};

use domain::{Fault, FaultKind, Outcome, Phase, Reason, TlsFault};

use crate::fault;

/// Why a conversation did not come to its end. Texts of the server are bounded, on one line and without secrets.
#[derive(Debug)]
pub enum TalkError {
    /// The server hung up before its answer was complete.
    Closed,
    /// The connection broke.
    Io(io::Error),
    /// The server does not speak the protocol.
    Strange {
        /// The protocol's name.
        protocol: &'static str,
        /// What it said instead; may be empty.
        said: String,
    },
    /// The server understands, and says that it does not serve: it starts, is full, or knows no such database.
    Refused(String),
    /// The server does not let this login in, or not in a way that is known here.
    SignIn(String),
    /// An answer without an end.
    TooLong,
    /// Encryption is wanted, and the server offers none.
    NoEncryption,
    /// The server went on talking where the encryption has to begin: somebody in between may have put that in.
    Early,
    /// This machine has no randomness to sign in with, which says nothing about the server.
    NoRandomness,
}

impl TalkError {
    /// The verdict over it, when it came up while waiting for this.
    pub fn outcome(&self, phase: Phase) -> Outcome {
        let kind = match self {
            Self::Io(error) => return fault::io(error, phase),
            Self::NoRandomness => return Outcome::Unknown(Reason::Overload),
            Self::Closed => FaultKind::Closed,
            Self::Strange { .. } | Self::TooLong | Self::Early => FaultKind::Protocol,
            Self::Refused(_) => FaultKind::NotServing,
            Self::SignIn(_) => FaultKind::SignIn,
            Self::NoEncryption => FaultKind::Tls(TlsFault::NotTls),
        };
        Outcome::Down(Fault::new(kind, self.detail()))
    }

    /// What was seen, for people; may be empty.
    fn detail(&self) -> String {
        match self {
            Self::Closed | Self::NoRandomness => String::new(),
            Self::Io(error) => error.to_string(),
            Self::Strange { protocol, said } if said.is_empty() => words::detail_talk_silent(*protocol),
            Self::Strange { protocol, said } => words::detail_talk_strange(*protocol, said),
            Self::Refused(said) | Self::SignIn(said) => said.clone(),
            Self::TooLong => words::DETAIL_TALK_LONG.into(),
            Self::NoEncryption => words::DETAIL_TALK_NO_ENCRYPTION.into(),
            Self::Early => words::DETAIL_TALK_EARLY.into(),
        }
    }
}

impl fmt::Display for TalkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str(words::FAULT_CLOSED),
            Self::NoRandomness => f.write_str("no randomness"),
            Self::SignIn(said) => write!(f, "{}: {said}", words::FAULT_SIGN_IN),
            _ => f.write_str(&self.detail()),
        }
    }
}

impl std::error::Error for TalkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for TalkError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_did_counts_against_it() {
        let told = |error: TalkError| match error.outcome(Phase::FirstByte) {
            Outcome::Down(fault) => fault.to_string(),
            other => format!("{other:?}"),
        };
        let end = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert_eq!(told(TalkError::from(end)), "connection closed without an answer");
        let reset = TalkError::from(io::Error::from_raw_os_error(libc::ECONNRESET));
        assert_eq!(reset.outcome(Phase::Body), Outcome::Down(Fault::new(FaultKind::Reset, "")));
        let files = TalkError::from(io::Error::from_raw_os_error(libc::EMFILE));
        assert_eq!(files.outcome(Phase::Body), Outcome::Unknown(Reason::FileDescriptors));
        assert_eq!(TalkError::NoRandomness.outcome(Phase::Body), Outcome::Unknown(Reason::Overload));
        assert_eq!(told(TalkError::SignIn("no".into())), "signing in fails: no");
        let strange = TalkError::Strange { protocol: "X", said: "y".into() };
        assert_eq!(strange.to_string(), "it does not speak X: y");
        assert!(told(strange).ends_with("it does not speak X: y"));
        let plain = TalkError::NoEncryption.outcome(Phase::Tls);
        assert!(matches!(plain, Outcome::Down(Fault { kind: FaultKind::Tls(TlsFault::NotTls), .. })));
    }
}

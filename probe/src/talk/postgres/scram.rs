//! SCRAM-SHA-256 (RFC 5802, RFC 7677), the client's side: neither end tells the other the password, and each proves that it knows it.
//!
//! Passwords are used as they are: what RFC 4013 would change about some that are not ASCII is not done.

use std::num::NonZeroU32;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    digest::{SHA256, digest},
    hmac, pbkdf2,
};

use super::super::{Io, TalkError, Wire, chance::random};

pub(super) const METHOD: &str = "SCRAM-SHA-256";
/// The most rounds that are computed: about 30 ms of a processor. Servers usually ask for 4,096.
const MOST_ROUNDS: u32 = 100_000;
/// That the channel is not bound: `n,,`, and the same in base64.
const UNBOUND: (&str, &str) = ("n,,", "biws");

/// Chance, as it is said in the first message.
pub(super) fn nonce() -> Result<String, TalkError> {
    Ok(STANDARD.encode(random::<18>()?))
}

/// The user is not said again: the server knows it already.
fn first_bare(nonce: &str) -> String {
    format!("n=,r={nonce}")
}

pub(super) fn first(nonce: &str) -> String {
    format!("{}{}", UNBOUND.0, first_bare(nonce))
}

/// The last message, and what the server must answer: this text, signed with this key.
pub(super) struct Proof {
    pub(super) last: String,
    server: hmac::Key,
    all: String,
}

/// Why there is no proof.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoProof {
    Strange,
    Work,
}

impl NoProof {
    pub(super) fn error<S: Io>(&self, wire: &Wire<'_, S>) -> TalkError {
        match self {
            Self::Strange => wire.strange(b""),
            Self::Work => TalkError::SignIn(words::DETAIL_TALK_WORK.into()),
        }
    }
}

impl Proof {
    /// From what was sent first, and what the server said to it.
    pub(super) fn new(nonce: &str, password: &str, said: &[u8]) -> Result<Self, NoProof> {
        Self::over(&first_bare(nonce), nonce, password, said)
    }

    fn over(first_bare: &str, nonce: &str, password: &str, said: &[u8]) -> Result<Self, NoProof> {
        let said = str::from_utf8(said).map_err(|_| NoProof::Strange)?;
        let challenge = Challenge::parse(said).ok_or(NoProof::Strange)?;
        if !challenge.nonce.starts_with(nonce) || challenge.nonce.len() == nonce.len() {
            return Err(NoProof::Strange);
        }
        if challenge.rounds.get() > MOST_ROUNDS {
            return Err(NoProof::Work);
        }
        let mut salted = [0; 32];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, challenge.rounds, &challenge.salt, password.as_bytes(), &mut salted);
        let client = sign(&salted, b"Client Key");
        let stored = digest(&SHA256, client.as_ref());
        let unproved = format!("c={},r={}", UNBOUND.1, challenge.nonce);
        let all = format!("{first_bare},{said},{unproved}");
        let signature = sign(stored.as_ref(), all.as_bytes());
        let proof: Vec<u8> = client.as_ref().iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
        Ok(Self {
            last: format!("{unproved},p={}", STANDARD.encode(proof)),
            server: hmac::Key::new(hmac::HMAC_SHA256, sign(&salted, b"Server Key").as_ref()),
            all,
        })
    }

    /// Whether the server knows the password too.
    pub(super) fn is_answered_by(&self, said: &[u8]) -> bool {
        let answer = said.strip_prefix(b"v=").and_then(|answer| STANDARD.decode(answer).ok());
        answer.is_some_and(|answer| hmac::verify(&self.server, self.all.as_bytes(), &answer).is_ok())
    }
}

fn sign(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
}

struct Challenge<'a> {
    nonce: &'a str,
    salt: Vec<u8>,
    rounds: NonZeroU32,
}

impl<'a> Challenge<'a> {
    /// `r=…,s=…,i=…`; what else there may be follows.
    fn parse(said: &'a str) -> Option<Self> {
        let mut parts = said.split(',');
        let nonce = parts.next()?.strip_prefix("r=")?;
        let salt = STANDARD.decode(parts.next()?.strip_prefix("s=")?).ok()?;
        let rounds = parts.next()?.strip_prefix("i=")?.parse().ok()?;
        Some(Self { nonce, salt, rounds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
    const SAID: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    #[test]
    fn the_example_of_rfc_7677_is_understood() {
        let first = format!("n=user,r={NONCE}");
        let proof = Proof::over(&first, NONCE, "pencil", SAID.as_bytes()).unwrap();
        assert_eq!(
            proof.last,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert!(proof.is_answered_by(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        for wrong in [&b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="[..], b"v=", b"e=other-error", b""] {
            assert!(!proof.is_answered_by(wrong));
        }
    }

    #[test]
    fn servers_that_cheat_are_noticed() {
        let proof = |said: &str| Proof::new(NONCE, "pencil", said.as_bytes()).map(|proof| proof.last);
        let with = |from, to| proof(&SAID.replace(from, to));
        assert_eq!(with("i=4096", "i=4000000000"), Err(NoProof::Work));
        assert_eq!(with("i=4096", "i=0"), Err(NoProof::Strange));
        assert_eq!(with("r=rO", "r=xO"), Err(NoProof::Strange));
        assert_eq!(with("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", ""), Err(NoProof::Strange));
        assert_eq!(with("s=W", "s=!"), Err(NoProof::Strange));
        assert_eq!(proof("m=x,r=y"), Err(NoProof::Strange));
    }

    proptest::proptest! {
        #[test]
        fn no_challenge_panics(said in "(r=rOprNGfwEbeRWgbNEkqO)?.{0,9}(,s=[A-Za-z0-9]{0,8}={0,2})?(,i=[0-9]{0,3})?.{0,4}") {
            let _ = Proof::new(NONCE, "x", said.as_bytes());
        }
    }
}

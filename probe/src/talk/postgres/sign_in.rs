//! Who asks, in the way that the server wants to know it.

use md5::{Digest, Md5};

use super::{
    super::{Io, Login, TalkError, Wire, chance::hex},
    message::{Message, Report, build, receive},
    scram::{self, Proof},
};

const DONE: u32 = 0;
const IN_CLEAR: u32 = 3;
const MD5: u32 = 5;
const SASL: u32 = 10;
const SASL_MORE: u32 = 11;
const SASL_END: u32 = 12;

pub(super) async fn sign_in<S: Io>(wire: &mut Wire<'_, S>, login: &Login) -> Result<(), TalkError> {
    match next(wire).await? {
        (DONE, _) => return Ok(()),
        (IN_CLEAR, _) => wire.send(&build(b'p', &[login.password().as_bytes(), b"\0"])).await?,
        (MD5, salt) => wire.send(&build(b'p', &[digest(login, &salt).as_bytes(), b"\0"])).await?,
        (SASL, methods) => by_scram(wire, login, &methods).await?,
        (other, _) => return Err(TalkError::SignIn(words::detail_talk_method(other))),
    }
    match next(wire).await? {
        (DONE, _) => Ok(()),
        _ => Err(wire.strange(b"")),
    }
}

/// What the server wants next, and what it says with it.
async fn next<S: Io>(wire: &mut Wire<'_, S>) -> Result<(u32, Vec<u8>), TalkError> {
    loop {
        match receive(wire, b"RNvE").await? {
            Message { kind: b'R', mut body } if body.len() >= 4 => {
                let rest = body.split_off(4);
                let wants = body.try_into().map(u32::from_be_bytes).map_err(|_| wire.strange(b""))?;
                return Ok((wants, rest));
            }
            Message { kind: b'R', .. } => return Err(wire.strange(b"")),
            Message { kind: b'E', body } => return Err(Report::of(&body).error(wire)),
            _ => {}
        }
    }
}

async fn by_scram<S: Io>(wire: &mut Wire<'_, S>, login: &Login, methods: &[u8]) -> Result<(), TalkError> {
    if !methods.split(|byte| *byte == 0).any(|method| method == scram::METHOD.as_bytes()) {
        return Err(TalkError::SignIn(words::detail_talk_method(wire.said(methods))));
    }
    let nonce = scram::nonce()?;
    let first = scram::first(&nonce);
    let length = u32::try_from(first.len()).unwrap_or(u32::MAX).to_be_bytes();
    wire.send(&build(b'p', &[scram::METHOD.as_bytes(), b"\0", &length, first.as_bytes()])).await?;
    let proof = match next(wire).await? {
        (SASL_MORE, said) => Proof::new(&nonce, login.password(), &said),
        _ => return Err(wire.strange(b"")),
    };
    let proof = proof.map_err(|why| why.error(wire))?;
    wire.send(&build(b'p', &[proof.last.as_bytes()])).await?;
    match next(wire).await? {
        (SASL_END, said) if proof.is_answered_by(&said) => Ok(()),
        (SASL_END, _) => Err(TalkError::SignIn(words::DETAIL_TALK_IMPOSTOR.into())),
        _ => Err(wire.strange(b"")),
    }
}

/// What a server that stores MD5 wants instead of the password.
fn digest(login: &Login, salt: &[u8]) -> String {
    let stored = md5(&[login.password().as_bytes(), login.user().as_bytes()]);
    format!("md5{}", md5(&[stored.as_bytes(), salt]))
}

fn md5(parts: &[&[u8]]) -> String {
    hex(&Md5::digest(parts.concat()))
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::*;

    /// Computed by Python's `hashlib`.
    #[test]
    fn a_digest_is_what_servers_compute() {
        let login = Login::new("postgres", Secret::new("secret")).unwrap();
        assert_eq!(digest(&login, b"\x01\x02\x03\x04"), "md5bb41a296aab6baccb36ff243a562abff");
    }
}

//! Who asks, and how a password is proved without sending it.

use ring::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY as SHA1, SHA256};

use super::{
    super::{Io, TalkError, Wire},
    Ask, END, FAILED, Hello, OK,
    packet::{Cut, error, receive, send},
};

/// A way of proving a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// The usual one of MariaDB, and of MySQL before 8.
    Native,
    /// The usual one since MySQL 8.
    Caching,
}

/// In a packet that asks for more, and what is asked for.
const MORE: u8 = 1;
const IS_CACHED: u8 = 3;
const WANTS_ALL: u8 = 4;
/// The most packets that signing in takes; three are usual.
const ROUNDS: usize = 8;

impl Method {
    const ALL: [Self; 2] = [Self::Native, Self::Caching];

    fn name(self) -> &'static str {
        match self {
            Self::Native => "mysql_native_password",
            Self::Caching => "caching_sha2_password",
        }
    }

    fn named(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name().as_bytes() == name)
    }

    /// What proves the password; nothing for none.
    fn proof(self, password: &str, salt: &[u8]) -> Vec<u8> {
        if password.is_empty() {
            return Vec::new();
        }
        let (once, mixed) = match self {
            Self::Native => {
                let once = hash(&SHA1, &[password.as_bytes()]);
                let twice = hash(&SHA1, &[&once]);
                (once, hash(&SHA1, &[salt, &twice]))
            }
            Self::Caching => {
                let once = hash(&SHA256, &[password.as_bytes()]);
                let twice = hash(&SHA256, &[&once]);
                (once, hash(&SHA256, &[&twice, salt]))
            }
        };
        once.iter().zip(mixed).map(|(a, b)| a ^ b).collect()
    }
}

fn hash(algorithm: &'static Algorithm, parts: &[&[u8]]) -> Vec<u8> {
    let mut context = Context::new(algorithm);
    for part in parts {
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

pub(super) async fn sign_in<S: Io>(
    wire: &mut Wire<'_, S>,
    hello: &Hello,
    ask: &Ask<'_>,
) -> Result<(), TalkError> {
    let password = ask.login.password();
    // A server whose usual way is another one says which this user needs.
    let mut method = Method::named(&hello.method).unwrap_or(Method::Native);
    let proof = method.proof(password, &hello.salt);
    let answer = hello.answer(ask.login.user(), ask.database, method.name(), &proof);
    send(wire, hello.next(), &answer).await?;
    for _ in 0..ROUNDS {
        let packet = receive(wire).await?;
        let next = packet.number.wrapping_add(1);
        match packet.body.as_slice() {
            [OK, ..] => return Ok(()),
            [FAILED, ..] => return Err(error(wire, &packet.body)),
            [END, rest @ ..] => {
                let mut cut = Cut(rest);
                let name = cut.until_nul();
                let Some(other) = Method::named(name) else {
                    return Err(TalkError::SignIn(words::detail_talk_method(wire.said(name))));
                };
                method = other;
                let salt = cut.0.strip_suffix(b"\0").unwrap_or(cut.0);
                send(wire, next, &method.proof(password, salt)).await?;
            }
            [MORE, IS_CACHED] if method == Method::Caching => {}
            [MORE, WANTS_ALL] if method == Method::Caching && hello.is_encrypted => {
                send(wire, next, format!("{password}\0").as_bytes()).await?;
            }
            // It would also take the password under a key that it sends, which could be anybody's.
            [MORE, WANTS_ALL] if method == Method::Caching => {
                return Err(TalkError::SignIn(words::DETAIL_TALK_NEEDS_ENCRYPTION.into()));
            }
            other => return Err(wire.strange(other)),
        }
    }
    Err(TalkError::TooLong)
}

#[cfg(test)]
mod tests {
    use super::{super::super::chance::hex, *};

    /// Computed by Python's `hashlib`.
    #[test]
    fn proofs_are_what_servers_compute() {
        let salt = b"0123456789abcdefghij";
        assert_eq!(hex(&Method::Native.proof("secret", salt)), NATIVE);
        assert_eq!(hex(&Method::Caching.proof("secret", salt)), CACHING);
        assert_eq!(Method::Native.proof("", salt), b"");
    }

    const NATIVE: &str = "f5cac3f3b3df2133feb57db682c71e6ed433a988";
    const CACHING: &str = "7e4adda2f2d5ef09b4147518becb0cee2939376203650a8c2bb2815959364bd0";
}

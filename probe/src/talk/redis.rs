//! Redis, and what speaks like it (RESP 2): `AUTH` and `PING`.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Heard, Login, TalkError, wire::Wire};

/// Signs in, if there is somebody to, and asks whether the server serves.
pub async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    login: Option<&Login>,
) -> Result<Heard, TalkError> {
    let mut wire = Wire::new(stream, "Redis");
    if let Some(login) = login {
        sign_in(&mut wire, login).await?;
    }
    wire.send(&command(&["PING"])).await?;
    match reply(&mut wire).await? {
        Reply::Done(said) if said == b"PONG" => {}
        Reply::Done(said) => return Err(wire.strange(&[b"+", &said[..]].concat())),
        Reply::Error(said) if said.starts_with(b"NOAUTH") => {
            return Err(TalkError::SignIn(wire.said(&said)));
        }
        // LOADING, MASTERDOWN, BUSY, DENIED, NOPERM, too many clients.
        Reply::Error(said) => return Err(TalkError::Refused(wire.said(&said))),
    }
    wire.part(&command(&["QUIT"])).await;
    Ok(Heard::default())
}

async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<'_, S>,
    login: &Login,
) -> Result<(), TalkError> {
    wire.hide(login.password());
    let words: &[&str] = match login.user() {
        "" => &["AUTH", login.password()],
        user => &["AUTH", user, login.password()],
    };
    wire.send(&command(words)).await?;
    match reply(wire).await? {
        Reply::Done(_) => Ok(()),
        Reply::Error(said) if ["LOADING", "BUSY"].iter().any(|word| said.starts_with(word.as_bytes())) => {
            Err(TalkError::Refused(wire.said(&said)))
        }
        Reply::Error(said) => Err(TalkError::SignIn(wire.said(without_echo(&said)))),
    }
}

enum Reply {
    Done(Vec<u8>),
    Error(Vec<u8>),
}

async fn reply<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<'_, S>) -> Result<Reply, TalkError> {
    let [kind] = wire.array().await?;
    match kind {
        b'+' => Ok(Reply::Done(wire.line().await?)),
        b'-' => Ok(Reply::Error(wire.line().await?)),
        _ => Err(wire.strange(&[kind])),
    }
}

/// A server that does not know `AUTH` repeats what was sent, cut in the middle of the password perhaps.
fn without_echo(said: &[u8]) -> &[u8] {
    let quote = said.iter().position(|byte| matches!(byte, b'`' | b'\''));
    quote.map_or(said, |at| said.split_at(at).0)
}

/// A command. Its words have their lengths, so whatever is in them stays there.
fn command(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::{
        super::double::{Peer, garbage, steady},
        *,
    };

    fn told(says: &[u8], login: Option<(&str, &str)>) -> (String, String) {
        let login = login.map(|(user, password)| Login::new(user, Secret::new(password)).unwrap());
        let (result, heard) = Peer::new(says, usize::MAX).talk(async |peer| ask(peer, login.as_ref()).await);
        (result.map_or_else(|error| format!("{error:?}"), |_| "fine".into()), heard)
    }

    #[test]
    fn answers_are_told_apart() {
        for (says, wanted) in [
            ("+PONG\r\n", "fine"),
            ("-NOAUTH Authentication required.\r\n", "SignIn(\"NOAUTH Authentication required.\")"),
            ("-LOADING it is\r\n", "Refused(\"LOADING it is\")"),
            ("-MASTERDOWN no link\r\n", "Refused(\"MASTERDOWN no link\")"),
            ("-ERR max number of clients reached\r\n", "Refused(\"ERR max number of clients reached\")"),
            ("HTTP/1.1 400 Bad\r\n", "Strange { protocol: \"Redis\", said: \"HTTP/1.1 400 Bad\" }"),
            ("H", "Strange { protocol: \"Redis\", said: \"H\" }"),
            ("+PING\r\n", "Strange { protocol: \"Redis\", said: \"+PING\" }"),
            ("+PON", "Closed"),
            ("", "Closed"),
        ] {
            assert_eq!(told(says.as_bytes(), None).0, wanted, "{says}");
        }
    }

    #[test]
    fn who_signs_in_is_said_first() {
        let both = told(b"+OK\r\n+PONG\r\n", Some(("ann", "a\"b ä")));
        let auth = "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\na\"b ä\r\n";
        let ping = "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n";
        assert_eq!(both, ("fine".into(), format!("{auth}{ping}")));
        assert!(told(b"+OK\r\n+PONG\r\n", Some(("", "x"))).1.starts_with("*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n"));
        let wrong = told(b"-WRONGPASS invalid username-password pair\r\n", Some(("ann", "canary"))).0;
        assert_eq!(wrong, "SignIn(\"WRONGPASS invalid username-password pair\")");
        let echo =
            told(b"-ERR unknown command `AUTH`, with args: `ann`, `cana\r\n", Some(("ann", "canary"))).0;
        assert_eq!(echo, "SignIn(\"ERR unknown command\")");
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes in garbage(&[b"+OK\r\n+PONG\r\n", b"-LOADING\r\n", b""])) {
            let login = Login::new("a", Secret::new("b")).unwrap();
            for login in [None, Some(&login)] {
                steady(&bytes, async |peer| ask(peer, login).await);
            }
        }
    }
}

//! Redis, and what speaks like it (RESP 2): `AUTH`, `PING`, and `HELLO` from who knows it.

use super::{Heard, Io, Login, TalkError, Wire};

/// The most that a server tells of itself in `HELLO`: names and values.
const FACTS: usize = 32;

/// Signs in, if there is somebody to, and asks whether the server serves. Tells version and role, of servers since Redis 6.
pub async fn ask<S: Io>(stream: &mut S, login: Option<&Login>) -> Result<Heard, TalkError> {
    let mut wire = Wire::new(stream, "Redis");
    if let Some(login) = login {
        sign_in(&mut wire, login).await?;
    }
    wire.send(&[command(&["PING"]), command(&["HELLO", "2"])].concat()).await?;
    match reply(&mut wire).await? {
        Reply::Done(said) if said == b"PONG" => {}
        Reply::Done(said) => return Err(wire.strange(&[b"+", &said[..]].concat())),
        Reply::Error(said) if said.starts_with(b"NOAUTH") => {
            return Err(TalkError::SignIn(wire.said(&said)));
        }
        // LOADING, MASTERDOWN, BUSY, DENIED, NOPERM, too many clients.
        Reply::Error(said) => return Err(TalkError::Refused(wire.said(&said))),
    }
    // It serves, whatever becomes of this: proxies hang up over what they do not know.
    let heard = hello(&mut wire).await.unwrap_or_default();
    wire.part(&command(&["QUIT"])).await;
    Ok(heard)
}

/// Names and values, one after the other. What comes behind the first value that is a list is not looked at.
async fn hello<S: Io>(wire: &mut Wire<'_, S>) -> Result<Heard, TalkError> {
    let mut heard = Heard::default();
    let first = wire.line().await?;
    // An older server, or one that does not let this user ask.
    if !first.starts_with(b"*") {
        return Ok(heard);
    }
    for _ in 0..number(&first).unwrap_or_default().min(FACTS) / 2 {
        let (Some(name), Some(value)) = (fact(wire).await?, fact(wire).await?) else { break };
        match name.as_slice() {
            b"version" => heard.version = Some(wire.text(&value, Heard::VERSION)),
            b"role" => heard.role = Some(wire.text(&value, Heard::VERSION)),
            _ => {}
        }
    }
    Ok(heard)
}

/// A text or a number; nothing for what is neither.
async fn fact<S: Io>(wire: &mut Wire<'_, S>) -> Result<Option<Vec<u8>>, TalkError> {
    let line = wire.line().await?;
    match line.first() {
        Some(b'+' | b':') => Ok(line.get(1..).map(<[u8]>::to_vec)),
        Some(b'$') => {
            let Some(length) = number(&line) else { return Ok(None) };
            let text = wire.exact(length).await?;
            wire.line().await?;
            Ok(Some(text))
        }
        Some(b'*') => Ok(None),
        _ => Err(wire.strange(&line)),
    }
}

/// The number behind the mark of a line.
fn number(line: &[u8]) -> Option<usize> {
    str::from_utf8(line.get(1..)?).ok()?.parse().ok()
}

async fn sign_in<S: Io>(wire: &mut Wire<'_, S>, login: &Login) -> Result<(), TalkError> {
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

async fn reply<S: Io>(wire: &mut Wire<'_, S>) -> Result<Reply, TalkError> {
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
            ("+PONG\r\n-ERR unknown command\r\n", "fine"),
            ("+PONG\r\nwhat\r\n", "fine"),
            ("+PONG\r\n*2\r\n$99999999\r\n", "fine"),
            ("+PONG\r\n*2\r\n$7\r\nvers", "fine"),
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
    fn servers_tell_of_themselves() {
        let says = "+PONG\r\n*8\r\n$7\r\nversion\r\n$5\r\n7.0.1\r\n$5\r\nproto\r\n:2\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n";
        let (heard, _) = Peer::new(says.as_bytes(), 3).talk(async |peer| ask(peer, None).await);
        let wanted = Heard { version: Some("7.0.1".into()), role: Some("master".into()), ..Heard::default() };
        assert_eq!(heard.unwrap(), wanted);
        let says = b"+PONG\r\n*-1\r\n";
        assert_eq!(Peer::new(says, 3).talk(async |peer| ask(peer, None).await).0.unwrap(), Heard::default());
    }

    #[test]
    fn who_signs_in_is_said_first() {
        let both = told(b"+OK\r\n+PONG\r\n-ERR\r\n", Some(("ann", "a\"b ä")));
        let auth = "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\na\"b ä\r\n";
        let ping = "*1\r\n$4\r\nPING\r\n*2\r\n$5\r\nHELLO\r\n$1\r\n2\r\n*1\r\n$4\r\nQUIT\r\n";
        assert_eq!(both, ("fine".into(), format!("{auth}{ping}")));
        assert!(
            told(b"+OK\r\n+PONG\r\n-ERR\r\n", Some(("", "x")))
                .1
                .starts_with("*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n")
        );
        let wrong = told(b"-WRONGPASS invalid username-password pair\r\n", Some(("ann", "canary"))).0;
        assert_eq!(wrong, "SignIn(\"WRONGPASS invalid username-password pair\")");
        let echo =
            told(b"-ERR unknown command `AUTH`, with args: `ann`, `cana\r\n", Some(("ann", "canary"))).0;
        assert_eq!(echo, "SignIn(\"ERR unknown command\")");
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes in garbage(&[b"+OK\r\n+PONG\r\n*2\r\n$4\r\nrole\r\n$1\r\nx\r\n", b"+PONG\r\n*4\r\n:1\r\n+a\r\n$1\r\nx\r\n*0\r\n", b"-LOADING\r\n"])) {
            let login = Login::new("a", Secret::new("b")).unwrap();
            for login in [None, Some(&login)] {
                steady(&bytes, async |peer| ask(peer, login).await);
            }
        }
    }
}

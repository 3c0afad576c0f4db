//! Mail servers that hand mail out (RFC 1939, RFC 2449): greeting, capabilities, a login if there is one.

use super::{Heard, Io, Login, Talk, TalkError, Wire};

/// What is said.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who signs in, if anybody does.
    pub login: Option<&'a Login>,
}

impl Talk for Ask<'_> {
    type Begun = Heard;

    const NAME: &'static str = "POP3";

    async fn begin<S: Io>(&self, wire: &mut Wire<'_, S>) -> Result<Heard, TalkError> {
        match reply(wire).await? {
            Ok(text) => Ok(Heard { banner: Some(wire.text(&text, Heard::BANNER)), ..Heard::default() }),
            Err(said) => Err(TalkError::Refused(wire.said(&said))),
        }
    }

    async fn agree<S: Io>(&self, wire: &mut Wire<'_, S>, heard: Heard) -> Result<Heard, TalkError> {
        tell(wire, "STLS").await?.map(|_| heard).map_err(|_| TalkError::NoEncryption)
    }

    /// Tells banner and capabilities.
    async fn finish<S: Io>(&self, mut wire: Wire<'_, S>, mut heard: Heard) -> Result<Heard, TalkError> {
        // Who does not know the question has nothing to tell.
        if tell(&mut wire, "CAPA").await?.is_ok() {
            loop {
                let line = wire.line().await?;
                if line == b"." {
                    break;
                }
                if heard.capabilities.len() == Heard::CAPABILITIES {
                    return Err(TalkError::TooLong);
                }
                heard.capabilities.push(wire.text(&line, Heard::CAPABILITY));
            }
        }
        if let Some(login) = self.login {
            sign_in(&mut wire, login).await?;
        }
        wire.part(b"QUIT\r\n").await;
        Ok(heard)
    }
}

async fn sign_in<S: Io>(wire: &mut Wire<'_, S>, login: &Login) -> Result<(), TalkError> {
    wire.hide(login.password());
    let mut answer = tell(wire, &format!("USER {}", login.user())).await?;
    if answer.is_ok() {
        answer = tell(wire, &format!("PASS {}", login.password())).await?;
    }
    match answer {
        Ok(_) => Ok(()),
        // RFC 3206: it is not about who asks.
        Err(said) if said.starts_with(b"[SYS/") || said.starts_with(b"[IN-USE]") => {
            Err(TalkError::Refused(wire.said(&said)))
        }
        Err(said) => Err(TalkError::SignIn(wire.said(&said))),
    }
}

async fn tell<S: Io>(wire: &mut Wire<'_, S>, line: &str) -> Result<Result<Vec<u8>, Vec<u8>>, TalkError> {
    wire.send(format!("{line}\r\n").as_bytes()).await?;
    reply(wire).await
}

/// What stands behind `+OK` or `-ERR`.
async fn reply<S: Io>(wire: &mut Wire<'_, S>) -> Result<Result<Vec<u8>, Vec<u8>>, TalkError> {
    let line = wire.line().await?;
    let text = |rest: &[u8]| rest.trim_ascii().to_vec();
    match (line.strip_prefix(b"+OK"), line.strip_prefix(b"-ERR")) {
        (Some(rest), _) => Ok(Ok(text(rest))),
        (_, Some(rest)) => Ok(Err(text(rest))),
        _ => Err(wire.strange(&line)),
    }
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::{
        super::double::{Peer, garbage, steady},
        *,
    };

    async fn asked(peer: &mut Peer, login: Option<(&str, &str)>) -> Result<Heard, TalkError> {
        let login = login.map(|(user, password)| Login::new(user, Secret::new(password)).unwrap());
        Ask { login: login.as_ref() }.ask(peer).await
    }

    fn told(says: &str, login: Option<(&str, &str)>) -> (String, String) {
        let (result, heard) =
            Peer::new(says.as_bytes(), usize::MAX).talk(async |peer| asked(peer, login).await);
        (result.map_or_else(|error| format!("{error:?}"), |_| "fine".into()), heard)
    }

    const HELLO: &str = "+OK ready\r\n+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n";

    #[test]
    fn greeting_and_capabilities_are_heard() {
        let (heard, said) = Peer::new(HELLO.as_bytes(), 5).talk(async |peer| asked(peer, None).await);
        let wanted = Heard {
            banner: Some("ready".into()),
            capabilities: vec!["USER".into(), "SASL PLAIN".into()],
            ..Heard::default()
        };
        assert_eq!((heard.unwrap(), said.as_str()), (wanted, "CAPA\r\nQUIT\r\n"));
        assert_eq!(told("+OK\r\n-ERR what?\r\n", None).0, "fine");
    }

    #[test]
    fn failures_are_told_apart() {
        let ann = Some(("ann", "my canary"));
        for (says, wanted) in [
            ("-ERR busy\r\n", "Refused(\"busy\")"),
            ("* OK IMAP\r\n", "Strange { protocol: \"POP3\", said: \"* OK IMAP\" }"),
            ("+OK", "Closed"),
            (&format!("{HELLO}+OK\r\n-ERR not my canary\r\n"), "SignIn(\"not •••\")"),
            (&format!("{HELLO}-ERR who?\r\n"), "SignIn(\"who?\")"),
            (&format!("{HELLO}+OK\r\n-ERR [IN-USE] x\r\n"), "Refused(\"[IN-USE] x\")"),
            (&format!("{HELLO}+OK\r\n-ERR [SYS/TEMP] x\r\n"), "Refused(\"[SYS/TEMP] x\")"),
            (&format!("{HELLO}+OK\r\n+OK\r\n"), "fine"),
        ] {
            assert_eq!(told(says, ann).0, wanted, "{says}");
        }
        let sent = told(&format!("{HELLO}+OK\r\n+OK\r\n"), ann).1;
        assert_eq!(sent, "CAPA\r\nUSER ann\r\nPASS my canary\r\nQUIT\r\n");
    }

    #[test]
    fn encryption_begins_with_nothing_before_it() {
        let before = |says: &str| {
            let peer = Peer::new(says.as_bytes(), usize::MAX);
            let ask = Ask { login: None };
            format!("{:?}", peer.talk(async |peer| ask.before_tls(peer).await.map(|heard| heard.banner)).0)
        };
        assert_eq!(before("+OK x\r\n+OK go\r\n"), "Ok(Some(\"x\"))");
        assert_eq!(before("+OK x\r\n+OK go\r\n+"), "Err(Early)");
        assert_eq!(before("+OK x\r\n-ERR no\r\n"), "Err(NoEncryption)");
    }

    #[test]
    fn an_answer_without_an_end_is_left() {
        let (result, _) = Peer::endless(b"+OK x\r\n").talk(async |peer| asked(peer, None).await);
        assert!(matches!(result, Err(TalkError::TooLong)), "{result:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes in garbage(&[HELLO.as_bytes(), b"+OK\r\n-ERR\r\n+OK\r\n+OK\r\n"])) {
            steady(&bytes, async |peer| asked(peer, Some(("a", "b"))).await);
        }
    }
}

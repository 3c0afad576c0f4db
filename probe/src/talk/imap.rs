//! Mail servers that show mail (RFC 9051, RFC 3501): greeting, capabilities, a login if there is one.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Heard, Io, Login, Talk, TalkError, Wire};

/// What is said.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who signs in, if anybody does.
    pub login: Option<&'a Login>,
}

impl Talk for Ask<'_> {
    /// What was heard, and whether the server takes us for somebody already.
    type Begun = (Heard, bool);

    const NAME: &'static str = "IMAP";

    async fn begin<S: Io>(&self, wire: &mut Wire<'_, S>) -> Result<Self::Begun, TalkError> {
        let line = wire.line().await?;
        let heard = |text| Heard { banner: Some(wire.text(text, Heard::BANNER)), ..Heard::default() };
        match line.strip_prefix(b"* ").map(word) {
            Some((first, text)) if first.eq_ignore_ascii_case(b"OK") => Ok((heard(text), false)),
            Some((first, text)) if first.eq_ignore_ascii_case(b"PREAUTH") => Ok((heard(text), true)),
            Some((first, text)) if first.eq_ignore_ascii_case(b"BYE") => {
                Err(TalkError::Refused(wire.said(text)))
            }
            _ => Err(wire.strange(&line)),
        }
    }

    async fn agree<S: Io>(
        &self,
        wire: &mut Wire<'_, S>,
        (heard, is_signed_in): Self::Begun,
    ) -> Result<Self::Begun, TalkError> {
        // Who is signed in already cannot ask for it; somebody in between may have said that.
        if is_signed_in {
            return Err(TalkError::NoEncryption);
        }
        match tell(wire, "STARTTLS", &mut Vec::new()).await? {
            Answer::Ok => Ok((heard, false)),
            _ => Err(TalkError::NoEncryption),
        }
    }

    /// Tells banner and capabilities.
    async fn finish<S: Io>(
        &self,
        mut wire: Wire<'_, S>,
        (mut heard, is_signed_in): Self::Begun,
    ) -> Result<Heard, TalkError> {
        match tell(&mut wire, "CAPABILITY", &mut heard.capabilities).await? {
            Answer::Ok => {}
            Answer::Go => return Err(wire.strange(b"+")),
            Answer::No(said) => return Err(TalkError::Refused(wire.said(&said))),
        }
        if let Some(login) = self.login.filter(|_| !is_signed_in) {
            sign_in(&mut wire, login, &heard.capabilities).await?;
        }
        wire.part(b"a LOGOUT\r\n").await;
        Ok(heard)
    }
}

async fn sign_in<S: Io>(
    wire: &mut Wire<'_, S>,
    login: &Login,
    capabilities: &[String],
) -> Result<(), TalkError> {
    let can = |what| capabilities.iter().any(|word| word.eq_ignore_ascii_case(what));
    let both = STANDARD.encode(format!("\0{}\0{}", login.user(), login.password()));
    let (user, password) = (quoted(login.user()), quoted(login.password()));
    for secret in [login.password(), &both, &password] {
        wire.hide(secret);
    }
    let ignored = &mut Vec::new();
    let answer = if can("AUTH=PLAIN") {
        match tell(wire, "AUTHENTICATE PLAIN", ignored).await? {
            Answer::Go => {
                wire.send(format!("{both}\r\n").as_bytes()).await?;
                answer(wire, ignored).await?
            }
            other => other,
        }
    } else if can("LOGINDISABLED") {
        return Err(TalkError::SignIn(words::DETAIL_TALK_NEEDS_ENCRYPTION.into()));
    } else if user.is_ascii() && password.is_ascii() {
        tell(wire, &format!("LOGIN {user} {password}"), ignored).await?
    } else {
        return Err(TalkError::SignIn(words::DETAIL_TALK_ASCII.into()));
    };
    match answer {
        Answer::Ok => Ok(()),
        Answer::Go => Err(wire.strange(b"+")),
        Answer::No(said) if said.starts_with(b"NO [UNAVAILABLE]") => {
            Err(TalkError::Refused(wire.said(&said)))
        }
        Answer::No(said) => Err(TalkError::SignIn(wire.said(&said))),
    }
}

/// A text in quotes. It has no control characters, see [`Login`].
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

enum Answer {
    Ok,
    /// It waits for more.
    Go,
    /// What it says instead.
    No(Vec<u8>),
}

/// Every command has the same tag: there is never more than one under way.
async fn tell<S: Io>(
    wire: &mut Wire<'_, S>,
    command: &str,
    capabilities: &mut Vec<String>,
) -> Result<Answer, TalkError> {
    wire.send(format!("a {command}\r\n").as_bytes()).await?;
    answer(wire, capabilities).await
}

/// The answer to a command. What a server says in between is heard only if it is what it can do, or goodbye.
async fn answer<S: Io>(wire: &mut Wire<'_, S>, capabilities: &mut Vec<String>) -> Result<Answer, TalkError> {
    loop {
        let line = wire.line().await?;
        match word(&line) {
            (b"*", said) => match word(said) {
                (first, all) if first.eq_ignore_ascii_case(b"CAPABILITY") => {
                    let words = all.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
                    *capabilities = words
                        .take(Heard::CAPABILITIES)
                        .map(|word| wire.text(word, Heard::CAPABILITY))
                        .collect();
                }
                (first, text) if first.eq_ignore_ascii_case(b"BYE") => {
                    return Err(TalkError::Refused(wire.said(text)));
                }
                _ => {}
            },
            (b"+", _) => return Ok(Answer::Go),
            (b"a", said) => {
                let (first, _) = word(said);
                return match first.to_ascii_uppercase().as_slice() {
                    b"OK" => Ok(Answer::Ok),
                    b"NO" | b"BAD" => Ok(Answer::No(said.to_vec())),
                    _ => Err(wire.strange(&line)),
                };
            }
            _ => return Err(wire.strange(&line)),
        }
    }
}

/// The first word and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b' ') {
        Some(at) => (text.split_at(at).0, text.get(at + 1..).unwrap_or_default()),
        None => (text, b""),
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

    const HELLO: &str = "* OK [ALERT] ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na OK done\r\n";
    const SIMPLE: &str = "* OK\r\n* CAPABILITY IMAP4rev1\r\na OK\r\n";

    #[test]
    fn greeting_and_capabilities_are_heard() {
        let (heard, said) = Peer::new(HELLO.as_bytes(), 5).talk(async |peer| asked(peer, None).await);
        let wanted = Heard {
            banner: Some("[ALERT] ready".into()),
            capabilities: vec!["IMAP4rev1".into(), "AUTH=PLAIN".into()],
            ..Heard::default()
        };
        assert_eq!((heard.unwrap(), said.as_str()), (wanted, "a CAPABILITY\r\na LOGOUT\r\n"));
        // Signed in already.
        let known = told("* PREAUTH hello\r\na OK\r\n", Some(("ann", "canary")));
        assert_eq!(known, ("fine".into(), "a CAPABILITY\r\na LOGOUT\r\n".into()));
    }

    #[test]
    fn failures_are_told_apart() {
        for (says, wanted) in [
            ("* BYE too many\r\n", "Refused(\"too many\")"),
            ("* OK\r\n* BYE down\r\n", "Refused(\"down\")"),
            ("* OK\r\na NO not now\r\n", "Refused(\"NO not now\")"),
            ("220 ESMTP\r\n", "Strange { protocol: \"IMAP\", said: \"220 ESMTP\" }"),
            ("* OK\r\nb OK\r\n", "Strange { protocol: \"IMAP\", said: \"b OK\" }"),
            ("* OK\r\n+ go\r\n", "Strange { protocol: \"IMAP\", said: \"+\" }"),
            ("* OK", "Closed"),
        ] {
            assert_eq!(told(says, None).0, wanted, "{says}");
        }
    }

    #[test]
    fn signing_in_takes_the_way_that_there_is() {
        let ann = Some(("a\"nn", "can\\ary"));
        let plain = told(&format!("{HELLO}+ \r\na OK\r\n"), ann);
        let sent = "a CAPABILITY\r\na AUTHENTICATE PLAIN\r\nAGEibm4AY2FuXGFyeQ==\r\na LOGOUT\r\n";
        assert_eq!(plain, ("fine".into(), sent.into()));
        let simple = told(&format!("{SIMPLE}a OK\r\n"), ann);
        let sent = "a CAPABILITY\r\na LOGIN \"a\\\"nn\" \"can\\\\ary\"\r\na LOGOUT\r\n";
        assert_eq!(simple, ("fine".into(), sent.into()));
        let echo = told(&format!("{SIMPLE}a NO no \"can\\\\ary\" can\\ary\r\n"), ann);
        assert_eq!(echo.0, "SignIn(\"NO no ••• •••\")");
        let later = told(&format!("{HELLO}a NO [UNAVAILABLE] later\r\n"), ann);
        assert_eq!(later.0, "Refused(\"NO [UNAVAILABLE] later\")");
        let never = told(&SIMPLE.replace("rev1", "rev1 LOGINDISABLED"), ann);
        assert_eq!(never.0, "SignIn(\"it takes no password without encryption\")");
        assert!(!never.1.contains("LOGIN "));
        let foreign = told(SIMPLE, Some(("ä", "")));
        assert_eq!(foreign.0, "SignIn(\"it takes only ASCII\")");
    }

    #[test]
    fn encryption_begins_with_nothing_before_it() {
        let before = |says: &str| {
            let peer = Peer::new(says.as_bytes(), usize::MAX);
            let ask = Ask { login: None };
            format!(
                "{:?}",
                peer.talk(async |peer| ask.before_tls(peer).await.map(|(heard, _)| heard.banner)).0
            )
        };
        assert_eq!(before("* OK x\r\na OK go\r\n"), "Ok(Some(\"x\"))");
        assert_eq!(before("* OK x\r\na OK go\r\n* CAPABILITY evil\r\n"), "Err(Early)");
        assert_eq!(before("* PREAUTH x\r\na OK go\r\n"), "Err(NoEncryption)");
        assert_eq!(before("* OK x\r\na BAD no\r\n"), "Err(NoEncryption)");
    }

    #[test]
    fn an_answer_without_an_end_is_left() {
        for says in ["* OK x\r\n", "*"] {
            let (result, _) = Peer::endless(says.as_bytes()).talk(async |peer| asked(peer, None).await);
            assert!(matches!(result, Err(TalkError::TooLong)), "{result:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes in garbage(&[HELLO.as_bytes(), SIMPLE.as_bytes()])) {
            steady(&bytes, async |peer| asked(peer, Some(("a", "b"))).await);
        }
    }
}

//! Mail servers that take mail (RFC 5321): greeting, `EHLO`, a login if there is one. No mail is sent.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Heard, Io, Login, Name, Talk, TalkError, Wire};

/// What is said.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The name of this machine, as it introduces itself.
    pub name: &'a Name,
    /// Who signs in, if anybody does.
    pub login: Option<&'a Login>,
}

/// The longest line that every server takes, in bytes without its end.
const LINE: usize = 510;

impl Talk for Ask<'_> {
    type Begun = Heard;

    const NAME: &'static str = "SMTP";

    async fn begin<S: Io>(&self, wire: &mut Wire<'_, S>) -> Result<Heard, TalkError> {
        match reply(wire).await? {
            Reply { code: 220, lines } => {
                Ok(Heard { banner: Some(wire.text(&lines.join(&b' '), Heard::BANNER)), ..Heard::default() })
            }
            reply => Err(reply.refused(wire)),
        }
    }

    async fn agree<S: Io>(&self, wire: &mut Wire<'_, S>, heard: Heard) -> Result<Heard, TalkError> {
        hello(wire, self.name).await?;
        match tell(wire, "STARTTLS").await? {
            Reply { code: 220, .. } => Ok(heard),
            Reply { code: 500..600, .. } => Err(TalkError::NoEncryption),
            reply => Err(reply.refused(wire)),
        }
    }

    /// Tells banner and capabilities.
    async fn finish<S: Io>(&self, mut wire: Wire<'_, S>, mut heard: Heard) -> Result<Heard, TalkError> {
        let lines = hello(&mut wire, self.name).await?;
        heard.capabilities = lines.iter().skip(1).map(|line| wire.text(line, Heard::CAPABILITY)).collect();
        if let Some(login) = self.login {
            sign_in(&mut wire, login, &heard.capabilities).await?;
        }
        wire.part(b"QUIT\r\n").await;
        Ok(heard)
    }
}

/// What the server says it can do, behind a first line; nothing else from one that knows only the old greeting.
async fn hello<S: Io>(wire: &mut Wire<'_, S>, name: &Name) -> Result<Vec<Vec<u8>>, TalkError> {
    let mut reply = tell(wire, &format!("EHLO {}", name.as_str())).await?;
    if matches!(reply.code, 500 | 502 | 504) {
        reply = tell(wire, &format!("HELO {}", name.as_str())).await?;
    }
    if reply.code == 250 { Ok(reply.lines) } else { Err(reply.refused(wire)) }
}

async fn sign_in<S: Io>(
    wire: &mut Wire<'_, S>,
    login: &Login,
    capabilities: &[String],
) -> Result<(), TalkError> {
    let both = STANDARD.encode(format!("\0{}\0{}", login.user(), login.password()));
    let password = STANDARD.encode(login.password());
    for secret in [login.password(), &both, &password] {
        wire.hide(secret);
    }
    let ways = capabilities.iter().find_map(|line| {
        line.get(..5).filter(|word| word.eq_ignore_ascii_case("AUTH ")).and_then(|_| line.get(5..))
    });
    let ways = ways.unwrap_or_default();
    let knows = |way| ways.split(' ').any(|word| word.eq_ignore_ascii_case(way));
    let reply = if knows("PLAIN") {
        let at_once = format!("AUTH PLAIN {both}");
        if at_once.len() <= LINE {
            tell(wire, &at_once).await?
        } else {
            in_steps(wire, "AUTH PLAIN", &[&both]).await?
        }
    } else if knows("LOGIN") {
        in_steps(wire, "AUTH LOGIN", &[&STANDARD.encode(login.user()), &password]).await?
    } else {
        return Err(TalkError::SignIn(words::detail_talk_method(if ways.is_empty() { "-" } else { ways })));
    };
    match reply.code {
        235 => Ok(()),
        500..600 => Err(TalkError::SignIn(reply.said(wire))),
        _ => Err(reply.refused(wire)),
    }
}

/// Each step is sent only if the server asks for it.
async fn in_steps<S: Io>(wire: &mut Wire<'_, S>, command: &str, steps: &[&str]) -> Result<Reply, TalkError> {
    let mut reply = tell(wire, command).await?;
    for step in steps {
        if reply.code != 334 {
            break;
        }
        reply = tell(wire, step).await?;
    }
    Ok(reply)
}

async fn tell<S: Io>(wire: &mut Wire<'_, S>, line: &str) -> Result<Reply, TalkError> {
    wire.send(format!("{line}\r\n").as_bytes()).await?;
    reply(wire).await
}

struct Reply {
    code: u16,
    /// What stands behind the code; the server has said at least one.
    lines: Vec<Vec<u8>>,
}

impl Reply {
    fn said<S: Io>(&self, wire: &Wire<'_, S>) -> String {
        wire.said(&[self.code.to_string().as_bytes(), b" ", &self.lines.join(&b' ')].concat())
    }

    fn refused<S: Io>(&self, wire: &Wire<'_, S>) -> TalkError {
        match self.code {
            400..600 => TalkError::Refused(self.said(wire)),
            _ => wire.strange(self.said(wire).as_bytes()),
        }
    }
}

async fn reply<S: Io>(wire: &mut Wire<'_, S>) -> Result<Reply, TalkError> {
    let mut lines = Vec::new();
    let mut first = None;
    while lines.len() < Heard::CAPABILITIES {
        let line = wire.line().await?;
        let Some((code, is_last, text)) = parse(&line) else { return Err(wire.strange(&line)) };
        if *first.get_or_insert(code) != code {
            return Err(wire.strange(&line));
        }
        lines.push(text.to_vec());
        if is_last {
            return Ok(Reply { code, lines });
        }
    }
    Err(TalkError::TooLong)
}

/// `250-text`, or `250 text` on the last line.
fn parse(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (code, rest) = line.split_at_checked(3)?;
    let code: u16 = str::from_utf8(code).ok()?.parse().ok()?;
    let (is_last, text) = match rest.split_first() {
        None => (true, rest),
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return None,
    };
    (200..600).contains(&code).then_some((code, is_last, text))
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
        Ask { name: &Name::new("me.test").unwrap(), login: login.as_ref() }.ask(peer).await
    }

    fn told(says: &str, login: Option<(&str, &str)>) -> (String, String) {
        let (result, heard) =
            Peer::new(says.as_bytes(), usize::MAX).talk(async |peer| asked(peer, login).await);
        (result.map_or_else(|error| format!("{error:?}"), |_| "fine".into()), heard)
    }

    const HELLO: &str =
        "220-mail.test\r\n220 ESMTP\r\n250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n";

    #[test]
    fn greeting_and_capabilities_are_heard() {
        let (heard, said) = Peer::new(HELLO.as_bytes(), 5).talk(async |peer| asked(peer, None).await);
        let wanted = Heard {
            banner: Some("mail.test ESMTP".into()),
            capabilities: vec!["8BITMIME".into(), "AUTH PLAIN LOGIN".into()],
            ..Heard::default()
        };
        assert_eq!((heard.unwrap(), said.as_str()), (wanted, "EHLO me.test\r\nQUIT\r\n"));
        let old = told("220 x\r\n502 what?\r\n250 x\r\n", None);
        assert_eq!(old, ("fine".into(), "EHLO me.test\r\nHELO me.test\r\nQUIT\r\n".into()));
    }

    #[test]
    fn failures_are_told_apart() {
        for (says, wanted) in [
            ("421 4.3.2 not now\r\n", "Refused(\"421 4.3.2 not now\")"),
            ("554-no\r\n554 mail\r\n", "Refused(\"554 no mail\")"),
            ("220 x\r\n421 bye\r\n", "Refused(\"421 bye\")"),
            ("250 x\r\n", "Strange { protocol: \"SMTP\", said: \"250 x\" }"),
            ("+OK POP3\r\n", "Strange { protocol: \"SMTP\", said: \"+OK POP3\" }"),
            ("220-a\r\n250 b\r\n", "Strange { protocol: \"SMTP\", said: \"250 b\" }"),
            ("220 x", "Closed"),
        ] {
            assert_eq!(told(says, None).0, wanted, "{says}");
        }
    }

    #[test]
    fn signing_in_takes_the_way_that_there_is() {
        let ann = Some(("ann", "canary"));
        let plain = told(&format!("{HELLO}235 ok\r\n"), ann);
        assert_eq!(plain, ("fine".into(), "EHLO me.test\r\nAUTH PLAIN AGFubgBjYW5hcnk=\r\nQUIT\r\n".into()));
        let only_login = HELLO.replace("PLAIN ", "");
        let steps = told(&format!("{only_login}334 VXNlcg==\r\n334 UGFzcw==\r\n235 ok\r\n"), ann);
        assert_eq!(
            steps,
            ("fine".into(), "EHLO me.test\r\nAUTH LOGIN\r\nYW5u\r\nY2FuYXJ5\r\nQUIT\r\n".into())
        );
        let long = told(&format!("{HELLO}334 \r\n235 ok\r\n"), Some(("ann", &"a".repeat(400))));
        assert!(long.0 == "fine" && long.1.contains("AUTH PLAIN\r\nAGFubgBh"), "{long:?}");
        let wrong = told(&format!("{HELLO}535 no canary Y2FuYXJ5\r\n"), ann);
        assert_eq!(wrong.0, "SignIn(\"535 no ••• •••\")");
        let later = told(&format!("{HELLO}454 4.7.0 later\r\n"), ann);
        assert_eq!(later.0, "Refused(\"454 4.7.0 later\")");
        let none = told(&HELLO.replace("PLAIN LOGIN", "GSSAPI"), ann);
        assert_eq!(none.0, "SignIn(\"it wants another way of signing in: GSSAPI\")");
    }

    #[test]
    fn encryption_begins_with_nothing_before_it() {
        let before = |says: &str| {
            let name = Name::new("me.test").unwrap();
            let peer = Peer::new(says.as_bytes(), usize::MAX);
            let ask = Ask { name: &name, login: None };
            format!("{:?}", peer.talk(async |peer| ask.before_tls(peer).await.map(|heard| heard.banner)).0)
        };
        assert_eq!(before("220 x\r\n250 STARTTLS\r\n220 go\r\n"), "Ok(Some(\"x\"))");
        assert_eq!(before("220 x\r\n250 STARTTLS\r\n220 go\r\n250 evil\r\n"), "Err(Early)");
        assert_eq!(before("220 x\r\n250 x\r\n502 no\r\n"), "Err(NoEncryption)");
        assert_eq!(before("220 x\r\n250 x\r\n454 no\r\n"), "Err(Refused(\"454 no\"))");
    }

    #[test]
    fn an_answer_without_an_end_is_left() {
        for says in ["220-x\r\n", "2"] {
            let (result, _) = Peer::endless(says.as_bytes()).talk(async |peer| asked(peer, None).await);
            assert!(matches!(result, Err(TalkError::TooLong | TalkError::Strange { .. })), "{result:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes in garbage(&[HELLO.as_bytes(), b"220 x\r\n250 AUTH LOGIN\r\n334 \r\n334 \r\n235 x\r\n"])) {
            steady(&bytes, async |peer| asked(peer, Some(("a", "b"))).await);
        }
    }
}

//! Dovecot and aiosmtpd.

use std::path::Path;

use domain::{FaultKind, Outcome, Phase};
use probe::talk::{Name, Talk, TalkError, imap, pop3, smtp};

use super::{
    Identity, checked, fault, login, not_let_in,
    real::{Place, Real, free_port, program},
    soon,
};

/// Dovecot, with everything as one user who is not root.
const DOVECOT: &str = "
base_dir = FOLDER/run
state_dir = FOLDER/state
log_path = FOLDER/log
protocols = imap pop3
listen = 127.0.0.1
default_internal_user = USER
default_internal_group = GROUP
default_login_user = USER
ssl = yes
ssl_cert = <FOLDER/chain.pem
ssl_key = <FOLDER/key.pem
disable_plaintext_auth = PLAIN
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u FOLDER/users
}
userdb {
  driver = static
  args = uid=USER gid=GROUP home=FOLDER/mail
}
mail_location = maildir:FOLDER/mail
first_valid_uid = 1
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = IMAP
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = POP3
  }
  inet_listener pop3s {
    port = 0
  }
}
";

/// The server and its port for POP3.
async fn start_dovecot(identity: &Identity, needs_encryption: bool) -> Option<(Real, u16)> {
    let serve = program("dovecot", "dovecot-imapd and dovecot-pop3d")?;
    let place = Place::new();
    let (imap, pop3) = (free_port(), free_port());
    place.write("chain.pem", &identity.chain);
    place.write("key.pem", &identity.key);
    place.write("users", "ann:can\"ary::::::\n");
    let settings = DOVECOT
        .replace("FOLDER", place.path().to_str().unwrap())
        .replace("USER", &place.user.0)
        .replace("GROUP", &place.user.1)
        .replace("PLAIN\n", if needs_encryption { "yes\n" } else { "no\n" })
        .replace("IMAP", &imap.to_string())
        .replace("POP3", &pop3.to_string());
    let settings = place.write("settings", &settings);
    let args = [Path::new("-F"), Path::new("-c"), &settings];
    Some((place.start(&serve, &args, imap).await, pop3))
}

#[tokio::test]
async fn dovecot_shows_mail() {
    let identity = Identity::new();
    let Some((server, _)) = start_dovecot(&identity, false).await else { return };
    let ann = login("ann", "can\"ary");
    for login in [None, Some(&ann)] {
        let heard = soon(imap::Ask { login }.ask(&mut server.connect().await)).await.unwrap();
        assert!(heard.capabilities.iter().any(|word| word == "IMAP4rev1"), "{heard:?}");
        assert!(heard.banner.is_some_and(|banner| banner.contains("Dovecot")));
    }
    let said = not_let_in(
        soon(imap::Ask { login: Some(&login("ann", "wrong")) }.ask(&mut server.connect().await)).await,
    );
    assert!(said.starts_with("NO [AUTHENTICATIONFAILED]"), "{said}");
    let expect = "banner contains Dovecot; capability == IMAP4rev1; certificate.days > 1";
    let url = format!("imap+starttls://ann:can%22ary@localhost:{}", server.port);
    assert_eq!(checked(&identity, url, expect, None).await.outcome, Outcome::Up);
}

#[tokio::test]
async fn dovecot_hands_mail_out() {
    let identity = Identity::new();
    let Some((server, port)) = start_dovecot(&identity, false).await else { return };
    let ann = login("ann", "can\"ary");
    for login in [None, Some(&ann)] {
        let heard = soon(pop3::Ask { login }.ask(&mut server.connect_to(port).await)).await.unwrap();
        assert!(heard.capabilities.iter().any(|word| word == "STLS"), "{heard:?}");
        assert!(heard.banner.is_some_and(|banner| banner.contains("Dovecot")));
    }
    for url in ["pop3://localhost", "pop3+starttls://ann:can%22ary@localhost"] {
        let found = checked(&identity, format!("{url}:{port}"), "banner contains Dovecot", None).await;
        assert_eq!(found.outcome, Outcome::Up, "{url}");
    }
    let wrong = login("ann", "wrong");
    let said =
        not_let_in(soon(pop3::Ask { login: Some(&wrong) }.ask(&mut server.connect_to(port).await)).await);
    assert!(said.starts_with("[AUTH]"), "{said}");
}

#[tokio::test]
async fn dovecot_encrypts_half_way() {
    let identity = Identity::new();
    let Some((server, port)) = start_dovecot(&identity, true).await else { return };
    let ann = login("ann", "can\"ary");
    let said = not_let_in(
        soon(imap::Ask { login: Some(&ann) }.ask(&mut server.connect_from_afar(server.port).await)).await,
    );
    assert_eq!(said, "it takes no password without encryption");
    not_let_in(soon(pop3::Ask { login: Some(&ann) }.ask(&mut server.connect_from_afar(port).await)).await);

    let (imap, pop3) = (imap::Ask { login: Some(&ann) }, pop3::Ask { login: Some(&ann) });
    let mut stream = server.connect_from_afar(server.port).await;
    let heard = soon(imap.before_tls(&mut stream)).await.unwrap();
    let mut stream = identity.encrypt(stream).await;
    let heard = soon(imap.after_tls(&mut stream, heard)).await.unwrap();
    assert!(
        heard.banner.is_some() && heard.capabilities.iter().any(|word| word == "AUTH=PLAIN"),
        "{heard:?}"
    );

    let mut stream = server.connect_from_afar(port).await;
    let heard = soon(pop3.before_tls(&mut stream)).await.unwrap();
    let mut stream = identity.encrypt(stream).await;
    let heard = soon(pop3.after_tls(&mut stream, heard)).await.unwrap();
    assert!(
        heard.banner.is_some() && heard.capabilities.iter().any(|word| word.starts_with("SASL")),
        "{heard:?}"
    );
}

const AIOSMTPD: &str = r#"
import asyncio, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

folder, port, methods = sys.argv[1], int(sys.argv[2]), sys.argv[3]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/chain.pem", folder + "/key.pem")

def login(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"ann", b"canary"), handled=False)

async def serve():
    hidden = ["PLAIN"] if methods == "login" else []
    make = lambda: SMTP(None, hostname="mail.example.com", authenticator=login, tls_context=context,
                        auth_require_tls=methods == "tls", auth_exclude_mechanism=hidden)
    await (await asyncio.get_running_loop().create_server(make, "127.0.0.1", port)).serve_forever()

asyncio.run(serve())
"#;

async fn start_aiosmtpd(identity: &Identity, methods: &str) -> Option<Real> {
    // It comes with Debian's own Python only.
    program("aiosmtpd", "python3-aiosmtpd")?;
    let python = program("python3", "python3")?;
    let place = Place::new();
    place.write("chain.pem", &identity.chain);
    place.write("key.pem", &identity.key);
    let (folder, port) = (place.path().to_str().unwrap().to_owned(), free_port());
    Some(place.start(&python, &["-c", AIOSMTPD, &folder, &port.to_string(), methods], port).await)
}

#[tokio::test]
async fn aiosmtpd_takes_mail() {
    let (name, ann, wrong) = (Name::new("me.test").unwrap(), login("ann", "canary"), login("ann", "wrong"));
    for methods in ["plain", "login"] {
        let Some(server) = start_aiosmtpd(&Identity::new(), methods).await else { return };
        for login in [None, Some(&ann)] {
            let ask = smtp::Ask { name: &name, login };
            let heard = soon(ask.ask(&mut server.connect().await)).await.unwrap();
            assert!(heard.banner.is_some_and(|banner| banner.starts_with("mail.example.com ")));
            assert!(heard.capabilities.iter().any(|word| word == "STARTTLS"), "{:?}", heard.capabilities);
        }
        let ask = smtp::Ask { name: &name, login: Some(&wrong) };
        let said = not_let_in(soon(ask.ask(&mut server.connect().await)).await);
        assert!(said.starts_with("535 5.7.8"), "{said}");
    }
}

#[tokio::test]
async fn aiosmtpd_encrypts_half_way() {
    let identity = Identity::new();
    let Some(server) = start_aiosmtpd(&identity, "tls").await else { return };
    let (name, ann) = (Name::new("me.test").unwrap(), login("ann", "canary"));
    let ask = smtp::Ask { name: &name, login: Some(&ann) };
    not_let_in(soon(ask.ask(&mut server.connect().await)).await);

    let mut stream = server.connect().await;
    let heard = soon(ask.before_tls(&mut stream)).await.unwrap();
    let mut stream = identity.encrypt(stream).await;
    let heard = soon(ask.after_tls(&mut stream, heard)).await.unwrap();
    assert!(
        heard.banner.is_some() && heard.capabilities.iter().any(|word| word.starts_with("AUTH ")),
        "{heard:?}"
    );

    let expect = "banner starts with mail.example.com; tls.version >= 1.2";
    let url = format!("smtp+starttls://ann:canary@localhost:{}", server.port);
    let finding = checked(&identity, &url, expect, None).await;
    assert_eq!(finding.outcome, Outcome::Up);
    let phases: Vec<Phase> = finding.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::Resolve, Phase::Connect, Phase::Tls, Phase::FirstByte]);
    let url = url.replace("+starttls", "");
    assert_eq!(fault(checked(&identity, url, "", None).await.outcome).kind, FaultKind::SignIn);

    // It offers it once only.
    let again = soon(ask.before_tls(&mut stream)).await;
    assert!(
        matches!(again, Err(TalkError::Closed | TalkError::Strange { .. } | TalkError::Io(_))),
        "{again:?}"
    );
}

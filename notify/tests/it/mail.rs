//! Mail, by doubles that misbehave and by a real server.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use notify::{Channel, Class, Receipt, Undelivered};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{
    samples::{down, fields, sender},
    smtp::{Identity, Script, Smtp},
};

fn mail(port: u16, more: &[(&str, &str)]) -> Channel {
    let port = port.to_string();
    // Of two fields of a name, the first counts.
    let mut all = fields(more);
    all.extend(fields(&[
        ("host", "127.0.0.1"),
        ("port", &port),
        ("from", "a@example.com"),
        ("to", "b@example.com"),
    ]));
    Channel::parse("mail", &all, None).unwrap()
}

async fn send(script: Script, more: &[(&str, &str)]) -> (Result<Receipt, Undelivered>, Smtp) {
    let server = Smtp::start(script).await;
    let sent = sender().send(&mail(server.port, more), &down()).await;
    (sent, server)
}

const PLAIN: [(&str, &str); 1] = [("security", "none")];

#[tokio::test]
async fn what_servers_answer_is_understood() {
    let later = Class::Later(None);
    for (begin, reply, class, said) in [
        ("EHLO", "421 4.3.2 not now", later, "the server answered 421 4.3.2 not now"),
        ("MAIL", "550 5.7.1 not from you", Class::Refused, "the server answered 550 5.7.1 not from you"),
        ("RCPT", "450 4.2.0 greylisted", later, "the server answered 450 4.2.0 greylisted"),
        (
            "RCPT",
            "550-5.1.1 no\r\n550 such user",
            Class::Refused,
            "the server answered 550 5.1.1 no such user",
        ),
        ("DATA", "451 4.3.0 oops", later, "the server answered 451 4.3.0 oops"),
        (".", "452 4.3.1 full", later, "the server answered 452 4.3.1 full"),
        (".", "554 5.6.0 spam", Class::Refused, "the server answered 554 5.6.0 spam"),
        ("MAIL", "hello?", later, "the server said what no mail server says"),
        ("MAIL", "!", later, "the server said what no mail server says"),
        (".", "!", later, "the server said what no mail server says"),
        (".", "354 go on", later, "the server said what no mail server says"),
    ] {
        let script = Script { replies: vec![(begin, reply)], ..Script::default() };
        let error = send(script, &PLAIN).await.0.unwrap_err();
        assert_eq!((error.said.as_str(), error.class), (said, class), "{begin} {reply:?}");
    }
    for (greeting, class) in
        [("421 busy", later), ("554 go away", Class::Refused), ("HTTP/1.1 400 Bad", later)]
    {
        let error =
            send(Script { greeting: Some(greeting), ..Script::default() }, &PLAIN).await.0.unwrap_err();
        assert_eq!(error.class, class, "{greeting}: {error}");
    }
}

#[tokio::test]
async fn a_goodbye_that_does_not_come_changes_nothing() {
    for reply in ["!", "500 what?", ""] {
        let server = Smtp::start(Script { replies: vec![("QUIT", reply)], ..Script::default() }).await;
        let mail = mail(server.port, &PLAIN);
        let sending = tokio::spawn(async move { sender().send(&mail, &down()).await });
        while !server.said().contains("QUIT") {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // From here on the clock runs ahead whenever nobody has anything to do.
        tokio::time::pause();
        assert_eq!(sending.await.unwrap().unwrap().said, "250 2.0.0 Ok: queued", "{reply:?}");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_server_that_never_ends_is_left() {
    let error = send(Script { never_ends: true, ..Script::default() }, &PLAIN).await.0.unwrap_err();
    assert_eq!(error.class, Class::Later(None), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_not_waited_for() {
    for begin in ["EHLO", "MAIL", "."] {
        let began = tokio::time::Instant::now();
        let script = Script { replies: vec![(begin, "")], ..Script::default() };
        let error = send(script, &PLAIN).await.0.unwrap_err();
        assert_eq!(
            (error.said.as_str(), error.class),
            ("the service did not answer in time", Class::Later(None))
        );
        assert!(began.elapsed() <= Duration::from_secs(31), "{begin}");
    }
}

#[tokio::test]
async fn a_server_that_is_gone_may_come_back() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = sender().send(&mail(port, &PLAIN), &down()).await.unwrap_err();
    assert_eq!(error.said, "the service refused the connection");
    assert_eq!(error.class, Class::Later(None));
}

/// The double listens at one of this machine's addresses only.
#[tokio::test]
async fn every_address_of_a_server_is_tried() {
    let more = [("security", "none"), ("host", "localhost")];
    assert_eq!(send(Script::default(), &more).await.0.unwrap().said, "250 2.0.0 Ok: queued");
}

#[tokio::test]
async fn nothing_is_sent_without_the_encryption_that_is_wanted() {
    let (sent, server) = send(Script::default(), &[("security", "starttls")]).await;
    let error = sent.unwrap_err();
    assert_eq!(error.said, "the server offers no STARTTLS, and nothing is sent without encryption");
    assert!(!server.said().contains("MAIL"), "{}", server.said());

    let error = send(Script::default(), &[("security", "tls")]).await.0.unwrap_err();
    assert_eq!(error.said, "no encryption was agreed on with the server");
}

#[tokio::test]
async fn only_certificates_that_are_trusted_will_do() {
    let (ours, other) = (Identity::new(), Identity::new());
    for (security, is_implicit) in [("starttls", false), ("tls", true)] {
        let script = Script { tls: Some(ours.server()), is_implicit, ..Script::default() };
        let login = [("security", security), ("user", "alerts"), ("password", "canarymail")];
        for authority in ["", &other.authority] {
            let more = [&login[..], &[("authority", authority)]].concat();
            let (sent, server) = send(script.clone(), &more).await;
            assert_eq!(sent.unwrap_err().said, "the certificate of the server is not trusted", "{security}");
            assert!(!server.said().contains("AUTH"), "{}", server.said());
        }
        let more = [&login[..], &[("authority", ours.authority.as_str())]].concat();
        let (sent, server) = send(script, &more).await;
        assert_eq!(sent.unwrap().said, "250 2.0.0 Ok: queued", "{security}");
        assert!(server.said().contains("AUTH PLAIN"), "{}", server.said());
    }
}

#[tokio::test]
async fn a_server_that_lets_nobody_sign_in_is_refused() {
    let ours = Identity::new();
    let script = Script {
        tls: Some(ours.server()),
        replies: vec![("EHLO", "250-hi\r\n250 STARTTLS")],
        ..Script::default()
    };
    let more = [
        ("security", "starttls"),
        ("user", "alerts"),
        ("password", "x"),
        ("authority", ours.authority.as_str()),
    ];
    let error = send(script, &more).await.0.unwrap_err();
    assert_eq!(error.said, "the server offers no way to sign in that is known here");
}

/// An alert goes to whom it can go.
#[tokio::test]
async fn one_bad_address_keeps_a_message_from_nobody_else() {
    let to = [("security", "none"), ("to", "gone@example.com\nb@example.com")];
    let script = Script { replies: vec![("RCPT TO:<gone", "550 5.1.1 no such user")], ..Script::default() };
    let (sent, server) = send(script, &to).await;
    let said = "250 2.0.0 Ok: queued; not for gone@example.com: the server answered 550 5.1.1 no such user";
    assert_eq!(sent.unwrap().said, said);
    assert!(server.message().contains("Subject: Down: shop"));

    let script = Script { replies: vec![("RCPT", "450 4.2.0 greylisted")], ..Script::default() };
    let (sent, server) = send(script, &to).await;
    assert_eq!(sent.unwrap_err().class, Class::Later(None));
    assert!(server.messages().is_empty() && !server.said().contains("DATA"));
}

/// Somebody in between could have put it there.
#[tokio::test]
async fn what_was_said_in_the_clear_is_not_believed_after_encryption() {
    let ours = Identity::new();
    let injected = vec![("STARTTLS", "220 go on\r\n250-injected\r\n250 AUTH PLAIN")];
    let script = Script { tls: Some(ours.server()), replies: injected, ..Script::default() };
    let more = [("security", "starttls"), ("authority", ours.authority.as_str())];
    let error = send(script, &more).await.0.unwrap_err();
    assert_eq!(error.said, "no encryption was agreed on with the server");
}

#[tokio::test]
async fn passwords_are_repeated_by_nobody() {
    let ours = Identity::new();
    for reply in ["535 5.7.8 canarymail is wrong", "454 4.7.0 canarymail later"] {
        let script = Script { tls: Some(ours.server()), replies: vec![("AUTH", reply)], ..Script::default() };
        let more = [
            ("security", "starttls"),
            ("user", "alerts"),
            ("password", "canarymail"),
            ("authority", ours.authority.as_str()),
        ];
        let error = send(script, &more).await.0.unwrap_err();
        assert!(error.said.contains("•••") && !format!("{error:?}").contains("canary"), "{error:?}");
    }
}

/// aiosmtpd, which is Debian's `python3-aiosmtpd`; `cargo xtask test` installs it.
struct Real {
    _child: Child,
    port: u16,
    folder: PathBuf,
}

const REAL: &str = r#"
import asyncio, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

folder, implicit = sys.argv[1], sys.argv[2] == "tls"
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/chain.pem", folder + "/key.pem")

class Handler:
    async def handle_DATA(self, server, session, envelope):
        with open(folder + "/message", "wb") as file:
            file.write(envelope.content)
        return "250 2.0.0 Ok: queued"

def login(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"alerts", b"canarymail"), handled=False)

more = dict() if implicit else dict(tls_context=context, require_starttls=True)
# With encryption from the first byte, it does not notice that there is some.
more["auth_require_tls"] = not implicit

async def serve():
    make = lambda: SMTP(Handler(), hostname="mail.example.com", authenticator=login, auth_required=True, **more)
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=context if implicit else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"#;

/// A Python that knows aiosmtpd; Debian's own first, since others do not see Debian's packages.
async fn python() -> Option<&'static str> {
    for python in ["/usr/bin/python3", "python3"] {
        let mut ask = Command::new(python);
        ask.args(["-c", "import aiosmtpd"]).stdout(Stdio::null()).stderr(Stdio::null());
        if ask.status().await.is_ok_and(|status| status.success()) {
            return Some(python);
        }
    }
    println!("SKIPPED: no Python with aiosmtpd; install python3-aiosmtpd");
    None
}

impl Real {
    async fn start(python: &str, identity: &Identity, security: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("smtp-{security}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("chain.pem"), &identity.chain).unwrap();
        std::fs::write(folder.join("key.pem"), &identity.key).unwrap();
        let mut run = Command::new(python);
        run.args(["-c", REAL]).arg(&folder).arg(security).kill_on_drop(true);
        let mut child = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().expect("the server tells its port").parse().unwrap();
        Self { _child: child, port, folder }
    }
}

#[tokio::test]
async fn a_real_server_takes_mail() {
    let Some(python) = python().await else { return };
    let identity = Identity::new();
    for security in ["starttls", "tls"] {
        let server = Real::start(python, &identity, security).await;
        let settings = |password| {
            [
                ("security", security),
                ("user", "alerts"),
                ("password", password),
                ("authority", identity.authority.as_str()),
            ]
        };
        let receipt = sender().send(&mail(server.port, &settings("canarymail")), &down()).await.unwrap();
        assert_eq!(receipt.said, "250 2.0.0 Ok: queued", "{security}");
        let message = std::fs::read_to_string(server.folder.join("message")).unwrap();
        for line in [
            "Subject: Down: shop",
            "Message-ID: <inst-12-down@example.com>",
            "References: <inst-12@example.com>",
        ] {
            assert!(message.contains(line), "{message}");
        }
        let error = sender().send(&mail(server.port, &settings("wrong")), &down()).await.unwrap_err();
        assert_eq!(error.class, Class::Refused, "{error}");
        assert!(error.said.starts_with("the server answered 535"), "{error}");
    }
}

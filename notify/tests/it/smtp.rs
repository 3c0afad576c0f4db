//! A double of a mail server, which misbehaves as it is told.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tokio_rustls::TlsAcceptor;

/// What it does otherwise than a server that takes everything.
#[derive(Clone, Default)]
pub(crate) struct Script {
    /// What it says first.
    pub(crate) greeting: Option<&'static str>,
    /// Its answers to lines that begin so; `.` is the end of a message. An empty one is silence, `!` is hanging up.
    pub(crate) replies: Vec<(&'static str, &'static str)>,
    /// With what it encrypts.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// Whether from the first byte.
    pub(crate) is_implicit: bool,
    /// Whether it begins to speak and never ends.
    pub(crate) never_ends: bool,
}

/// The double. It ends when it is dropped.
pub(crate) struct Smtp {
    pub(crate) port: u16,
    heard: Arc<Mutex<Heard>>,
    task: AbortHandle,
}

#[derive(Default)]
struct Heard {
    lines: Vec<String>,
    messages: Vec<String>,
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Smtp {
    /// One that takes everything.
    pub(crate) async fn kind() -> Self {
        Self::start(Script::default()).await
    }

    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let kept = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, kept) = (script.clone(), Arc::clone(&kept));
                tokio::spawn(async move { serve(stream, &script, &kept).await });
            }
        });
        Self { port, heard, task: task.abort_handle() }
    }

    /// The messages that came.
    pub(crate) fn messages(&self) -> Vec<String> {
        self.heard.lock().unwrap().messages.clone()
    }

    /// The only one.
    pub(crate) fn message(&self) -> String {
        let messages = self.messages();
        assert_eq!(messages.len(), 1);
        messages[0].clone()
    }

    /// What it was told, line by line.
    pub(crate) fn said(&self) -> String {
        self.heard.lock().unwrap().lines.join("\n")
    }
}

async fn serve(stream: TcpStream, script: &Script, heard: &Mutex<Heard>) -> Option<()> {
    if script.is_implicit {
        let stream = TlsAcceptor::from(script.tls.clone()?).accept(stream).await.ok()?;
        talk(BufReader::new(stream), script, heard, false).await;
        return None;
    }
    let mut plain = BufReader::new(stream);
    if talk(&mut plain, script, heard, script.tls.is_some()).await {
        let stream = TlsAcceptor::from(script.tls.clone()?).accept(plain.into_inner()).await.ok()?;
        let after = Script { greeting: Some(""), ..script.clone() };
        talk(BufReader::new(stream), &after, heard, false).await;
    }
    None
}

/// Talks until the other side has enough; true when encryption is to begin.
async fn talk<S>(mut stream: S, script: &Script, heard: &Mutex<Heard>, can_encrypt: bool) -> bool
where
    S: AsyncBufReadExt + AsyncRead + AsyncWrite + Unpin,
{
    if script.never_ends {
        while stream.write_all(&[b'x'; 4_096]).await.is_ok() {}
        return false;
    }
    let greeting = script.greeting.unwrap_or("220 mail.example.com ESMTP");
    if !greeting.is_empty() && stream.write_all(format!("{greeting}\r\n").as_bytes()).await.is_err() {
        return false;
    }
    let mut message: Option<String> = None;
    loop {
        let mut line = String::new();
        if !stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
            return false;
        }
        let command = line.trim_end();
        if let Some(text) = &mut message {
            if command != "." {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                continue;
            }
            heard.lock().unwrap().messages.extend(message.take());
        } else {
            heard.lock().unwrap().lines.push(command.to_owned());
        }
        let told = script.replies.iter().find(|(begin, _)| command.starts_with(begin));
        let reply = match (told, command) {
            (Some((_, reply)), _) => *reply,
            (None, command) if command.starts_with("EHLO") && can_encrypt => "250-hi\r\n250 STARTTLS",
            (None, command) if command.starts_with("EHLO") => "250-hi\r\n250 AUTH PLAIN LOGIN",
            (None, "DATA") => "354 go on",
            (None, "STARTTLS") => "220 go on",
            (None, "QUIT") => "221 bye",
            (None, command) if command.starts_with("AUTH") => "235 welcome",
            (None, ".") => "250 2.0.0 Ok: queued",
            _ => "250 ok",
        };
        match reply {
            "!" => return false,
            "" => std::future::pending().await,
            reply if stream.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() => return false,
            _ => {}
        }
        if command == "DATA" && reply.starts_with("354") {
            message = Some(String::new());
        }
        if command == "STARTTLS" && reply.starts_with("220") {
            return true;
        }
    }
}

/// An authority of our own and a certificate that it signed for this machine.
pub(crate) struct Identity {
    pub(crate) authority: String,
    pub(crate) chain: String,
    pub(crate) key: String,
    certificate: CertificateDer<'static>,
    private: PrivateKeyDer<'static>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        leaf.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let key = KeyPair::generate().unwrap();
        let certificate = leaf.signed_by(&key, &root).unwrap();
        Self {
            authority: root.pem(),
            chain: certificate.pem(),
            key: key.serialize_pem(),
            certificate: certificate.der().clone(),
            private: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        }
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let key = self.private.clone_key();
        Arc::new(builder.with_single_cert(vec![self.certificate.clone()], key).unwrap())
    }
}

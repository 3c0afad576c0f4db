//! Targets that speak TLS: each has a certificate for its own address, all of one authority.

use std::{
    collections::HashMap,
    fs, io,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustix::io::Errno;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        server::NoServerSessionStorage,
    },
};

use super::{
    Manner,
    control::Tally,
    question::{CLOSES, Question, STAYS},
    target_at,
};
use crate::Failure;

/// The authority, and what each target that was asked already answers with.
pub(super) struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
    ready: HashMap<usize, TlsAcceptor>,
}

impl Certificates {
    /// Makes an authority and writes its certificate into a file. The targets' own are made ahead, so that no handshake waits
    /// for one.
    pub(super) fn new(manner: &Manner, file: &Path) -> Result<Self, Failure> {
        let failed = |error: Wrong| Failure::Unexpected(format!("a certificate: {error}"));
        let mut certificates = Self::authority().map_err(failed)?;
        fs::write(file, certificates.authority.pem())
            .map_err(Failure::io(format!("writing {}", file.display())))?;
        for target in 0..manner.count {
            let acceptor = certificates.issue(manner.address(target).into()).map_err(failed)?;
            certificates.ready.insert(target, acceptor);
        }
        Ok(certificates)
    }

    fn authority() -> Result<Self, Wrong> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name = named("Authority of the bench");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        Ok(Self { authority, key: KeyPair::generate()?, ready: HashMap::new() })
    }

    /// One key for all of them: what a handshake costs does not depend on whose key it is.
    fn issue(&self, address: IpAddr) -> Result<TlsAcceptor, Wrong> {
        let mut params = CertificateParams::new(vec![address.to_string()])?;
        params.distinguished_name = named("Target of the bench");
        let certificate = params.signed_by(&self.key, &self.authority)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        // A resumed session would make a fresh connection cheaper than one that sees the certificate.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn of(&self, stream: &TcpStream) -> Option<TlsAcceptor> {
        match stream.local_addr().ok()? {
            SocketAddr::V4(local) => self.ready.get(&target_at(*local.ip())).cloned(),
            SocketAddr::V6(_) => None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error(transparent)]
    Certificate(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// How long it waits for descriptors where there are none left.
const AGAIN: Duration = Duration::from_millis(10);

/// Serves until the kernel refuses.
pub(super) async fn serve(
    listener: TcpListener,
    certificates: Certificates,
    close: bool,
    tally: &'static Tally,
) -> io::Result<()> {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) if Errno::from_io_error(&error) == Some(Errno::MFILE) => {
                sleep(AGAIN).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        if let Some(acceptor) = certificates.of(&stream) {
            tokio::spawn(answer(acceptor, stream, close, tally));
        }
    }
}

/// Whatever goes wrong with a connection is for the server under test to notice.
async fn answer(acceptor: TlsAcceptor, stream: TcpStream, close: bool, tally: &Tally) {
    // As on any server that speaks TLS; without it each answer may wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut question = Question::default();
    let mut buffer = [0; 2_048];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        if !question.ends_with(buffer.get(..read).unwrap_or_default()) {
            continue;
        }
        tally.count();
        let written = stream.write_all(if close { CLOSES } else { STAYS }).await;
        if written.is_err() || stream.flush().await.is_err() {
            return;
        }
        if close {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

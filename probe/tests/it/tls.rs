//! Encryption that works, and every way in which it does not.

use std::sync::Arc;

use domain::{FaultKind, Outcome, Phase, TlsFault};
use probe::Probers;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio::io::AsyncWriteExt;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    },
};

use super::{
    server::{OK, Server, request, reset, until_closed},
    verdict::{PATIENT, SHORT, ask, ask_with, fault, kind},
};

/// A certificate authority of the tests' own.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What a server shows, and its key.
pub(super) type Identity = (CertificateDer<'static>, KeyPair);

impl Authority {
    pub(super) fn new() -> Self {
        Self::named("an authority")
    }

    pub(super) fn named(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A good certificate for this name.
    pub(super) fn server(&self, name: &str) -> Identity {
        self.sign(&CertificateParams::new([name.to_owned()]).unwrap())
    }

    pub(super) fn der(&self) -> CertificateDer<'static> {
        self.0.as_ref().der().clone()
    }

    pub(super) fn sign(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap().der().clone(), key)
    }

    /// A prober that trusts this authority alone.
    pub(super) fn prober(&self) -> Probers {
        Probers::with_roots("0", [self.0.as_ref().der().to_vec()]).unwrap()
    }

    async fn ask(&self, server: &Server) -> Outcome {
        ask_with(&self.prober(), server.https(), "200", PATIENT).await.outcome
    }
}

pub(super) fn acceptor((certificate, key): Identity, protocols: &[&[u8]]) -> TlsAcceptor {
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let mut config = builder.with_no_client_auth().with_single_cert(vec![certificate], key.into()).unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A server that answers over TLS, where it comes to that.
async fn serve(identity: Identity) -> Server {
    let acceptor = acceptor(identity, &[b"http/1.1"]);
    Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            request(&mut stream).await;
            let _ = stream.write_all(OK).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_good_certificate_is_up() {
    let authority = Authority::new();
    let server = serve(authority.server("localhost")).await;
    assert_eq!(authority.ask(&server).await, Outcome::Up);
}

#[tokio::test]
async fn a_certificate_for_an_address_is_up() {
    let authority = Authority::new();
    let server = serve(authority.server("127.0.0.1")).await;
    let url = format!("https://{}/", server.address);
    let finding = ask_with(&authority.prober(), url, "200", PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
}

#[tokio::test]
async fn each_bad_certificate_is_named() {
    let authority = Authority::new();
    let params = || CertificateParams::new(["localhost".to_owned()]).unwrap();
    let mut expired = params();
    expired.not_after = date_time_ymd(2020, 1, 1);
    let mut early = params();
    early.not_before = date_time_ymd(2090, 1, 1);
    early.not_after = date_time_ymd(2099, 1, 1);
    for (identity, cause, detail) in [
        (authority.sign(&expired), TlsFault::Expired, "since 2020-01-01"),
        (authority.sign(&early), TlsFault::NotYetValid, "before 2090-01-01"),
        (authority.server("example.org"), TlsFault::WrongName, "for example.org, not for localhost"),
        (
            Authority::named("a stranger").server("localhost"),
            TlsFault::Untrusted,
            "the server shows no other certificate that would lead to one",
        ),
    ] {
        let server = serve(identity).await;
        let fault = fault(authority.ask(&server).await);
        assert_eq!((fault.kind, &*fault.detail), (FaultKind::Tls(cause), detail));
    }
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_not_trusted() {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let server = serve((certificate, key)).await;
    let fault = fault(ask(server.https()).await);
    assert_eq!(fault.to_string(), "certificate signed by itself");
}

/// A certificate that goes bad must be seen although an earlier session could be resumed.
#[tokio::test]
async fn sessions_are_not_resumed() {
    let authority = Authority::new();
    let acceptor = acceptor(authority.server("localhost"), &[b"http/1.1"]);
    let (told, mut kinds) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |_, stream| {
        let (acceptor, told) = (acceptor.clone(), told.clone());
        async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            request(&mut stream).await;
            told.send(format!("{:?}", stream.get_ref().1.handshake_kind())).unwrap();
            stream.write_all(OK).await.unwrap();
            let _ = stream.shutdown().await;
        }
    })
    .await;
    let prober = authority.prober();
    for _ in 0..3 {
        let finding = ask_with(&prober, server.https(), "200", PATIENT).await;
        assert_eq!(finding.outcome, Outcome::Up);
        let kind = kinds.recv().await.unwrap();
        assert!(!kind.contains("Resumed"), "{kind}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_named() {
    let server = Server::start(|_, mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
        until_closed(&mut stream).await;
    })
    .await;
    let fault = fault(ask(server.https()).await);
    assert_eq!((fault.kind, &*fault.detail), (FaultKind::Tls(TlsFault::NotTls), ""));
}

#[tokio::test]
async fn a_handshake_that_stalls_is_a_timeout_of_its_own() {
    let server = Server::start(|_, mut stream| async move { until_closed(&mut stream).await }).await;
    let prober = Authority::new().prober();
    let finding = ask_with(&prober, server.https(), "200", SHORT).await;
    assert_eq!(kind(finding.outcome), FaultKind::Timeout(Phase::Tls));
}

#[tokio::test]
async fn a_handshake_that_breaks_off_is_not_a_fault_of_the_certificate() {
    let closing = Server::start(|_, mut stream| async move {
        let _ = stream.shutdown().await;
        until_closed(&mut stream).await;
    })
    .await;
    assert_eq!(kind(ask(closing.https()).await), FaultKind::Closed);
    let resetting = Server::start(|_, stream| async move { reset(stream) }).await;
    assert_eq!(kind(ask(resetting.https()).await), FaultKind::Reset);
}

#[tokio::test]
async fn tls_where_none_is_asked_for_is_no_http() {
    let server = Server::answering([21, 3, 3, 0, 2, 2, 40]).await;
    assert_eq!(kind(ask(server.url("/")).await), FaultKind::Protocol);
}

#[test]
fn what_is_no_certificate_cannot_be_trusted() {
    assert!(Probers::with_roots("0", [b"nonsense".to_vec()]).is_err());
    assert!(Probers::new("line\nbreak").is_err());
}

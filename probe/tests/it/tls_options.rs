//! How TLS is spoken, option by option.

use std::sync::Arc;

use domain::{FaultKind, Identity as Shown, Outcome, Secret, TlsFault, TlsVersion};
use rcgen::CertificateParams;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::PrivatePkcs8KeyDer,
    server::WebPkiClientVerifier,
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};
use tokio_rustls::TlsAcceptor;

use super::{
    server::{OK, Server, redirect, request, until_closed},
    tls::{Authority, Identity},
    verdict::{Asker, fault, plan, prober, with},
};

/// A server with this configuration; it tells which name it was asked for.
async fn serve(config: ServerConfig) -> (Server, UnboundedReceiver<Option<String>>) {
    let (tell, told) = unbounded_channel();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = Server::start(move |_, stream| {
        let (acceptor, tell) = (acceptor.clone(), tell.clone());
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let _ = tell.send(stream.get_ref().1.server_name().map(str::to_owned));
            if !request(&mut stream).await.is_empty() {
                let _ = stream.write_all(OK).await;
                let _ = stream.shutdown().await;
            }
            until_closed(&mut stream).await;
        }
    })
    .await;
    (server, told)
}

fn config(identity: Identity, authority: Option<&Authority>, newest_only: bool) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let versions: &[_] = if newest_only { &[&TLS13] } else { &[&TLS12] };
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions).unwrap();
    let builder = match authority {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    let key = PrivatePkcs8KeyDer::from(identity.1.serialize_der());
    let key = ring::sign::any_supported_type(&key.into()).unwrap();
    // Not `with_single_cert`, which refuses what these tests want to show.
    let shown = SingleCertAndKey::from(CertifiedKey::new(vec![identity.0], key));
    builder.with_cert_resolver(Arc::new(shown))
}

fn pem(kind: &str, der: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der))
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted() {
    let authority = Authority::new();
    let (server, _) = serve(config(authority.server("localhost"), None, true)).await;
    let plan = with(server.https(), |http| http.tls.authorities = Some(pem("CERTIFICATE", &authority.der())));
    assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Up);
    let broken = with(server.https(), |http| http.tls.authorities = Some(pem("CERTIFICATE", b"nonsense")));
    let fault = fault(Asker::new(&prober(), broken).ask().await);
    assert_eq!(fault.kind, FaultKind::Tls(TlsFault::Other), "{fault}");
}

#[tokio::test]
async fn an_old_version_can_be_refused() {
    let authority = Authority::new();
    let (server, _) = serve(config(authority.server("localhost"), None, false)).await;
    for (oldest, is_up) in [(TlsVersion::V1_2, true), (TlsVersion::V1_3, false)] {
        let plan = with(server.https(), |http| http.tls.min_version = oldest);
        let outcome = Asker::new(&authority.prober(), plan).ask().await;
        assert_eq!(outcome.is_up(), Some(is_up), "{outcome:?}");
        if !is_up {
            assert_eq!(fault(outcome).kind, FaultKind::Tls(TlsFault::Version));
        }
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_verified_is_shown_with_its_problem() {
    let authority = Authority::new();
    let (server, _) = serve(config(authority.server("example.org"), None, true)).await;
    let plan = with(server.https(), |http| http.tls.verify = false);
    let mut asker = Asker::new(&authority.prober(), plan);
    assert_eq!(asker.ask().await, Outcome::Up);
    let tls = asker.evidence().tls.unwrap();
    assert_eq!(
        tls.problem.as_deref(),
        Some("certificate for another name: for example.org, not for localhost")
    );
    assert_eq!(
        (tls.version.as_deref(), tls.chain[0].names.as_slice()),
        (Some("TLS 1.3"), &["example.org".to_owned()][..])
    );
    assert!(tls.cipher.unwrap().starts_with("TLS13_"));
}

#[tokio::test]
async fn a_chain_is_read_though_it_is_not_trusted() {
    let authority = Authority::new();
    let (server, _) = serve(config(authority.server("example.org"), None, true)).await;
    let mut asker = Asker::new(&authority.prober(), plan(server.https(), "200"));
    assert_eq!(fault(asker.ask().await).kind, FaultKind::Tls(TlsFault::WrongName));
    let tls = asker.evidence().tls.unwrap();
    assert!(tls.problem.is_some() && tls.version.is_none());
    let own = &tls.chain[0];
    assert_eq!((own.issuer.as_str(), own.fingerprint.len()), ("CN=an authority", 64));
    assert!(own.not_before < own.not_after && !own.serial.is_empty());
}

#[tokio::test]
async fn another_name_can_be_asked_for() {
    let authority = Authority::new();
    let (server, mut names) = serve(config(authority.server("example.org"), None, true)).await;
    let plan = with(server.https(), |http| http.tls.server_name = Some("example.org".into()));
    assert_eq!(Asker::new(&authority.prober(), plan).ask().await, Outcome::Up);
    assert_eq!(names.recv().await.unwrap().as_deref(), Some("example.org"));
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_gets_ours_or_is_down() {
    let authority = Authority::new();
    let client = authority.server("client.test");
    let identity = Shown {
        chain: pem("CERTIFICATE", &client.0),
        key: Secret::new(pem("PRIVATE KEY", &client.1.serialize_der())),
    };
    for newest_only in [true, false] {
        let (server, _) = serve(config(authority.server("localhost"), Some(&authority), newest_only)).await;
        let plan = with(server.https(), |http| http.tls.identity = Some(identity.clone()));
        assert!(!format!("{plan:?}").contains("PRIVATE"));
        assert_eq!(Asker::new(&authority.prober(), plan).ask().await, Outcome::Up);

        // The server may hang up so hard that its words are lost.
        let found =
            fault(Asker::new(&authority.prober(), super::verdict::plan(server.https(), "200")).ask().await);
        let kinds = [FaultKind::Tls(TlsFault::ClientCertificate), FaultKind::Reset];
        assert!(kinds.contains(&found.kind), "{found}");

        let stranger = Authority::named("a stranger").server("client.test");
        let plan = with(server.https(), |http| {
            http.tls.identity = Some(Shown {
                chain: pem("CERTIFICATE", &stranger.0),
                key: Secret::new(pem("PRIVATE KEY", &stranger.1.serialize_der())),
            });
        });
        let found = fault(Asker::new(&authority.prober(), plan).ask().await);
        assert!(kinds.contains(&found.kind), "{found}");
    }
}

#[tokio::test]
async fn our_certificate_goes_to_no_other_host() {
    let authority = Authority::new();
    let client = authority.server("client.test");
    let (elsewhere, _) = serve(config(authority.server("localhost"), Some(&authority), true)).await;
    let from = Server::answering(redirect(302, &elsewhere.https())).await;
    let plan = with(from.url("/"), |http| {
        http.tls.identity = Some(Shown {
            chain: pem("CERTIFICATE", &client.0),
            key: Secret::new(pem("PRIVATE KEY", &client.1.serialize_der())),
        });
    });
    assert_eq!(Asker::new(&authority.prober(), plan).ask().await.is_up(), Some(false));
}

#[tokio::test]
async fn a_certificate_with_many_names_does_no_harm() {
    let authority = Authority::new();
    for names in [1_000, 10_000] {
        let names: Vec<String> =
            (0..names).map(|n| format!("n{n}.test")).chain(["localhost".into()]).collect();
        let (server, _) =
            serve(config(authority.sign(&CertificateParams::new(names).unwrap()), None, true)).await;
        let mut asker = Asker::new(&authority.prober(), plan(server.https(), "200"));
        match asker.ask().await {
            Outcome::Up => assert_eq!(asker.evidence().tls.unwrap().chain[0].names.len(), 20),
            // A message of the handshake has at most 64 KiB.
            other => {
                assert_eq!(fault(other).to_string(), "certificate malformed or too weak: larger than 64 KiB");
            }
        }
    }
}

#[tokio::test]
async fn servers_that_speak_another_tls_are_named() {
    for (answer, cause) in [
        (&[21, 3, 1, 0, 2, 2, 70][..], TlsFault::Version),
        (&[21, 3, 3, 0, 2, 2, 40], TlsFault::Cipher),
        (&[21, 3, 3, 0, 2, 2, 112], TlsFault::WrongName),
        (b"220 mail.test ESMTP\r\n", TlsFault::NotTls),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", TlsFault::NotTls),
    ] {
        let server = Server::start(move |_, mut stream| async move {
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(answer).await;
            until_closed(&mut stream).await;
        })
        .await;
        let fault = fault(Asker::new(&prober(), plan(server.https(), "200")).ask().await);
        assert_eq!(fault.kind, FaultKind::Tls(cause), "{answer:?}: {fault}");
    }
    // What a server of 2006 says: TLS 1.1, a random number, no session, an old cipher.
    let mut hello = vec![22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(&[0, 0, 0x2f, 0]);
    let server = Server::answering_to_hello(hello).await;
    let fault = fault(Asker::new(&prober(), plan(server.https(), "200")).ask().await);
    assert_eq!(fault.kind, FaultKind::Tls(TlsFault::Version), "{fault}");
}

/// Old servers hang up without saying so. Then only a length tells a whole answer from a part of one.
#[tokio::test]
async fn a_connection_that_is_not_closed_properly_cuts_what_has_no_length() {
    let authority = Authority::new();
    for (answer, is_up) in [(OK, true), (&b"HTTP/1.1 200 OK\r\n\r\nall or not"[..], false)] {
        let acceptor = TlsAcceptor::from(Arc::new(config(authority.server("localhost"), None, true)));
        let server = Server::start(move |_, stream| {
            let acceptor = acceptor.clone();
            async move {
                let mut stream = acceptor.accept(stream).await.unwrap();
                request(&mut stream).await;
                stream.write_all(answer).await.unwrap();
                stream.flush().await.unwrap();
                stream.get_mut().0.shutdown().await.unwrap();
                until_closed(stream.get_mut().0).await;
            }
        })
        .await;
        let outcome = Asker::new(&authority.prober(), plan(server.https(), "200")).ask().await;
        assert_eq!(outcome.is_up(), Some(is_up), "{outcome:?}");
    }
}

#[tokio::test]
async fn certificates_can_be_judged() {
    let authority = Authority::new();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2400, 1, 1);
    let (server, _) = serve(config(authority.sign(&params), None, true)).await;
    for (expect, is_up) in [
        ("certificate.days > 1000", true),
        ("certificate.days < 1000", false),
        (r#"certificate.issuer contains "an authority""#, true),
    ] {
        let outcome = Asker::new(&authority.prober(), plan(server.https(), expect)).ask().await;
        assert_eq!(outcome.is_up(), Some(is_up), "{expect}: {outcome:?}");
    }
}

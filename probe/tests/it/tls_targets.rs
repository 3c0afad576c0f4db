//! Ports that speak TLS, whatever is spoken within.

use domain::{FaultKind, Outcome, Phase, TlsFault};
use rcgen::{CertificateParams, date_time_ymd};
use tokio::io::AsyncWriteExt;

use super::{
    server::{Server, reset, until_closed},
    tls::{Authority, Identity, acceptor},
    verdict::{Asker, PATIENT, ask_in_vain_expecting, ask_with, fault, kind, options, plan, prober},
};

/// Encrypts, and says nothing within.
async fn encrypting(identity: Identity) -> Server {
    let acceptor = acceptor(identity, &[]);
    Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                until_closed(&mut stream).await;
            }
        }
    })
    .await
}

fn target(server: &Server) -> String {
    format!("tls://localhost:{}", server.address.port())
}

async fn ask(authority: &Authority, server: &Server, expect: &str) -> Outcome {
    ask_with(&authority.prober(), target(server), expect, PATIENT).await.outcome
}

#[tokio::test]
async fn a_trusted_chain_is_up() {
    let authority = Authority::new();
    let server = encrypting(authority.server("localhost")).await;
    let mut asker = Asker::new(&authority.prober(), plan(target(&server), ""));
    let finding = asker.finding(PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Up);
    let phases: Vec<Phase> = finding.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::Resolve, Phase::Connect, Phase::Tls]);
    let tls = asker.evidence().tls.unwrap();
    assert_eq!((tls.version.as_deref(), tls.chain.len(), tls.problem), (Some("TLS 1.3"), 1, None));
}

#[tokio::test]
async fn the_certificate_is_looked_at() {
    let authority = Authority::new();
    let server = encrypting(authority.server("localhost")).await;
    let expect = "certificate.days > 14; tls.version >= 1.3; certificate.issuer contains authority; tls < 1m";
    assert_eq!(ask(&authority, &server, expect).await, Outcome::Up);
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_after = date_time_ymd(2_099, 1, 1);
    let late = encrypting(authority.sign(&params)).await;
    let found = fault(ask(&authority, &late, "certificate.days < 30").await);
    assert!(found.detail.starts_with("wanted certificate.days < 30, got 2"), "{found}");
}

#[tokio::test]
async fn what_is_not_trusted_is_down_and_shown() {
    let authority = Authority::new();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_after = date_time_ymd(2_020, 1, 1);
    for (identity, wanted) in [
        (authority.sign(&params), TlsFault::Expired),
        (authority.server("other.example"), TlsFault::WrongName),
        (Authority::named("another").server("localhost"), TlsFault::Untrusted),
    ] {
        let server = encrypting(identity).await;
        let mut asker = Asker::new(&authority.prober(), plan(target(&server), ""));
        assert_eq!(kind(asker.ask().await), FaultKind::Tls(wanted));
        assert_eq!(asker.evidence().tls.unwrap().chain.len(), 1, "the chain is read all the same");
        let mut lax = plan(target(&server), "certificate.days exists");
        options(&mut lax).tls.verify = false;
        assert_eq!(Asker::new(&authority.prober(), lax).ask().await, Outcome::Up);
    }
}

#[tokio::test]
async fn who_speaks_no_tls_is_named() {
    for (says, wanted) in [
        (&b"220 mail.example ESMTP\r\n"[..], FaultKind::Tls(TlsFault::NotTls)),
        (b"\x16\x03\x03\x00", FaultKind::Closed),
        (b"", FaultKind::Closed),
    ] {
        let server = Server::start(move |_, mut stream| async move {
            let _ = stream.write_all(says).await;
            let _ = stream.shutdown().await;
            until_closed(&mut stream).await;
        })
        .await;
        let outcome = ask_with(&prober(), target(&server), "", PATIENT).await.outcome;
        assert_eq!(kind(outcome), wanted, "{says:?}");
    }
    let resetting = Server::start(|_, stream| async move {
        let _ = stream.readable().await;
        reset(stream);
    })
    .await;
    let outcome = ask_with(&prober(), target(&resetting), "", PATIENT).await.outcome;
    assert_eq!(kind(outcome), FaultKind::Reset);
    let silent = Server::start(|_, mut stream| async move { until_closed(&mut stream).await }).await;
    let outcome = ask_in_vain_expecting(target(&silent), "").await;
    assert_eq!(kind(outcome), FaultKind::Timeout(Phase::Tls));
}

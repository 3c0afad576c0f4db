//! Conversations with real servers out of Debian's packages, each started for its test. A machine without one skips its test
//! and says so; `cargo xtask test` installs them.

mod databases;
mod hostile;
mod mail;
mod others;
mod real;

use std::{sync::Arc, time::Duration};

use domain::{Draft, Fault, Finding, Given, HttpDraft, Outcome, Prober, Secret};
use probe::{
    Probers,
    talk::{Login, TalkError},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, ServerName},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

fn login(user: &str, password: &str) -> Login {
    Login::new(user, Secret::new(password)).unwrap()
}

/// No conversation with a server that works takes long.
async fn soon<T>(talk: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), talk).await.expect("the conversation ends")
}

/// What a check finds whose target is a server that was started here. `query` is what a database is asked.
async fn checked(identity: &Identity, url: impl Into<String>, expect: &str, query: Option<&str>) -> Finding {
    let body = query.map_or(Given::Keep, |query| Given::Set(query.to_owned()));
    let http = Some(HttpDraft { body, ..HttpDraft::default() });
    let plan = Draft { expect: Some(expect.into()), http, ..Draft::of(url) }.parse().unwrap().plan();
    let prober = Probers::with_roots("1.2.3", [identity.authority.to_vec()]).unwrap();
    prober.prepare(plan).ask(Duration::from_secs(20)).await
}

fn fault(outcome: Outcome) -> Fault {
    match outcome {
        Outcome::Down(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, TalkError>) -> String {
    match result {
        Err(TalkError::Refused(said)) => said,
        other => panic!("{other:?}"),
    }
}

fn not_let_in<T: std::fmt::Debug>(result: Result<T, TalkError>) -> String {
    match result {
        Err(TalkError::SignIn(said)) => said,
        other => panic!("{other:?}"),
    }
}

/// A certificate for `localhost`, with who vouches for it.
struct Identity {
    chain: String,
    key: String,
    authority: CertificateDer<'static>,
}

impl Identity {
    fn new() -> Self {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &root).unwrap();
        Self { chain: leaf.pem(), key: key.serialize_pem(), authority: root.der().clone() }
    }

    /// Encrypts a stream as the prober does, and trusts nobody else.
    async fn encrypt(&self, stream: TcpStream) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
    }
}

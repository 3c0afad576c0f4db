//! Encrypting a connection, and who is trusted.

mod chain;
mod shown;
mod witness;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use domain::{Fault, FaultKind, HttpVersion, Outcome, Phase, TlsFault, TlsOptions, TlsVersion};
use rustls::{
    ClientConfig, Error, RootCertStore, SupportedProtocolVersion,
    client::{Resumption, WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    version::{TLS12, TLS13},
};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use self::witness::Witness;
use super::{
    hop::{Hop, Ready},
    trace::Trace,
};
use crate::fault;

pub(super) use self::shown::Shown;

/// How connections are encrypted. What sessions with equal options need is made once.
pub(super) struct Encryption {
    provider: Arc<CryptoProvider>,
    trust: Arc<dyn ServerCertVerifier>,
    made: Mutex<Vec<(Options, Weak<Setup>)>>,
}

/// What a setup depends on.
#[derive(Clone, PartialEq, Eq)]
struct Options {
    tls: TlsOptions,
    version: HttpVersion,
}

/// How to encrypt with certain options.
pub(super) struct Setup {
    config: ClientConfig,
    trust: Arc<dyn ServerCertVerifier>,
    must_hold: bool,
}

impl Encryption {
    /// Trusts these authorities, or those of this machine.
    pub(super) fn new(roots: Option<Vec<CertificateDer<'static>>>) -> Result<Self, Error> {
        // Other clients in this process, like reqwest's, are built without cryptography of their own. An error says that some is
        // installed already, which is as good.
        let _ = ring::default_provider().install_default();
        let provider = Arc::new(ring::default_provider());
        let trust = match roots {
            Some(roots) => only(roots, &provider)?,
            None => platform(&provider),
        };
        Ok(Self { provider, trust, made: Mutex::default() })
    }

    /// The setup for these options. It lives as long as somebody has a use for it.
    fn setup(&self, options: Options) -> Result<Arc<Setup>, Fault> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = made.iter().find(|(known, _)| *known == options);
        if let Some(setup) = known.and_then(|(_, setup)| setup.upgrade()) {
            return Ok(setup);
        }
        let setup = Arc::new(self.make(&options)?);
        made.retain(|(_, setup)| setup.strong_count() > 0);
        made.push((options, Arc::downgrade(&setup)));
        Ok(setup)
    }

    fn make(&self, options: &Options) -> Result<Setup, Fault> {
        let trust = match &options.tls.authorities {
            None => Arc::clone(&self.trust),
            Some(pem) => {
                let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
                let roots = roots.map_err(|_| unusable(words::DETAIL_AUTHORITIES_UNREADABLE))?;
                only(roots, &self.provider).map_err(|_| unusable(words::DETAIL_AUTHORITIES_UNUSABLE))?
            }
        };
        let versions: &[&SupportedProtocolVersion] = match options.tls.min_version {
            TlsVersion::V1_2 => &[&TLS12, &TLS13],
            TlsVersion::V1_3 => &[&TLS13],
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder =
            builder.with_protocol_versions(versions).map_err(|error| unusable(&error.to_string()))?;
        let witness = Witness::new(Arc::clone(&trust), options.tls.verify);
        let builder = builder.dangerous().with_custom_certificate_verifier(witness);
        let mut config = match &options.tls.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let chain: Result<Vec<_>, _> =
                    CertificateDer::pem_slice_iter(identity.chain.as_bytes()).collect();
                let key = PrivateKeyDer::from_pem_slice(identity.key.expose().as_bytes());
                let (Ok(chain), Ok(key)) = (chain, key) else {
                    return Err(unusable(words::DETAIL_CLIENT_UNREADABLE));
                };
                let config = builder.with_client_auth_cert(chain, key);
                config.map_err(|_| unusable(words::DETAIL_CLIENT_KEY))?
            }
        };
        // A resumed session shows no certificate, and one that expires would go unseen for days.
        config.resumption = Resumption::disabled();
        config.alpn_protocols = match options.version {
            HttpVersion::Auto => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            HttpVersion::Http1 => vec![b"http/1.1".to_vec()],
            HttpVersion::Http2 => vec![b"h2".to_vec()],
        };
        Ok(Setup { config, trust, must_hold: options.tls.verify })
    }
}

/// Encrypts a connection for this request. What the server shows is kept in the trace even when it is not trusted.
pub(super) async fn encrypt(
    ready: &Ready,
    hop: &Hop,
    tcp: TcpStream,
    trace: &mut Trace,
) -> Result<(TlsStream<TcpStream>, Arc<Shown>), Outcome> {
    let name = server_name(ready, hop).map_err(Outcome::Down)?;
    let setup = setup(ready, hop).map_err(Outcome::Down)?;
    // A verifier of its own for each connection: it hands over what it saw.
    let witness = Witness::new(Arc::clone(&setup.trust), setup.must_hold);
    let mut config = setup.config.clone();
    config.dangerous().set_certificate_verifier(Arc::clone(&witness) as Arc<dyn ServerCertVerifier>);
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    match handshake.await {
        Ok(stream) => {
            let known = trace.chain.take();
            let shown = Arc::new(Shown::of(witness.take(), stream.get_ref().1, known));
            trace.chain = Some(Arc::clone(&shown));
            Ok((stream, shown))
        }
        Err(error) => {
            let shown = Shown::failed(witness.take());
            let outcome = shown.judge(&error).unwrap_or_else(|| fault::outcome(&error, Phase::Tls));
            trace.seen.tls = Some(Arc::new(shown));
            Err(outcome)
        }
    }
}

/// The identity that is set belongs to the target, not to where it redirects.
fn setup(ready: &Ready, hop: &Hop) -> Result<Arc<Setup>, Fault> {
    if let Some(setup) = ready.encryption.get().filter(|_| hop.is_home) {
        return Ok(Arc::clone(setup));
    }
    let mut tls = TlsOptions { server_name: None, ..ready.plan.http.tls.clone() };
    tls.identity = tls.identity.filter(|_| hop.is_home);
    let setup = ready.shared.encryption.setup(Options { tls, version: ready.plan.http.version })?;
    if hop.is_home {
        let _ = ready.encryption.set(Arc::clone(&setup));
    }
    Ok(setup)
}

/// The name that is asked for. One that is set belongs to the target as well.
fn server_name(ready: &Ready, hop: &Hop) -> Result<ServerName<'static>, Fault> {
    let wanted = ready.plan.http.tls.server_name.as_deref().filter(|_| hop.is_home);
    let name = match (wanted, hop.place.literal()) {
        (Some(name), _) => ServerName::try_from(name.to_owned()),
        (None, Some(address)) => Ok(address.into()),
        (None, None) => ServerName::try_from(hop.place.host.to_string().trim_end_matches('.').to_owned()),
    };
    name.map_err(|_| Fault::new(FaultKind::Dns, words::DETAIL_NO_NAME))
}

/// Trusts what this machine trusts. A machine that trusts nobody (a bare container) would find every certificate
/// untrusted and blame the targets; there the authorities that Mozilla trusts stand in.
fn platform(provider: &Arc<CryptoProvider>) -> Arc<dyn ServerCertVerifier> {
    match Verifier::new(Arc::clone(provider)) {
        Ok(verifier) => Arc::new(verifier),
        Err(error) => {
            tracing::debug!(%error, "this machine names no certificate authorities; those of Mozilla are used");
            let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            webpki(roots, provider).unwrap_or_else(|_| Arc::new(witness::Nobody))
        }
    }
}

/// Trusts these authorities and no others.
fn only(
    roots: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root)?;
    }
    if store.is_empty() { Ok(Arc::new(witness::Nobody)) } else { webpki(store, provider) }
}

fn webpki(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    Ok(builder.build().map_err(|error| Error::General(error.to_string()))?)
}

fn unusable(detail: &str) -> Fault {
    Fault::new(FaultKind::Tls(TlsFault::Other), detail)
}

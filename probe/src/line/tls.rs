//! Encrypting a connection, and who is trusted.

mod chain;
mod shown;
mod witness;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use domain::{Fault, FaultKind, Outcome, Phase, TlsFault, TlsOptions, TlsVersion};
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
use super::{place::Place, trace::Trace};
use crate::fault;

pub(crate) use self::shown::Shown;

/// How connections are encrypted. What sessions with equal options need is made once.
pub(crate) struct Encryption {
    provider: Arc<CryptoProvider>,
    trust: Arc<dyn ServerCertVerifier>,
    made: Mutex<Vec<(Options, Weak<Setup>)>>,
}

/// What a setup depends on.
#[derive(Clone, PartialEq, Eq)]
struct Options {
    tls: TlsOptions,
    protocols: &'static [&'static [u8]],
}

/// How to encrypt with certain options.
pub(crate) struct Setup {
    config: ClientConfig,
    trust: Arc<dyn ServerCertVerifier>,
    must_hold: bool,
}

impl Encryption {
    /// Trusts these authorities, or those of this machine.
    pub(crate) fn new(roots: Option<Vec<CertificateDer<'static>>>) -> Result<Self, Error> {
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

    /// The setup for these options, with the protocols that are offered (ALPN), the preferred one first. It lives as long as somebody
    /// has a use for it. Whose name is asked for is no part of it.
    pub(crate) fn setup(
        &self,
        tls: &TlsOptions,
        protocols: &'static [&'static [u8]],
    ) -> Result<Arc<Setup>, Fault> {
        let options = Options { tls: TlsOptions { server_name: None, ..tls.clone() }, protocols };
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
        config.alpn_protocols = options.protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Setup { config, trust, must_hold: options.tls.verify })
    }
}

/// Encrypts a connection. What the server shows is kept in the trace even when it is not trusted.
pub(crate) async fn encrypt(
    setup: &Setup,
    name: Result<ServerName<'static>, Fault>,
    tcp: TcpStream,
    trace: &mut Trace,
) -> Result<(TlsStream<TcpStream>, Arc<Shown>), Outcome> {
    let name = name.map_err(Outcome::Down)?;
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

/// The name that is asked for and verified: the one that is wanted, or the place's.
pub(crate) fn name(wanted: Option<&str>, place: &Place) -> Result<ServerName<'static>, Fault> {
    let name = match (wanted, place.literal()) {
        (Some(name), _) => ServerName::try_from(name.to_owned()),
        (None, Some(address)) => Ok(address.into()),
        (None, None) => ServerName::try_from(place.host.to_string().trim_end_matches('.').to_owned()),
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

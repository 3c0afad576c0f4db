//! What sends.

use std::{fmt, sync::Arc};

use domain::{Alert, Clock, EgressPolicy};
use reqwest::redirect;
use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::CertificateDer,
};
use rustls_platform_verifier::Verifier;

use crate::{
    Channel, Receipt, Undelivered,
    egress::Vetting,
    post::{FIRST, WHOLE},
    wording,
};

/// Who we are.
const USER_AGENT: &str = concat!("uptime-tracker/", env!("CARGO_PKG_VERSION"));

/// Sends messages. One for the process.
///
/// It follows no redirects, reads at most 64 KiB of an answer, waits 10 seconds for the beginning of an answer and 30 for the whole, and
/// connects to no address that the policy forbids. Proxies of the environment are not used: behind one, nobody could judge the address.
pub struct Sender {
    pub(crate) egress: EgressPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) client: reqwest::Client,
    pub(crate) trust: Arc<dyn ServerCertVerifier>,
    pub(crate) provider: Arc<CryptoProvider>,
}

/// Why there is no sender.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The client could not be made.
    #[error("the client that sends alerts could not be made")]
    Client(#[from] reqwest::Error),
    /// Nobody could be trusted.
    #[error("the encryption of alerts could not be made")]
    Encryption(#[from] rustls::Error),
    /// Nobody could be trusted.
    #[error("the certificate authorities could not be read")]
    Trust(#[from] rustls::client::VerifierBuilderError),
}

impl Sender {
    /// A sender that obeys this policy. The clock stamps what is signed.
    pub fn new(egress: EgressPolicy, clock: Arc<dyn Clock>) -> Result<Self, BuildError> {
        let provider = Arc::new(ring::default_provider());
        let trust = trust(&provider)?;
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .tls_backend_preconfigured(encryption(&provider, Arc::clone(&trust))?)
            .dns_resolver(Vetting(egress))
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A message is rare, and a connection that rested has often died.
            .pool_max_idle_per_host(0)
            .connect_timeout(FIRST)
            .timeout(WHOLE)
            .build()?;
        Ok(Self { egress, clock, client, trust, provider })
    }

    /// Sends a message by a channel. Dropping the future calls it off; whether the message arrived is then unknown.
    pub async fn send(&self, channel: &Channel, alert: &Alert) -> Result<Receipt, Undelivered> {
        channel.send(self, &wording::tidy(alert)).await
    }

    /// How to encrypt a connection: trusting these authorities, or those of this machine.
    pub(crate) fn encryption(
        &self,
        authorities: Option<&[CertificateDer<'static>]>,
    ) -> Result<ClientConfig, BuildError> {
        let trust = match authorities {
            None => Arc::clone(&self.trust),
            Some(authorities) => {
                let mut roots = RootCertStore::empty();
                for authority in authorities {
                    roots.add(authority.clone())?;
                }
                webpki(roots, &self.provider)?
            }
        };
        encryption(&self.provider, trust)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("egress", &self.egress).finish_non_exhaustive()
    }
}

fn encryption(
    provider: &Arc<CryptoProvider>,
    trust: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, BuildError> {
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(provider)).with_safe_default_protocol_versions()?;
    Ok(builder.dangerous().with_custom_certificate_verifier(trust).with_no_client_auth())
}

/// Trusts what this machine trusts, and where it trusts nobody (a bare container), what Mozilla trusts.
fn trust(provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, BuildError> {
    match Verifier::new(Arc::clone(provider)) {
        Ok(verifier) => Ok(Arc::new(verifier)),
        Err(error) => {
            tracing::debug!(%error, "this machine names no certificate authorities; those of Mozilla are used");
            webpki(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }, provider)
        }
    }
}

fn webpki(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, BuildError> {
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    Ok(builder.build()?)
}

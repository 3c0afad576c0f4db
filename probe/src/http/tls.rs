//! How TLS is spoken.

use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore,
    client::{Resumption, WantsClientCert},
    pki_types::CertificateDer,
};
use rustls_platform_verifier::BuilderVerifierExt;

use super::BuildError;

/// Trusts what this machine trusts. A machine that trusts nobody (a bare container) would find every certificate
/// untrusted and blame the targets; there the authorities that Mozilla trusts stand in.
pub(super) fn platform() -> ClientConfig {
    use_ring();
    match ClientConfig::builder().with_platform_verifier() {
        Ok(builder) => finish(builder),
        Err(error) => {
            tracing::debug!(%error, "this machine names no certificate authorities; those of Mozilla are used");
            let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            finish(ClientConfig::builder().with_root_certificates(roots))
        }
    }
}

/// Trusts these authorities and no others.
pub(super) fn only(roots: impl Iterator<Item = CertificateDer<'static>>) -> Result<ClientConfig, BuildError> {
    use_ring();
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root).map_err(BuildError::Root)?;
    }
    Ok(finish(ClientConfig::builder().with_root_certificates(store)))
}

/// Without resumption: a resumed session shows no certificate, and one that expires would go unseen for days.
fn finish(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig {
    let mut config = builder.with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// reqwest and rustls are built without a provider of cryptography of their own. An error says that one is installed
/// already, which is as good.
fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

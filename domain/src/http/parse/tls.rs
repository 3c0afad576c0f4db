//! How TLS is spoken.

use super::{
    super::{Given, Identity, TlsOptions, TlsVersion, draft::TlsDraft},
    Reading, pem, secret,
    words::server_name,
};
use crate::{FieldError, Secret};

pub(super) fn read(given: &Given<TlsDraft>, before: &TlsOptions, reading: &mut Reading) -> TlsOptions {
    let draft = match given {
        Given::Keep => return before.clone(),
        Given::Reset => return TlsOptions::default(),
        Given::Set(draft) => draft,
    };
    let identity = identity(draft, before.identity.as_ref());
    TlsOptions {
        verify: match draft.verify {
            Given::Keep => before.verify,
            Given::Reset => true,
            Given::Set(verify) => verify,
        },
        authorities: reading.field(&draft.authorities, &before.authorities, |text| {
            pem::certificates(text).map_err(|problem| FieldError::new("http.tls.authorities", problem))
        }),
        identity: reading.check(identity).unwrap_or_else(|| before.identity.clone()),
        min_version: reading.field(&draft.min_version, &before.min_version, |text| {
            TlsVersion::read(text).map_err(|problem| FieldError::new("http.tls.min_version", problem))
        }),
        server_name: reading.field(&draft.server_name, &before.server_name, |text| {
            server_name(text).map_err(|problem| FieldError::new("http.tls.server_name", problem))
        }),
    }
}

/// A certificate and its key go together. Who takes the certificate away need not say that its key goes as well.
fn identity(draft: &TlsDraft, before: Option<&Identity>) -> Result<Option<Identity>, FieldError> {
    const KEY: &str = "http.tls.key";
    let chain = match &draft.certificate {
        Given::Keep => before.map(|before| before.chain.clone()),
        Given::Reset => None,
        Given::Set(text) => {
            pem::certificates(text).map_err(|problem| FieldError::new("http.tls.certificate", problem))?
        }
    };
    let is_new = draft.key.value().is_some_and(|key| !["", Secret::MASK].contains(&key.expose()));
    match chain {
        None if is_new => Err(FieldError::new("http.tls.certificate", words::FIELD_KEY_ALONE)),
        None => Ok(None),
        Some(chain) => {
            let key = secret(KEY, &draft.key, before.map(|before| &before.key))?
                .ok_or_else(|| FieldError::new(KEY, words::FIELD_CERTIFICATE_ALONE))?;
            if key.is_sealed() {
                return Ok(Some(Identity { chain, key }));
            }
            let key = pem::key(key.expose()).map_err(|problem| FieldError::new(KEY, problem))?;
            Ok(Some(Identity { chain, key: Secret::new(key) }))
        }
    }
}

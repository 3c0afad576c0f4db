//! What certificates say.

use std::fmt::Write;

use domain::{Certificate, Timestamp};
use ring::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer};

/// The most names of a certificate that are shown, and the most letters of one.
const NAMES: usize = 20;
const LETTERS: usize = 300;

/// What expectations ask of a chain.
pub(super) struct Facts {
    /// When the first of them expires, in seconds since the epoch.
    pub(super) not_after: i64,
    pub(super) subject: String,
    pub(super) issuer: String,
}

/// Reads what expectations ask; `None` if the server's own certificate cannot be read.
pub(super) fn facts(chain: &[CertificateDer<'_>]) -> Option<Facts> {
    let own = parse(chain.first()?)?;
    let ends = chain.iter().filter_map(|der| Some(parse(der)?.validity().not_after.timestamp()));
    Some(Facts {
        not_after: ends.min()?,
        subject: cut(&own.subject().to_string()),
        issuer: cut(&own.issuer().to_string()),
    })
}

/// Reads a certificate as far as that is possible.
pub(super) fn read(der: &CertificateDer<'_>) -> Certificate {
    let fingerprint = hexadecimal(digest(&SHA256, der).as_ref());
    let Some(certificate) = parse(der) else {
        return Certificate { fingerprint, ..Certificate::default() };
    };
    let time = |seconds: i64| Timestamp(seconds.saturating_mul(1_000));
    Certificate {
        subject: cut(&certificate.subject().to_string()),
        issuer: cut(&certificate.issuer().to_string()),
        names: names(&certificate),
        not_before: time(certificate.validity().not_before.timestamp()),
        not_after: time(certificate.validity().not_after.timestamp()),
        serial: hexadecimal(certificate.raw_serial()),
        fingerprint,
    }
}

fn parse<'a>(der: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate)
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return vec![] };
    let names = names.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(cut(name)),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    });
    names.take(NAMES).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(std::net::IpAddr::from);
    let v6 = <[u8; 16]>::try_from(bytes).map(std::net::IpAddr::from);
    v4.or(v6).ok().map(|address| address.to_string())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().take(64).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn cut(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let der = CertificateDer::from(bytes);
            let _ = (read(&der), facts(std::slice::from_ref(&der)));
        }

        #[test]
        fn no_change_of_a_certificate_panics(at: proptest::sample::Index, byte: u8) {
            let key = rcgen::KeyPair::generate().unwrap();
            let params = rcgen::CertificateParams::new(["a.test".to_owned(), "127.0.0.1".to_owned()]).unwrap();
            let mut bytes = params.self_signed(&key).unwrap().der().to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let der = CertificateDer::from(bytes);
            let _ = (read(&der), facts(std::slice::from_ref(&der)));
        }
    }
}

//! Faults of TLS in plain words.

use domain::TlsFault;
use rustls::{
    AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible, pki_types::CertificateDer,
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

/// What is wrong, and what more there is to say. The chain is the one that the server showed, as far as it came to that.
pub(crate) fn tls(error: &Error, chain: &[CertificateDer<'_>]) -> (TlsFault, String) {
    let (cause, detail) = match error {
        Error::InvalidCertificate(error) => return certificate(error, chain),
        Error::InvalidMessage(
            InvalidMessage::HandshakePayloadTooLarge | InvalidMessage::CertificatePayloadTooLarge,
        ) => (TlsFault::BadCertificate, words::DETAIL_TLS_LARGE),
        Error::InvalidMessage(message) => return (not_tls(message), String::new()),
        Error::PeerIncompatible(problem) => incompatible(problem),
        Error::NoCertificatesPresented => (TlsFault::BadCertificate, words::DETAIL_TLS_NO_CERTIFICATE),
        Error::AlertReceived(alert) => return alert_received(*alert),
        Error::PeerMisbehaved(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. } => {
            return (TlsFault::Other, words::detail_tls_rules(error));
        }
        other => return (TlsFault::Other, other.to_string()),
    };
    (cause, detail.into())
}

/// Other programs talk first or answer with text, which is no record of TLS.
fn not_tls(message: &InvalidMessage) -> TlsFault {
    match message {
        InvalidMessage::InvalidContentType
        | InvalidMessage::UnknownProtocolVersion
        | InvalidMessage::MessageTooLarge
        | InvalidMessage::InvalidEmptyPayload => TlsFault::NotTls,
        _ => TlsFault::Other,
    }
}

fn incompatible(problem: &PeerIncompatible) -> (TlsFault, &'static str) {
    match problem {
        PeerIncompatible::ServerDoesNotSupportTls12Or13 => (TlsFault::Version, words::DETAIL_TLS_OLD),
        PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => (TlsFault::Version, words::DETAIL_TLS_ONLY_1_2),
        _ => (TlsFault::Cipher, ""),
    }
}

fn certificate(error: &CertificateError, chain: &[CertificateDer<'_>]) -> (TlsFault, String) {
    use CertificateError as E;
    let own = chain.first().and_then(|der| X509Certificate::from_der(der).ok());
    let own = own.as_ref().map(|(_, certificate)| certificate);
    let day = |time: x509_parser::time::ASN1Time| date(time.timestamp());
    match error {
        E::Expired | E::ExpiredContext { .. } => {
            let since = own.map(|own| words::detail_tls_expired(day(own.validity().not_after)));
            (TlsFault::Expired, since.unwrap_or_default())
        }
        E::NotValidYet | E::NotValidYetContext { .. } => {
            let from = own.map(|own| words::detail_tls_not_yet(day(own.validity().not_before)));
            (TlsFault::NotYetValid, from.unwrap_or_default())
        }
        E::NotValidForName => (TlsFault::WrongName, String::new()),
        E::NotValidForNameContext { expected, presented } => {
            (TlsFault::WrongName, names(&expected.to_str(), presented))
        }
        E::Revoked => (TlsFault::Revoked, String::new()),
        // A certificate of an authority is none for a server either way; that nobody else vouches for it says more.
        E::UnknownIssuer | E::Other(_)
            if own.is_some_and(|own| own.subject().as_raw() == own.issuer().as_raw()) =>
        {
            (TlsFault::SelfSigned, String::new())
        }
        E::UnknownIssuer if chain.len() == 1 => (TlsFault::Untrusted, words::DETAIL_TLS_ALONE.into()),
        E::UnknownIssuer => (TlsFault::Untrusted, String::new()),
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => {
            (TlsFault::BadCertificate, words::DETAIL_TLS_PURPOSE.into())
        }
        E::BadEncoding => (TlsFault::BadCertificate, words::DETAIL_TLS_UNREADABLE.into()),
        E::BadSignature => (TlsFault::BadCertificate, words::DETAIL_TLS_SIGNATURE.into()),
        other => (TlsFault::BadCertificate, other.to_string()),
    }
}

fn names(wanted: &str, presented: &[String]) -> String {
    // As rustls writes them: `DnsName("example.org")`.
    let name = |text: &String| text.split('"').nth(1).map_or(text.clone(), str::to_owned);
    let shown: Vec<String> = presented.iter().take(3).map(name).collect();
    let more = presented.len().saturating_sub(shown.len());
    match (shown.join(", "), more) {
        _ if shown.is_empty() => words::detail_tls_name(wanted),
        (shown, 0) => words::detail_tls_names(shown, wanted),
        (shown, more) => words::detail_tls_names_more(more, shown, wanted),
    }
}

fn date(seconds: i64) -> String {
    let (year, month, day) = domain::Timestamp(seconds.saturating_mul(1_000)).date();
    format!("{year}-{month:02}-{day:02}")
}

fn alert_received(alert: AlertDescription) -> (TlsFault, String) {
    use AlertDescription as A;
    match alert {
        A::ProtocolVersion => (TlsFault::Version, String::new()),
        A::HandshakeFailure | A::InsufficientSecurity => (TlsFault::Cipher, String::new()),
        A::UnrecognisedName => (TlsFault::WrongName, words::DETAIL_TLS_UNKNOWN_NAME.into()),
        A::CertificateRequired | A::NoCertificate => (TlsFault::ClientCertificate, String::new()),
        // Only our certificate can be meant.
        A::BadCertificate
        | A::UnsupportedCertificate
        | A::CertificateRevoked
        | A::CertificateExpired
        | A::CertificateUnknown
        | A::UnknownCA
        | A::AccessDenied => {
            (TlsFault::ClientCertificate, words::detail_tls_client_refused(format_args!("{alert:?}")))
        }
        other => (TlsFault::Other, words::detail_tls_alert(format_args!("{other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_tls_have_names() {
        for (error, cause, detail) in [
            (Error::AlertReceived(AlertDescription::ProtocolVersion), TlsFault::Version, ""),
            (Error::AlertReceived(AlertDescription::HandshakeFailure), TlsFault::Cipher, ""),
            (Error::AlertReceived(AlertDescription::CertificateRequired), TlsFault::ClientCertificate, ""),
            (Error::InvalidMessage(InvalidMessage::InvalidContentType), TlsFault::NotTls, ""),
            (Error::NoCertificatesPresented, TlsFault::BadCertificate, "the server shows none"),
            (CertificateError::Revoked.into(), TlsFault::Revoked, ""),
            (CertificateError::UnknownIssuer.into(), TlsFault::Untrusted, ""),
            (
                PeerIncompatible::ServerDoesNotSupportTls12Or13.into(),
                TlsFault::Version,
                "the server speaks only TLS older than 1.2",
            ),
            (PeerIncompatible::NoCipherSuitesInCommon.into(), TlsFault::Cipher, ""),
        ] {
            assert_eq!(tls(&error, &[]), (cause, detail.to_owned()), "{error}");
        }
    }

    #[test]
    fn a_wrong_name_names_both() {
        let presented = ["a", "b", "c", "d"].map(|name| format!("DnsName(\"{name}\")"));
        assert_eq!(names("z", &presented[..2]), "for a, b, not for z");
        assert_eq!(names("z", &presented), "for a, b, c and 1 more, not for z");
        assert_eq!(names("z", &[]), "not for z");
    }
}

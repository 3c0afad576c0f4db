//! Faults of TLS in plain words.

use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

/// What is wrong, without jargon where there is a plain word.
pub(super) fn detail(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::InvalidMessage(_) => "the server speaks no TLS here".into(),
        Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            "the server speaks only TLS older than 1.2".into()
        }
        Error::PeerIncompatible(_) => "no common TLS parameters with the server".into(),
        Error::NoCertificatesPresented => "the server shows no certificate".into(),
        Error::AlertReceived(alert) => alert_received(*alert),
        other => other.to_string(),
    }
}

fn certificate(error: &CertificateError) -> String {
    let text = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "certificate expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "certificate not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "certificate is for another name"
        }
        CertificateError::UnknownIssuer => "certificate not trusted: its issuer is unknown",
        CertificateError::Revoked => "certificate revoked",
        CertificateError::BadEncoding => "certificate cannot be read",
        CertificateError::BadSignature => "certificate not trusted: its signature is wrong",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "certificate is not for servers"
        }
        other => return format!("certificate not trusted: {other}"),
    };
    text.into()
}

fn alert_received(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::ProtocolVersion => "the server refuses TLS 1.2 and 1.3".into(),
        AlertDescription::HandshakeFailure => "no common TLS parameters with the server".into(),
        AlertDescription::UnrecognisedName => "the server does not know this name".into(),
        AlertDescription::CertificateRequired => "the server wants a certificate of the client".into(),
        other => format!("the server broke off with the alert {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_fail_in_plain_words() {
        for (error, text) in [
            (CertificateError::Expired, "certificate expired"),
            (CertificateError::NotValidYet, "certificate not valid yet"),
            (CertificateError::NotValidForName, "certificate is for another name"),
            (CertificateError::UnknownIssuer, "certificate not trusted: its issuer is unknown"),
        ] {
            assert_eq!(detail(&Error::InvalidCertificate(error)), text);
        }
    }
}

//! Verifying certificates, and remembering what was shown.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// The most certificates of a chain that are remembered.
const CHAIN_LIMIT: usize = 10;

/// What a server showed.
#[derive(Debug)]
pub(super) struct Sight {
    /// The server's certificate first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// Why it is not trusted.
    pub(super) problem: Option<Error>,
    /// When it was looked at.
    pub(super) at: UnixTime,
}

/// Lets another verifier judge, and remembers what both said. Lets everybody pass if the judgement does not matter; the proof
/// that the server has the certificate's key is asked for all the same.
#[derive(Debug)]
pub(super) struct Witness {
    judge: Arc<dyn ServerCertVerifier>,
    must_hold: bool,
    saw: Mutex<Option<Sight>>,
}

impl Witness {
    pub(super) fn new(judge: Arc<dyn ServerCertVerifier>, must_hold: bool) -> Arc<Self> {
        Arc::new(Self { judge, must_hold, saw: Mutex::default() })
    }

    pub(super) fn take(&self) -> Option<Sight> {
        self.saw.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict =
            self.judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let shown = std::iter::once(end_entity).chain(intermediates).take(CHAIN_LIMIT);
        let chain = shown.map(|certificate| certificate.clone().into_owned()).collect();
        let sight = Sight { chain, problem: verdict.as_ref().err().cloned(), at: now };
        *self.saw.lock().unwrap_or_else(PoisonError::into_inner) = Some(sight);
        if self.must_hold { verdict } else { Ok(ServerCertVerified::assertion()) }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

/// Trusts nobody: no authority was given.
#[derive(Debug)]
pub(super) struct Nobody;

impl ServerCertVerifier for Nobody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Err(CertificateError::UnknownIssuer.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

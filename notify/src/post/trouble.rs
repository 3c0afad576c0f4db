//! Errors of the HTTP client in words. Its own are not shown: they hold the address, which may be a password.

use std::{error::Error, io};

use crate::{Undelivered, egress::Forbidden};

/// Why a request got no answer.
pub(super) fn of(error: &reqwest::Error) -> Undelivered {
    if chain(error).any(<dyn Error>::is::<Forbidden>) {
        return forbidden();
    }
    if error.is_timeout() {
        return too_late();
    }
    if error.is_builder() {
        return Undelivered::refused("the request could not be made from these settings");
    }
    let found = chain(error).find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return Some(encryption(error));
        }
        let error = cause.downcast_ref::<io::Error>()?;
        // What encryption fails with travels inside of an error of the connection, where the chain does not lead.
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        inner.map(encryption).or_else(|| network(error.kind()))
    });
    let fallback = if error.is_connect() {
        "no connection to the service"
    } else {
        "the service hung up without an answer"
    };
    Undelivered::later(found.unwrap_or_else(|| fallback.to_owned()))
}

/// Nobody answered in time.
pub(crate) fn too_late() -> Undelivered {
    Undelivered::later("the service did not answer in time")
}

/// The policy forbids the address.
pub(crate) fn forbidden() -> Undelivered {
    Undelivered::refused("the service is at an address that this server must not ask")
}

/// An error and what is behind it.
pub(crate) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

fn encryption(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(_) => "the certificate of the service is not trusted".to_owned(),
        _ => "no encryption was agreed on with the service".to_owned(),
    }
}

/// What a connection fails with, where that says more than that it failed.
pub(crate) fn network(kind: io::ErrorKind) -> Option<String> {
    let said = match kind {
        io::ErrorKind::ConnectionRefused => "the service refused the connection",
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            "the service broke the connection off"
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "the service cannot be reached from here"
        }
        io::ErrorKind::TimedOut => "the service did not answer in time",
        _ => return None,
    };
    Some(said.to_owned())
}

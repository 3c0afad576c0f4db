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
        return Undelivered::refused(words::SENDING_UNMADE);
    }
    let found = chain(error).find_map(|cause| {
        let encryption = cause.downcast_ref::<rustls::Error>().map(encryption);
        encryption.or_else(|| network(cause.downcast_ref::<io::Error>()?.kind()))
    });
    let fallback = if error.is_connect() { words::SENDING_NO_CONNECTION } else { words::SENDING_HUNG_UP };
    Undelivered::later(found.unwrap_or_else(|| fallback.to_owned()))
}

/// Nobody answered in time.
pub(crate) fn too_late() -> Undelivered {
    Undelivered::later(words::SENDING_LATE)
}

/// The policy forbids the address.
pub(crate) fn forbidden() -> Undelivered {
    Undelivered::refused(words::SENDING_FORBIDDEN)
}

/// An error and what is behind it. Errors of the system hide one level, what they were made of.
pub(crate) fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let made_of = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        made_of.map(|made_of| made_of as &(dyn Error + 'static)).or_else(|| (*error).source())
    })
}

fn encryption(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(_) => words::SENDING_UNTRUSTED.to_owned(),
        _ => words::SENDING_NO_ENCRYPTION.to_owned(),
    }
}

/// What a connection fails with, where that says more than that it failed.
pub(crate) fn network(kind: io::ErrorKind) -> Option<String> {
    let said = match kind {
        io::ErrorKind::ConnectionRefused => words::SENDING_REFUSED,
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            words::SENDING_BROKEN_OFF
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => words::SENDING_UNREACHABLE,
        io::ErrorKind::TimedOut => words::SENDING_LATE,
        _ => return None,
    };
    Some(said.to_owned())
}

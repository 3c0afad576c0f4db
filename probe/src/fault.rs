//! The errors of libraries and of the operating system as verdicts, in one place.
//!
//! The rule: only evidence about the target makes a check down. What this machine could not do is `Unknown`, and so is
//! an error of the operating system that nobody has judged yet.

mod tls;

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter::successors,
};

use domain::{Fault, FaultKind, Outcome, Phase, Reason};

use crate::{http::LinkError, line::resolver::LookupError};

pub(crate) use self::tls::tls;

/// The verdict over an error while waiting for this.
///
/// Reads the causes from the innermost outwards, because the outer ones say less.
pub(crate) fn outcome(error: &(dyn Error + 'static), phase: Phase) -> Outcome {
    judge(Some(error), phase)
}

/// The verdict over a name without addresses.
pub(crate) fn lookup(error: LookupError) -> Outcome {
    from_lookup(error)
}

/// The verdict over an error of the system's.
pub(crate) fn io(error: &io::Error, phase: Phase) -> Outcome {
    outcome(error, phase)
}

/// The verdict over a deadline that passed while waiting for this. A name server that does not answer in time is ours.
pub(crate) fn deadline(phase: Phase) -> Outcome {
    match phase {
        Phase::Resolve => Outcome::Unknown(Reason::Resolver),
        _ => down(FaultKind::Timeout(phase), ""),
    }
}

/// Whether this process, or this machine, cannot open another file.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

type Cause<'a> = &'a (dyn Error + 'static);

fn judge(error: Option<Cause<'_>>, phase: Phase) -> Outcome {
    let causes: Vec<Cause<'_>> = successors(error, |cause| inner(*cause)).collect();
    let evidence = causes.iter().rev().find_map(|cause| evidence(*cause, phase));
    evidence.unwrap_or_else(|| {
        let text = causes.last().map(ToString::to_string).unwrap_or_default();
        down(FaultKind::Protocol, &text)
    })
}

/// The next cause. An `io::Error` that wraps another error skips it as its source, hence the first branch.
fn inner(cause: Cause<'_>) -> Option<Cause<'_>> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => cause.source(),
    }
}

fn evidence(cause: Cause<'_>, phase: Phase) -> Option<Outcome> {
    if let Some(error) = cause.downcast_ref::<LookupError>() {
        return Some(from_lookup(*error));
    }
    if let Some(error) = cause.downcast_ref::<LinkError>() {
        return from_link(error, phase);
    }
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        let (cause, detail) = tls(error, &[]);
        return Some(down(FaultKind::Tls(cause), &detail));
    }
    if let Some(error) = cause.downcast_ref::<h2::Error>() {
        return error
            .get_io()
            .and_then(|error| from_io(error, phase))
            .or_else(|| Some(down(FaultKind::Protocol, &format!("HTTP/2: {error}"))));
    }
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return from_hyper(error, phase);
    }
    from_io(cause.downcast_ref()?, phase)
}

fn from_lookup(error: LookupError) -> Outcome {
    match error {
        LookupError::Missing => down(FaultKind::Dns, words::DETAIL_NO_SUCH_HOST),
        LookupError::Unanswered => Outcome::Unknown(Reason::Resolver),
        LookupError::OutOfDescriptors => Outcome::Unknown(Reason::FileDescriptors),
    }
}

fn from_link(error: &LinkError, phase: Phase) -> Option<Outcome> {
    match error {
        LinkError::Http(error) => from_hyper(error, phase),
        LinkError::Interim => Some(down(FaultKind::Protocol, &error.to_string())),
        LinkError::Ended => Some(ended(phase)),
    }
}

fn from_hyper(error: &hyper::Error, phase: Phase) -> Option<Outcome> {
    if error.is_parse_too_large() {
        Some(down(FaultKind::HeadersTooLarge, ""))
    } else if error.is_parse() {
        Some(down(FaultKind::Protocol, &error.to_string()))
    } else if error.is_incomplete_message() {
        Some(ended(phase))
    } else if error.is_timeout() {
        Some(deadline(phase))
    } else {
        None
    }
}

fn from_io(error: &io::Error, phase: Phase) -> Option<Outcome> {
    if is_out_of_descriptors(error) {
        return Some(Outcome::Unknown(Reason::FileDescriptors));
    }
    let is_from_system = error.raw_os_error().is_some();
    match error.kind() {
        ErrorKind::ConnectionRefused => Some(down(FaultKind::Refused, "")),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Some(down(FaultKind::Reset, "")),
        ErrorKind::BrokenPipe | ErrorKind::NotConnected if is_from_system => Some(down(FaultKind::Reset, "")),
        ErrorKind::HostUnreachable => Some(down(FaultKind::Unreachable, "")),
        ErrorKind::TimedOut => Some(deadline(phase)),
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::NotConnected => Some(ended(phase)),
        ErrorKind::InvalidData | ErrorKind::InvalidInput if !is_from_system => {
            Some(down(FaultKind::Protocol, &error.to_string()))
        }
        ErrorKind::AddrNotAvailable => Some(Outcome::Unknown(Reason::Ports)),
        _ if error.raw_os_error() == Some(libc::EHOSTDOWN) => Some(down(FaultKind::Unreachable, "")),
        // No route, no address, no buffer, not permitted: what is left of the system's errors is about this machine.
        _ if is_from_system => {
            tracing::debug!(%error, "the system refused a connection of ours: {error}");
            Some(Outcome::Unknown(Reason::Network))
        }
        _ => None,
    }
}

/// The other side hung up.
fn ended(phase: Phase) -> Outcome {
    match phase {
        Phase::Body => down(FaultKind::Protocol, words::DETAIL_ENDED_EARLY),
        Phase::Connect | Phase::Tls => down(FaultKind::Closed, words::DETAIL_DURING_TLS),
        Phase::Resolve | Phase::FirstByte => down(FaultKind::Closed, ""),
    }
}

fn down(kind: FaultKind, detail: &str) -> Outcome {
    Outcome::Down(Fault::new(kind, detail))
}

#[cfg(test)]
mod tests;

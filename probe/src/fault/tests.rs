use super::*;

fn of(error: impl Error + 'static, phase: Phase) -> Outcome {
    // As the libraries do: wrapped in an `io::Error` that is wrapped again.
    let shown: Box<dyn Error> = Box::new(Wrapped(Box::new(error)));
    judge(Some(&*shown), phase)
}

#[derive(Debug, thiserror::Error)]
#[error("a layer")]
struct Wrapped(#[source] Box<dyn Error>);

fn kind(outcome: &Outcome) -> Option<FaultKind> {
    match outcome {
        Outcome::Down(fault) => Some(fault.kind),
        _ => None,
    }
}

#[test]
fn what_the_target_did_is_its_fault() {
    for (errno, means) in [
        (libc::ECONNREFUSED, FaultKind::Refused),
        (libc::ECONNRESET, FaultKind::Reset),
        (libc::ECONNABORTED, FaultKind::Reset),
        (libc::EPIPE, FaultKind::Reset),
        (libc::EHOSTUNREACH, FaultKind::Unreachable),
        (libc::EHOSTDOWN, FaultKind::Unreachable),
        (libc::ETIMEDOUT, FaultKind::Timeout(Phase::Connect)),
    ] {
        let outcome = of(io::Error::from_raw_os_error(errno), Phase::Connect);
        assert_eq!(kind(&outcome), Some(means), "errno {errno}");
    }
}

#[test]
fn what_this_machine_cannot_do_is_nobodys_fault() {
    for (errno, reason) in [
        (libc::EMFILE, Reason::FileDescriptors),
        (libc::ENFILE, Reason::FileDescriptors),
        (libc::ENETUNREACH, Reason::Network),
        (libc::ENETDOWN, Reason::Network),
        (libc::EADDRNOTAVAIL, Reason::Ports),
        (libc::ENOBUFS, Reason::Network),
        (libc::EAFNOSUPPORT, Reason::Network),
        (libc::EINVAL, Reason::Network),
        (libc::EACCES, Reason::Network),
        (libc::EPERM, Reason::Network),
    ] {
        let outcome = of(io::Error::from_raw_os_error(errno), Phase::Connect);
        assert_eq!(outcome, Outcome::Unknown(reason), "errno {errno}");
    }
}

#[test]
fn only_a_missing_name_is_a_fault_of_the_name() {
    let missing = of(LookupError::Missing, Phase::Resolve);
    assert_eq!(kind(&missing), Some(FaultKind::Dns));
    for (error, reason) in [
        (LookupError::Unanswered, Reason::Resolver),
        (LookupError::OutOfDescriptors, Reason::FileDescriptors),
    ] {
        assert_eq!(of(error, Phase::Resolve), Outcome::Unknown(reason));
    }
}

#[test]
fn a_name_server_that_is_late_is_ours_and_a_target_that_is_late_is_not() {
    assert_eq!(deadline(Phase::Resolve), Outcome::Unknown(Reason::Resolver));
    for phase in [Phase::Connect, Phase::FirstByte, Phase::Body] {
        assert_eq!(kind(&deadline(phase)), Some(FaultKind::Timeout(phase)));
    }
}

#[test]
fn an_error_hidden_in_an_io_error_is_found() {
    let wrapped = io::Error::new(ErrorKind::InvalidData, rustls::Error::DecryptError);
    assert_eq!(kind(&of(wrapped, Phase::Connect)), Some(FaultKind::Tls(domain::TlsFault::Other)));
}

#[test]
fn hanging_up_means_something_else_in_each_phase() {
    for (phase, means) in [
        (Phase::Connect, FaultKind::Closed),
        (Phase::FirstByte, FaultKind::Closed),
        (Phase::Body, FaultKind::Protocol),
    ] {
        let outcome = of(io::Error::from(ErrorKind::UnexpectedEof), phase);
        assert_eq!(kind(&outcome), Some(means), "{phase:?}");
    }
}

#[test]
fn an_unknown_error_says_its_text() {
    let outcome = of(io::Error::other("something new"), Phase::FirstByte);
    assert_eq!(outcome, down(FaultKind::Protocol, "something new"));
}

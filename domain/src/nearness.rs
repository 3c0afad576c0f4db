//! What trackers have in common.

/// Why a tracker may depend on another one, for proposals; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// Both ask the same host.
    Host,
    /// Both were shown the same certificate.
    Certificate,
    /// Both talked to the same address.
    Address,
}

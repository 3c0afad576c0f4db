//! What can go wrong: the list of faults. A new one is a variant, its word and weight in [`Fault::ALL`], and what it does in `plan.rs`.

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A target refuses, hangs or answers with an error for a while.
    Target,
    /// A target answers slowly.
    Slow,
    /// A target goes up and down every few checks.
    Flap,
    /// Many targets fail at once, and it is not our network.
    Many,
    /// Our own network is away.
    Network,
    /// The name server of this machine does not answer, or lies.
    Resolver,
    /// This process has no file descriptors left.
    Descriptors,
    /// A canary falls silent.
    Canary,
    /// The program is killed at any moment.
    Kill,
    /// The program is killed when it reaches the edge of an effect.
    KillAtEdge,
    /// The program is stopped as a service manager does it, and started again.
    Restart,
    /// The disk is full.
    DiskFull,
    /// The disk is slow.
    DiskSlow,
    /// Nothing can be read from the disk or written to it.
    DiskBroken,
    /// The clock is set.
    ClockStep,
    /// The machine sleeps.
    Suspend,
    /// A channel fails in one of many ways.
    Channel,
    /// Somebody pauses a tracker, or many.
    Pause,
    /// Somebody changes a tracker.
    Edit,
    /// Somebody removes a tracker, and takes that back.
    Remove,
    /// Somebody changes who is told.
    Alerting,
    /// Somebody says that they know of an incident.
    Acknowledge,
    /// Somebody announces maintenance, and perhaps withdraws it.
    Maintenance,
}

impl Fault {
    /// All of them, with their words and how often they come beside each other.
    pub const ALL: [(Self, &'static str, i64); 23] = [
        (Self::Target, "target", 26),
        (Self::Slow, "slow", 4),
        (Self::Flap, "flap", 6),
        (Self::Many, "many", 3),
        (Self::Network, "network", 5),
        (Self::Resolver, "resolver", 3),
        (Self::Descriptors, "descriptors", 2),
        (Self::Canary, "canary", 2),
        (Self::Kill, "kill", 3),
        (Self::KillAtEdge, "kill-at-edge", 6),
        (Self::Restart, "restart", 2),
        (Self::DiskFull, "disk-full", 4),
        (Self::DiskSlow, "disk-slow", 3),
        (Self::DiskBroken, "disk-broken", 2),
        (Self::ClockStep, "clock-step", 2),
        (Self::Suspend, "suspend", 1),
        (Self::Channel, "channel", 14),
        (Self::Pause, "pause", 5),
        (Self::Edit, "edit", 4),
        (Self::Remove, "remove", 2),
        (Self::Alerting, "alerting", 2),
        (Self::Acknowledge, "acknowledge", 5),
        (Self::Maintenance, "maintenance", 5),
    ];

    /// Its word in reports.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(fault, ..)| *fault == self).map_or("", |(_, word, _)| word)
    }
}

/// The edges of effects, where a crash does most harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// A batch is about to be recorded.
    BeforeCommit,
    /// It is on disk, and nobody knows.
    AfterCommit,
    /// An edit is about to be made.
    BeforeEdit,
    /// It is on disk, and nobody knows.
    AfterEdit,
    /// What became of a message is about to be noted.
    BeforeSettle,
    /// It is noted, and nobody knows.
    AfterSettle,
    /// A message is about to leave.
    BeforeSend,
    /// A service took it, and nobody knows.
    AfterAccept,
}

impl Edge {
    pub(crate) const ALL: [Self; 8] = [
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::BeforeEdit,
        Self::AfterEdit,
        Self::BeforeSettle,
        Self::AfterSettle,
        Self::BeforeSend,
        Self::AfterAccept,
    ];
}

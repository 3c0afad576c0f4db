//! A check: the recorded result of one probe.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Fault, Phases, Timestamp};

/// What one probe found, when, and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Whose check it is, and which one.
    pub name: CheckName,
    /// How long after its due time the probe started, in milliseconds.
    pub late_ms: u32,
    /// From the start of the probe to its verdict; absent when nothing was asked.
    pub latency: Option<Micros>,
    /// Where that time went.
    pub phases: Phases,
    /// The verdict.
    pub outcome: Outcome,
}

/// The identity of a check, stable for good: recording the same name twice changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CheckName {
    /// The tracker that was due.
    pub tracker: TrackerId,
    /// The slot. Retries keep the slot of the scheduled check they repeat.
    pub due: Timestamp,
    /// 0 for the scheduled check; retries count up. What a person asked for counts from [`CheckName::BY_HAND`], and was due
    /// when it was asked for.
    pub attempt: u16,
    /// Where the probe ran.
    pub location: Location,
}

impl CheckName {
    /// The first attempt of a moment that no schedule asked for. Far above any retry, so that the two never have the same name.
    pub const BY_HAND: u16 = 100;
}

/// The most trackers that are checked by hand at once.
pub const MOST_BY_HAND: usize = 1_000;

/// The verdict of one probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The target answered as expected.
    #[serde(rename = "u")]
    Up,
    /// The target answered, but not well: what was missed is not worth an outage. Counts as up.
    #[serde(rename = "s")]
    Degraded(Fault),
    /// There is evidence that the target fails.
    #[serde(rename = "d")]
    Down(Fault),
    /// Nothing was learnt about the target, for a reason of our own. Never up, never down.
    #[serde(rename = "n")]
    Unknown(Reason),
}

impl Outcome {
    /// `Some(true)` for up and degraded, `Some(false)` for down, `None` when nothing is known.
    pub fn is_up(&self) -> Option<bool> {
        match self {
            Self::Up | Self::Degraded(_) => Some(true),
            Self::Down(_) => Some(false),
            Self::Unknown(_) => None,
        }
    }
}

/// Why a check says nothing about its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The slot could not start in its time: this machine was too busy.
    Overload,
    /// This process had no file descriptor left.
    FileDescriptors,
    /// This machine had no usable network or address.
    Network,
    /// The name server that this machine uses did not answer.
    Resolver,
    /// The tracker was not observed, and nothing says why.
    NotObserved,
    /// A person had paused the tracker.
    Paused,
    /// A maintenance was announced.
    Maintenance,
    /// This program did not run.
    Stopped,
    /// This machine slept.
    Suspended,
    /// This machine's clock was set.
    ClockStep,
    /// What was learnt could not be written down: the disk was full or failing.
    NotRecorded,
    /// What was written down cannot be read any more.
    Damaged,
    /// This machine had no port left for another connection to this address.
    Ports,
    /// The target's address is one that this server does not ask.
    Policy,
    /// This machine could see nothing at all, as far as it could tell.
    Blind,
    /// It failed while a tracker that it depends on was down or in maintenance.
    Blocked,
    /// This process may not send echoes.
    Ping,
}

impl Reason {
    /// Every reason with the word it is stored and sent as. Append only: the words are on users' disks.
    const WORDS: [(Self, &'static str, &'static str); 17] = [
        (Self::Overload, "overload", words::UNKNOWN_OVERLOAD),
        (Self::FileDescriptors, "file_descriptors", words::UNKNOWN_FILE_DESCRIPTORS),
        (Self::Network, "network", words::UNKNOWN_NETWORK),
        (Self::Resolver, "resolver", words::UNKNOWN_RESOLVER),
        (Self::NotObserved, "not_observed", words::UNKNOWN_NOT_OBSERVED),
        (Self::Paused, "paused", words::UNKNOWN_PAUSED),
        (Self::Maintenance, "maintenance", words::UNKNOWN_MAINTENANCE),
        (Self::Stopped, "stopped", words::UNKNOWN_STOPPED),
        (Self::Suspended, "suspended", words::UNKNOWN_SUSPENDED),
        (Self::ClockStep, "clock_step", words::UNKNOWN_CLOCK_STEP),
        (Self::NotRecorded, "not_recorded", words::UNKNOWN_NOT_RECORDED),
        (Self::Damaged, "damaged", words::UNKNOWN_DAMAGED),
        (Self::Ports, "ports", words::UNKNOWN_PORTS),
        (Self::Policy, "policy", words::UNKNOWN_POLICY),
        (Self::Blind, "blind", words::UNKNOWN_BLIND),
        (Self::Blocked, "blocked", words::UNKNOWN_BLOCKED),
        (Self::Ping, "ping", words::UNKNOWN_PING),
    ];

    /// Whether no check stands behind it: a stretch that was not observed, which lasts until the next check.
    pub fn is_gap(self) -> bool {
        use Reason::{Blind, Blocked, FileDescriptors, Network, Overload, Ping, Policy, Ports, Resolver};
        !matches!(
            self,
            Overload | FileDescriptors | Network | Resolver | Ports | Policy | Blind | Blocked | Ping
        )
    }

    /// The stable word for storage and interfaces.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// A phrase for people.
    pub fn sentence(self) -> &'static str {
        self.row().2
    }

    /// Its number in the history format, which counts as the words do.
    pub fn number(self) -> u8 {
        let place = Self::WORDS.iter().position(|row| row.0 == self);
        place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
    }

    /// The reason of a number in the history format.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::WORDS.get(usize::from(number)).map(|row| row.0)
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        Self::WORDS.iter().find(|row| row.0 == self).unwrap_or(&Self::WORDS[4])
    }
}

impl FromStr for Reason {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::WORDS.iter().find(|row| row.1 == word).map(|row| row.0).ok_or(())
    }
}

/// A tracker's number: positive, given once, never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackerId(pub i64);

impl fmt::Display for TrackerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TrackerId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A place that probes from. A single machine is one location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location(pub u16);

impl Location {
    /// This machine.
    pub const LOCAL: Self = Self(0);
}

/// A short duration in microseconds, at most 71 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u32);

impl Micros {
    /// The duration in milliseconds, with a fraction.
    pub fn as_ms(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }
}

impl From<Duration> for Micros {
    /// Saturates at 71 minutes.
    fn from(duration: Duration) -> Self {
        Self(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX))
    }
}

//! Where and when it was measured.

use std::{
    fs,
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustix::net::{AddressFamily, SocketType, ipproto};

/// The number of cores, their name, and the kernel.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let name = name.map_or("unknown processor", |(_, name)| name);
    format!("{cores} cores, {name}, Linux {}", kernel.trim())
}

/// The kernel's average of runnable tasks over the last minute.
pub(crate) fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}

/// Today, UTC.
pub(crate) fn date() -> String {
    let asked = Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]).output();
    asked.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// CPU time of everything on this machine since it was started.
pub(crate) fn busy() -> Duration {
    /// The kernel's unit of CPU time for programs.
    const TICK: Duration = Duration::from_millis(10);
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let ticks = first.split_whitespace().skip(1).map(|word| word.parse::<u32>().unwrap_or(0));
    // User, nice and system; then idle and waiting for disks, which are rest, and interrupts.
    let busy: u32 =
        ticks.enumerate().filter(|(n, _)| [0, 1, 2, 5, 6].contains(n)).map(|(_, ticks)| ticks).sum();
    TICK * busy
}

/// Whether a process like this one may send echoes: its group may, or it has the capability.
pub(crate) fn may_ping() -> bool {
    let opens = |kind| rustix::net::socket(AddressFamily::INET, kind, Some(ipproto::ICMP)).is_ok();
    opens(SocketType::DGRAM) || opens(SocketType::RAW)
}

/// The wall clock in milliseconds since 1970: slots are named by it.
pub(crate) fn wall_ms() -> i64 {
    wall_us() / 1_000
}

/// The wall clock in microseconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the server under test uses the same clock; nobody injects it there"
)]
pub(crate) fn wall_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

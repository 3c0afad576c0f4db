//! What the kernel counts, and where and when it was measured.

use std::{
    fs::{self, File},
    path::Path,
    process::Command,
    time::Duration,
};

use rustix::{
    fs::{Advice, fadvise},
    time::{ClockId, clock_gettime},
};

/// CPU time of the whole process so far.
pub(crate) fn process_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let whole = Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or_default());
    whole + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or_default())
}

/// Bytes of this process's memory that are resident now.
pub(crate) fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1_024
}

/// Asks the kernel to forget what it holds of a file in memory, so that the next question reads the disk.
pub(crate) fn forget_cached(path: &Path) {
    if let Ok(file) = File::open(path) {
        let _ = file.sync_all();
        // Advice only: a kernel that does not follow it makes the first question faster, nothing else.
        let _ = fadvise(&file, 0, None, Advice::DontNeed);
    }
}

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

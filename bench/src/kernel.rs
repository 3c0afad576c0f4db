//! What the kernel counts for a process and for its threads.

use std::{collections::BTreeMap, fs, time::Duration};

use crate::Failure;

/// What was counted so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counted {
    /// User and system time.
    pub(crate) cpu: Duration,
    /// The system's part of it: sockets and files.
    pub(crate) system: Duration,
    /// Bytes that were handed to the disk.
    pub(crate) written: u64,
    /// Bytes of memory that are resident now.
    pub(crate) resident: u64,
    /// Bytes of memory that were resident at the worst moment.
    pub(crate) peak: u64,
}

/// A thread's name and its CPU time so far.
pub(crate) struct Thread {
    pub(crate) name: String,
    pub(crate) cpu: Duration,
}

/// The kernel's unit of CPU time for programs: 100 a second on every architecture of Linux.
const TICK: Duration = Duration::from_millis(10);

/// The whole process.
pub(crate) fn counted(process: u32) -> Result<Counted, Failure> {
    let folder = format!("/proc/{process}");
    let [user, system] = times(&read(&folder, "stat")?);
    let status = read(&folder, "status")?;
    Ok(Counted {
        cpu: user + system,
        system,
        written: field(&read(&folder, "io")?, "write_bytes:"),
        resident: field(&status, "VmRSS:") * 1_024,
        peak: field(&status, "VmHWM:") * 1_024,
    })
}

/// Its threads by their numbers. One that ends meanwhile is left out.
pub(crate) fn threads(process: u32) -> Result<BTreeMap<u32, Thread>, Failure> {
    let folder = format!("/proc/{process}/task");
    let entries = fs::read_dir(&folder).map_err(Failure::io(format!("reading {folder}")))?;
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(numbers.filter_map(|number: u32| Some((number, thread(&format!("{folder}/{number}"))?))).collect())
}

fn thread(folder: &str) -> Option<Thread> {
    let name = read(folder, "comm").ok()?.trim().to_owned();
    let exact = read(folder, "schedstat").ok().and_then(|text| nanoseconds(&text));
    let cpu = match exact {
        Some(cpu) => cpu,
        // Some kernels count no more than ticks.
        None => times(&read(folder, "stat").ok()?).iter().sum(),
    };
    Some(Thread { name, cpu })
}

/// The first word of `schedstat` is the time on a core.
fn nanoseconds(text: &str) -> Option<Duration> {
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// User and system time of a `stat` file. The name before the last bracket may hold spaces; after it, they are the 12th and
/// 13th words.
fn times(stat: &str) -> [Duration; 2] {
    let mut words = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    [words.next(), words.next()].map(|word| TICK * word.and_then(|word| word.parse().ok()).unwrap_or(0))
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn read(folder: &str, name: &str) -> Result<String, Failure> {
    let path = format!("{folder}/{name}");
    fs::read_to_string(&path).map_err(Failure::io(format!("reading {path}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_times() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 0 0 20";
        assert_eq!(times(stat), [Duration::from_millis(1_500), Duration::from_millis(500)]);
    }

    #[test]
    fn this_process_has_threads_and_memory() {
        let id = std::process::id();
        assert!(!threads(id).unwrap().is_empty());
        let counted = counted(id).unwrap();
        assert!(counted.resident > 0 && counted.peak > 0);
    }
}

//! Threads that belong to one kind of work, so that others cannot make it late, and so that one sees what it costs.

use std::{io, thread};

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// Threads named `NAME-0`, `NAME-1` …, each with a runtime of its own. What is spawned on one stays on it: nothing is handed
/// from thread to thread, which for work that mostly waits costs more than it brings.
pub struct Threads {
    handles: Vec<Handle>,
    stop: CancellationToken,
    running: Vec<thread::JoinHandle<()>>,
}

impl Threads {
    /// Starts `count` threads.
    pub fn start(name: &str, count: usize) -> io::Result<Self> {
        let mut threads = Self { handles: Vec::new(), stop: CancellationToken::new(), running: Vec::new() };
        for number in 0..count {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            threads.handles.push(runtime.handle().clone());
            let stop = threads.stop.clone();
            let run = move || {
                runtime.block_on(stop.cancelled());
                // A name server that hangs must not hold up the end.
                runtime.shutdown_background();
            };
            threads.running.push(thread::Builder::new().name(format!("{name}-{number}")).spawn(run)?);
        }
        Ok(threads)
    }

    /// No threads: what is spawned runs where the caller does.
    pub fn of_caller() -> Self {
        Self { handles: vec![Handle::current()], stop: CancellationToken::new(), running: Vec::new() }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.handles.len()
    }

    /// Where the work with this number runs.
    pub fn handle(&self, number: usize) -> Handle {
        // There is at least one, unless somebody asked for none.
        let place = number.checked_rem(self.handles.len());
        place.and_then(|place| self.handles.get(place)).cloned().unwrap_or_else(Handle::current)
    }
}

impl Drop for Threads {
    /// Ends the threads, and with them what still runs there.
    fn drop(&mut self) {
        self.stop.cancel();
        for thread in self.running.drain(..) {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_stays_on_the_thread_of_its_number() {
        let threads = Threads::start("work", 2).unwrap();
        let name = || async { thread::current().name().map(str::to_owned) };
        for number in [0, 1, 2, 5] {
            let ran_on = threads.handle(number).spawn(name()).await.unwrap();
            assert_eq!(ran_on, Some(format!("work-{}", number % 2)));
        }
        tokio::task::spawn_blocking(move || drop(threads)).await.unwrap();
    }
}

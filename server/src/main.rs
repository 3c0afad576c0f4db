//! Uptime Tracker: arguments in, exit code out.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use server::cli::{Arguments, run};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

// A check allocates a few dozen times, two of them buffers of 8 KiB. With the C library's allocator it takes a quarter more CPU. It asks for no
// huge pages (the feature `no_thp`): one would stay for the sake of a few bytes, which is a third of the memory at 5,000 trackers.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("UPTIME_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::registry().with(fmt::layer().with_writer(std::io::stderr)).with(filter).init();
    // Nobody else may have any either, where the kernel gives them unasked. Where it refuses, nothing but memory is lost.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("web").build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&format!("cannot start threads: {error}"), ExitCode::FAILURE),
    };
    match runtime.block_on(run(arguments)) {
        Ok(exit) => exit.into(),
        Err(ending) => end(&ending.sentence, ending.exit.into()),
    }
}

fn end(sentence: &str, code: ExitCode) -> ExitCode {
    // Nobody is left to tell if even this fails.
    let _ = writeln!(std::io::stderr(), "error: {sentence}");
    code
}

//! The server's half of a build, and the quick build of both halves that `run` and `test` share.

use std::{path::PathBuf, process::Command, thread};

use crate::{client, command, failure::Failure, output::Steps, workspace::OUTPUT_NAME};

/// How many steps `build_dev` announces.
pub(crate) const DEV_STEPS: usize = 3;

/// Builds client and server with the quick profile and returns the program.
///
/// Binding the client keeps one core busy at most, so the server is compiled meanwhile.
pub(crate) fn build_dev(steps: &mut Steps) -> Result<PathBuf, Failure> {
    let step = steps.begin("Web client");
    let wasm = client::compile(client::DEV)?;
    step.done();

    let binding = steps.begin("Web client, made ready for browsers");
    let serving = steps.begin("Server");
    thread::scope(|scope| {
        let bound = scope.spawn(|| {
            let anew = client::publish_dev(&wasm)?;
            binding.done_with(if anew { "done anew" } else { "unchanged" });
            Ok(())
        });
        let program = compile(&mut command::cargo(["build", "--package", "server"]));
        serving.done();
        // A panic has printed its own message; what is left to say is where it came from.
        bound.join().unwrap_or_else(|_| Err(Failure::Bind { source: "it panicked".into() }))?;
        program
    })
}

/// Runs a `cargo build` of the server and returns the program that it made.
pub(crate) fn compile(cargo: &mut Command) -> Result<PathBuf, Failure> {
    let files = command::build(cargo)?;
    let program = files.into_iter().rfind(|file| {
        file.file_stem().is_some_and(|name| name == OUTPUT_NAME)
            && file.extension().is_none_or(|ext| ext == "exe")
    });
    program.ok_or_else(|| Failure::Missing {
        what: format!("cargo built no program named {OUTPUT_NAME}"),
        help: String::from("see `[[bin]]` in server/Cargo.toml"),
    })
}

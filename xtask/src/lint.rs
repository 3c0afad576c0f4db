use crate::{
    client, command,
    failure::Failure,
    output::{self, Steps},
};

/// Stops at the first that is not clean.
///
/// Two runs of clippy, never one over all members: features would unify, and the client's half of Leptos would be
/// compiled into the server.
pub(crate) fn lint() -> Result<(), Failure> {
    let mut steps = Steps::new(3);

    let step = steps.begin("Formatting");
    add_components()?;
    command::run(&mut command::cargo(["fmt", "--all", "--check"])).map_err(|failure| match failure {
        Failure::Ran { .. } => Failure::Missing {
            what: String::from("some files are not formatted"),
            help: String::from("run `cargo fmt --all`"),
        },
        other => other,
    })?;
    step.done();

    let step = steps.begin("Clippy on this machine");
    // `server` turns on what `app` needs here, `app/ssr`.
    let host = ["bench", "domain", "probe", "notify", "store", "app", "server", "simulate", "words", "xtask"];
    clippy(&host, &["--all-targets"])?;
    step.done();

    let step = steps.begin("Clippy on WebAssembly");
    client::add_target()?;
    // `frontend` turns on what `app` needs there, `app/hydrate`.
    clippy(&["frontend", "app"], &["--target", "wasm32-unknown-unknown"])?;
    step.done();

    output::line("clean");
    Ok(())
}

fn clippy(packages: &[&str], options: &[&str]) -> Result<(), Failure> {
    let mut run = command::cargo(["clippy"]);
    for package in packages {
        run.args(["--package", package]);
    }
    command::run(run.args(options).args(["--", "--deny", "warnings"]))
}

/// They are in rust-toolchain.toml, but rustup may be forbidden to install by itself.
fn add_components() -> Result<(), Failure> {
    let there =
        ["fmt", "clippy"].iter().all(|name| command::succeeds(command::cargo([name]).arg("--version")));
    if there {
        return Ok(());
    }
    command::run(command::program("rustup").args(["component", "add", "clippy", "rustfmt"]))
}

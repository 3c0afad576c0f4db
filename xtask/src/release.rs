use std::{fs, path::PathBuf};

use crate::{
    client, command, compress,
    failure::Failure,
    optimise,
    output::{self, Seconds, Size, Steps},
    server,
    workspace::OUTPUT_NAME,
};

/// What a browser fetches at most for its first page, beside the page: the client with its style, packed with brotli, without
/// `wasm-opt`.
const MOST: usize = 200_000;

fn too_heavy(weight: usize) -> Failure {
    Failure::Missing {
        what: format!("the web client weighs {weight} B, more than {MOST} B"),
        help: "what is in no island is not in the client; see `Something that moves` in CONTRIBUTING.md"
            .into(),
    }
}

/// Builds the self-contained program: the client first, because it goes inside.
///
/// `target` is a target triple of rustc's; without one, the program is for this machine.
pub(crate) fn build(target: Option<&str>) -> Result<PathBuf, Failure> {
    let started = output::now();
    let mut steps = Steps::new(5);

    let step = steps.begin("Web client");
    let raw = client::compile("wasm-release")?;
    step.done();

    let step = steps.begin("Web client, made ready for browsers");
    let pkg = client::publish_release(&raw)?;
    step.done();

    let step = steps.begin("Web client, made small by wasm-opt");
    let wasm = pkg.join(format!("{OUTPUT_NAME}.wasm"));
    step.done_with(optimise::shrink(&wasm)?);

    let step = steps.begin("Files packed with brotli and gzip");
    let files = compress::folder(&pkg)?;
    let weight: usize = files.iter().map(compress::Packed::brotli).sum();
    if weight > MOST {
        return Err(too_heavy(weight));
    }
    step.done();

    let step = steps.begin("Server, with the client inside");
    let mut cargo = command::cargo(["build", "--package", "server", "--release", "--features", "embed"]);
    if let Some(target) = target {
        cargo.args(["--target", target]);
    }
    let program = server::compile(&mut cargo)?;
    step.done();

    for file in &files {
        output::line(file);
    }
    let size = fs::metadata(&program).map_err(Failure::io("measure", &program))?.len();
    output::line(format_args!("{} ({}) in {}", program.display(), Size(size), Seconds(started.elapsed())));
    Ok(program)
}

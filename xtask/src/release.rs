use std::{fs, path::PathBuf};

use crate::{
    client, compress,
    failure::Failure,
    optimise,
    output::{self, Seconds, Size, Steps},
    server,
    workspace::OUTPUT_NAME,
};

/// Builds the self-contained program: the client first, because it goes inside.
pub(crate) fn build() -> Result<PathBuf, Failure> {
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
    step.done();

    let step = steps.begin("Server, with the client inside");
    let program = server::compile(["build", "--package", "server", "--release", "--features", "embed"])?;
    step.done();

    for file in &files {
        output::line(file);
    }
    let size = fs::metadata(&program).map_err(Failure::io("measure", &program))?.len();
    output::line(format_args!("{} ({}) in {}", program.display(), Size(size), Seconds(started.elapsed())));
    Ok(program)
}

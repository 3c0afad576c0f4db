//! `wasm-opt` of binaryen, if a good one is there. It makes the client a little smaller, and is no condition for building it.

use std::{fmt, fs, path::Path};

use crate::{command, failure::Failure, output::Size};

/// Debian's 108 writes a client that fails in the browser at `WebAssembly.Table.set()`, and reports success.
const OLDEST_GOOD: u32 = 120;

/// What counts is the size once packed: functions that are left where they are resemble each other, and `-Oz`, which moves
/// them into each other, packs worse than no optimising at all (156 kB became 164 kB, with these 151 kB).
const PASSES: [&str; 2] = ["-Os", "--one-caller-inline-max-function-size=0"];

/// What rustc's own target features are called by `wasm-opt`: it may use what the client uses already, and no more.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What came of it.
pub(crate) enum Shrunk {
    By { version: u32, before: u64, after: u64 },
    NotFound,
    TooOld { version: u32 },
}

/// Makes the file smaller in place.
pub(crate) fn shrink(wasm: &Path) -> Result<Shrunk, Failure> {
    let Some(version) = installed() else {
        return Ok(Shrunk::NotFound);
    };
    if version < OLDEST_GOOD {
        return Ok(Shrunk::TooOld { version });
    }
    let before = size(wasm)?;
    let smaller = wasm.with_extension("smaller");
    let mut run = command::program("wasm-opt");
    command::run(run.args(PASSES).args(FEATURES).arg(wasm).arg("-o").arg(&smaller))?;
    fs::rename(&smaller, wasm).map_err(Failure::io("replace", wasm))?;
    Ok(Shrunk::By { version, before, after: size(wasm)? })
}

fn installed() -> Option<u32> {
    version(&command::answer(command::program("wasm-opt").arg("--version"))?)
}

/// The number in `wasm-opt version 132 (version_132)`.
fn version(text: &str) -> Option<u32> {
    let (_, after) = text.split_once("version ")?;
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after.get(..end)?.parse().ok()
}

fn size(file: &Path) -> Result<u64, Failure> {
    Ok(fs::metadata(file).map_err(Failure::io("measure", file))?.len())
}

impl fmt::Display for Shrunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By { version, before, after } => {
                write!(f, "{} → {} by version {version}", Size(*before), Size(*after))
            }
            Self::NotFound => {
                f.write_str("left out: no wasm-opt on PATH (`npm install --global binaryen` has one)")
            }
            Self::TooOld { version } => write!(
                f,
                "left out\nwarning: wasm-opt {version} is ignored, because versions before {OLDEST_GOOD} break the \
                 client without saying so"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_is_found_in_every_form_it_is_printed_in() {
        assert_eq!(version("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(version("wasm-opt version 108"), Some(108));
        assert_eq!(version("wasm-opt version 116 (version_116-12-gabc)\n"), Some(116));
    }

    #[test]
    fn a_text_without_a_number_is_no_version() {
        assert_eq!(version("wasm-opt"), None);
        assert_eq!(version("wasm-opt version next"), None);
    }
}

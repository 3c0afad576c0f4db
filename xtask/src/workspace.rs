//! Where things are. The site folders are fixed (`Leptos.toml` and the server's `embed` feature name them), whatever
//! target folder cargo is told to use.

use std::path::{Path, PathBuf};

/// What the files of the client are called; `Leptos.toml` says the same.
pub(crate) const OUTPUT_NAME: &str = "uptime-tracker";

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// The site that the debug server reads from the disk.
pub(crate) fn dev_site() -> PathBuf {
    root().join("target/site")
}

/// The site that goes into the release binary; a folder of its own, so that no development file gets in.
pub(crate) fn release_site() -> PathBuf {
    root().join("target/site-release")
}

/// Where tasks leave files of their own.
pub(crate) fn scratch() -> PathBuf {
    root().join("target/xtask")
}

/// An empty folder for one test. Not from a crate for it: that would turn on features of shared dependencies, and
/// wasm-bindgen would be compiled a second time for the tests.
#[cfg(test)]
pub(crate) fn scratch_for_test(name: &str) -> PathBuf {
    let folder = scratch().join("tests").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

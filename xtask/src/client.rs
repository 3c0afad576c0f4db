//! The web client: compiled to WebAssembly, bound for the browser, with its style sheet beside it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    binding::{self, Names},
    command,
    failure::Failure,
    stamp::Stamp,
    style, workspace,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// The profile that is quick to build.
pub(crate) const DEV: &str = "dev";

/// Compiles the client with a profile of the workspace's `Cargo.toml` and returns the raw WebAssembly file.
pub(crate) fn compile(profile: &str) -> Result<PathBuf, Failure> {
    add_target()?;
    let mut build =
        command::cargo(["build", "--package", "frontend", "--target", TARGET, "--profile", profile]);
    if profile != DEV {
        build.env("CARGO_ENCODED_RUSTFLAGS", lean_flags());
    }
    let files = command::build(&mut build)?;
    let mut wasm = files.into_iter().filter(|file| file.extension().is_some_and(|ext| ext == "wasm"));
    wasm.next_back().ok_or_else(|| Failure::Missing {
        what: String::from("cargo built no WebAssembly file for `frontend`"),
        help: String::from("`crate-type` in frontend/Cargo.toml must hold `cdylib`"),
    })
}

/// Flags that make the client smaller. The paths of source files, which messages of the standard library carry, are shortened:
/// they have weight, and would tell everybody where this was built. Names of the newer form put functions that resemble each
/// other side by side, which packs a little better.
fn lean_flags() -> String {
    let given = env::var("RUSTFLAGS").unwrap_or_default();
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    // One folder for each registry.
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let registries = registries.into_iter().flatten().filter_map(Result::ok).map(|folder| folder.path());
    let sources = registries.chain([workspace::root().to_owned()]);
    let remap = sources.map(|folder| format!("--remap-path-prefix={}/=", folder.display()));
    let names = ["-C".to_owned(), "symbol-mangling-version=v0".to_owned()];
    // Cargo's own separator, because a path may hold spaces.
    given
        .split_whitespace()
        .map(ToOwned::to_owned)
        .chain(names)
        .chain(remap)
        .collect::<Vec<_>>()
        .join("\u{1f}")
}

/// Brings the folder that the debug server reads up to date. Returns whether the client had to be bound anew.
pub(crate) fn publish_dev(wasm: &Path) -> Result<bool, Failure> {
    let pkg = workspace::dev_site().join("pkg");
    let stamp = Stamp::new(workspace::scratch().join("client.stamp"), wasm, &pkg)?;
    let stale = !stamp.holds();
    if stale {
        binding::bind(wasm, &pkg, Names::Keep)?;
        stamp.save()?;
    }
    put_style(&pkg, |css| css)?;
    Ok(stale)
}

/// Makes the folder that the release binary takes in, with nothing in it but the client and its style sheet.
pub(crate) fn publish_release(wasm: &Path) -> Result<PathBuf, Failure> {
    let site = workspace::release_site();
    if site.exists() {
        fs::remove_dir_all(&site).map_err(Failure::io("empty", &site))?;
    }
    let pkg = site.join("pkg");
    binding::bind(wasm, &pkg, Names::Remove)?;
    put_style(&pkg, |css| style::compact(&css))?;
    Ok(pkg)
}

/// The WebAssembly half of the standard library. rustup fetches it by itself where `RUSTUP_AUTO_INSTALL` allows it;
/// this is for where it does not.
pub(crate) fn add_target() -> Result<(), Failure> {
    let mut ask = command::program("rustc");
    let found = command::answer(ask.args(["--print", "target-libdir", "--target", TARGET]));
    if found.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    command::run(command::program("rustup").args(["target", "add", TARGET])).map_err(|_| Failure::Missing {
        what: format!("the Rust standard library for {TARGET} is not installed"),
        help: format!("install rustup from https://rustup.rs and run `rustup target add {TARGET}`"),
    })
}

/// The style sheet is plain CSS. Left alone when it is the same, for its time is watched.
fn put_style(pkg: &Path, change: impl Fn(String) -> String) -> Result<(), Failure> {
    let source = workspace::root().join("style/main.css");
    let target = pkg.join(format!("{}.css", workspace::OUTPUT_NAME));
    let style = change(fs::read_to_string(&source).map_err(Failure::io("read", &source))?);
    if fs::read_to_string(&target).is_ok_and(|old| old == style) {
        return Ok(());
    }
    fs::write(&target, style).map_err(Failure::io("write", &target))
}

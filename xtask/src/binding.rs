//! wasm-bindgen as a library: no program to install, and Cargo.lock keeps its version equal to that of the client.

use std::{fs, path::Path};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    failure::Failure,
    workspace::{self, OUTPUT_NAME},
};

/// Whether functions keep their names: good in a debugger, a third of the weight in a browser.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Names {
    Keep,
    Remove,
}

/// Turns what rustc made into what a browser loads, in place of everything that was in `pkg`.
///
/// Made aside and moved at the end: a build that is stopped half-way leaves the old client, not half of a new one.
pub(crate) fn bind(wasm: &Path, pkg: &Path, names: Names) -> Result<(), Failure> {
    let aside = workspace::scratch().join("pkg");
    clear(&aside)?;
    generate(wasm, &aside, names)?;
    let made = aside.join(format!("{OUTPUT_NAME}_bg.wasm"));
    // Leptos asks for this name when LEPTOS_OUTPUT_NAME is set, which .cargo/config.toml does.
    let wanted = aside.join(format!("{OUTPUT_NAME}.wasm"));
    fs::rename(&made, wanted).map_err(Failure::io("rename", &made))?;
    clear(pkg)?;
    if let Some(site) = pkg.parent() {
        fs::create_dir_all(site).map_err(Failure::io("create", site))?;
    }
    fs::rename(&aside, pkg).map_err(Failure::io("move the web client to", pkg))
}

fn generate(wasm: &Path, into: &Path, names: Names) -> Result<(), Failure> {
    let lean = names == Names::Remove;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name(OUTPUT_NAME)
        .typescript(false)
        .remove_name_section(lean)
        .remove_producers_section(lean)
        .web(true)
        .and_then(|bindgen| bindgen.generate(into))
        .map_err(|source| Failure::Bind { source: source.into() })
}

fn clear(folder: &Path) -> Result<(), Failure> {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(Failure::io("empty", folder))
}

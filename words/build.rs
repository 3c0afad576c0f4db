//! Turns the catalogue into constants and functions, so that a message that is missing, or lacks an argument, does not compile.

use std::{env, error::Error, fs, path::Path};

#[path = "src/generate.rs"]
mod generate;

fn main() -> Result<(), Box<dyn Error>> {
    const CATALOGUE: &str = "en.ftl";
    println!("cargo::rerun-if-changed={CATALOGUE}");
    println!("cargo::rerun-if-changed=src/generate.rs");
    let code = generate::rust_of(&fs::read_to_string(CATALOGUE)?)
        .map_err(|problem| format!("{CATALOGUE}: {problem}"))?;
    let folder = env::var_os("OUT_DIR").ok_or("cargo says no OUT_DIR")?;
    fs::write(Path::new(&folder).join("messages.rs"), code)?;
    Ok(())
}

//! Remembers from which input a folder was made, so that a second start does not make it again.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use crate::failure::Failure;

/// Raised when `binding` makes something else of the same input.
const RECIPE: u32 = 1;

/// The input's content and the output's files. The output counts too: `cargo leptos watch` writes into the same folder.
pub(crate) struct Stamp {
    file: PathBuf,
    input: u64,
    output: PathBuf,
}

impl Stamp {
    pub(crate) fn new(file: PathBuf, input: &Path, output: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(input).map_err(Failure::io("read", input))?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        Ok(Self { file, input: hasher.finish(), output: output.to_owned() })
    }

    /// Whether the output is still what was made from this very input.
    pub(crate) fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|saved| saved == self.text())
    }

    /// To be called when the output has just been made.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).map_err(Failure::io("create", folder))?;
        }
        fs::write(&self.file, self.text()).map_err(Failure::io("write", &self.file))
    }

    /// Style sheets are left out: they are copied each time anyway.
    fn text(&self) -> String {
        let mut files: Vec<String> = fs::read_dir(&self.output)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .filter(|entry| entry.path().extension().is_none_or(|ext| ext != "css"))
            .filter_map(|entry| {
                let about = entry.metadata().ok()?;
                let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
                Some(format!("{} {} {}\n", entry.file_name().display(), about.len(), changed.as_nanos()))
            })
            .collect();
        files.sort();
        format!("recipe {RECIPE} input {:016x}\n{}", self.input, files.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    fn folder(test: &str) -> PathBuf {
        let folder = workspace::scratch_for_test(test);
        fs::create_dir(folder.join("pkg")).unwrap();
        fs::write(folder.join("in.wasm"), "one").unwrap();
        fs::write(folder.join("pkg/out.wasm"), "made of one").unwrap();
        folder
    }

    fn stamp(folder: &Path) -> Stamp {
        Stamp::new(folder.join("stamp"), &folder.join("in.wasm"), &folder.join("pkg")).unwrap()
    }

    #[test]
    fn without_a_saved_stamp_the_output_is_stale() {
        assert!(!stamp(&folder("no-stamp")).holds());
    }

    #[test]
    fn it_holds_until_the_input_changes() {
        let folder = folder("input-changes");
        stamp(&folder).save().unwrap();
        assert!(stamp(&folder).holds());
        fs::write(folder.join("in.wasm"), "two").unwrap();
        assert!(!stamp(&folder).holds());
    }

    #[test]
    fn it_breaks_when_another_tool_wrote_the_output() {
        let folder = folder("output-changes");
        stamp(&folder).save().unwrap();
        fs::write(folder.join("pkg/out.wasm"), "made by another tool").unwrap();
        assert!(!stamp(&folder).holds());
        fs::remove_file(folder.join("pkg/out.wasm")).unwrap();
        assert!(!stamp(&folder).holds());
    }

    #[test]
    fn a_style_sheet_does_not_count() {
        let folder = folder("style");
        stamp(&folder).save().unwrap();
        fs::write(folder.join("pkg/out.css"), "body {}").unwrap();
        assert!(stamp(&folder).holds());
    }
}

use std::{io, path::PathBuf, process::ExitStatus};

/// Why a task stopped. `help` says what to do about it, where there is something to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot {doing} {}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },

    #[error("`{command}` could not be started")]
    Start { command: String, source: io::Error },

    /// The program ran and has already said on the terminal what is wrong.
    #[error("`{command}` failed ({status})")]
    Ran { command: String, status: ExitStatus },

    #[error("wasm-bindgen could not make the web client")]
    Bind { source: Box<dyn std::error::Error + Send + Sync> },

    #[error("{what}")]
    Missing { what: String, help: String },
}

impl Failure {
    /// For `map_err` around file operations: `Failure::io("write", &path)`.
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Missing { help, .. } => Some(help.clone()),
            Self::Start { command, .. } => {
                let program = command.split_whitespace().next().unwrap_or_default();
                Some(format!("is `{program}` installed and on PATH?"))
            }
            Self::Io { .. } | Self::Ran { .. } | Self::Bind { .. } => None,
        }
    }
}

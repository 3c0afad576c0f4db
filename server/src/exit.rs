//! How the program ends.

use std::process::ExitCode;

/// What the program tells who started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Ok,
    /// The check is down, or something that was given is wrong.
    Failed,
    /// The command line is wrong.
    Usage,
    /// Another server uses the data folder (`EX_TEMPFAIL` of sysexits.h).
    AlreadyRunning,
    /// The data, the folder or the address cannot be used (`EX_CONFIG` of sysexits.h).
    Configuration,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::AlreadyRunning => 75,
            Exit::Configuration => 78,
        })
    }
}

/// Why the program ends early, in words for people.
#[derive(Debug)]
pub struct Ending {
    /// The code.
    pub exit: Exit,
    /// The sentence, with its causes.
    pub sentence: String,
}

impl Ending {
    /// An error and its causes.
    pub fn because(exit: Exit, error: &(dyn std::error::Error + 'static)) -> Self {
        Self { exit, sentence: crate::failure::chain(error) }
    }
}

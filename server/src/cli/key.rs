//! Where the key of the secrets is.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::Args;
use store::{Key, KeyError, Vault};

use crate::exit::{Ending, Exit};

/// The key's name in the data folder.
const FILE: &str = "secret.key";
/// Holds the key itself. No option: those of a process can be read by others on the machine.
const VARIABLE: &str = "UPTIME_KEY";

#[derive(Debug, Args)]
pub(super) struct KeyArguments {
    /// The file with the key that passwords, tokens and other secrets are sealed with in the database: 32 random bytes in base64.
    /// Instead of a file, `UPTIME_KEY` can hold it. By default `secret.key` in the data folder, which the server makes.
    #[arg(long, env = "UPTIME_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyArguments {
    /// The server's: where no key was named and there is none, it is made.
    pub(super) fn find_or_make(&self, folder: &Path) -> Result<Vault, Ending> {
        match self.named()? {
            Some(key) => Ok(Vault::new(key)),
            None => Key::find_or_make(&folder.join(FILE)).map(Vault::new).map_err(|error| refused(&error)),
        }
    }

    /// The command line's: without a key it reads what is in the clear, and stores no secret.
    pub(super) fn find(&self, folder: &Path) -> Result<Vault, Ending> {
        let key = match self.named()? {
            None => Key::find(&folder.join(FILE)).map_err(|error| refused(&error))?,
            named => named,
        };
        Ok(key.map_or_else(Vault::without_key, Vault::new))
    }

    /// One that is named has to be there: a disk that was not mounted must not lead to another key.
    fn named(&self) -> Result<Option<Key>, Ending> {
        let text = env::var_os(VARIABLE).filter(|text| !text.is_empty());
        match (&self.key_file, text) {
            (Some(_), Some(_)) => {
                let sentence = format!("--key-file and {VARIABLE} both name a key; leave one of them out");
                Err(Ending { exit: Exit::Configuration, sentence })
            }
            (Some(path), None) => Key::read(path).map(Some).map_err(|error| refused(&error)),
            (None, Some(text)) => {
                let key = Key::parse(&text.to_string_lossy());
                let sentence = |error: KeyError| format!("{VARIABLE} is no key: {error}");
                key.map(Some).map_err(|error| Ending { exit: Exit::Configuration, sentence: sentence(error) })
            }
            (None, None) => Ok(None),
        }
    }
}

fn refused(error: &KeyError) -> Ending {
    Ending::because(Exit::Configuration, error)
}

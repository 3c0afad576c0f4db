//! Addresses of the web that messages are sent to.

use std::fmt;

use domain::Secret;
use url::Url;

use crate::form::{Form, Show};

/// The most characters of an address.
const LIMIT: usize = 2_000;

/// An address that is a password: whoever knows it can send. Shown to people is only which server it leads to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretUrl(Url);

impl SecretUrl {
    /// Reads a field, in which what is shown, or only the mask, stands for what was there before.
    pub(crate) fn parse(form: &mut Form<'_>, name: &'static str, before: Option<&Self>) -> Option<Self> {
        let text = form.text(name);
        match before {
            Some(before) if text == Secret::MASK || text == before.show(Show::Masked) => Some(before.clone()),
            _ => form.url(name, text).map(Self),
        }
    }

    pub(crate) fn show(&self, show: Show) -> String {
        let is_bare = self.0.path() == "/" && self.0.query().is_none();
        if show == Show::Clear || is_bare {
            self.0.to_string()
        } else {
            format!("{}/{}", self.0.origin().ascii_serialization(), Secret::MASK)
        }
    }

    /// The address itself.
    pub(crate) fn expose(&self) -> &Url {
        &self.0
    }

    /// What of it may be secret, to be found where a server repeats it: the whole path, and those parts that are no common words.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let parts = self.0.path_segments().into_iter().flatten().filter(|part| part.len() > 8);
        [self.0.path()].into_iter().filter(|path| *path != "/").chain(parts).map(Secret::new).collect()
    }

    /// Whether both lead to the same server.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show(Show::Masked))
    }
}

impl Form<'_> {
    /// Reads an address that must be there.
    pub(crate) fn url(&mut self, name: &'static str, text: &str) -> Option<Url> {
        let problem = match Url::parse(text) {
            _ if text.is_empty() => words::CHANNEL_ADDRESS_MISSING,
            _ if text.len() > LIMIT => words::CHANNEL_ADDRESS_LONG,
            _ if text.contains(Secret::MASK) => words::CHANNEL_ADDRESS_MASK,
            Ok(url) if !matches!(url.scheme(), "https" | "http") => words::CHANNEL_ADDRESS_SCHEME,
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                words::CHANNEL_ADDRESS_CREDENTIALS
            }
            Ok(mut url) => {
                url.set_fragment(None);
                return Some(url);
            }
            Err(_) => words::CHANNEL_ADDRESS_WRONG,
        };
        self.wrong(name, problem);
        None
    }

    /// Reads the address of a server, without a path of its own; this one if there is none.
    pub(crate) fn server(&mut self, name: &'static str, usual: &'static str) -> Option<Url> {
        let text = self.text(name);
        let url = self.url(name, if text.is_empty() { usual } else { text })?;
        if url.query().is_some() {
            self.wrong(name, words::CHANNEL_ADDRESS_QUESTION);
            return None;
        }
        Some(url)
    }
}

/// The address of a path below a server's.
pub(crate) fn below(server: &Url, segments: &[&str]) -> Url {
    let mut url = server.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

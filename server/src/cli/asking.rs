//! How a target is asked, as the command line says it: what `add` and `check` have in common.

use clap::Args;
use domain::{Given, HeaderDraft, HeadersDraft, HttpDraft, Invalid, Secret};

use crate::{
    exit::{Ending, Exit},
    http::api::{Unreadable, read_json},
};

#[derive(Debug, Args)]
pub(super) struct HttpArguments {
    /// The method: HEAD, POST … GET by default.
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// A header to send. Can be given several times; values of names like Authorization or X-Api-Key are never shown again.
    #[arg(long, value_name = "NAME: VALUE", value_parser = read_header)]
    header: Vec<(String, Secret)>,
    /// The body to send.
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// Everything else (sign-in, TLS, proxy …) as the JSON of the programming interface, or @FILE with it.
    #[arg(long, value_name = "JSON", value_parser = read_secret)]
    http: Option<Secret>,
}

impl HttpArguments {
    /// The draft of them; none when nothing was said.
    pub(super) fn draft(self) -> Result<Option<HttpDraft>, Ending> {
        let mut draft = match &self.http {
            Some(text) => read(text.expose())?,
            None => HttpDraft::default(),
        };
        if let Some(method) = self.method {
            draft.method = Given::Set(method);
        }
        if let Some(body) = self.body {
            draft.body = Given::Set(body);
        }
        if !self.header.is_empty() {
            let mut headers = draft.headers.value().cloned().unwrap_or_default().0;
            headers.extend(self.header.into_iter().map(|(name, value)| (name, HeaderDraft::Plain(value))));
            draft.headers = Given::Set(HeadersDraft(headers));
        }
        Ok(Some(draft).filter(|draft| *draft != HttpDraft::default()))
    }
}

/// What was given is repeated in no message: it may hold a password.
fn read(text: &str) -> Result<HttpDraft, Ending> {
    let refused = |sentence: String| Ending { exit: Exit::Usage, sentence };
    let text = match text.strip_prefix('@') {
        None => text.to_owned(),
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| refused(format!("http: the file cannot be read: {error}")))?,
    };
    read_json(text.as_bytes()).map_err(|unreadable| match unreadable {
        Unreadable::Syntax(error) => refused(format!("http: not JSON: {error}")),
        Unreadable::More(error) => refused(format!("http: more than one JSON value: {error}")),
        Unreadable::Field(Invalid(errors)) => {
            let named: Vec<String> = errors.iter().map(|error| format!("http.{error}")).collect();
            refused(named.join("; "))
        }
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a parser of values")]
fn read_secret(text: &str) -> Result<Secret, String> {
    Ok(Secret::new(text))
}

/// Without a colon it is a name that `http.headers` refuses; a message of clap's would repeat the value.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a parser of values")]
fn read_header(text: &str) -> Result<(String, Secret), String> {
    let (name, value) = text.split_once(':').unwrap_or(("", ""));
    Ok((name.trim().to_owned(), Secret::new(value.trim())))
}

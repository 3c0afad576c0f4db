//! Headers of somebody's own. Their values are secret: most often one is a password.

use domain::Secret;
use reqwest::header::{self, HeaderName, HeaderValue};

use crate::form::{Form, Show};

/// The most headers.
const MOST: usize = 20;
/// The most characters of a value.
const LIMIT: usize = 2_000;

/// Headers, at most twenty, each name there once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Headers(Vec<(HeaderName, Secret)>);

impl Headers {
    /// Reads one header a line. The mask stands for the value that this header had before.
    pub(super) fn parse(form: &mut Form<'_>, field: &'static str, before: Option<&Self>) -> Self {
        let lines = form.text(field).lines().map(str::trim).filter(|line| !line.is_empty());
        let read: Result<Vec<_>, String> = lines.map(|line| line_of(line, before)).collect();
        let checked = read.and_then(|headers| {
            if headers.len() > MOST {
                return Err(words::channel_webhook_headers_many(MOST));
            }
            let mut names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            match names.windows(2).find(|pair| matches!(pair, [one, other] if one == other)) {
                Some([name, ..]) => Err(words::channel_webhook_header_twice(name)),
                _ => Ok(headers),
            }
        });
        Self(checked.unwrap_or_else(|problem| {
            form.wrong(field, problem);
            Vec::new()
        }))
    }

    pub(super) fn show(&self, show: Show) -> String {
        let lines = self.0.iter().map(|(name, value)| format!("{name}: {}", show.secret(value)));
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(HeaderName, Secret)> {
        self.0.iter()
    }
}

/// Reads a line. Errors repeat the name, but never the value.
fn line_of(line: &str, before: Option<&Headers>) -> Result<(HeaderName, Secret), String> {
    let Some((name, value)) = line.split_once(':') else {
        return Err(words::CHANNEL_WEBHOOK_HEADER_WRONG.to_owned());
    };
    let (name, value) = (name.trim(), value.trim());
    let name = HeaderName::try_from(name).ok().filter(|name| name.as_str().len() <= 100);
    let name = name.ok_or(words::CHANNEL_WEBHOOK_HEADER_NAME_WRONG)?;
    if is_ours(&name) {
        return Err(words::channel_webhook_header_ours(name));
    }
    if value == Secret::MASK {
        let kept = before.and_then(|before| before.0.iter().find(|(known, _)| *known == name));
        let kept = kept.ok_or_else(|| words::channel_webhook_header_elsewhere(name))?;
        return Ok(kept.clone());
    }
    if value.len() > LIMIT || HeaderValue::from_str(value).is_err() {
        return Err(words::channel_webhook_header_value_wrong(LIMIT, name));
    }
    Ok((name, Secret::new(value)))
}

/// Whether a header belongs to the way messages are sent.
fn is_ours(name: &HeaderName) -> bool {
    let ours = [
        header::HOST,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::EXPECT,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::USER_AGENT,
    ];
    ours.contains(name) || name.as_str().starts_with("webhook-")
}

//! Trackers as files: written as `POST /v1/trackers` takes them, and read again.
//!
//! A file says what differs from what is built in, so it means the same on every installation. It holds no secret: a mask stands in the
//! place of each, and `left_out` names them. Read over a tracker that has the secret, the mask keeps it; a tracker that is new
//! needs the secret itself.

use std::str::FromStr;

use axum::body::Bytes;
use domain::{Cause, FieldError, Invalid, NewTracker};
use serde::{Deserialize, Serialize};

use crate::http::api::{TrackerBody, Unreadable, read_json, without_values};

mod plan;

pub(crate) use self::plan::{Fate, Plan};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `{"trackers": […]}`.
    Json,
    /// `[[trackers]]`.
    Toml,
}

impl Format {
    /// Its word in addresses and commands; also how its files' names end.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Toml => "toml",
        }
    }

    /// Its media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Toml => "application/toml; charset=utf-8",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = [Self::Json, Self::Toml].into_iter().find(|format| format.word() == word);
        found.ok_or_else(|| "a format is toml or json".into())
    }
}

/// What a file holds.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// In their order.
    #[serde(default)]
    trackers: Vec<TrackerBody>,
}

/// What stands above trackers in TOML.
const HEAD: &str = words::EXPORT_HEAD;

/// Trackers as a file.
pub(crate) fn write<'a>(
    trackers: impl IntoIterator<Item = &'a NewTracker>,
    format: Format,
) -> Result<Bytes, Cause> {
    let file = File { trackers: trackers.into_iter().map(TrackerBody::of).collect() };
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&file)? + "\n",
        Format::Toml => HEAD.to_owned() + &toml::to_string_pretty(&file)?,
    };
    Ok(text.into())
}

/// The trackers of a file, as they were given. A problem says where: the line, or the tracker and its field.
fn read(text: &str, format: Format) -> Result<Vec<TrackerBody>, Invalid> {
    let file: File = match format {
        Format::Json => read_json(text.as_bytes()).map_err(|unreadable| match unreadable {
            Unreadable::Field(invalid) => invalid,
            Unreadable::Syntax(error) | Unreadable::More(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                Invalid(vec![FieldError::new(&place, "this is no JSON")])
            }
        }),
        Format::Toml => read_toml(text),
    }?;
    Ok(file.trackers)
}

fn read_toml(text: &str) -> Result<File, Invalid> {
    // The words of the reader may repeat what was given, which may be a secret: of an error in the syntax only its place is told.
    let place = |error: &toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("line {}", before.matches('\n').count() + 1)
    };
    let syntax = |error: toml::de::Error| Invalid(vec![FieldError::new(&place(&error), "this is no TOML")]);
    let read = toml::Deserializer::parse(text).map_err(syntax)?;
    serde_path_to_error::deserialize(read).map_err(|error| {
        let field = format!("{}: {}", place(error.inner()), error.path());
        Invalid(vec![FieldError::new(&field, without_values(error.inner().message()))])
    })
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;

//! Headers.

use super::{
    super::{
        Header, HeaderValue, HttpOptions,
        draft::{HeaderDraft, HeadersDraft},
    },
    NOTHING_KEPT,
    words::{header_name, header_value, is_sensitive},
};
use crate::{FieldError, Secret};

fn wrong(problem: impl Into<String>) -> FieldError {
    FieldError::new("http.headers", problem)
}

pub(super) fn read(given: &HeadersDraft, before: &HttpOptions) -> Result<Vec<Header>, FieldError> {
    if given.0.len() > HttpOptions::MOST_HEADERS {
        return Err(wrong(words::field_headers_many(HttpOptions::MOST_HEADERS)));
    }
    let mut headers: Vec<Header> = Vec::with_capacity(given.0.len());
    for (name, value) in &given.0 {
        let name = header_name(name).map_err(wrong)?;
        if find(&headers, &name).is_some() {
            return Err(wrong(words::field_header_twice(name)));
        }
        let value = read_value(&name, value, find(&before.headers, &name))
            .map_err(|problem| wrong(format!("{name}: {problem}")))?;
        headers.push(Header { name, value });
    }
    Ok(headers)
}

fn find<'a>(headers: &'a [Header], name: &str) -> Option<&'a Header> {
    headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))
}

fn read_value(name: &str, given: &HeaderDraft, before: Option<&Header>) -> Result<HeaderValue, String> {
    let (given, is_hidden) = match given {
        HeaderDraft::Plain(text) => (text, is_sensitive(name)),
        HeaderDraft::Hidden(hidden) => (&hidden.secret, true),
    };
    if given.expose() == Secret::MASK {
        let kept = before.map(|before| &before.value).filter(|value| matches!(value, HeaderValue::Secret(_)));
        return kept.cloned().ok_or_else(|| NOTHING_KEPT.into());
    }
    if given.is_sealed() {
        return Ok(HeaderValue::Secret(given.clone()));
    }
    let value = header_value(given.expose())?;
    // Who gives a hidden value anew may not know that it was hidden.
    let was_hidden = before.is_some_and(|before| matches!(before.value, HeaderValue::Secret(_)));
    Ok(if is_hidden || was_hidden {
        HeaderValue::Secret(Secret::new(value))
    } else {
        HeaderValue::Plain(value.to_owned())
    })
}

/// Two ways to sign in would contradict each other.
pub(super) fn agree(options: &HttpOptions) -> Result<(), FieldError> {
    match (&options.auth, find(&options.headers, "authorization")) {
        (Some(_), Some(_)) => Err(wrong(words::FIELD_HEADER_AUTHORIZATION)),
        _ => Ok(()),
    }
}

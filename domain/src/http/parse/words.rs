//! The small words of HTTP: methods, names and values of headers, hosts.

use std::str::FromStr as _;

use ::http::uri::Authority;

/// Bytes of a header's value.
const VALUE_LIMIT: usize = 4_096;

/// A method in capitals; `None` for GET, which is the usual one.
pub(super) fn method(text: &str) -> Result<Option<String>, String> {
    let method = text.trim().to_ascii_uppercase();
    if method.is_empty() || method == "GET" {
        return Ok(None);
    }
    if !is_token(&method, 20) {
        return Err(words::FIELD_METHOD_WRONG.into());
    }
    if method == "CONNECT" || method == "TRACE" {
        return Err(words::field_method_forbidden(method));
    }
    Ok(Some(method))
}

/// Headers that frame the message, belong to the connection, or have an option of their own.
const OURS: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "keep-alive",
    "proxy-connection",
    "http2-settings",
];

/// A header's name as it is sent.
pub(super) fn header_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if !is_token(name, 100) {
        return Err(words::FIELD_HEADER_NAME_WRONG.into());
    }
    if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
        let is_host = name.eq_ignore_ascii_case("host");
        return Err(if is_host { words::field_header_host(name) } else { words::field_header_ours(name) });
    }
    Ok(name.to_owned())
}

/// Whether what stands behind a header's name is most likely a secret.
pub(in super::super) fn is_sensitive(name: &str) -> bool {
    const MARKS: [&str; 6] = ["authorization", "cookie", "token", "secret", "key", "password"];
    let name = name.to_ascii_lowercase();
    MARKS.iter().any(|mark| name.contains(mark))
}

/// A header's value without the spaces around it.
pub(super) fn header_value(text: &str) -> Result<&str, String> {
    // Trimmed by every server anyway; and a line break at the end is a slip of the clipboard.
    let value = text.trim();
    if value.len() > VALUE_LIMIT {
        return Err(words::field_header_value_long(VALUE_LIMIT));
    }
    line(value)?;
    Ok(value)
}

/// A text on one line.
pub(super) fn line(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err(words::FIELD_LINE_BREAKS.into());
    }
    Ok(())
}

/// A host with an optional port, as `Host` says it.
pub(super) fn authority(text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || words::FIELD_HOST_WRONG.to_owned();
    let authority = Authority::from_str(text).map_err(|_| wrong())?;
    let has_port = authority.port().is_some() || !authority.as_str().ends_with(':');
    if text.contains('@') || text.len() > 260 || !has_port {
        return Err(wrong());
    }
    // Read for its rules only: what is sent is what was written.
    url::Host::parse(authority.host()).map_err(|_| wrong())?;
    Ok(Some(text.to_owned()))
}

/// A name or an address that a certificate can be for, without brackets.
pub(super) fn server_name(text: &str) -> Result<Option<String>, String> {
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || words::FIELD_SERVER_NAME_WRONG.to_owned();
    let bracketed = if text.contains(':') { format!("[{text}]") } else { text.to_owned() };
    match url::Host::parse(&bracketed).map_err(|_| wrong())? {
        url::Host::Domain(name) if !is_domain(&name) => Err(wrong()),
        url::Host::Domain(name) => Ok(Some(name)),
        url::Host::Ipv4(address) => Ok(Some(address.to_string())),
        url::Host::Ipv6(address) => Ok(Some(address.to_string())),
    }
}

fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

fn is_token(text: &str, limit: usize) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=limit).contains(&text.len()) && text.bytes().all(is_letter)
}

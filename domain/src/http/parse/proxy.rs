//! Whom to ask instead of the target itself.

use super::{
    super::{Proxy, ProxyKind, draft::ProxyDraft},
    secret,
    words::{line, server_name},
};
use crate::{FieldError, Secret};

/// Bytes of a user's name and of a password: as many as SOCKS has room for.
const LIMIT: usize = 255;

pub(super) fn read(given: &ProxyDraft, before: Option<&Proxy>) -> Result<Option<Proxy>, FieldError> {
    let url = given.url.trim();
    if url.is_empty() && given.user.is_empty() {
        return Ok(None);
    }
    let (kind, host, port) = address(url).map_err(|problem| FieldError::new("http.proxy.url", problem))?;
    let before = before.and_then(|before| before.credentials.as_ref()).map(|(_, password)| password);
    let credentials = credentials(given, before)?;
    Ok(Some(Proxy { kind, host, port, credentials }))
}

fn address(url: &str) -> Result<(ProxyKind, String, u16), String> {
    let wrong = || words::FIELD_PROXY_WRONG.to_owned();
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let kind = match scheme.to_ascii_lowercase().as_str() {
        "http" => ProxyKind::Http,
        // The proxy resolves names either way.
        "socks5" | "socks5h" => ProxyKind::Socks5,
        _ => return Err(wrong()),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains('@') {
        return Err(words::FIELD_PROXY_CREDENTIALS.into());
    }
    let (host, port) = authority.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let host = server_name(bare).ok().flatten().ok_or_else(wrong)?;
    Ok((kind, host, port))
}

fn credentials(given: &ProxyDraft, before: Option<&Secret>) -> Result<Option<(String, Secret)>, FieldError> {
    const PASSWORD: &str = "http.proxy.password";
    if given.user.is_empty() {
        let is_new =
            given.password.value().is_some_and(|password| !["", Secret::MASK].contains(&password.expose()));
        return if is_new {
            Err(FieldError::new("http.proxy.user", words::FIELD_PROXY_PASSWORD_ALONE))
        } else {
            Ok(None)
        };
    }
    bounded("http.proxy.user", &given.user)?;
    if given.user.contains(':') {
        return Err(FieldError::new("http.proxy.user", words::FIELD_USER_COLON));
    }
    let password = secret(PASSWORD, &given.password, before)?.unwrap_or_else(|| Secret::new(""));
    if !password.is_sealed() {
        bounded(PASSWORD, password.expose())?;
    }
    Ok(Some((given.user.clone(), password)))
}

fn bounded(field: &str, text: &str) -> Result<(), FieldError> {
    if text.len() > LIMIT {
        return Err(FieldError::new(field, words::field_bytes(LIMIT)));
    }
    line(text).map_err(|problem| FieldError::new(field, problem))
}

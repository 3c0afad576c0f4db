//! How to sign in.

use super::{
    super::{
        Auth,
        draft::{AuthDraft, BasicDraft, BearerDraft, OAuth2Draft},
    },
    secret,
    words::line,
};
use crate::{FieldError, Kind, Secret, Target};

/// Bytes of a name, a password or a token.
const LIMIT: usize = 4_096;

pub(super) fn read(given: &AuthDraft, before: Option<&Auth>) -> Result<Option<Auth>, FieldError> {
    match given {
        AuthDraft::Basic(given) => basic(given, before),
        AuthDraft::Bearer(given) => bearer(given, before),
        AuthDraft::OAuth2(given) => oauth2(given, before),
    }
    .map(Some)
}

fn basic(given: &BasicDraft, before: Option<&Auth>) -> Result<Auth, FieldError> {
    const PASSWORD: &str = "http.auth.basic.password";
    let before = match before {
        Some(Auth::Basic { password, .. }) => Some(password),
        _ => None,
    };
    let user = given.user.clone();
    text("http.auth.basic.user", &user)?;
    if user.contains(':') {
        return Err(FieldError::new("http.auth.basic.user", words::FIELD_USER_COLON));
    }
    let password = secret(PASSWORD, &given.password, before)?.unwrap_or_else(|| Secret::new(""));
    readable(PASSWORD, &password)?;
    Ok(Auth::Basic { user, password })
}

fn bearer(given: &BearerDraft, before: Option<&Auth>) -> Result<Auth, FieldError> {
    const TOKEN: &str = "http.auth.bearer.token";
    let before = match before {
        Some(Auth::Bearer { token }) => Some(token),
        _ => None,
    };
    let token = secret(TOKEN, &given.token, before)?
        .ok_or_else(|| FieldError::new(TOKEN, words::FIELD_TOKEN_MISSING))?;
    readable(TOKEN, &token)?;
    if !token.is_sealed() && !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(FieldError::new(TOKEN, words::FIELD_TOKEN_WRONG));
    }
    Ok(Auth::Bearer { token })
}

fn oauth2(given: &OAuth2Draft, before: Option<&Auth>) -> Result<Auth, FieldError> {
    const SECRET: &str = "http.auth.oauth2.client_secret";
    let before = match before {
        Some(Auth::OAuth2 { client_secret, .. }) => Some(client_secret),
        _ => None,
    };
    let token_url = Target::parse(&given.token_url)
        .map_err(|error| FieldError::new("http.auth.oauth2.token_url", error.problem))?;
    if token_url.kind() != Kind::Http {
        return Err(FieldError::new("http.auth.oauth2.token_url", words::FIELD_TOKEN_URL_WEB));
    }
    let client_id = given.client_id.trim().to_owned();
    text("http.auth.oauth2.client_id", &client_id)?;
    let client_secret = secret(SECRET, &given.client_secret, before)?
        .ok_or_else(|| FieldError::new(SECRET, words::FIELD_CLIENT_SECRET_MISSING))?;
    readable(SECRET, &client_secret)?;
    let scopes = given.scopes.split_whitespace().collect::<Vec<_>>().join(" ");
    bounded("http.auth.oauth2.scopes", &scopes)?;
    Ok(Auth::OAuth2 { token_url, client_id, client_secret, scopes })
}

/// One line that is not empty.
fn text(field: &str, text: &str) -> Result<(), FieldError> {
    if text.is_empty() {
        return Err(FieldError::new(field, words::FIELD_MISSING));
    }
    bounded(field, text)
}

/// The bounds of a secret. One that storage cannot read is kept as it is.
fn readable(field: &str, secret: &Secret) -> Result<(), FieldError> {
    if secret.is_sealed() { Ok(()) } else { bounded(field, secret.expose()) }
}

fn bounded(field: &str, text: &str) -> Result<(), FieldError> {
    if text.len() > LIMIT {
        return Err(FieldError::new(field, words::field_bytes(LIMIT)));
    }
    line(text).map_err(|problem| FieldError::new(field, problem))
}

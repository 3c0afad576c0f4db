//! The web client's files.

use axum::{
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
    },
    response::{IntoResponse, Response},
};

use super::{AppState, Problem};

/// `/pkg/{version}/{file}` for the version that this server serves; 404 for any other, so that an old page never runs a
/// new client.
pub(super) async fn package(
    State(state): State<AppState>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::new(StatusCode::NOT_FOUND, "There is no such file in this version.");
    let file = state.assets.find(&path).ok_or_else(missing)?;
    let etag = etag(state.assets.version());
    let etag = HeaderValue::from_str(&etag).map_err(|_| missing())?;
    let lifetime = if state.assets.is_fixed() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut answer = HeaderMap::new();
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(lifetime));
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    answer.insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    if state.assets.is_fixed() {
        let same = is_known(&headers, state.assets.version());
        answer.insert(ETAG, etag);
        if same {
            return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
        }
    }
    let (bytes, encoding) = file.encoded_for(accepted(&headers));
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok((answer, bytes).into_response())
}

/// Weak, because the same tag goes with every compressed form.
fn etag(version: &str) -> String {
    format!("W/\"{version}\"")
}

/// Whether the client has this version already; weak comparison, as RFC 9110 asks for here.
fn is_known(headers: &HeaderMap, version: &str) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    known
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == version)
}

/// The mark of the product, for tabs.
pub(super) async fn favicon() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, app::FAVICON)
}

fn accepted(headers: &HeaderMap) -> &str {
    headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_has_is_recognised_in_every_form_it_may_say_it() {
        let known = |tag: &'static str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(tag))]);
            is_known(&headers, "abc")
        };
        for tag in [r#"W/"abc""#, r#""abc""#, r#""x", W/"abc""#, "*"] {
            assert!(known(tag), "{tag}");
        }
        for tag in ["", r#""x""#, r#""abcd""#] {
            assert!(!known(tag), "{tag}");
        }
    }
}

//! The web client's files.

use axum::{
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY},
    },
    response::{IntoResponse, Response},
};

use super::{AppState, Problem, etag};

/// `/pkg/{version}/{file}` for the version that this server serves; 404 for any other, so that an old page never runs a
/// new client.
pub(super) async fn package(
    State(state): State<AppState>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::new(StatusCode::NOT_FOUND, words::API_NO_FILE);
    let file = state.assets.find(&path).ok_or_else(missing)?;
    let tag = HeaderValue::from_str(&tag(state.assets.version())).map_err(|_| missing())?;
    let lifetime = if state.assets.is_fixed() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut answer = HeaderMap::new();
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(lifetime));
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    answer.insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    if state.assets.is_fixed() {
        let same = etag::known_as(&headers, state.assets.version()).is_some();
        answer.insert(ETAG, tag);
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
fn tag(version: &str) -> String {
    format!("W/\"{version}\"")
}

/// Pages are for whoever may see them; what is made for programs is in no search.
pub(super) async fn robots() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], "User-agent: *\nDisallow: /api/\nDisallow: /v1/\n")
}

/// The mark of the product, for tabs.
pub(super) async fn favicon() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, app::FAVICON)
}

fn accepted(headers: &HeaderMap) -> &str {
    headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

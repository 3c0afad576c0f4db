//! `/api/…`: server functions, and the forms of browsers that run no script.
//!
//! A program (our own client is one) gets JSON. A plain form gets a redirect to the page it came from, or, when it failed,
//! that page again with what was typed and the error at its field; no free text travels in a URL.

use app::{ApiError, backend::FailedForm, edit};
use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{ACCEPT, LOCATION, REFERER},
        request::Parts,
    },
    response::{IntoResponse, Response},
    routing::any,
};
use domain::{TrackerId, ports::Services};

use super::{AppState, BODY_LIMIT, Problem, pages};

/// What forms need.
#[derive(Clone)]
pub(super) struct Forms {
    pub(super) services: Services,
    pub(super) pages: Router,
}

pub(super) fn router(state: &AppState, pages: Router) -> Router {
    Router::new()
        .route("/api/{*function}", any(answer))
        .with_state(Forms { services: state.services.clone(), pages })
}

async fn answer(State(forms): State<Forms>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large.").into_response();
    };
    if !wants_page(&parts.headers) {
        return call(&forms, parts, body).await;
    }
    let back = page_of_origin(&parts.headers);
    let action = parts.uri.path().to_owned();
    parts.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let called = call(&forms, parts, body.clone()).await;
    if called.status().is_success() {
        return see_other(&next_page(&action, back, &values(&body)));
    }
    let error = to_bytes(called.into_body(), BODY_LIMIT).await.map(|body| pages::read_error(&body));
    let error = error.unwrap_or(app::ApiError::Internal);
    pages::render_failed(forms.pages, FailedForm { page: back, action, values: values(&body), error }).await
}

/// A server function; or the form of all settings, whose many fields are no function's arguments.
async fn call(forms: &Forms, parts: Parts, body: Bytes) -> Response {
    if parts.uri.path() != edit::PATH || parts.method != Method::POST {
        return pages::call(forms.services.clone(), Request::from_parts(parts, Body::from(body))).await;
    }
    match save(&forms.services, values(&body)).await {
        Ok(()) => Json(()).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(error)).into_response()
        }
    }
}

async fn save(services: &Services, fields: Vec<(String, String)>) -> Result<(), ApiError> {
    let id = id_of(&fields).ok_or_else(|| ApiError::BadRequest("it names no tracker".into()))?;
    Ok(services.trackers.edit(id, fields).await?)
}

fn id_of(values: &[(String, String)]) -> Option<TrackerId> {
    values.iter().find(|(name, _)| name == "id").and_then(|(_, id)| id.parse().ok())
}

/// Where a form that succeeded leads. What was deleted has no page to go back to; the list offers to undo it.
fn next_page(action: &str, back: String, values: &[(String, String)]) -> String {
    match (action, id_of(values)) {
        (edit::PATH, Some(id)) => format!("/t/{id}"),
        ("/api/delete_tracker", Some(id)) => format!("/?deleted={id}"),
        ("/api/delete_tracker" | "/api/restore_tracker", _) => "/".into(),
        _ => back,
    }
}

/// A browser that posts a form asks for a page; `fetch` asks for something else.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The path that a form was on. Only the path: a redirect never leaves this server.
fn page_of_origin(headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|referer| referer.to_str().ok()?.parse::<Uri>().ok());
    let path = referer.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    if path.starts_with("//") { "/".into() } else { path.into() }
}

pub(super) fn values(body: &Bytes) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(body).unwrap_or_default()
}

pub(super) fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

//! The pages and their server functions.

use app::{ApiError, Page, backend::FailedForm};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_SECURITY_POLICY},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use domain::ports::Services;
use leptos::{
    config::LeptosOptions,
    nonce::{provide_nonce, use_nonce},
    prelude::{Owner, RenderHtml as _, provide_context},
};
use leptos_axum::handle_server_fns_with_context;

use super::{AppState, headers::page_policy};

#[derive(Clone)]
struct Pages {
    services: Services,
    options: LeptosOptions,
    /// Where live reload listens, during development.
    reload: Option<String>,
}

/// The pages; anything that nobody else answers is a page too, the one that says so.
///
/// Not Leptos's way to register routes: that would register the server functions beside them, past [`super::forms`], and
/// needs its router, which would be the largest part of the client.
pub(super) fn router(state: &AppState) -> Router {
    let options = options(&state.assets.url_folder());
    let reload = (!state.assets.is_fixed()).then(|| format!("ws://127.0.0.1:{}", options.reload_port));
    let pages = Pages { services: state.services.clone(), options, reload };
    Router::new().fallback_service(get(page).fallback(super::method_not_allowed).with_state(pages))
}

async fn page(State(pages): State<Pages>, request: Request) -> Response {
    let failed = request.extensions().get::<FailedForm>().cloned();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let page = Page::load(&pages.services, path, query, failed.as_ref()).await;
    let status = StatusCode::from_u16(page.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (html, nonce) = render(pages.options, page, failed);
    let mut response = (status, Html(html)).into_response();
    if let Some(policy) = page_policy(&nonce, pages.reload.as_deref()) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page, and what its scripts are known by.
fn render(options: LeptosOptions, page: Page, failed: Option<FailedForm>) -> (String, String) {
    let owner = Owner::new();
    let (html, nonce) = owner.with(|| {
        provide_nonce();
        let html = app::document(options, page, failed).to_html();
        (html, use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default())
    });
    // Leptos marks places for hydration by `<!>`, which browsers read as an empty comment and HTML forbids. Nothing else in
    // a page looks like it: text and data have their `<` escaped.
    (html.replace("<!>", "<!---->"), nonce)
}

/// Runs a server function for a program or for our own client, which both take JSON.
pub(super) async fn call(services: Services, request: Request) -> Response {
    let context = move || provide_context(services.clone());
    let known = server_fn::axum::server_fn_paths()
        .any(|(path, method)| path == request.uri().path() && method == *request.method());
    if !known {
        return super::not_found().await.into_response();
    }
    let response = handle_server_fns_with_context(context, request).await.into_response();
    if response.status().is_success() { response } else { explained(response).await }
}

/// The answer of a server function that failed, with the status that goes with its error.
async fn explained(response: Response) -> Response {
    let body = to_bytes(response.into_body(), ERROR_LIMIT).await.unwrap_or_default();
    let error = match serde_json::from_slice(&body) {
        // `server_fn` has one word for what it cannot read, on whichever side that happens; on this one it was the request.
        Ok(ApiError::Unreadable) => ApiError::BadRequest(String::new()),
        Ok(error) => error,
        Err(_) => ApiError::Internal,
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(error)).into_response()
}

/// Bytes of a server function's error.
const ERROR_LIMIT: usize = 256 * 1024;

/// Renders a page again for a form that failed: its values and its error go into the page's context.
pub(super) async fn render_failed(pages: Router, failed: FailedForm) -> Response {
    let status = StatusCode::from_u16(failed.error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    let request = Request::builder().uri(&failed.page).extension(failed.clone()).body(Body::empty());
    let Ok(request) = request else { return status.into_response() };
    let mut response = match tower::ServiceExt::oneshot(pages, request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    // What was sent to be looked at has not failed.
    if response.status().is_success() && failed.panel.is_none() {
        *response.status_mut() = status;
    }
    response
}

/// The error that a server function answered with, as JSON.
pub(super) fn read_error(body: &[u8]) -> ApiError {
    serde_json::from_slice(body).unwrap_or(ApiError::Internal)
}

/// Leptos's options: what `Leptos.toml` says, and where this version's files are.
fn options(files: &str) -> LeptosOptions {
    let mut options = leptos_config::get_config_from_str(include_str!("../../../Leptos.toml"))
        .unwrap_or_else(|_| LeptosOptions::builder().output_name("uptime-tracker").build());
    options.site_pkg_dir = files.into();
    options
}

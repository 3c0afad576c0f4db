//! The pages and their server functions.

use std::sync::Arc;

use app::{
    ApiError,
    backend::{FailedForm, Reply},
};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{StatusCode, header::CONTENT_SECURITY_POLICY, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::ports::Services;
use leptos::{
    config::LeptosOptions,
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{ResponseOptions, handle_server_fns_with_context};

use super::{AppState, Problem, headers::page_policy};

/// The pages; anything that nobody else answers is a page too, the one that says so.
///
/// Leptos's own way to register routes would register the server functions beside them, past [`super::forms`].
pub(super) fn router(state: &AppState) -> Router {
    // Fails when it was set before, by another server in this process; that is as good.
    let _ = any_spawner::Executor::init_tokio();
    let options = options(&state.assets.url_folder());
    let reload = (!state.assets.is_fixed()).then(|| format!("ws://127.0.0.1:{}", options.reload_port));
    let services = state.services.clone();
    let page = leptos_axum::render_app_async_with_context(
        move || {
            provide_services(&services);
            restrict(reload.as_deref());
        },
        move || app::shell(options.clone()),
    );
    let page = move |request: Request| {
        let rendered = page(request);
        // A task of its own: when a browser gives up, the page is rendered to its end all the same. Dropped half-way, its
        // signals would be gone while other threads still read them.
        let whole = tokio::spawn(async move { with_valid_markers(rendered.await).await });
        async move { whole.await.unwrap_or_else(|error| broken(&error)) }
    };
    Router::new().fallback_service(get(page).fallback(super::method_not_allowed))
}

/// Leptos marks places for hydration by `<!>`, which browsers read as an empty comment and HTML forbids. Nothing else in a
/// page looks like it: text and data have their `<` escaped.
async fn with_valid_markers(page: Response) -> Response {
    let (parts, body) = page.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(html) => {
            Response::from_parts(parts, Body::from(String::from_utf8_lossy(&html).replace("<!>", "<!---->")))
        }
        Err(error) => broken(&error),
    }
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a page broke off while it was rendered");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The page could not be made.").into_response()
}

/// Runs a server function for a program or for our own client, which both take JSON.
pub(super) async fn call(services: Services, request: Request) -> Response {
    let context = move || provide_services(&services);
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
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    response
}

/// The error that a server function answered with, as JSON.
pub(super) fn read_error(body: &[u8]) -> ApiError {
    serde_json::from_slice(body).unwrap_or(ApiError::Internal)
}

fn provide_services(services: &Services) {
    provide_context(services.clone());
    provide_context(Reply(Arc::new(|status| {
        // Asked for lazily: it does not matter in which order the contexts are provided.
        if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status))
        {
            options.set_status(status);
        }
    })));
    if let Some(failed) =
        use_context::<Parts>().and_then(|parts| parts.extensions.get::<FailedForm>().cloned())
    {
        provide_context(failed);
    }
}

/// Lets only the scripts of this page run. `reload` is where live reload listens, during development.
fn restrict(reload: Option<&str>) {
    if let (Some(options), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce())
        && let Some(policy) = page_policy(&nonce, reload)
    {
        options.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Leptos's options: what `Leptos.toml` says, and where this version's files are.
fn options(files: &str) -> LeptosOptions {
    let mut options = leptos_config::get_config_from_str(include_str!("../../../Leptos.toml"))
        .unwrap_or_else(|_| LeptosOptions::builder().output_name("uptime-tracker").build());
    options.site_pkg_dir = files.into();
    options
}

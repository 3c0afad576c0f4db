//! Everything that is answered over HTTP, in one place.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{Next, from_fn, from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{Archive, Clock, Prober, ports::Services};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};

use crate::{
    assets::Assets,
    health::Health,
    live::SharedView,
    metrics::Metrics,
    recorder::{RecorderHandle, Roster},
};

pub(crate) mod api;
mod etag;
mod files;
mod forms;
mod guard;
mod headers;
mod history;
mod many;
mod metrics;
mod pages;
mod problem;
mod status;

pub use self::guard::Hosts;
pub use self::problem::Problem;

/// What requests use.
#[derive(Clone)]
pub struct AppState {
    /// The ports of the pages.
    pub services: Services,
    /// What was recorded.
    pub archive: Arc<dyn Archive>,
    /// For the edits that the programming interface knows beyond the pages.
    pub recorder: RecorderHandle,
    /// The trackers with their settings.
    pub roster: watch::Receiver<Roster>,
    /// For checks that are not recorded.
    pub prober: Arc<dyn Prober>,
    /// The live view.
    pub view: SharedView,
    /// Wall and monotonic time.
    pub clock: Arc<dyn Clock>,
    /// Whether the program does its work.
    pub health: Arc<Health>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whether each tracker has metrics of its own.
    pub tracker_metrics: bool,
    /// The web client.
    pub assets: Arc<Assets>,
    /// Which `Host` headers are answered.
    pub hosts: Hosts,
    /// Cancelled when the server stops: answers that take their time must end.
    pub stop: CancellationToken,
}

/// Bytes of a request's body.
const BODY_LIMIT: usize = 64 * 1024;
/// How long a request may take until its answer begins. What is streamed after that takes as long as its reader.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// All routes, guarded.
pub fn router(state: &AppState) -> Router {
    let programs = Router::new()
        .route("/v1/trackers/status", get(status::statuses))
        .route("/v1/check", post(api::check))
        .route("/v1/trackers", get(api::list).post(api::create))
        .route("/v1/trackers/{id}", get(api::show).patch(api::change).delete(api::remove))
        .merge(history::router())
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route("/metrics", get(metrics::metrics))
        .route("/v1/{*rest}", axum::routing::any(not_found))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state.clone());
    let files = Router::new()
        .route("/pkg/{*path}", get(files::package))
        .route("/favicon.svg", get(files::favicon))
        .with_state(state.clone());
    let pages = pages::router(state);
    let forms = forms::router(state, pages.clone());
    let many = many::router(state, pages.clone());
    let guarded = from_fn_with_state(state.hosts, guard::guard);
    Router::new()
        .merge(programs)
        .merge(forms)
        .merge(many)
        .merge(pages)
        .layer(CompressionLayer::new())
        .layer(map_response(etag::weakened))
        .merge(files)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(guarded)
        .layer(from_fn(headers::secure))
        .layer(from_fn(explain_plain_errors))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(panicked))
}

async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing here.")
}

async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not understand that method.")
}

/// Errors that layers and extractors make are plain text; programs are promised `application/problem+json`.
async fn explain_plain_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let sentence = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "The body is too large; at most 64 KiB are read.",
        StatusCode::SERVICE_UNAVAILABLE if !problem::is_explained(&response) => "This took too long.",
        _ => return response,
    };
    Problem::new(status, sentence).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    tracing::error!(panic = text.unwrap_or("without words"), "a request panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Something here is broken; the log says what.")
        .into_response()
}

//! Everything that is answered over HTTP, in one place.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{Next, from_fn, from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::{delete, get, patch, post},
};
use domain::{Archive, Clock, Defaults, Prober, Settings, access::Need, ports::Services};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};

use crate::{
    access::{Access, Asker},
    assets::Assets,
    backups::Backups,
    health::Health,
    live::SharedView,
    metrics::Metrics,
    push_urls::PushUrls,
    recorder::{RecorderHandle, Roster},
    scheduler::Signals,
    services::Desk,
};

mod alerts;
pub(crate) mod api;
mod asker;
mod backups;
mod check_now;
mod editor;
mod etag;
mod export;
mod files;
mod forms;
mod gate;
mod guard;
mod headers;
mod history;
mod incidents;
mod maintenances;
mod many;
mod metrics;
mod pages;
mod people;
mod problem;
mod push;
mod status;
mod test_run;
mod upkeep;

pub use self::asker::Reached;
pub use self::gate::Route;
use self::gate::Routes;
pub use self::guard::Hosts;
pub use self::problem::Problem;

/// What requests use.
#[derive(Clone)]
pub struct AppState {
    /// The ports of the pages.
    pub desk: Desk,
    /// What was recorded.
    pub archive: Arc<dyn Archive>,
    /// For the edits that the programming interface knows beyond the pages.
    pub recorder: RecorderHandle,
    /// The trackers with their settings.
    pub roster: watch::Receiver<Roster>,
    /// The URLs that targets call.
    pub push_urls: PushUrls,
    /// Where signals are brought.
    pub signals: Signals,
    /// For checks that are not recorded.
    pub prober: Arc<dyn Prober>,
    /// The live view.
    pub view: SharedView,
    /// What was said of the installation.
    pub settings: watch::Receiver<Arc<Settings>>,
    /// What backs the database up, if that is a file.
    pub backups: Option<Arc<Backups>>,
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
    /// How browsers come here.
    pub reached: Arc<Reached>,
    /// Who may do what.
    pub access: Arc<Access>,
    /// Cancelled when the server stops: answers that take their time must end.
    pub stop: CancellationToken,
}

/// Bytes of a request's body.
const BODY_LIMIT: usize = 64 * 1024;
/// How long a request may take until its answer begins. What is streamed after that takes as long as its reader.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The routes of programs, with what each needs.
fn programs() -> Routes {
    Routes::new()
        .route("GET", "/v1/trackers/status", Need::Look, get(status::statuses))
        .route("POST", "/v1/check", Need::Change, post(api::check))
        .route("POST", "/v1/trackers/check-now", Need::Change, post(check_now::many))
        .route("POST", "/v1/trackers/{id}/check-now", Need::Change, post(check_now::one))
        .route("GET", "/v1/trackers", Need::Look, get(api::list))
        .route("POST", "/v1/trackers", Need::Change, post(api::create))
        .route("GET", "/v1/trackers/export", Need::Look, get(export::all))
        .route("GET", "/v1/trackers/{id}", Need::Look, get(api::show))
        .route("GET", "/v1/trackers/{id}/push-url", Need::Change, get(push::url))
        .route("PATCH", "/v1/trackers/{id}", Need::Change, patch(api::change))
        .route("DELETE", "/v1/trackers/{id}", Need::Change, delete(api::remove))
        .history()
        .incidents()
        .maintenances()
        .route("GET", "/v1/backups/{name}", Need::Administer, get(backups::download))
        .route("GET", "/healthz", Need::Nothing, get(api::healthz))
        .route("GET", "/readyz", Need::Nothing, get(api::readyz))
        .route("GET", "/metrics", Need::Look, get(metrics::metrics))
}

/// What targets call. Whatever they send, their signal counts, so the limits of bodies are not for them.
fn calls() -> Routes {
    Routes::new().calls()
}

/// Every address that is not a page, with its method and what it needs: for tests that walk all of them.
pub fn listed() -> Vec<Route> {
    let forms = forms::listed().map(|(path, need)| ("POST", path, need));
    programs().listed.into_iter().chain(calls().listed).chain(forms).collect()
}

/// All routes, guarded.
pub fn router(state: &AppState) -> Router {
    let programs = programs()
        .router
        .route("/v1/{*rest}", axum::routing::any(not_found))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state.clone());
    let files = Router::new()
        .route("/pkg/{*path}", get(files::package))
        .route("/favicon.svg", get(files::favicon))
        .route("/robots.txt", get(files::robots))
        .with_state(state.clone());
    let pages = pages::router(state);
    let forms = forms::router(state, &pages).merge(editor::router(state, pages.clone()));
    let forms = forms.merge(many::router(state, &pages));
    let forms = forms.layer(from_fn_with_state(forms::entrance(state, &pages), forms::admit));
    Router::new()
        .merge(programs)
        .merge(forms)
        .merge(pages)
        .layer(CompressionLayer::new().compress_when(backups::is_worth_it()))
        .layer(map_response(etag::weakened))
        .layer(from_fn_with_state(state.clone(), asker::identify))
        .merge(files)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .merge(
            calls()
                .router
                .with_state(state.clone())
                .layer(from_fn_with_state(state.clone(), asker::identify)),
        )
        .layer(from_fn_with_state(state.clone(), guard::guard))
        .layer(from_fn(headers::secure))
        .layer(from_fn(explain_plain_errors))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::custom(panicked))
}

impl AppState {
    /// What new trackers start with.
    fn defaults(&self) -> Defaults {
        self.settings.borrow().defaults.clone()
    }

    /// The ports as who asks may use them.
    fn services_for(&self, asker: &Asker) -> Services {
        let may = |need| asker.viewer.allows(need).is_ok();
        self.desk.services(asker.actor(), may(Need::Inspect), may(Need::Change))
    }
}

async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, words::API_NOTHING)
}

async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, words::API_METHOD)
}

/// Errors that layers and extractors make are plain text; programs are promised `application/problem+json`.
async fn explain_plain_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let sentence = match status {
        StatusCode::PAYLOAD_TOO_LARGE => words::API_BODY_LARGE,
        StatusCode::SERVICE_UNAVAILABLE if !problem::is_explained(&response) => words::API_LATE,
        _ => return response,
    };
    Problem::new(status, sentence).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    tracing::error!(panic = text.unwrap_or("without words"), "a request panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, words::API_BROKEN).into_response()
}

//! The pages and their server functions.

use app::{
    ApiError, Page,
    access::{Asked, Resume, SET_UP_PAGE, Shown, path_here},
    backend::FailedForm,
    content::Address,
    settings,
};
use axum::{
    Extension, Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_SECURITY_POLICY},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use domain::{
    access::{Refusal, Viewer},
    ports::Services,
};
use leptos::{
    config::LeptosOptions,
    nonce::{provide_nonce, use_nonce},
    prelude::{Owner, RenderHtml as _, provide_context},
};
use leptos_axum::handle_server_fns_with_context;

use super::{
    AppState,
    forms::{see_other, sign_in_page},
    headers::page_policy,
};
use crate::access::Asker;

#[derive(Clone)]
struct Pages {
    state: AppState,
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
    let pages = Pages { state: state.clone(), options, reload };
    Router::new().fallback_service(get(page).fallback(super::method_not_allowed).with_state(pages))
}

/// What a page is the answer to, beside its address.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    /// The form that failed.
    pub(super) failed: Option<FailedForm>,
    /// What a form made that is shown once.
    pub(super) shown: Option<Shown>,
    /// The form to go on with after signing in.
    pub(super) resume: Option<Resume>,
}

async fn page(State(pages): State<Pages>, Extension(asker): Extension<Asker>, request: Request) -> Response {
    let answered = request.extensions().get::<Answered>().cloned();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let whole = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
    let services = pages.state.services_for(&asker);
    let viewer = asker.viewer;
    if answered.is_none()
        && let Some(elsewhere) = elsewhere(&viewer, path, query, whole)
    {
        return see_other(&elsewhere);
    }
    if Address::at(path) == Address::Jump && viewer.allows(Address::Jump.need()).is_ok() {
        let typed = app::past::asked::value(query, "to").unwrap_or_default();
        return match app::jump::destination(&services, &typed).await {
            Ok(place) => see_other(&place),
            Err(failure) => super::Problem::from(failure).into_response(),
        };
    }
    let address = answered.as_ref().map(|_| whole.to_owned());
    let Answered { failed, shown, resume } = answered.unwrap_or_default();
    let (path, query) = (path.to_owned(), query.to_owned());
    let shows_parts = cfg!(debug_assertions);
    let question = Asked { path, query, viewer, failed, shown, resume, shows_parts };
    let page = Page::load(&services, &question).await;
    let status = StatusCode::from_u16(page.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (html, nonce) = to_html(pages.options, page, address);
    let mut response = (status, Html(html)).into_response();
    if let Some(policy) = page_policy(&nonce, pages.reload.as_deref()) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Where a browser is sent instead: to set the installation up, to sign in first, or to turn two-factor sign-in on.
fn elsewhere(viewer: &Viewer, path: &str, query: &str, whole: &str) -> Option<String> {
    let is_known = viewer.subject.account().is_some();
    let address = Address::at(path);
    match address {
        Address::SetUp if viewer.is_claimed => Some("/".to_owned()),
        Address::SetUp => None,
        _ if !viewer.is_claimed => Some(SET_UP_PAGE.to_owned()),
        Address::SignIn if is_known => {
            let next = app::past::asked::value(query, "next").unwrap_or_default();
            Some(path_here(&next).to_owned())
        }
        _ if viewer.allows(address.need()) == Err(Refusal::SignIn) => Some(sign_in_page(whole)),
        _ if viewer.allows(address.need()) == Err(Refusal::TwoFactor) => {
            Some(format!("{}#two-factor", settings::Section::Own.path()))
        }
        _ => None,
    }
}

/// The page, and what its scripts are known by.
fn to_html(options: LeptosOptions, page: Page, address: Option<String>) -> (String, String) {
    let owner = Owner::new();
    let (html, nonce) = owner.with(|| {
        provide_nonce();
        let html = app::document(options, page, address).to_html();
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
pub(super) async fn render_failed(pages: Router, asker: Asker, failed: FailedForm) -> Response {
    let status = match &failed.panel {
        // What was sent to be looked at has not failed.
        Some(_) => StatusCode::OK,
        None => StatusCode::from_u16(failed.error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
    };
    let page = failed.page.clone();
    let answered = Answered { failed: Some(failed), ..Answered::default() };
    render(pages, asker, &page, answered, status).await
}

/// Renders a page as the answer to a form. The status is that of the answer, unless there is no such page.
pub(super) async fn render(
    pages: Router,
    asker: Asker,
    page: &str,
    answered: Answered,
    status: StatusCode,
) -> Response {
    let request = Request::builder().uri(page).extension(answered).extension(asker).body(Body::empty());
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

/// Leptos's options: what `Leptos.toml` says, and where this version's files are.
fn options(files: &str) -> LeptosOptions {
    let mut options = leptos_config::get_config_from_str(include_str!("../../../Leptos.toml"))
        .unwrap_or_else(|_| LeptosOptions::builder().output_name("uptime-tracker").build());
    options.site_pkg_dir = files.into();
    options
}

//! `/api/…`: server functions, and the forms of browsers that run no script.
//!
//! A program (our own client is one) gets JSON. A plain form gets a redirect to the page it came from, or, when it failed,
//! that page again with what was typed and the error at its field; no free text travels in a URL. A form of somebody whose
//! session has ended is kept while they sign in.

use app::{
    ApiError,
    access::{Resume, SIGN_IN_PAGE, path_here},
    backend::FailedForm,
    edit,
    list::many,
};
use axum::{
    Extension, Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{ACCEPT, LOCATION, REFERER, SET_COOKIE},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Response},
    routing::any,
};
use domain::{Target, TrackerId, access::Need};

use super::{
    AppState, BODY_LIMIT, Problem, alerts, asker,
    editor::nothing,
    pages::{self, Answered},
    people::{self, Begun, Done},
};
use crate::access::Asker;

/// What forms need.
#[derive(Clone)]
pub(super) struct Forms {
    pub(super) state: AppState,
    pub(super) pages: Router,
}

/// What each server function needs.
const FUNCTIONS: [(&str, Need); 18] = [
    ("/api/live", Need::Look),
    ("/api/last_checks", Need::Look),
    ("/api/list_trackers", Need::Look),
    ("/api/around_list", Need::Look),
    ("/api/jump_names", Need::Look),
    ("/api/past", Need::Look),
    ("/api/add_tracker", Need::Change),
    ("/api/pause_tracker", Need::Change),
    ("/api/resume_tracker", Need::Change),
    ("/api/delete_tracker", Need::Change),
    ("/api/restore_tracker", Need::Change),
    ("/api/check_now", Need::Change),
    (many::PATH, Need::Change),
    (many::UNDO_PATH, Need::Change),
    (edit::PATH, Need::Change),
    (edit::NEW_PATH, Need::Change),
    (edit::READ_PATH, Need::Change),
    (edit::TEST_PATH, Need::Change),
];

/// What an address under `/api/` needs; what is in no table needs most, so that nothing is open by forgetting it.
fn need_of(path: &str) -> Need {
    listed().find(|(listed, _)| *listed == path).map_or(Need::Administer, |(_, need)| need)
}

/// Everything under `/api/`.
pub(super) fn listed() -> impl Iterator<Item = (&'static str, Need)> {
    FUNCTIONS.into_iter().chain(people::listed())
}

/// What looks at who sends a form, before anything else does.
pub(super) fn entrance(state: &AppState, pages: &Router) -> Forms {
    Forms { state: state.clone(), pages: pages.clone() }
}

pub(super) fn router(state: &AppState, pages: &Router) -> Router {
    let forms = entrance(state, pages);
    Router::new().route("/api/{*function}", any(answer)).with_state(forms)
}

/// Lets a form through to what takes it, if its sender has what that needs.
pub(super) async fn admit(
    State(forms): State<Forms>,
    Extension(asker): Extension<Asker>,
    request: Request,
    next: Next,
) -> Response {
    let action = request.uri().path().to_owned();
    let Err(refusal) = asker.viewer.allows(need_of(&action)) else { return next.run(request).await };
    let error = ApiError::from(refusal);
    if !wants_page(request.headers()) {
        return failed(error);
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else { return too_large() };
    let values = values(&body);
    let page = page_of_origin(&parts.headers).unwrap_or_else(|| home_of(&action, &values));
    let is_of_alerts = alerts::knows(&action);
    let values = if is_of_alerts { alerts::without_secrets(&values) } else { shareable(&values) };
    if error == ApiError::SignIn {
        return keep(&forms, asker, Resume { page, action, values }).await;
    }
    pages::render_failed(forms.pages, asker, FailedForm { page, action, values, error, panel: None }).await
}

fn too_large() -> Response {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, words::API_FORM_LARGE).into_response()
}

async fn answer(
    State(forms): State<Forms>,
    Extension(asker): Extension<Asker>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else { return too_large() };
    let action = parts.uri.path().to_owned();
    let is_of_people = people::knows(&action);
    if is_of_people && parts.method != Method::POST {
        return super::not_found().await.into_response();
    }
    if !wants_page(&parts.headers) {
        return if is_of_people {
            for_program(&forms, &asker, &action, &body).await
        } else {
            call(&forms, &asker, parts, body).await
        };
    }
    let values = values(&body);
    let page = page_of_origin(&parts.headers).unwrap_or_else(|| home_of(&action, &values));
    let (error, panel) = if is_of_people {
        match people::act(&forms.state, &asker, &action, &values).await {
            Ok(Done { panel: Some(panel), .. }) => (nothing(), Some(panel)),
            Ok(done) => return for_person(&forms, asker, done).await,
            Err(error) => (error, None),
        }
    } else {
        parts.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let called = call(&forms, &asker, parts, body).await;
        if called.status().is_success() {
            return see_other(&next_page(&action, page, &values));
        }
        let error = to_bytes(called.into_body(), BODY_LIMIT).await.map(|body| pages::read_error(&body));
        (error.unwrap_or(ApiError::Internal), None)
    };
    // Who typed a channel's secret gets it back, hidden: a form that is tried, or wrong elsewhere, would lose it.
    let values = if alerts::knows(&action) { values } else { shareable(&values) };
    pages::render_failed(forms.pages, asker, FailedForm { page, action, values, error, panel }).await
}

/// The page to sign in, with the form that could not be taken.
async fn keep(forms: &Forms, asker: Asker, resume: Resume) -> Response {
    let answered = Answered { resume: Some(resume), ..Answered::default() };
    pages::render(forms.pages.clone(), asker, SIGN_IN_PAGE, answered, StatusCode::UNAUTHORIZED).await
}

/// What is shown again when a form failed: everything but what nobody should see. Passwords in targets, of which there may be one a line,
/// have to be typed again.
fn shareable(values: &[(String, String)]) -> Vec<(String, String)> {
    let is_secret =
        |name: &str| ["password", "current_password", "two_factor_password", "code"].contains(&name);
    let shown = |(name, value): &(String, String)| {
        let lines = || value.lines().map(Target::without_password).collect::<Vec<_>>().join("\n");
        (name.clone(), if name == "url" { lines() } else { value.clone() })
    };
    values.iter().filter(|(name, _)| !is_secret(name)).map(shown).collect()
}

/// What a form of accounts answers a program.
async fn for_program(forms: &Forms, asker: &Asker, action: &str, body: &Bytes) -> Response {
    match people::act(&forms.state, asker, action, &values(body)).await {
        Ok(done) => with_cookie(forms, &done, Json(&done.shown).into_response()),
        Err(error) => failed(error),
    }
}

/// What it answers a browser: the page that it leads to, or the page that shows once what was made.
async fn for_person(forms: &Forms, asker: Asker, done: Done) -> Response {
    let response = match (&done.shown, &done.resume) {
        (Some(shown), resume) => {
            let is_second = matches!(shown, app::access::Shown::SecondFactor { .. });
            let page = if is_second { sign_in_page(&done.next) } else { done.next.clone() };
            let answered =
                Answered { shown: Some(shown.clone()), resume: resume.clone(), ..Answered::default() };
            let asker = forms.known_by(asker, &done);
            pages::render(forms.pages.clone(), asker, &page, answered, StatusCode::OK).await
        }
        (None, Some(resume)) => {
            let Resume { page, action, values } = resume.clone();
            let form = FailedForm { page, action, values, error: ApiError::Resumed, panel: None };
            pages::render_failed(forms.pages.clone(), forms.known_by(asker, &done), form).await
        }
        (None, None) => see_other(&done.next),
    };
    with_cookie(forms, &done, response)
}

impl Forms {
    /// Who asks from now on: who has just signed in is no stranger to the page that answers.
    fn known_by(&self, asker: Asker, done: &Done) -> Asker {
        match &done.begun {
            Begun::Session(session) => {
                let viewer = self.state.access.viewer(Some(session.expose()), None, asker.viewer.is_local);
                Asker { viewer, ..asker }
            }
            _ => asker,
        }
    }
}

fn with_cookie(forms: &Forms, done: &Done, mut response: Response) -> Response {
    let cookie = match &done.begun {
        Begun::Nothing => None,
        Begun::Session(session) => asker::cookie(Some(session), &forms.state.reached),
        Begun::End => asker::cookie(None, &forms.state.reached),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

async fn call(forms: &Forms, asker: &Asker, parts: Parts, body: Bytes) -> Response {
    let services = forms.state.services_for(asker);
    pages::call(services, Request::from_parts(parts, Body::from(body))).await
}

/// What a program hears of a form that failed.
pub(super) fn failed(error: ApiError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(error)).into_response()
}

pub(super) fn id_of(values: &[(String, String)]) -> Option<TrackerId> {
    values.iter().find(|(name, _)| name == "id").and_then(|(_, id)| id.parse().ok())
}

/// Where a form that succeeded leads. What was deleted has no page to go back to; the list offers to undo it.
fn next_page(action: &str, back: String, values: &[(String, String)]) -> String {
    match (action, id_of(values)) {
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

/// The path that a form was on. Only the path: a redirect never leaves this server. The answer to a form stands at the form's
/// own address, which is no page, so there is none for a form on that.
fn page_of_origin(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(REFERER)?.to_str().ok()?.parse::<Uri>().ok()?;
    let path = path_here(referer.path_and_query()?.as_str());
    (!path.starts_with("/api/")).then(|| path.to_owned())
}

/// The page that has a form.
fn home_of(action: &str, values: &[(String, String)]) -> String {
    let page = people::page_of(action).map(ToOwned::to_owned).or_else(|| alerts::page_of(action, values));
    if let Some(page) = page {
        return page;
    }
    match (action, id_of(values)) {
        (edit::PATH, Some(id)) => format!("/t/{id}/edit"),
        _ => "/".to_owned(),
    }
}

pub(super) fn values(body: &Bytes) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(body).unwrap_or_default()
}

/// The page to sign in that leads on to another.
pub(super) fn sign_in_page(next: &str) -> String {
    match serde_urlencoded::to_string([("next", next)]) {
        Ok(query) if next != "/" => format!("{SIGN_IN_PAGE}?{query}"),
        _ => SIGN_IN_PAGE.to_owned(),
    }
}

pub(super) fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

//! Routes that say what they need. There is no other way to add one for programs, so none can be without.

use axum::{
    Router,
    extract::{Extension, Request, State},
    http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use domain::access::{Need, Refusal};

use super::{AppState, Problem};
use crate::access::Asker;

/// A router under construction, and what its routes need.
pub(super) struct Routes {
    pub(super) router: Router<AppState>,
    pub(super) listed: Vec<Route>,
}

/// A route, for tests that walk all of them.
pub type Route = (&'static str, &'static str, Need);

impl Routes {
    pub(super) fn new() -> Self {
        Self { router: Router::new(), listed: Vec::new() }
    }

    /// Adds a route: its methods as a word for tests, and what it needs.
    pub(super) fn route(
        mut self,
        method: &'static str,
        path: &'static str,
        need: Need,
        handler: MethodRouter<AppState>,
    ) -> Self {
        self.listed.push((method, path, need));
        self.router = self.router.route(path, handler.layer(from_fn_with_state(need, gate)));
        self
    }
}

async fn gate(
    State(need): State<Need>,
    Extension(asker): Extension<Asker>,
    request: Request,
    next: Next,
) -> Response {
    match asker.viewer.allows(need) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refused(refusal, asker.viewer.is_claimed),
    }
}

/// What a program is told.
fn refused(refusal: Refusal, is_claimed: bool) -> Response {
    let (status, sentence) = match refusal {
        Refusal::SignIn if is_claimed => (StatusCode::UNAUTHORIZED, words::API_NEEDS_TOKEN),
        Refusal::SignIn => (StatusCode::UNAUTHORIZED, words::API_NOT_SET_UP),
        Refusal::TwoFactor => (StatusCode::FORBIDDEN, words::API_TWO_FACTOR),
        Refusal::Forbidden => (StatusCode::FORBIDDEN, words::API_FORBIDDEN),
    };
    let mut response = Problem::new(status, sentence).into_response();
    if refusal == Refusal::SignIn {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

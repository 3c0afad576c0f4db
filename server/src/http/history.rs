//! What programs may ask about the past of trackers, under `/v1/trackers`.
//!
//! Each file here is one question: it reads its parameters into a type that cannot be wrong, asks [`domain::Archive`], and
//! says the answer in a type of [`reply`]. Every answer but the export's is made in memory, bounded by its parameters, and
//! carries an entity tag.

use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::request::Parts,
    middleware::from_fn,
    routing::get,
};
use domain::{Failure, TrackerId};

use super::{AppState, Problem, etag};

mod checks;
mod cursor;
mod days;
mod events;
mod evidence;
mod export;
mod params;
mod reply;
mod rows;
mod series;
mod uptime;

pub(in crate::http) use self::reply::CheckReply;

/// The routes.
pub(super) fn router() -> Router<AppState> {
    let tagged = Router::new()
        .route("/v1/trackers/days", get(days::of_all))
        .route("/v1/trackers/{id}/uptime", get(uptime::uptime))
        .route("/v1/trackers/{id}/series", get(series::series))
        .route("/v1/trackers/{id}/days", get(days::of_one))
        .route("/v1/trackers/{id}/checks", get(checks::checks))
        .route("/v1/trackers/{id}/failure", get(events::failure))
        .route("/v1/trackers/{id}/transitions", get(events::transitions))
        .route("/v1/trackers/{id}/phases", get(evidence::phases))
        .route("/v1/trackers/{id}/evidence", get(evidence::evidence))
        .layer(from_fn(etag::revalidated));
    tagged.route("/v1/trackers/{id}/export", get(export::export))
}

/// A tracker that exists.
struct Known(TrackerId);

impl FromRequestParts<AppState> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let id = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = id.and_then(|Path(id)| id.parse().ok()).ok_or(Failure::NotFound)?;
        state.view.read().about(id).ok_or(Failure::NotFound)?;
        Ok(Self(id))
    }
}

//! What programs may ask about the past of trackers, under `/v1/trackers`.
//!
//! Each file here is one question: it reads its parameters into a type that cannot be wrong, asks [`domain::Archive`], and
//! says the answer in a type of [`reply`]. Every answer but the export's is made in memory, bounded by its parameters, and
//! carries an entity tag.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
    middleware::from_fn,
    routing::{MethodRouter, get},
};
use domain::{Failure, TrackerId, access::Need};

use super::{AppState, Problem, etag, gate::Routes};

mod changes;
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
mod signals;
mod uptime;

pub(in crate::http) use self::{params::Params, reply::CheckReply, rows::without_formula};

impl Routes {
    /// Adds the routes of history. All but the export's, which may be large, carry an entity tag.
    pub(super) fn history(self) -> Self {
        let tagged = |handler: MethodRouter<AppState>| handler.layer(from_fn(etag::revalidated));
        self.route("GET", "/v1/trackers/days", Need::Look, tagged(get(days::of_all)))
            .route("GET", "/v1/trackers/{id}/uptime", Need::Look, tagged(get(uptime::uptime)))
            .route("GET", "/v1/trackers/{id}/series", Need::Look, tagged(get(series::series)))
            .route("GET", "/v1/trackers/{id}/days", Need::Look, tagged(get(days::of_one)))
            .route("GET", "/v1/trackers/{id}/checks", Need::Look, tagged(get(checks::checks)))
            .route("GET", "/v1/trackers/{id}/failure", Need::Look, tagged(get(events::failure)))
            .route("GET", "/v1/trackers/{id}/transitions", Need::Look, tagged(get(events::transitions)))
            .route("GET", "/v1/trackers/{id}/phases", Need::Look, tagged(get(evidence::phases)))
            .route("GET", "/v1/trackers/{id}/changes", Need::Inspect, tagged(get(changes::changes)))
            .route("GET", "/v1/trackers/{id}/evidence", Need::Inspect, tagged(get(evidence::evidence)))
            .route("GET", "/v1/trackers/{id}/signals", Need::Inspect, tagged(get(signals::signals)))
            .route("GET", "/v1/trackers/{id}/export", Need::Look, get(export::export))
    }
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

//! `GET /v1/trackers/status`: the newest 60 checks as booleans, the way the tutorial promised them.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderName, StatusCode, header::ACCESS_CONTROL_ALLOW_ORIGIN},
};
use domain::{Failure, Invalid, TrackerId};
use serde::Deserialize;

use super::{AppState, Problem};

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    tracker_id: Option<String>,
}

type Public<T> = ([(HeaderName, &'static str); 1], T);

/// Oldest first, at most 60. Degraded is true; unknown is left out. Without a tracker, the newest over all trackers.
pub(super) async fn statuses(
    State(state): State<AppState>,
    choice: Result<Query<Choice>, QueryRejection>,
) -> Public<Result<Json<Vec<bool>>, Problem>> {
    // Errors are for every origin as well, or a page elsewhere could not tell them from a network fault.
    ([(ACCESS_CONTROL_ALLOW_ORIGIN, "*")], choose(&state, choice).map(Json))
}

fn choose(state: &AppState, choice: Result<Query<Choice>, QueryRejection>) -> Result<Vec<bool>, Problem> {
    let Query(choice) = choice.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.body_text()))?;
    let view = state.view.read();
    let Some(id) = choice.tracker_id else { return Ok(view.newest().collect()) };
    let id: TrackerId = id.parse().map_err(|_| {
        Problem::invalid(StatusCode::BAD_REQUEST, Invalid::one("tracker_id", words::API_TRACKER_ID))
    })?;
    let cells = view.cells(id).ok_or(Failure::NotFound)?;
    Ok(cells.filter_map(|cell| cell.outcome.is_up()).collect())
}

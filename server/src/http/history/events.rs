//! What happened: `GET /v1/trackers/{id}/transitions` and `GET /v1/trackers/{id}/failure`.

use axum::{Json, extract::State};
use domain::Direction;

use super::{
    Known,
    params::Params,
    reply::{DueReply, TransitionReply},
};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// Transitions when nothing is said.
const USUAL: u16 = 100;
/// Transitions at most.
const MOST: u16 = 1_000;

/// The transitions of a window, the newest first.
pub(super) async fn transitions(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<Vec<TransitionReply>>, Problem> {
    let window = params.window(state.clock.now());
    let limit = params.number("limit", 1..=MOST).unwrap_or(USUAL);
    let (window, limit) = params.done((window, limit))?;
    let transitions = state.archive.transitions(id, window, limit.into()).await.map_err(logged)?;
    Ok(Json(transitions.iter().map(TransitionReply::from).collect()))
}

/// The nearest check that was down, after a moment or before it; null when there is none.
pub(super) async fn failure(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<Option<DueReply>>, Problem> {
    match (params.has("after"), params.has("before")) {
        (false, false) => params.wrong("after", words::API_AFTER_OR_BEFORE),
        (true, true) => params.wrong("before", words::API_AFTER_AND_BEFORE),
        _ => {}
    }
    let now = state.clock.now();
    let (after, before) = (params.time("after", now), params.time("before", now));
    let direction = if before.is_some() { Direction::Earlier } else { Direction::Later };
    let (at, direction) = params.done((before.or(after).unwrap_or(now), direction))?;
    let due = state.archive.failure(id, at, direction).await.map_err(logged)?;
    Ok(Json(due.map(DueReply::from)))
}

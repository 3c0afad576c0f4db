//! `GET /v1/trackers/{id}/series`: the points of a chart.

use axum::{Json, extract::State};
use domain::{Rule, Stride};

use super::{
    Known,
    params::Params,
    reply::{PointReply, SeriesReply},
};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// Points when nothing is said.
const USUAL: u16 = 240;
/// Points at most.
const MOST: u16 = 2_000;

/// At most `points` consecutive stretches of a window, divided at round times of UTC.
pub(super) async fn series(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<SeriesReply>, Problem> {
    let window = params.window(state.clock.now());
    let points = params.number("points", 1..=MOST);
    let (window, points) = params.done((window, points.unwrap_or(USUAL)))?;
    let stride = Stride::dividing(window, points);
    let periods = state.archive.periods(id, &stride.edges(window)).await.map_err(logged)?;
    Ok(Json(SeriesReply {
        tracker: id.0,
        from: window.from.to_string(),
        to: window.to.to_string(),
        step_s: stride.as_secs(),
        rule: Rule::ObservedTime.into(),
        points: periods.iter().map(PointReply::from).collect(),
    }))
}

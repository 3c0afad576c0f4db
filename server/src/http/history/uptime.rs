//! `GET /v1/trackers/{id}/uptime`: how well a tracker did, by a rule that is named.

use axum::{Json, extract::State};
use domain::{Failure, Rule};

use super::{Known, params::Params, reply::UptimeReply};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// Uptime, down time, percentiles and counts of a window.
pub(super) async fn uptime(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<UptimeReply>, Problem> {
    let window = params.window(state.clock.now());
    let rule = params.take("rule", words::API_RULE, Rule::of);
    let (window, rule) = params.done((window, rule.unwrap_or_default()))?;
    let periods = state.archive.periods(id, &[window.from, window.to]).await.map_err(logged)?;
    let period = periods.first().ok_or(Failure::NotFound)?;
    Ok(Json(UptimeReply::new(id.0, rule, period)))
}

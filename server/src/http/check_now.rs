//! `POST /v1/trackers/{id}/check-now` and, for many, `POST /v1/trackers/check-now`: a check beside the schedule.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use domain::{Failure, TrackerId};
use serde::Deserialize;

use super::{
    AppState, Problem,
    api::{Unreadable, read_json},
    history::CheckReply,
};
use crate::access::Asker;

/// Which trackers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ids {
    ids: Vec<i64>,
}

/// The check, or 202 with nothing when it was not recorded within 15 s: then it comes later.
pub(super) async fn one(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Option<CheckReply>>), Problem> {
    let id = id.parse::<TrackerId>().map_err(|_| Failure::NotFound)?;
    let check = state.services_for(&asker).trackers.check_now(vec![id]).await?.pop();
    let status = if check.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(check.as_ref().map(CheckReply::from))))
}

/// How many of them were recorded within 15 s; the others come later.
pub(super) async fn many(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    body: Bytes,
) -> Result<(StatusCode, Json<serde_json::Value>), Problem> {
    let Ids { ids } = read_json(&body).map_err(|unreadable| match unreadable {
        Unreadable::Field(invalid) => Problem::invalid(StatusCode::UNPROCESSABLE_ENTITY, invalid),
        Unreadable::Syntax(error) | Unreadable::More(error) => {
            Problem::new(StatusCode::BAD_REQUEST, words::api_body_not_one(error))
        }
    })?;
    let wanted = ids.into_iter().map(TrackerId).collect();
    let checks = state.services_for(&asker).trackers.check_now(wanted).await?;
    Ok((StatusCode::ACCEPTED, Json(serde_json::json!({ "recorded": checks.len() }))))
}

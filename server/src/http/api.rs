//! The programming interface under `/v1`, and what other programs ask about this one.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header::LOCATION},
};
use domain::{Failure, TrackerId};

use super::{AppState, Problem};
use crate::{access::Asker, recorder::Edit};

mod body;
mod once;
mod reply;

pub(crate) use self::body::{TrackerBody, Unreadable, read_json, without_values};
pub(super) use self::once::check;
use self::reply::TrackerReply;

/// All trackers, in the order in which they were added.
pub(super) async fn list(State(state): State<AppState>) -> Json<Vec<TrackerReply>> {
    let roster = state.roster.borrow().clone();
    let view = state.view.read();
    let reply = |id| Some(TrackerReply::new(view.tracker(id)?, roster.get(&id).map(AsRef::as_ref)));
    Json(view.ids().filter_map(reply).collect())
}

/// Adds a tracker.
pub(super) async fn create(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    body: Bytes,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<TrackerReply>), Problem> {
    let draft = TrackerBody::read(&body)?.draft();
    let tracker = draft.parse_with(&state.defaults()).map_err(Failure::from)?;
    let ids =
        state.recorder.edit(Edit::Add(vec![tracker]), asker.actor()).await.map_err(crate::failure::logged)?;
    let id = ids.first().copied().ok_or(Failure::NotFound)?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/v1/trackers/{id}"))], one(&state, id)?))
}

/// One tracker.
pub(super) async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<TrackerReply>, Problem> {
    Ok(one(&state, read_id(&id)?)?)
}

/// Changes the settings that the body names, and no others.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<TrackerReply>, Problem> {
    let id = read_id(&id)?;
    let draft = TrackerBody::read(&body)?.draft();
    state
        .recorder
        .edit(Edit::Change(id, Box::new(draft)), asker.actor())
        .await
        .map_err(crate::failure::logged)?;
    Ok(one(&state, id)?)
}

/// Removes a tracker.
pub(super) async fn remove(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.services_for(&asker).trackers.remove(read_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the process lives. Asks nothing else.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether the program does its work: the database takes what is recorded, and checks start in time.
/// A tracker whose secrets are lost is mentioned, but a restart would not help it.
pub(super) async fn readyz(State(state): State<AppState>) -> Result<String, Problem> {
    let problems = state.health.problems(state.clock.monotonic());
    if problems.is_empty() {
        let lines = ["ready".to_owned()].into_iter().chain(state.health.unreadable());
        return Ok(lines.map(|line| line + "\n").collect());
    }
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, problems.join("; ")))
}

fn one(state: &AppState, id: TrackerId) -> Result<Json<TrackerReply>, Failure> {
    let tracker = state.view.read().tracker(id).ok_or(Failure::NotFound)?;
    let settings = state.roster.borrow().get(&id).cloned();
    Ok(Json(TrackerReply::new(tracker, settings.as_deref())))
}

/// An id that is no number is an id that does not exist.
fn read_id(text: &str) -> Result<TrackerId, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

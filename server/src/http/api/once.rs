//! `POST /v1/check`: asks a target once, as a tracker with these settings would, and records nothing.

use std::time::Duration;

use axum::{Json, body::Bytes, extract::State};
use domain::{Failure, Finding};

use super::TrackerBody;
use crate::{
    finding::FindingReply,
    http::{AppState, Problem},
};

/// The answer has to begin before the request's time is over.
const LONGEST: Duration = Duration::from_secs(25);

/// Asks once.
pub(in crate::http) async fn check(
    State(state): State<AppState>,
    body: Bytes,
) -> Result<Json<FindingReply>, Problem> {
    let draft = TrackerBody::read(&body)?.draft();
    let tracker = draft.parse_with(&state.defaults()).map_err(Failure::from)?;
    let mut session = state.prober.prepare(tracker.question().map_err(Failure::from)?);
    let found = session.ask(tracker.deadline(LONGEST)).await;
    let outcome = tracker.policy.judge(found.outcome, found.latency);
    let finding = Finding { outcome, ..found };
    Ok(Json(FindingReply::new(tracker.target.as_str(), &finding, session.evidence().as_ref())))
}

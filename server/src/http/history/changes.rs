//! `GET /v1/trackers/{id}/changes`: who changed what of a tracker.

use axum::{Json, extract::State};
use domain::{Act, FieldChange, LoggedChange};
use serde::Serialize;

use super::{Known, params::Params};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// Changes of an answer at most; as many as are kept of a tracker.
const MOST: u16 = 500;
/// Changes of an answer when nothing is said.
const USUAL: u16 = 50;

/// A change.
#[derive(Debug, Serialize)]
pub(super) struct ChangeReply {
    /// To go on with: `?before=`.
    number: i64,
    at: String,
    at_ms: i64,
    who: String,
    /// `added`, `edited`, `paused`, `resumed`, `removed` or `restored`.
    what: &'static str,
    /// What was edited; secrets are masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
}

impl From<LoggedChange> for ChangeReply {
    fn from(change: LoggedChange) -> Self {
        let (what, fields, rest) = match change.what {
            Act::Added => ("added", Vec::new(), None),
            Act::Edited(fields) => ("edited", fields, None),
            Act::Paused(rest) => ("paused", Vec::new(), Some(rest)),
            Act::Resumed => ("resumed", Vec::new(), None),
            Act::Removed => ("removed", Vec::new(), None),
            Act::Restored => ("restored", Vec::new(), None),
        };
        let rest = rest.unwrap_or_default();
        Self {
            number: change.number,
            at: change.at.to_string(),
            at_ms: change.at.as_ms(),
            who: change.who,
            what,
            fields,
            until: rest.until.map(|until| until.to_string()),
            reason: rest.reason,
        }
    }
}

/// The changes of a tracker, the newest first.
pub(super) async fn changes(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<Vec<ChangeReply>>, Problem> {
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=MOST).unwrap_or(USUAL);
    let (before, limit) = params.done((before, limit))?;
    let changes = state.archive.changes(id, before, limit.into()).await.map_err(logged)?;
    Ok(Json(changes.into_iter().map(ChangeReply::from).collect()))
}

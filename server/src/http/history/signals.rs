//! `GET /v1/trackers/{id}/signals`: what a target told by itself.

use axum::{Json, extract::State};
use domain::Signal;
use serde::Serialize;

use super::{Known, params::Params};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// Signals of an answer at most; as many as are kept of a tracker.
const MOST: u16 = 200;
/// Signals of an answer when nothing is said.
const USUAL: u16 = 20;

/// A signal.
#[derive(Debug, Serialize)]
pub(super) struct SignalReply {
    at: String,
    at_ms: i64,
    /// `start`, `success`, `fail`, `log` or `exit`.
    said: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    body: String,
}

impl From<Signal> for SignalReply {
    fn from(signal: Signal) -> Self {
        let (said, exit) = match signal.word {
            domain::SignalWord::Exit(code) => ("exit".to_owned(), Some(code)),
            word => (word.to_string(), None),
        };
        let Signal { at, run, from, body, .. } = signal;
        Self { at: at.to_string(), at_ms: at.as_ms(), said, exit, run, from, body }
    }
}

/// The signals of a tracker, the newest first.
pub(super) async fn signals(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<Vec<SignalReply>>, Problem> {
    let limit = params.number("limit", 1..=MOST).unwrap_or(USUAL);
    let limit = params.done(limit)?;
    let signals = state.archive.signals(id, limit.into()).await.map_err(logged)?;
    Ok(Json(signals.into_iter().map(SignalReply::from).collect()))
}

//! `GET /v1/trackers/{id}/phases` and `/evidence`: where the time of checks went, and what was seen when they failed.

use std::{collections::BTreeMap, time::Duration};

use axum::{Json, extract::State};
use domain::{Exhibit, Phase, PhaseTime, Timestamp, Window};
use serde::Serialize;

use super::{Known, params::Params, reply::PercentilesReply};
use crate::{
    failure::logged,
    finding::EvidenceReply,
    http::{AppState, Problem},
};

/// Exhibits of an answer at most; as many as are kept of a tracker.
const MOST: u16 = 100;
/// Exhibits of an answer when nothing is said.
const USUAL: u16 = 10;

/// How long the phases of good checks took.
#[derive(Debug, Serialize)]
pub(super) struct PhaseTimesReply {
    tracker: i64,
    from: String,
    to: String,
    /// By the word of the phase; those that no check had are left out.
    phases: BTreeMap<&'static str, PhaseTimeReply>,
}

#[derive(Debug, Serialize)]
struct PhaseTimeReply {
    checks: u64,
    ms: PercentilesReply,
}

/// Percentiles of each phase over a window.
pub(super) async fn phases(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<PhaseTimesReply>, Problem> {
    let window = params.window(state.clock.now());
    let window = params.done(window)?;
    let times = state.archive.phases(id, window).await.map_err(logged)?;
    let known = Phase::ALL.into_iter().zip(times).filter(|(_, time)| time.count > 0);
    let reply = |(phase, time): (Phase, PhaseTime)| {
        (phase.word(), PhaseTimeReply { checks: time.count, ms: time.took.into() })
    };
    let (from, to) = (window.from.to_string(), window.to.to_string());
    Ok(Json(PhaseTimesReply { tracker: id.0, from, to, phases: known.map(reply).collect() }))
}

/// What was seen when a tracker went down.
#[derive(Debug, Serialize)]
pub(super) struct ExhibitReply {
    /// The check that decided it.
    at: String,
    at_ms: i64,
    failure: EvidenceReply,
    last_good: Option<GoodReply>,
}

#[derive(Debug, Serialize)]
struct GoodReply {
    at: String,
    at_ms: i64,
    #[serde(flatten)]
    seen: EvidenceReply,
}

impl From<&Exhibit> for ExhibitReply {
    fn from(exhibit: &Exhibit) -> Self {
        let good = exhibit.last_good.as_ref().map(|(at, seen)| GoodReply {
            at: at.to_string(),
            at_ms: at.as_ms(),
            seen: seen.into(),
        });
        let Exhibit { at, failure, .. } = exhibit;
        Self { at: at.to_string(), at_ms: at.as_ms(), failure: failure.into(), last_good: good }
    }
}

/// What was seen at failures, the newest first; of all that are kept unless a window is given.
pub(super) async fn evidence(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<Vec<ExhibitReply>>, Problem> {
    let now = state.clock.now();
    let all = Window::new(Timestamp(i64::MIN), now.plus(Duration::from_millis(1)));
    let is_asked = ["from", "to", "last"].into_iter().any(|name| params.has(name));
    let window = if is_asked { params.window(now) } else { all };
    let limit = params.number("limit", 1..=MOST).unwrap_or(USUAL);
    let (window, limit) = params.done((window, limit))?;
    let exhibits = state.archive.exhibits(id, window, limit.into()).await.map_err(logged)?;
    Ok(Json(exhibits.iter().map(ExhibitReply::from).collect()))
}

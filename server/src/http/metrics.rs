//! `GET /metrics`.

use axum::{
    extract::State,
    http::{HeaderName, header::CONTENT_TYPE},
};

use super::AppState;
use crate::metrics::{self, Scene};

/// What this program counts, for Prometheus.
pub(super) async fn metrics(State(state): State<AppState>) -> ([(HeaderName, &'static str); 1], String) {
    let view = state.view.read();
    let scene = Scene {
        view: &view,
        waiting: state.recorder.waiting(),
        now: state.clock.monotonic(),
        each_tracker: state.tracker_metrics,
    };
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], state.metrics.text(&scene))
}

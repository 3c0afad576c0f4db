//! `GET /v1/trackers/export`: trackers as a file.

use app::list::address;
use axum::{
    extract::{RawQuery, State},
    http::{
        HeaderName, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use csv::{Terminator, WriterBuilder};
use domain::{Cause, Failure, Invalid, NewTracker, Tracker, TrackerId};

use super::{AppState, Problem, history::without_formula};
use crate::{
    exchange::{self, Format},
    failure::logged,
};

/// Every tracker, or those that the list of this query shows: on all of its pages, in its order.
pub(super) async fn all(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let word = app::past::asked::value(&query, "format").unwrap_or_else(|| "json".into());
    let request = address::read(&query);
    let ids = state.view.read().listed(&request);
    let roster = state.roster.borrow().clone();
    let trackers: Vec<&Tracker> = ids.iter().filter_map(|id| roster.get(id).map(AsRef::as_ref)).collect();
    if word == "csv" {
        let text = table(&trackers).map_err(unwritten)?;
        return Ok(file("trackers", "csv", "text/csv; charset=utf-8; header=present", text.into()));
    }
    let format: Format = word.parse().map_err(|_| {
        Problem::invalid(StatusCode::BAD_REQUEST, Invalid::one("format", words::EXPORT_FORMAT))
    })?;
    written(trackers.into_iter().map(|tracker| &tracker.settings), "trackers", format)
}

/// One tracker. One that cannot be checked as it stands has no settings that could be written.
pub(super) fn one(state: &AppState, id: TrackerId, format: Format) -> Result<Response, Problem> {
    let tracker = state.roster.borrow().get(&id).cloned().ok_or(Failure::NotFound)?;
    written([&tracker.settings], &format!("tracker-{id}"), format)
}

fn written<'a>(
    trackers: impl IntoIterator<Item = &'a NewTracker>,
    name: &str,
    format: Format,
) -> Result<Response, Problem> {
    let text = exchange::write(trackers, format).map_err(unwritten)?;
    Ok(file(name, format.word(), format.media_type(), text))
}

fn unwritten(cause: Cause) -> Failure {
    logged(Failure::Internal { doing: words::DOING_EXPORT, cause })
}

fn file(name: &str, ending: &str, media_type: &str, text: axum::body::Bytes) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let headers: [(HeaderName, String); 2] =
        [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, text).into_response()
}

/// The columns that are no options of HTTP, called as forms call them.
const COLUMNS: [&str; 16] = [
    "url",
    "name",
    "group",
    "tags",
    "every",
    "cron",
    "zone",
    "expect",
    "deadline",
    "retries",
    "retry",
    "successes",
    "slow",
    "upside_down",
    "http.method",
    "http.ip",
];

/// For spreadsheets: every setting, whether it is as usual or not.
fn table(trackers: &[&Tracker]) -> Result<Vec<u8>, Cause> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["id"].into_iter().chain(COLUMNS).chain(["paused"]))?;
    for tracker in trackers {
        let fields = tracker.settings.fields();
        let value = |name: &&str| {
            let found = fields.iter().rev().find(|(other, _)| other == name);
            without_formula(found.map(|(_, value)| value.clone()).unwrap_or_default())
        };
        let (id, paused) = (tracker.id.to_string(), tracker.settings.paused.is_some().to_string());
        writer.write_record(std::iter::once(id).chain(COLUMNS.iter().map(value)).chain([paused]))?;
    }
    Ok(writer.into_inner()?)
}

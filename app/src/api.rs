//! What a browser may ask the server. Every function is one call on a port: rules live in `domain`, work in the server.
//!
//! Reads take JSON. Changes take url-encoded forms, so that they work without script. Both answer JSON. In the client only
//! the types are used that `#[server]` makes: they are sent by the module `ask`. They are [`Live`], [`LastChecks`],
//! [`ListTrackers`], [`AroundList`], [`JumpNames`], [`Past`], [`AddTracker`], [`PauseTracker`], [`ResumeTracker`], [`DeleteTracker`], [`RestoreTracker`],
//! [`CheckNow`].

use domain::{Cell, Cursor, LiveAnswer, TrackerId, TrackerPage};
use leptos::prelude::*;
use server_fn::codec::Json;

use crate::ApiError;

/// What changed since the cursor of the last answer.
#[server(prefix = "/api", endpoint = "live", input = Json, output = Json)]
pub async fn live(cursor: Option<Cursor>, visible: Vec<TrackerId>) -> Result<LiveAnswer, ApiError> {
    Ok(crate::backend::services()?.live.poll(domain::LiveRequest { cursor, visible }).await?)
}

/// A tracker's newest checks, oldest first.
#[server(prefix = "/api", endpoint = "last_checks", input = Json, output = Json)]
pub async fn last_checks(tracker_id: TrackerId) -> Result<Vec<Cell>, ApiError> {
    Ok(crate::backend::services()?.live.last_checks(tracker_id).await?)
}

/// One page of the list. `query` is that of the page's address: `q=api&state=down`.
#[server(prefix = "/api", endpoint = "list_trackers", input = Json, output = Json)]
pub async fn list_trackers(query: String) -> Result<TrackerPage, ApiError> {
    Ok(crate::backend::services()?.live.list(crate::list::address::read(&query)).await?)
}

/// What stands around the rows of a page of the list: heads of groups, who else is in trouble, filters, pages.
#[server(prefix = "/api", endpoint = "around_list", input = Json, output = Json)]
pub async fn around_list(query: String) -> Result<crate::list::around::Around, ApiError> {
    Ok(crate::list::around::of(&crate::backend::services()?, &query).await?)
}

/// The names that can be jumped to, as the options of a list.
#[server(prefix = "/api", endpoint = "jump_names", input = Json, output = Json)]
pub async fn jump_names() -> Result<String, ApiError> {
    Ok(crate::jump::names(&crate::backend::services()?).await?)
}

/// What a page tells of a tracker's past, as a piece of HTML. `query` is that of the page's address: `reach=7d&at=…`.
#[server(prefix = "/api", endpoint = "past", input = Json, output = Json)]
pub async fn past(tracker_id: TrackerId, query: String) -> Result<String, ApiError> {
    let services = crate::backend::services()?;
    Ok(crate::past::html(&services, tracker_id, &query).await?)
}

/// Adds a tracker for each target, one a line; all of them or none.
#[server(prefix = "/api", endpoint = "add_tracker", output = Json)]
pub async fn add_tracker(url: String) -> Result<Vec<TrackerId>, ApiError> {
    Ok(crate::backend::services()?.trackers.add(url).await?)
}

/// Lets a tracker rest.
#[server(prefix = "/api", endpoint = "pause_tracker", output = Json)]
pub async fn pause_tracker(id: TrackerId) -> Result<(), ApiError> {
    Ok(crate::backend::services()?.trackers.pause(id).await?)
}

/// Wakes a tracker that rests.
#[server(prefix = "/api", endpoint = "resume_tracker", output = Json)]
pub async fn resume_tracker(id: TrackerId) -> Result<(), ApiError> {
    Ok(crate::backend::services()?.trackers.resume(id).await?)
}

/// Removes a tracker and its checks; for ten minutes [`restore_tracker`] takes it back.
#[server(prefix = "/api", endpoint = "delete_tracker", output = Json)]
pub async fn delete_tracker(id: TrackerId) -> Result<(), ApiError> {
    Ok(crate::backend::services()?.trackers.remove(id).await?)
}

/// Takes the removal of a tracker back.
#[server(prefix = "/api", endpoint = "restore_tracker", output = Json)]
pub async fn restore_tracker(id: TrackerId) -> Result<(), ApiError> {
    Ok(crate::backend::services()?.trackers.restore(id).await?)
}

/// Checks a tracker now, beside its schedule, and waits for it a while.
#[server(prefix = "/api", endpoint = "check_now", output = Json)]
pub async fn check_now(id: TrackerId) -> Result<Vec<Cell>, ApiError> {
    Ok(crate::backend::services()?.trackers.check_now(vec![id]).await?)
}

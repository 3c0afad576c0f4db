//! `GET /v1/trackers/{id}/days` and `GET /v1/trackers/days`: calendars.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header::LINK},
};
use domain::{Rule, TrackerId, Zone};

use super::{
    Known,
    params::{MOST_DAYS, Params},
    reply::{DayReply, DaysReply, StripReply, TallyReply},
};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// Days when nothing is said.
const USUAL_DAYS: u16 = 90;
/// Days of many trackers at most.
const MOST_DAYS_OF_ALL: u16 = 366;
/// Trackers in one answer at most.
const MOST_TRACKERS: u16 = 500;

/// The last days of one tracker in a time zone; the newest one ends now.
pub(super) async fn of_one(
    State(state): State<AppState>,
    Known(id): Known,
    mut params: Params,
) -> Result<Json<DaysReply>, Problem> {
    let count = params.number("days", 1..=MOST_DAYS).unwrap_or(USUAL_DAYS);
    let zone = params.take("zone", words::API_ZONE, |name| Zone::parse(name).ok());
    let (count, zone) = params.done((count, zone.unwrap_or(Zone::UTC)))?;
    let now = state.clock.now();
    let days = zone.days(now, count);
    let edges: Vec<_> = days.iter().map(|day| day.window.from).chain([now]).collect();
    let periods = state.archive.periods(id, &edges).await.map_err(logged)?;
    Ok(Json(DaysReply {
        tracker: id.0,
        zone: zone.name().to_owned(),
        rule: Rule::ObservedTime.into(),
        days: days.into_iter().zip(&periods).map(|(day, period)| DayReply::new(day.date, period)).collect(),
    }))
}

/// The last days (UTC) of all trackers in the order of their ids, so many trackers at a time.
pub(super) async fn of_all(
    State(state): State<AppState>,
    mut params: Params,
) -> Result<(HeaderMap, Json<Vec<StripReply>>), Problem> {
    let count = params.number("days", 1..=MOST_DAYS_OF_ALL).unwrap_or(USUAL_DAYS);
    let limit = params.number("limit", 1..=MOST_TRACKERS).unwrap_or(MOST_TRACKERS);
    let after = params.take("after", words::API_TRACKER_ID, |id| id.parse().ok());
    let (count, limit, after) = params.done((count, limit, after))?;
    let now = state.clock.now();
    let (ids, has_more) = ids_after(&state, after, limit.into());
    let tallies = state.archive.days(&ids, now, count).await.map_err(logged)?;
    let days = Zone::UTC.days(now, count);
    let strips = ids.iter().zip(tallies).map(|(id, tallies)| StripReply {
        tracker: id.0,
        days: days
            .iter()
            .zip(tallies)
            .map(|(day, tally)| TallyReply { date: day.date.clone(), seconds: tally.into() })
            .collect(),
    });
    let next = ids.last().filter(|_| has_more);
    let next =
        next.map(|id| format!("</v1/trackers/days?days={count}&limit={limit}&after={id}>; rel=\"next\""));
    let next = next.and_then(|link| HeaderValue::from_str(&link).ok());
    Ok((next.map(|link| (LINK, link)).into_iter().collect(), Json(strips.collect())))
}

/// The first trackers after one, and whether others follow.
fn ids_after(state: &AppState, after: Option<TrackerId>, limit: usize) -> (Vec<TrackerId>, bool) {
    let view = state.view.read();
    let mut ids = view.ids().filter(|id| after.is_none_or(|after| *id > after));
    let first: Vec<TrackerId> = ids.by_ref().take(limit).collect();
    let has_more = ids.next().is_some();
    drop(ids);
    (first, has_more)
}

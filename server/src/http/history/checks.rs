//! `GET /v1/trackers/{id}/checks`: the newest from memory, or all of a window page by page.

use std::{borrow::Cow, collections::HashMap, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::LINK},
};
use domain::{
    Cell, CheckQuery, Failure, Invalid, Numbered, Order, SHOWN_CHECKS, Timestamp, TrackerId, Window,
};

use super::{Known, cursor::Cursor, params::Params, reply::CheckReply};
use crate::{
    failure::logged,
    http::{AppState, Problem},
};

/// Checks of a page when nothing is said.
const USUAL: usize = 60;
/// Checks of a page at most.
pub(super) const MOST: usize = 1_000;

type Page = (HeaderMap, Json<Vec<CheckReply>>);

/// What is asked for.
enum Wanted {
    /// The newest ones, oldest first, that were due before a moment.
    Newest { limit: usize, before: Option<Timestamp> },
    /// The first page of a window.
    First { window: Window, order: Order, limit: usize },
    /// The page after this.
    Next { cursor: Cursor, limit: usize },
}

/// Checks of a tracker. Without a window, an order or a cursor: at most the newest 60, oldest first, without gaps.
pub(super) async fn checks(
    State(state): State<AppState>,
    known: Result<Known, Problem>,
    params: Params,
) -> Result<Page, Problem> {
    let wanted = Wanted::read(params, state.clock.now())?;
    let Known(id) = known?;
    match wanted {
        Wanted::Newest { limit, before } => newest(&state, id, limit, before),
        Wanted::First { window, order, limit } => {
            page(&state, id, CheckQuery { window, order, after: None, limit }).await
        }
        Wanted::Next { cursor, .. } if cursor.tracker != id => Err(not_ours()),
        Wanted::Next { cursor: Cursor { window, order, after, .. }, limit } => {
            page(&state, id, CheckQuery { window, order, after: Some(after), limit }).await
        }
    }
}

impl Wanted {
    fn read(mut params: Params, now: Timestamp) -> Result<Self, Problem> {
        let asks_archive = ["from", "to", "last", "order"].into_iter().any(|name| params.has(name));
        if params.has("cursor") {
            if asks_archive {
                params.wrong("cursor", words::API_CURSOR_ALONE);
            }
            return Self::next(params);
        }
        if !asks_archive {
            let limit = params.number("limit", 1..=SHOWN_CHECKS).unwrap_or(SHOWN_CHECKS);
            let wanted = words::API_MILLISECONDS;
            let before = params.take("before", wanted, |text| text.parse().ok().map(Timestamp));
            return params.done(Self::Newest { limit, before });
        }
        let window = params.window(now);
        let order = params.take("order", words::API_ORDER, order).unwrap_or(Order::OldestFirst);
        let limit = params.number("limit", 1..=MOST).unwrap_or(USUAL);
        params.done(Self::First { window, order, limit })
    }

    fn next(mut params: Params) -> Result<Self, Problem> {
        let cursor = params.take("cursor", NOT_OURS, |text| text.parse().ok());
        let limit = params.number("limit", 1..=MOST).unwrap_or(USUAL);
        let cursor = params.done(cursor)?.ok_or_else(not_ours)?;
        Ok(Self::Next { cursor, limit })
    }
}

const NOT_OURS: &str = words::API_CURSOR_FOREIGN;

fn not_ours() -> Problem {
    Problem::invalid(StatusCode::BAD_REQUEST, Invalid::one("cursor", NOT_OURS))
}

fn order(word: &str) -> Option<Order> {
    match word {
        "oldest" => Some(Order::OldestFirst),
        "newest" => Some(Order::NewestFirst),
        _ => None,
    }
}

fn newest(state: &AppState, id: TrackerId, limit: usize, before: Option<Timestamp>) -> Result<Page, Problem> {
    let view = state.view.read();
    let cells = view.cells(id).ok_or(Failure::NotFound)?;
    let is_before = |cell: &Cow<'_, Cell>| before.is_none_or(|before| cell.due < before);
    let wanted: Vec<Cow<'_, Cell>> = cells.filter(|cell| !cell.is_gap()).filter(is_before).collect();
    let newest = wanted.iter().skip(wanted.len().saturating_sub(limit));
    Ok((HeaderMap::new(), Json(newest.map(|cell| CheckReply::from(&**cell)).collect())))
}

async fn page(state: &AppState, id: TrackerId, query: CheckQuery) -> Result<Page, Problem> {
    let mut page = state.archive.checks(id, query).await.map_err(logged)?;
    add_phases(state, id, &mut page.checks).await?;
    let last = page.checks.last().filter(|_| page.more);
    let next = last.map(|last| {
        let CheckQuery { window, order, limit, .. } = query;
        let cursor = Cursor { tracker: id, window, order, after: last.number };
        format!("</v1/trackers/{id}/checks?limit={limit}&cursor={cursor}>; rel=\"next\"")
    });
    let next = next.and_then(|link| HeaderValue::from_str(&link).ok()).map(|link| (LINK, link));
    Ok((next.into_iter().collect(), Json(page.checks.iter().map(CheckReply::from).collect())))
}

/// Says of those checks where the time went of which that is kept: failures, and the slowest of each minute.
async fn add_phases(state: &AppState, id: TrackerId, checks: &mut [Numbered]) -> Result<(), Problem> {
    let due = || checks.iter().map(|entry| entry.recorded.check.name.due);
    let Some((first, last)) = due().min().zip(due().max()) else { return Ok(()) };
    let window = Window::new(first, last.plus(Duration::from_millis(1)));
    let kept = state.archive.slow(id, window, MOST).await.map_err(logged)?;
    let kept: HashMap<_, _> = kept.into_iter().map(|timing| ((timing.due, timing.attempt), timing)).collect();
    for check in checks.iter_mut().map(|entry| &mut entry.recorded.check) {
        // Where a clock was set back, others had the same name.
        if let Some(timing) = kept.get(&(check.name.due, check.name.attempt))
            && timing.latency == check.latency
        {
            check.phases = timing.phases;
        }
    }
    Ok(())
}

//! What a page tells of a tracker's past, put together from the archive's answers.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    Archive, Cell, CheckQuery, Clock, Direction, Failure, Moment, Order, Outage, Reach, SHOWN_CHECKS, Story,
    StoryRequest, Timestamp, TrackerId, Transition, Window, ports::Past,
};

use crate::{failure::logged, live::SharedView};

/// The past of the trackers that are shown.
pub(crate) struct SharedPast {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) view: SharedView,
    pub(crate) clock: Arc<dyn Clock>,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days of the strip.
const STRIP_DAYS: i64 = 90;
/// Outages that a page lists.
const OUTAGES: usize = 20;

#[async_trait]
impl Past for SharedPast {
    async fn story(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure> {
        self.view.read().about(id).ok_or(Failure::NotFound)?;
        self.tell(id, request).await.map_err(logged)
    }
}

impl SharedPast {
    async fn tell(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure> {
        let now = self.clock.now();
        let mut periods = Vec::with_capacity(Reach::ALL.len());
        for reach in Reach::ALL {
            periods.extend(self.archive.periods(id, &[start_of(reach, now), now]).await?);
        }
        let moment = match request.at {
            Some(at) => Some(self.moment(id, at, now).await?),
            None => None,
        };
        Ok(Story {
            now,
            request,
            periods,
            chart: self.archive.periods(id, &chart_edges(request.reach, now)).await?,
            days: self.archive.periods(id, &grid(now.0 - (STRIP_DAYS - 1) * DAY_MS, now, DAY_MS)).await?,
            outages: self.outages(id, now).await?,
            moment,
        })
    }

    async fn outages(&self, id: TrackerId, now: Timestamp) -> Result<Vec<Outage>, Failure> {
        let always = Window::new(Timestamp(i64::MIN), now.plus(std::time::Duration::from_millis(1)));
        let transitions = self.archive.transitions(id, always, 2 * OUTAGES).await?;
        let mut outages: Vec<Outage> = Vec::new();
        for transition in transitions {
            match transition {
                Transition::Recovered { at, down_since } => {
                    outages.push(Outage { from: down_since, until: Some(at), fault: None });
                }
                Transition::WentDown { since, fault, .. } => match outages.last_mut() {
                    Some(outage) if outage.from == since => outage.fault = Some(fault),
                    _ => outages.push(Outage { from: since, until: None, fault: Some(fault) }),
                },
            }
        }
        outages.truncate(OUTAGES);
        Ok(outages)
    }

    async fn moment(&self, id: TrackerId, at: Timestamp, now: Timestamp) -> Result<Moment, Failure> {
        let page = async |window, order| {
            let query = CheckQuery { window, order, after: None, limit: SHOWN_CHECKS };
            let page = self.archive.checks(id, query).await?;
            Ok::<_, Failure>((
                page.checks.iter().map(|entry| Cell::from(&entry.recorded)).collect::<Vec<_>>(),
                page.more,
            ))
        };
        let next = Timestamp(at.0.saturating_add(1));
        let (mut cells, has_earlier) =
            page(Window::new(Timestamp(i64::MIN), next), Order::NewestFirst).await?;
        cells.reverse();
        let (after, _) = page(Window::new(next, Timestamp(i64::MAX)), Order::OldestFirst).await?;
        let first = cells.first().map_or(at, |cell| cell.due);
        let failure = async |from, direction| self.archive.failure(id, from, direction).await;
        Ok(Moment {
            at,
            earlier_failure: failure(first, Direction::Earlier).await?,
            later_failure: failure(at, Direction::Later).await?,
            earlier: has_earlier.then_some(Timestamp(first.0 - 1)),
            later: after.last().map(|cell| cell.due).filter(|due| *due <= now),
            cells,
        })
    }
}

fn start_of(reach: Reach, now: Timestamp) -> Timestamp {
    Timestamp(now.0 - i64::from(reach.days()) * DAY_MS)
}

/// The chart's edges: at round times of UTC, at most some 240 points.
fn chart_edges(reach: Reach, now: Timestamp) -> Vec<Timestamp> {
    let step = match reach {
        Reach::Day => 6 * MINUTE_MS,
        Reach::Week => HOUR_MS,
        Reach::Month => 3 * HOUR_MS,
        Reach::Quarter => 12 * HOUR_MS,
        Reach::Year => 2 * DAY_MS,
    };
    grid(start_of(reach, now).0, now, step)
}

/// The multiples of `step` from the one at or before `from`, and `now`.
fn grid(from: i64, now: Timestamp, step: i64) -> Vec<Timestamp> {
    let first = from.div_euclid(step) * step;
    let count = (now.0 - first).div_euclid(step);
    let starts = (0..=count).map(|n| Timestamp(first + n * step)).filter(|start| *start < now);
    starts.chain([now]).collect()
}

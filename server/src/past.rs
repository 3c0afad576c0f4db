//! What a page tells of a tracker's past, put together from the archive's answers.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    Archive, Calls, Cell, CheckQuery, Clock, Direction, Exhibit, Failure, LastFailure, Moment, Order, Outage,
    Phases, Reach, SHOWN_CHECKS, Story, StoryRequest, Stride, Timestamp, Timing, TrackerId, Transition,
    Window, Zone, ports::Past,
};

use tokio::sync::watch;

use crate::{failure::logged, live::SharedView, push_urls::PushUrls, recorder::Roster};

/// The past of the trackers that are shown.
pub(crate) struct SharedPast {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) roster: watch::Receiver<Roster>,
    pub(crate) view: SharedView,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) push_urls: PushUrls,
}

const DAY_MS: i64 = 86_400_000;
/// Days of the strip.
const STRIP_DAYS: u16 = 90;
/// Points of the chart at most: 6 minutes of a day or 3 hours of 30 days each, and a part of one.
const CHART_POINTS: u16 = 241;
/// Outages that a page lists.
const OUTAGES: usize = 20;
/// Changes that a page lists.
const CHANGES: usize = 20;
/// Signals that a page lists.
const SIGNALS: usize = 20;
/// Slow checks that are told.
const SLOWEST: usize = 10;

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
            periods.extend(self.archive.periods(id, &[window_of(reach, now).from, now]).await?);
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
            days: self.archive.periods(id, &strip_edges(now)).await?,
            outages: self.outages(id, now).await?,
            moment,
            phases: self.medians(id, now).await?,
            slowest: self.slowest(id, now).await?,
            failure: self.last_failure(id, now).await?,
            settings: self.settings(id),
            changes: self.archive.changes(id, None, CHANGES).await?,
            calls: self.calls(id).await?,
        })
    }

    async fn calls(&self, id: TrackerId) -> Result<Option<Calls>, Failure> {
        let url = self.roster.borrow().get(&id).and_then(|tracker| self.push_urls.of(tracker));
        let Some(url) = url else { return Ok(None) };
        Ok(Some(Calls { url: Some(url), signals: self.archive.signals(id, SIGNALS).await? }))
    }

    /// Nothing of a tracker that cannot be checked.
    fn settings(&self, id: TrackerId) -> Vec<(String, String)> {
        self.roster.borrow().get(&id).map(|tracker| tracker.settings.fields()).unwrap_or_default()
    }

    /// How long each phase usually took in the last 24 hours.
    async fn medians(&self, id: TrackerId, now: Timestamp) -> Result<Phases, Failure> {
        let times = self.archive.phases(id, window_of(Reach::Day, now)).await?;
        Ok(Phases::from(times.map(|time| time.took.p50)))
    }

    /// The slowest good checks of the last 24 hours. Of failures there are as many as there were, and they have a place of their own.
    async fn slowest(&self, id: TrackerId, now: Timestamp) -> Result<Vec<Timing>, Failure> {
        let all = self.archive.slow(id, window_of(Reach::Day, now), usize::MAX).await?;
        Ok(all.into_iter().filter(|timing| !timing.failed).take(SLOWEST).collect())
    }

    async fn last_failure(&self, id: TrackerId, now: Timestamp) -> Result<Option<LastFailure>, Failure> {
        let newest = self.archive.exhibits(id, until(now), 1).await?.pop();
        let Some(Exhibit { at, failure, last_good, .. }) = newest else { return Ok(None) };
        let moment = Window::new(at, at.plus(std::time::Duration::from_millis(1)));
        let fault = match self.archive.transitions(id, moment, 1).await?.pop() {
            Some(Transition::WentDown { fault, .. }) => Some(fault),
            _ => None,
        };
        Ok(Some(LastFailure { at, fault, seen: failure, last_good }))
    }

    async fn outages(&self, id: TrackerId, now: Timestamp) -> Result<Vec<Outage>, Failure> {
        let transitions = self.archive.transitions(id, until(now), 2 * OUTAGES).await?;
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

/// All that was, up to and with this moment.
fn until(now: Timestamp) -> Window {
    Window::new(Timestamp(i64::MIN), now.plus(std::time::Duration::from_millis(1)))
}

fn window_of(reach: Reach, now: Timestamp) -> Window {
    Window::new(Timestamp(now.0 - i64::from(reach.days()) * DAY_MS), now)
}

/// The chart's edges, at round times of UTC.
fn chart_edges(reach: Reach, now: Timestamp) -> Vec<Timestamp> {
    let window = window_of(reach, now);
    Stride::dividing(window, CHART_POINTS).edges(window)
}

/// The beginnings of the strip's days (UTC), and now.
fn strip_edges(now: Timestamp) -> Vec<Timestamp> {
    Zone::UTC.days(now, STRIP_DAYS).iter().map(|day| day.window.from).chain([now]).collect()
}

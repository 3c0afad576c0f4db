//! Where the links of the page lead.

use std::time::Duration;

use domain::{Outage, Reach, Story, Timestamp, TrackerId, TrackerView};

/// The page that links start from.
#[derive(Clone, Debug)]
pub struct Here {
    id: TrackerId,
    reach: Reach,
    at: Option<Timestamp>,
    now: Timestamp,
    interval: Duration,
}

/// Checks of a bar that follow the failure it is about: what was before matters more.
const AFTER: u32 = 20;

impl Here {
    /// The page that tells this story of this tracker.
    pub fn new(view: &TrackerView, story: &Story) -> Self {
        Self {
            id: view.id,
            reach: story.request.reach,
            at: story.request.at,
            now: story.now,
            interval: Duration::from_millis(view.about.interval_ms.unwrap_or_default()),
        }
    }

    /// The page's path.
    pub fn path(&self) -> String {
        format!("/t/{}", self.id)
    }

    /// The tracker's incidents.
    pub fn incidents(&self) -> String {
        crate::incidents::href(Some(self.id), false, None)
    }

    /// The page with another reach of the chart. It leads to the link that leads there, so that the focus stays on it.
    pub fn with_reach(&self, reach: Reach) -> String {
        self.link(reach, self.at, &format!("#{}", reach_name(reach)))
    }

    /// The page at a moment.
    pub fn at(&self, at: Timestamp) -> String {
        self.link(self.reach, Some(at.min(self.now)), "#moment")
    }

    /// The page at a failure, with what came before it and some of what followed.
    pub fn at_failure(&self, first: Timestamp) -> String {
        self.at(first.plus(self.interval.saturating_mul(AFTER)))
    }

    /// The page without a moment.
    pub fn at_now(&self) -> String {
        self.link(self.reach, None, "#moment")
    }

    fn link(&self, reach: Reach, at: Option<Timestamp>, part: &str) -> String {
        let reach = (reach != Reach::default()).then(|| format!("reach={}", reach.word()));
        let at = at.map(|at| format!("at={}", at.as_ms()));
        let query = crate::format::joined(reach.into_iter().chain(at), "&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}{part}", self.path())
    }
}

/// The name of the link to a reach.
pub fn reach_name(reach: Reach) -> String {
    format!("reach-{}", reach.word())
}

/// The first outage, of a list with the newest first, that touches a stretch of time.
pub fn first_within(outages: &[Outage], from: Timestamp, to: Timestamp) -> Option<&Outage> {
    outages.iter().rev().find(|outage| outage.from < to && outage.until.is_none_or(|until| until > from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(reach: Reach, at: Option<i64>) -> Here {
        let at = at.map(Timestamp);
        Here { id: TrackerId(7), reach, at, now: Timestamp(90_000), interval: Duration::from_secs(1) }
    }

    #[test]
    fn links_keep_what_they_do_not_change() {
        assert_eq!(here(Reach::Day, None).with_reach(Reach::Week), "/t/7?reach=7d#reach-7d");
        assert_eq!(here(Reach::Week, Some(5)).with_reach(Reach::Day), "/t/7?at=5#reach-24h");
        assert_eq!(here(Reach::Week, None).at(Timestamp(5)), "/t/7?reach=7d&at=5#moment");
        assert_eq!(here(Reach::Week, Some(5)).at_now(), "/t/7?reach=7d#moment");
        assert_eq!(here(Reach::Day, Some(5)).at_now(), "/t/7#moment");
    }

    #[test]
    fn a_failure_is_shown_with_what_followed_but_never_the_future() {
        assert_eq!(here(Reach::Day, None).at_failure(Timestamp(5)), "/t/7?at=20005#moment");
        assert_eq!(here(Reach::Day, None).at_failure(Timestamp(80_000)), "/t/7?at=90000#moment");
    }

    #[test]
    fn an_outage_belongs_to_every_stretch_it_touches() {
        let outage = |from, until: Option<i64>| Outage {
            from: Timestamp(from),
            until: until.map(Timestamp),
            fault: None,
        };
        let outages = [outage(50, None), outage(10, Some(20))];
        let from = |a, b| first_within(&outages, Timestamp(a), Timestamp(b)).map(|outage| outage.from.0);
        assert_eq!([from(0, 10), from(0, 11), from(19, 60), from(20, 50)], [None, Some(10), Some(10), None]);
        assert_eq!(from(70, 80), Some(50), "it lasts");
    }
}

//! What came of telling people of outages that last, for the bar's tooltip and the page's sentence.

use std::collections::{BTreeMap, HashSet};

use domain::{Delivery, Failure, IncidentQuery, TrackerId, receipts};

use super::Recorder;

/// What is shown of it.
pub(super) struct Receipts {
    /// Whether something was sent, or acknowledged, or an outage began or ended, since it was looked at.
    pub(super) are_old: bool,
    shown: HashSet<TrackerId>,
}

/// Messages, and incidents, that are looked at. In a storm that is larger, the oldest outages say nothing.
const MOST: usize = 2_000;

impl Default for Receipts {
    fn default() -> Self {
        Self { are_old: true, shown: HashSet::new() }
    }
}

impl Recorder {
    /// Shows it, if it may have changed. Looked at as often as other processes' changes are, so a storm costs no more than that.
    pub(super) async fn show_receipts(&mut self) {
        if !self.receipts.are_old || self.refused.is_some() {
            return;
        }
        let archive = self.records.alerts();
        let open = IncidentQuery { open: true, limit: MOST, ..IncidentQuery::default() };
        let read = async {
            Ok::<_, Failure>((archive.incidents(open).await?, archive.deliveries_of_open(MOST).await?))
        };
        let (open, deliveries) = match read.await {
            Ok(read) => read,
            Err(failure) => return self.health.storage_failed(&failure),
        };
        let mut told: BTreeMap<TrackerId, Vec<Delivery>> = BTreeMap::new();
        for (id, delivery) in deliveries {
            told.entry(id).or_default().push(delivery);
        }
        let open: BTreeMap<TrackerId, bool> =
            open.into_iter().map(|incident| (incident.tracker, incident.acknowledged.is_some())).collect();
        let mut view = self.view.write();
        view.begin_commit();
        for id in self.receipts.shown.iter().filter(|id| !open.contains_key(id)) {
            view.set_acknowledged(*id, false);
            view.set_told(*id, "");
        }
        for (id, acknowledged) in &open {
            view.set_acknowledged(*id, *acknowledged);
            view.set_told(*id, &receipts(told.get(id).into_iter().flatten()));
        }
        drop(view);
        self.receipts = Receipts { are_old: false, shown: open.into_keys().collect() };
    }
}

//! What came of telling people of outages that last, for the bar's tooltip.

use std::collections::{BTreeMap, HashSet};

use domain::{Delivery, TrackerId, receipts};

use super::Recorder;

/// What is shown of it.
pub(super) struct Receipts {
    /// Whether something was sent, or an outage ended, since it was looked at.
    pub(super) are_old: bool,
    shown: HashSet<TrackerId>,
}

/// Messages that are looked at. In a storm that is larger, the oldest outages say nothing.
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
        let all = match self.records.alerts().deliveries_of_open(MOST).await {
            Ok(all) => all,
            Err(failure) => return self.health.storage_failed(&failure),
        };
        let mut told: BTreeMap<TrackerId, Vec<Delivery>> = BTreeMap::new();
        for (id, delivery) in all {
            told.entry(id).or_default().push(delivery);
        }
        let mut view = self.view.write();
        view.begin_commit();
        for id in self.receipts.shown.iter().filter(|id| !told.contains_key(id)) {
            view.set_told(*id, "");
        }
        for (id, deliveries) in &told {
            view.set_told(*id, &receipts(deliveries));
        }
        drop(view);
        self.receipts = Receipts { are_old: false, shown: told.into_keys().collect() };
    }
}

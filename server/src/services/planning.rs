//! Announced maintenance, as pages and programs change it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    AlertArchive, AlertChange, Clock, Failure, Invalid, Maintenance, MaintenanceDraft, MaintenanceId,
    MaintenanceView, Plans, Stretch, Timestamp, access::Actor, ports::Planning,
};
use tokio::sync::watch;

use crate::{
    failure::logged,
    recorder::{RecorderHandle, Roster},
};

#[derive(Clone)]
pub(super) struct SharedPlanning {
    /// For the log of changes.
    pub(super) by: Actor,
    pub(super) alerts: Arc<dyn AlertArchive>,
    pub(super) recorder: RecorderHandle,
    pub(super) roster: watch::Receiver<Roster>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Maintenances that there may be.
const MOST: usize = 500;
/// How far the calendar of what comes reaches.
const AHEAD: Duration = Duration::from_hours(24 * 28);
/// Occurrences of one that are shown however far they are away.
const NEAREST: usize = 3;
/// Occurrences of one that are shown at most: one a day.
const SHOWN: usize = 28;

#[async_trait]
impl Planning for SharedPlanning {
    async fn plans(&self) -> Result<Plans, Failure> {
        let now = self.clock.now();
        let all = self.alerts.maintenances().await.map_err(logged)?;
        let roster = self.roster.borrow().clone();
        let mut maintenances: Vec<_> = all.iter().filter_map(|one| view(one, &roster, now)).collect();
        maintenances.sort_by_key(|view| view.next.first().map_or(i64::MAX, |stretch| stretch.from.0));
        Ok(Plans { now, maintenances })
    }

    async fn announce(
        &self,
        id: Option<MaintenanceId>,
        fields: Vec<(String, String)>,
    ) -> Result<MaintenanceId, Failure> {
        let maintenance = MaintenanceDraft::of_fields(&fields).parse(self.clock.now())?;
        if id.is_none() && self.alerts.maintenances().await.map_err(logged)?.len() >= MOST {
            return Err(Invalid::one("name", words::plan_too_many(MOST)).into());
        }
        let change = AlertChange::Announce(Box::new(Maintenance { id, ..maintenance }));
        self.change(change).await.map(MaintenanceId)
    }

    async fn withdraw(&self, id: MaintenanceId) -> Result<(), Failure> {
        self.change(AlertChange::Withdraw(id)).await.map(drop)
    }
}

impl SharedPlanning {
    async fn change(&self, change: AlertChange) -> Result<i64, Failure> {
        let done = self.recorder.alert(change, self.by.clone()).await.map_err(logged)?;
        done.ok_or(Failure::NotFound)
    }
}

fn view(maintenance: &Maintenance, roster: &Roster, now: Timestamp) -> Option<MaintenanceView> {
    let is_shown = |(n, stretch): &(usize, Stretch)| *n < NEAREST || stretch.from < now.plus(AHEAD);
    let ahead = maintenance.stretches(now).take(SHOWN).enumerate().take_while(is_shown);
    let next: Vec<Stretch> = ahead.map(|(_, stretch)| stretch).collect();
    let is_meant = |tracker: &&Arc<domain::Tracker>| maintenance.scope.holds(tracker.subject());
    Some(MaintenanceView {
        id: maintenance.id?,
        name: maintenance.name.clone(),
        scope: maintenance.scope.clone(),
        trackers: roster.values().filter(is_meant).count(),
        is_now: next.first().is_some_and(|stretch| stretch.holds(now)),
        next,
        fields: maintenance.fields(),
    })
}

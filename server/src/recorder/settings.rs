//! What is said of the installation: set between groups like every edit, and told to who follows it.

use std::sync::Arc;

use domain::{Alteration, Defaults, Failure, RetentionDraft, Settings, TrackerId, access::Actor};

use super::Recorder;

impl Recorder {
    /// From now on keeps what is recorded for so long, unless the command line says otherwise.
    pub(super) async fn set_retention(
        &mut self,
        retention: RetentionDraft,
        by: &Actor,
    ) -> Result<Vec<TrackerId>, Failure> {
        let settings = Settings { retention, ..Settings::clone(&self.settings.borrow()) };
        self.save(settings, Vec::new(), by).await
    }

    /// Lets new trackers start with these. Trackers that are as the former ones said follow, in the same transaction.
    pub(super) async fn set_defaults(
        &mut self,
        defaults: Defaults,
        by: &Actor,
    ) -> Result<Vec<TrackerId>, Failure> {
        let former = self.settings.borrow().defaults.clone();
        let followers: Vec<Alteration> = self
            .roster
            .borrow()
            .values()
            .filter_map(|tracker| {
                let settings = defaults.followed(&former, &tracker.settings);
                (settings != tracker.settings).then(|| Alteration::settings(tracker, settings))
            })
            .collect();
        let settings = Settings { defaults, ..Settings::clone(&self.settings.borrow()) };
        self.save(settings, followers, by).await
    }

    async fn save(
        &mut self,
        settings: Settings,
        all: Vec<Alteration>,
        by: &Actor,
    ) -> Result<Vec<TrackerId>, Failure> {
        let saved = self.records.set(&settings.pairs(), &all, by, self.clock.now()).await;
        // Also after a failure, as for every edit.
        self.reload_logged().await;
        saved.map(|()| all.iter().map(Alteration::id).collect())
    }

    /// Reads what is said, and keeps to it.
    pub(super) async fn reload_settings(&mut self) -> Result<(), Failure> {
        let (settings, problems) = Settings::read(&self.records.settings().await?);
        if *self.settings.borrow().as_ref() != settings {
            for problem in &problems {
                tracing::warn!(%problem, "a setting in the database is not understood and left out");
            }
        }
        let retention = self.fixed.or(settings.retention).settled();
        if self.retention != retention {
            self.retention = retention;
            self.records.keep(retention);
        }
        self.settings.send_if_modified(|current| {
            let differs = **current != settings;
            *current = Arc::new(settings);
            differs
        });
        Ok(())
    }
}

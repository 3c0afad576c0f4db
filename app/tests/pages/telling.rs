//! Incidents, and who is told, over what a test says.

use async_trait::async_trait;
use domain::{
    AlertingView, ChannelId, ChannelTest, Failure, Incident, IncidentId, IncidentQuery, IncidentStory,
    LinkedIncident, MaintenanceId, Plans, Replay, RuleId, Timestamp,
    ports::{Alerting, Incidents, Planning},
};

use super::{Ports, START};

/// No channel, no rule.
pub(super) fn nobody_told() -> AlertingView {
    AlertingView {
        now: Timestamp(START),
        kinds: Vec::new(),
        channels: Vec::new(),
        rules: Vec::new(),
        deliveries: Vec::new(),
    }
}

#[async_trait]
impl Incidents for Ports {
    async fn list(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure> {
        self.check()?;
        let all = self.incidents.iter().map(|story| &story.incident);
        let asked = all.filter(|incident| {
            query.tracker.is_none_or(|id| id == incident.tracker)
                && (!query.open || incident.closed_at.is_none())
                && query.before.is_none_or(|before| incident.id < before)
        });
        Ok(asked.take(query.limit).cloned().collect())
    }

    async fn story(&self, id: IncidentId) -> Result<IncidentStory, Failure> {
        let found = self.incidents.iter().find(|story| story.incident.id == id);
        found.cloned().ok_or(Failure::NotFound)
    }

    async fn acknowledge(&self, _: IncidentId) -> Result<(), Failure> {
        Ok(())
    }

    async fn linked(&self, link: &[(String, String)]) -> Result<LinkedIncident, Failure> {
        let is_signed = link.iter().any(|(name, value)| name == "signature" && value == "good");
        let story = self.incidents.first().filter(|_| is_signed).ok_or(Failure::NotFound)?;
        let incident = &story.incident;
        Ok(LinkedIncident {
            name: incident.name.clone(),
            since: incident.since,
            closed_at: incident.closed_at,
            acknowledged_at: incident.acknowledged.as_ref().map(|(at, _)| *at),
        })
    }

    async fn acknowledge_linked(&self, _: &[(String, String)]) -> Result<(), Failure> {
        Ok(())
    }

    async fn comment(&self, _: IncidentId, _: String) -> Result<(), Failure> {
        Ok(())
    }
}

#[async_trait]
impl Alerting for Ports {
    async fn overview(&self) -> Result<AlertingView, Failure> {
        self.check()?;
        Ok(self.alerting.clone())
    }

    async fn save_channel(
        &self,
        _: Option<ChannelId>,
        _: Vec<(String, String)>,
    ) -> Result<ChannelId, Failure> {
        Ok(ChannelId(1))
    }

    async fn remove_channel(&self, _: ChannelId) -> Result<(), Failure> {
        Ok(())
    }

    async fn try_channel(
        &self,
        _: Option<ChannelId>,
        _: Vec<(String, String)>,
    ) -> Result<ChannelTest, Failure> {
        Ok(ChannelTest { was_sent: true, said: "200 OK".into(), took_ms: 12 })
    }

    async fn save_rule(&self, _: Option<RuleId>, _: Vec<(String, String)>) -> Result<RuleId, Failure> {
        Ok(RuleId(1))
    }

    async fn replay(&self, _: Vec<(String, String)>) -> Result<Replay, Failure> {
        Ok(Replay::default())
    }

    async fn remove_rule(&self, _: RuleId) -> Result<(), Failure> {
        Ok(())
    }

    async fn resend(&self, _: i64) -> Result<(), Failure> {
        Ok(())
    }
}

#[async_trait]
impl Planning for Ports {
    async fn plans(&self) -> Result<Plans, Failure> {
        self.check()?;
        Ok(self.plans.clone())
    }

    async fn announce(
        &self,
        _: Option<MaintenanceId>,
        _: Vec<(String, String)>,
    ) -> Result<MaintenanceId, Failure> {
        Ok(MaintenanceId(1))
    }

    async fn withdraw(&self, _: MaintenanceId) -> Result<(), Failure> {
        Ok(())
    }
}

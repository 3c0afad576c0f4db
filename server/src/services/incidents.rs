//! Incidents, as pages and programs ask for them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    AlertArchive, AlertChange, Archive, Clock, Failure, Incident, IncidentId, IncidentQuery, IncidentStory,
    Invalid, LinkedIncident, Window, access::Actor, ports::Incidents,
};

use crate::{failure::logged, links::Links, recorder::RecorderHandle};

#[derive(Clone)]
pub(super) struct SharedIncidents {
    /// For the log of changes.
    pub(super) by: Actor,
    /// Whether who asks may see what targets answered, and who was told.
    pub(super) may_inspect: bool,
    pub(super) archive: Arc<dyn Archive>,
    pub(super) alerts: Arc<dyn AlertArchive>,
    pub(super) recorder: RecorderHandle,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) links: Links,
}

/// The most characters of a comment.
const COMMENT: usize = 2_000;
/// Incidents at once.
const MOST: usize = 1_000;
/// Messages about one incident.
const DELIVERIES: usize = 500;

#[async_trait]
impl Incidents for SharedIncidents {
    async fn list(&self, query: IncidentQuery) -> Result<Vec<Incident>, Failure> {
        let query = IncidentQuery { limit: query.limit.clamp(1, MOST), ..query };
        let mut incidents = self.alerts.incidents(query).await.map_err(logged)?;
        if !self.may_inspect {
            incidents.iter_mut().for_each(discreet);
        }
        Ok(incidents)
    }

    async fn story(&self, id: IncidentId) -> Result<IncidentStory, Failure> {
        let told = self.alerts.incident(id).await.map_err(logged)?;
        let (mut incident, remarks) = told.ok_or(Failure::NotFound)?;
        let now = self.clock.now();
        if !self.may_inspect {
            discreet(&mut incident);
            let (remarks, deliveries) = (Vec::new(), Vec::new());
            return Ok(IncidentStory { now, incident, remarks, deliveries, evidence: None });
        }
        let deliveries = self.alerts.deliveries(Some(id), None, DELIVERIES).await.map_err(logged)?;
        let at = incident.opened_at;
        let moment = Window::new(at, at.plus(Duration::from_millis(1)));
        let exhibit = self.archive.exhibits(incident.tracker, moment, 1).await.map_err(logged)?.pop();
        let evidence = exhibit.map(|exhibit| (exhibit.failure, exhibit.last_good));
        Ok(IncidentStory { now, incident, remarks, deliveries, evidence })
    }

    async fn acknowledge(&self, id: IncidentId) -> Result<(), Failure> {
        self.change(AlertChange::Acknowledge(id)).await
    }

    async fn linked(&self, link: &[(String, String)]) -> Result<LinkedIncident, Failure> {
        let (id, _) = self.links.read(link, self.clock.now()).ok_or(Failure::NotFound)?;
        let (incident, _) = self.alerts.incident(id).await.map_err(logged)?.ok_or(Failure::NotFound)?;
        Ok(LinkedIncident {
            name: incident.name,
            since: incident.since,
            closed_at: incident.closed_at,
            acknowledged_at: incident.acknowledged.map(|(at, _)| at),
        })
    }

    async fn acknowledge_linked(&self, link: &[(String, String)]) -> Result<(), Failure> {
        let (id, channel) = self.links.read(link, self.clock.now()).ok_or(Failure::NotFound)?;
        let channels = self.alerts.channels().await.map_err(logged)?;
        // A channel that was deleted tells nobody any more, and its links say nothing either.
        let channel = channels.iter().find(|known| known.id == Some(channel)).ok_or(Failure::NotFound)?;
        let by = Actor::program(&words::by_link(&channel.name));
        let done = self.recorder.alert(AlertChange::Acknowledge(id), by).await.map_err(logged)?;
        done.map(drop).ok_or(Failure::NotFound)
    }

    async fn comment(&self, id: IncidentId, comment: String) -> Result<(), Failure> {
        // Forms of browsers have the line breaks of RFC 7578.
        let comment = comment.replace("\r\n", "\n");
        let comment = comment.trim();
        let is_harmful = |c: char| c.is_control() && c != '\n';
        let problem = match comment.chars().count() {
            0 => words::COMMENT_MISSING.to_owned(),
            1..=COMMENT if comment.chars().any(is_harmful) => words::COMMENT_CONTROL.to_owned(),
            1..=COMMENT => return self.change(AlertChange::Comment(id, comment.to_owned())).await,
            _ => words::comment_long(COMMENT),
        };
        Err(Invalid::one("comment", problem).into())
    }
}

impl SharedIncidents {
    async fn change(&self, change: AlertChange) -> Result<(), Failure> {
        let done = self.recorder.alert(change, self.by.clone()).await.map_err(logged)?;
        done.map(drop).ok_or(Failure::NotFound)
    }
}

/// Without who knows of it.
fn discreet(incident: &mut Incident) {
    if let Some((_, who)) = &mut incident.acknowledged {
        who.clear();
    }
}

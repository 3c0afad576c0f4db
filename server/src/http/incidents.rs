//! `/v1/incidents`: spans of being down, for programs.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    Delivery, DeliveryState, Event, Failure, Incident, IncidentId, IncidentQuery, IncidentStory, Timestamp,
    TrackerId, access::Need,
};
use serde::{Deserialize, Serialize};

use super::{
    AppState, Problem,
    api::{Unreadable, read_json},
    gate::Routes,
    history::Params,
};
use crate::{access::Asker, finding::FaultReply};

/// Incidents of an answer when nothing is said.
const USUAL: usize = 50;
/// Incidents of an answer at most.
const MOST: usize = 500;

impl Routes {
    /// Adds the routes of incidents. What happened in one names accounts, and says what services answered.
    pub(super) fn incidents(self) -> Self {
        self.route("GET", "/v1/incidents", Need::Look, get(list))
            .route("GET", "/v1/incidents/{id}", Need::Inspect, get(show))
            .route("POST", "/v1/incidents/{id}/acknowledge", Need::Change, post(acknowledge))
            .route("POST", "/v1/incidents/{id}/comments", Need::Change, post(comment))
    }
}

/// A moment.
#[derive(Debug, Serialize)]
struct At {
    at: String,
    at_ms: i64,
}

impl From<Timestamp> for At {
    fn from(at: Timestamp) -> Self {
        Self { at: at.to_string(), at_ms: at.as_ms() }
    }
}

/// An incident.
#[derive(Debug, Serialize)]
struct IncidentReply {
    /// To go on with: `?before=`.
    id: i64,
    tracker: i64,
    name: String,
    /// `open` or `closed`.
    state: &'static str,
    /// Due time of the first failed check.
    since: String,
    since_ms: i64,
    /// Due time of the check that confirmed it.
    opened_at: String,
    opened_at_ms: i64,
    /// Due time of the good check that ended it.
    closed_at: Option<String>,
    closed_at_ms: Option<i64>,
    fault: Option<FaultReply>,
    acknowledged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<String>,
    /// Absent for who may not read names of accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by: Option<String>,
}

impl From<&Incident> for IncidentReply {
    fn from(incident: &Incident) -> Self {
        let acknowledged = incident.acknowledged.as_ref();
        Self {
            id: incident.id.0,
            tracker: incident.tracker.0,
            name: incident.name.clone(),
            state: if incident.closed_at.is_some() { "closed" } else { "open" },
            since: incident.since.to_string(),
            since_ms: incident.since.as_ms(),
            opened_at: incident.opened_at.to_string(),
            opened_at_ms: incident.opened_at.as_ms(),
            closed_at: incident.closed_at.map(|at| at.to_string()),
            closed_at_ms: incident.closed_at.map(Timestamp::as_ms),
            fault: incident.fault.as_ref().map(FaultReply::from),
            acknowledged: acknowledged.is_some(),
            acknowledged_at: acknowledged.map(|(at, _)| at.to_string()),
            acknowledged_by: acknowledged.map(|(_, who)| who.clone()).filter(|who| !who.is_empty()),
        }
    }
}

/// An incident with all that happened.
#[derive(Debug, Serialize)]
struct StoryReply {
    #[serde(flatten)]
    incident: IncidentReply,
    timeline: Vec<EventReply>,
}

/// One thing that happened.
#[derive(Debug, Serialize)]
struct EventReply {
    #[serde(flatten)]
    at: At,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum What {
    Failed,
    Confirmed,
    Told {
        channel: String,
        /// What it says: `down`, `recovered` …
        message: &'static str,
        /// `waiting`, `sent`, `dead` or `dropped`.
        state: &'static str,
        attempts: u32,
        said: String,
        /// When it is tried next.
        #[serde(skip_serializing_if = "Option::is_none")]
        next_at: Option<String>,
    },
    Acknowledged {
        by: String,
    },
    Commented {
        by: String,
        comment: String,
    },
    Recovered,
}

impl From<Event<'_>> for What {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Failed => Self::Failed,
            Event::Confirmed => Self::Confirmed,
            Event::Told(delivery) => told(delivery),
            Event::Acknowledged(by) => Self::Acknowledged { by: by.to_owned() },
            Event::Commented(by, comment) => {
                Self::Commented { by: by.to_owned(), comment: comment.to_owned() }
            }
            Event::Recovered => Self::Recovered,
        }
    }
}

fn told(delivery: &Delivery) -> What {
    let is_waiting = delivery.state == DeliveryState::Waiting;
    What::Told {
        channel: delivery.channel.clone(),
        message: delivery.kind.word(),
        state: delivery.state.word(),
        attempts: delivery.attempts,
        said: delivery.said.clone(),
        next_at: is_waiting.then(|| delivery.moment.to_string()),
    }
}

impl From<&IncidentStory> for StoryReply {
    fn from(story: &IncidentStory) -> Self {
        let event = |(at, event): (Timestamp, Event<'_>)| EventReply { at: at.into(), what: event.into() };
        Self {
            incident: (&story.incident).into(),
            timeline: story.timeline().into_iter().map(event).collect(),
        }
    }
}

/// What somebody says of an incident.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommentBody {
    comment: String,
}

/// Incidents, the newest first.
async fn list(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    mut params: Params,
) -> Result<Json<Vec<IncidentReply>>, Problem> {
    let open = params.take("open", words::API_OPEN, |text| text.parse().ok()).unwrap_or_default();
    let tracker = params.number("tracker_id", 1..=i64::MAX).map(TrackerId);
    let before = params.number("before", 1..=i64::MAX).map(IncidentId);
    let limit = params.number("limit", 1..=MOST).unwrap_or(USUAL);
    let query = params.done(IncidentQuery { tracker, open, before, limit })?;
    let incidents = state.services_for(&asker).incidents.list(query).await?;
    Ok(Json(incidents.iter().map(IncidentReply::from).collect()))
}

/// One, with all that happened.
async fn show(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
) -> Result<Json<StoryReply>, Problem> {
    told_again(&state, &asker, read_id(&id)?).await
}

/// Says that who asks knows of it.
async fn acknowledge(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
) -> Result<Json<StoryReply>, Problem> {
    let id = read_id(&id)?;
    state.services_for(&asker).incidents.acknowledge(id).await.map_err(problem)?;
    told_again(&state, &asker, id).await
}

/// Says something of it.
async fn comment(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<StoryReply>), Problem> {
    let id = read_id(&id)?;
    let CommentBody { comment } = read_json(&body).map_err(|unreadable| match unreadable {
        Unreadable::Field(invalid) => Problem::invalid(StatusCode::UNPROCESSABLE_ENTITY, invalid),
        Unreadable::Syntax(error) | Unreadable::More(error) => {
            Problem::new(StatusCode::BAD_REQUEST, words::api_body_not_one(error))
        }
    })?;
    state.services_for(&asker).incidents.comment(id, comment).await.map_err(problem)?;
    Ok((StatusCode::CREATED, told_again(&state, &asker, id).await?))
}

async fn told_again(state: &AppState, asker: &Asker, id: IncidentId) -> Result<Json<StoryReply>, Problem> {
    let story = state.services_for(asker).incidents.story(id).await.map_err(problem)?;
    Ok(Json(StoryReply::from(&story)))
}

/// An id that is no number is an id that does not exist.
fn read_id(text: &str) -> Result<IncidentId, Problem> {
    text.parse().map(IncidentId).map_err(|_| problem(Failure::NotFound))
}

fn problem(failure: Failure) -> Problem {
    match failure {
        Failure::NotFound => Problem::new(StatusCode::NOT_FOUND, words::API_NO_INCIDENT),
        other => other.into(),
    }
}

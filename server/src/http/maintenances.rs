//! `/v1/maintenances`: announced maintenance, for programs.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header::LOCATION},
    routing::get,
};
use domain::{Failure, MaintenanceId, MaintenanceView, Stretch, access::Need};
use serde::{Deserialize, Serialize};

use super::{
    AppState, Problem,
    api::{Unreadable, read_json},
    gate::Routes,
};
use crate::access::Asker;

impl Routes {
    /// Adds the routes of maintenance.
    pub(super) fn maintenances(self) -> Self {
        self.route("GET", "/v1/maintenances", Need::Look, get(list))
            .route("POST", "/v1/maintenances", Need::Change, axum::routing::post(announce))
            .route("GET", "/v1/maintenances/{id}", Need::Look, get(show))
            .route("PUT", "/v1/maintenances/{id}", Need::Change, axum::routing::put(replace))
            .route("DELETE", "/v1/maintenances/{id}", Need::Change, axum::routing::delete(withdraw))
    }
}

/// A maintenance as programs say it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    name: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    trackers: Vec<i64>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    cron: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    lasting: String,
}

/// A maintenance as programs read it.
#[derive(Debug, Serialize)]
struct Reply {
    id: i64,
    name: String,
    /// All trackers when tags, groups and trackers are empty.
    tags: Vec<String>,
    groups: Vec<String>,
    trackers: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cron: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lasting: Option<String>,
    /// Whether it lasts.
    now: bool,
    /// How many trackers it is about today.
    concerned: usize,
    /// This occurrence, or the next one, and those after it: three, and all within four weeks; at most 28.
    next: Vec<Occurrence>,
}

#[derive(Debug, Serialize)]
struct Occurrence {
    from: String,
    until: String,
}

impl Body {
    fn read(body: &[u8]) -> Result<Vec<(String, String)>, Problem> {
        let body: Self = read_json(body).map_err(|unreadable| match unreadable {
            Unreadable::Field(invalid) => Problem::invalid(StatusCode::UNPROCESSABLE_ENTITY, invalid),
            Unreadable::Syntax(error) | Unreadable::More(error) => {
                Problem::new(StatusCode::BAD_REQUEST, format!("The body is not one JSON value: {error}."))
            }
        })?;
        let trackers: Vec<String> = body.trackers.iter().map(i64::to_string).collect();
        let fields = [
            ("name", body.name),
            ("tags", body.tags.join(",")),
            ("groups", body.groups.join(",")),
            ("trackers", trackers.join(",")),
            ("from", body.from),
            ("until", body.until),
            ("cron", body.cron),
            ("zone", body.zone),
            ("lasting", body.lasting),
        ];
        Ok(fields.map(|(name, value)| (name.to_owned(), value)).to_vec())
    }
}

impl From<&MaintenanceView> for Reply {
    fn from(view: &MaintenanceView) -> Self {
        let text = |name: &str| Some(view.field(name).to_owned()).filter(|text| !text.is_empty());
        let occurrence = |stretch: &Stretch| Occurrence {
            from: stretch.from.to_string(),
            until: stretch.until.to_string(),
        };
        Self {
            id: view.id.0,
            name: view.name.clone(),
            tags: view.scope.tags.clone(),
            groups: view.scope.groups.clone(),
            trackers: view.scope.trackers.iter().map(|id| id.0).collect(),
            from: text("from"),
            until: text("until"),
            zone: text("cron").and_then(|_| text("zone")),
            cron: text("cron"),
            lasting: text("lasting"),
            now: view.is_now,
            concerned: view.trackers,
            next: view.next.iter().map(occurrence).collect(),
        }
    }
}

/// All, the nearest first.
async fn list(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
) -> Result<Json<Vec<Reply>>, Problem> {
    let plans = state.services_for(&asker).planning.plans().await?;
    Ok(Json(plans.maintenances.iter().map(Reply::from).collect()))
}

async fn show(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
) -> Result<Json<Reply>, Problem> {
    told(&state, &asker, read_id(&id)?).await
}

async fn announce(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    body: Bytes,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Reply>), Problem> {
    let id = state.services_for(&asker).planning.announce(None, Body::read(&body)?).await?;
    let place = [(LOCATION, format!("/v1/maintenances/{}", id.0))];
    Ok((StatusCode::CREATED, place, told(&state, &asker, id).await?))
}

async fn replace(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Reply>, Problem> {
    let id = read_id(&id)?;
    state.services_for(&asker).planning.announce(Some(id), Body::read(&body)?).await.map_err(problem)?;
    told(&state, &asker, id).await
}

async fn withdraw(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.services_for(&asker).planning.withdraw(read_id(&id)?).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn told(state: &AppState, asker: &Asker, id: MaintenanceId) -> Result<Json<Reply>, Problem> {
    let plans = state.services_for(asker).planning.plans().await?;
    let found = plans.maintenances.iter().find(|view| view.id == id);
    found.map(|view| Json(Reply::from(view))).ok_or_else(|| problem(Failure::NotFound))
}

/// An id that is no number is an id that does not exist.
fn read_id(text: &str) -> Result<MaintenanceId, Problem> {
    text.parse().map(MaintenanceId).map_err(|_| problem(Failure::NotFound))
}

fn problem(failure: Failure) -> Problem {
    match failure {
        Failure::NotFound => Problem::new(StatusCode::NOT_FOUND, words::PLAN_UNKNOWN),
        other => other.into(),
    }
}

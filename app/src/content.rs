//! Which page is at an address, and what it is made from. The server's side of pages: everything is loaded before anything
//! is rendered.

use domain::{
    Failure, TrackerId, TrackerView,
    access::{Need, Viewer},
    ports::Services,
};

use crate::{
    ApiError,
    access::{Asked, SET_UP_PAGE, SIGN_IN_PAGE, set_up, sign_in},
    alerts, edit, incidents,
    island::Told,
    keys, known, list, maintenance, many, past, pause,
    settings::{self, Section},
    tracker,
    ui::Failed,
};

/// A page before it is rendered.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path.
    pub path: String,
    /// Who looks.
    pub viewer: Viewer,
    /// Why nothing is recorded; empty when nothing keeps the server from it.
    pub trouble: String,
    /// What it shows, or why it cannot.
    pub content: Result<Content, ApiError>,
}

/// What pages show.
#[derive(Clone, Debug)]
pub enum Content {
    /// A page of the list, and what of it only the server shows.
    List(Told<list::Shown>, Box<list::Fixed>),
    /// One tracker, and the piece of HTML that tells its past.
    One(Told<TrackerView>, String),
    /// The form with all settings of one, or of a new one.
    Edit(edit::Form),
    /// The form that edits many.
    Many(Box<many::Form>),
    /// The form that lets some rest for a time.
    Pause(Box<pause::Form>),
    /// Makes the first administrator.
    SetUp(set_up::Form),
    /// Signs in.
    SignIn(sign_in::Form),
    /// A section of the settings.
    Settings(settings::Shown),
    /// All incidents.
    Incidents(incidents::Shown),
    /// One incident.
    Incident(Box<incidents::one::Shown>),
    /// Channels, rules and messages.
    Alerts(Box<alerts::Shown>),
    /// The form of a channel.
    Channel(Box<alerts::channel::Form>),
    /// The form of a rule.
    Rule(Box<alerts::rule::Form>),
    /// Announced maintenance.
    Maintenance(Box<maintenance::Shown>),
    /// The form of a maintenance.
    Plan(Box<maintenance::plan::Form>),
    /// Says that somebody knows of an incident, by a signed link.
    Known(Box<known::Form>),
    /// The parts of pages, for contributors.
    Parts,
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// The list.
    List,
    /// One tracker, by its number.
    One(&'a str),
    /// The form of a new one.
    New,
    /// The form of one.
    Edit(&'a str),
    /// The form of many.
    Many,
    /// The form that lets some rest for a time.
    Pause,
    /// Leads on to what was typed.
    Jump,
    /// Makes the first administrator.
    SetUp,
    /// Signs in.
    SignIn,
    /// A section of the settings.
    Settings(Section),
    /// All incidents.
    Incidents,
    /// One incident, by its number.
    Incident(&'a str),
    /// Channels, rules and messages.
    Alerts,
    /// The form of a channel.
    Channel,
    /// The form of a rule.
    Rule,
    /// Announced maintenance.
    Maintenance,
    /// The form of a maintenance.
    Plan,
    /// Says that somebody knows of an incident, by a signed link.
    Known,
    /// The parts of pages, for contributors; nothing where they are not shown.
    Parts,
    /// Nothing.
    Nowhere,
}

/// What follows the path of a tracker's page on the way to its form.
const EDIT: &str = "/edit";

impl<'a> Address<'a> {
    /// Reads a path.
    pub fn at(path: &'a str) -> Self {
        match path {
            "/" => Self::List,
            SET_UP_PAGE => Self::SetUp,
            SIGN_IN_PAGE => Self::SignIn,
            "/settings" => Self::Settings(Section::Own),
            "/t/new" => Self::New,
            "/ui" => Self::Parts,
            list::many::EDIT_PAGE => Self::Many,
            pause::PAGE => Self::Pause,
            keys::JUMP => Self::Jump,
            incidents::PAGE => Self::Incidents,
            alerts::PAGE => Self::Alerts,
            alerts::CHANNEL_PAGE => Self::Channel,
            alerts::RULE_PAGE => Self::Rule,
            maintenance::PAGE => Self::Maintenance,
            maintenance::PLAN_PAGE => Self::Plan,
            known::PAGE => Self::Known,
            _ => {
                if let Some(rest) = path.strip_prefix("/t/") {
                    return rest.strip_suffix(EDIT).map_or(Self::One(rest), Self::Edit);
                }
                if let Some(id) = path.strip_prefix("/incidents/") {
                    return Self::Incident(id);
                }
                let section = path.strip_prefix("/settings/").and_then(Section::at);
                section.map_or(Self::Nowhere, Self::Settings)
            }
        }
    }

    /// What it asks of who comes to it.
    pub fn need(self) -> Need {
        match self {
            // Of `Nowhere`: who may see nothing is not told either what exists.
            Self::List
            | Self::One(_)
            | Self::Jump
            | Self::Incidents
            | Self::Incident(_)
            | Self::Maintenance
            | Self::Parts
            | Self::Nowhere => Need::Look,
            Self::New | Self::Edit(_) | Self::Many | Self::Pause | Self::Plan | Self::Alerts => Need::Change,
            // Who may say where messages go could have everything sent to themselves.
            Self::Channel | Self::Rule => Need::Administer,
            // The signature of its address says who may.
            Self::Known | Self::SetUp | Self::SignIn => Need::Nothing,
            Self::Settings(section) => section.need(),
        }
    }
}

impl Page {
    /// Loads a page for who may see it.
    pub async fn load(services: &Services, asked: &Asked) -> Self {
        let Asked { path, query, viewer, failed: form, .. } = asked;
        let address = Address::at(path);
        let trouble = services.live.trouble().unwrap_or_default();
        let content = match viewer.allows(address.need()) {
            Ok(()) => load(services, address, query, asked, form.as_ref().map(Failed::of), &trouble).await,
            Err(refusal) => Err(refusal.into()),
        };
        Self { path: path.clone(), viewer: viewer.clone(), trouble, content }
    }

    /// Whether anything on it is the client's.
    pub fn has_islands(&self) -> bool {
        matches!(self.content, Ok(Content::List(..) | Content::One(..) | Content::Edit(_)))
    }

    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        self.content.as_ref().err().map_or(200, ApiError::status)
    }

    /// The document's title, without the product's name.
    pub fn title(&self) -> String {
        match &self.content {
            Ok(Content::List(told, _)) => list::title(&told.shown.page.totals),
            Ok(Content::One(told, _)) => tracker::title(&told.shown),
            Ok(Content::Edit(form)) => form.title(),
            Ok(Content::Many(form)) => form.title(),
            Ok(Content::Pause(form)) => form.title(),
            Ok(Content::SetUp(_)) => words::WELCOME.to_owned(),
            Ok(Content::SignIn(_)) => words::SIGN_IN.to_owned(),
            Ok(Content::Settings(shown)) => shown.title(),
            Ok(Content::Incidents(shown)) => shown.title(),
            Ok(Content::Incident(shown)) => shown.title(),
            Ok(Content::Alerts(shown)) => shown.title(),
            Ok(Content::Channel(form)) => form.title(),
            Ok(Content::Rule(form)) => form.title(),
            Ok(Content::Maintenance(shown)) => shown.title(),
            Ok(Content::Plan(form)) => form.title(),
            Ok(Content::Known(form)) => form.title(),
            Ok(Content::Parts) => "Parts".to_owned(),
            Err(error) => error.heading().to_owned(),
        }
    }
}

async fn load(
    services: &Services,
    address: Address<'_>,
    query: &str,
    asked: &Asked,
    failed: Option<Failed>,
    trouble: &str,
) -> Result<Content, ApiError> {
    let may_change = asked.viewer.may_change();
    let trouble = trouble.to_owned();
    let failed = failed.unwrap_or_default();
    Ok(match address {
        Address::List => {
            let (shown, fixed) = list(services, query).await?;
            Content::List(Told { shown, failed, trouble, may_change }, Box::new(fixed))
        }
        Address::One(id) => {
            let (shown, past) = one(services, id, query).await?;
            Content::One(Told { shown, failed, trouble, may_change }, past)
        }
        Address::Edit(id) => Content::Edit(edit::Form::load(services, id, asked.failed.as_ref()).await?),
        Address::New => {
            let from = past::asked::value(query, "from").and_then(|id| id.parse().ok());
            Content::Edit(edit::Form::of_new(services, from, asked.failed.as_ref()).await?)
        }
        Address::Many => {
            Content::Many(Box::new(many::Form::load(services, query, asked.failed.as_ref()).await?))
        }
        Address::Pause => {
            Content::Pause(Box::new(pause::Form::load(services, query, asked.failed.as_ref()).await?))
        }
        Address::SetUp => Content::SetUp(set_up::Form::of(asked)),
        Address::SignIn => Content::SignIn(sign_in::Form::of(asked)),
        Address::Settings(section) => {
            Content::Settings(settings::Shown::load(services, section, asked).await?)
        }
        Address::Incidents => Content::Incidents(incidents::Shown::load(services, asked).await?),
        Address::Incident(id) => {
            Content::Incident(Box::new(incidents::one::Shown::load(services, id, asked).await?))
        }
        Address::Alerts => Content::Alerts(Box::new(alerts::Shown::load(services, asked).await?)),
        Address::Channel => Content::Channel(Box::new(alerts::channel::Form::load(services, asked).await?)),
        Address::Rule => Content::Rule(Box::new(alerts::rule::Form::load(services, asked).await?)),
        Address::Maintenance => {
            Content::Maintenance(Box::new(maintenance::Shown::load(services, asked).await?))
        }
        Address::Plan => Content::Plan(Box::new(maintenance::plan::Form::load(services, asked).await?)),
        Address::Known => Content::Known(Box::new(known::Form::load(services, asked).await?)),
        Address::Parts if asked.shows_parts => Content::Parts,
        // The server leads on from the box to jump by before it loads anything.
        Address::Parts | Address::Jump | Address::Nowhere => return Err(ApiError::NotFound),
    })
}

async fn list(services: &Services, query: &str) -> Result<(list::Shown, list::Fixed), Failure> {
    let asked = |name| past::asked::value(query, name);
    let request = list::address::read(query);
    let page = services.live.list(request.clone()).await?;
    let deleted = match asked("deleted").and_then(|id| id.parse().ok()).map(TrackerId) {
        // A page with an old notice is no page that does not exist.
        Some(id) => services.live.removed(id).await.ok().map(|name| (id, name)),
        None => None,
    };
    let key: Option<u64> = asked("undo").and_then(|key| key.parse().ok());
    let fixed = list::Fixed {
        tools: list::tools::tools(&request, &page),
        pages: list::tools::pages(&request, &page),
        done: key.and_then(|key| Some((key, services.trackers.undoable(key)?))),
        request,
    };
    let (query, request) = (list::address::query(&fixed.request), &fixed.request);
    let (compact, ordered) = (request.compact, request.sort == domain::Sort::Place);
    Ok((list::Shown { page, deleted, query, compact, ordered }, fixed))
}

async fn one(services: &Services, id: &str, query: &str) -> Result<(TrackerView, String), Failure> {
    let id = id.parse::<TrackerId>().map_err(|_| Failure::NotFound)?;
    let view = services.live.tracker(id).await?;
    // A page without its history is still a page.
    let past = past::html(services, id, query).await.unwrap_or_else(|_| past::sorry());
    Ok((view, past))
}

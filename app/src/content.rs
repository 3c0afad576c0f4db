//! Which page is at an address, and what it is made from. The server's side of pages: everything is loaded before anything
//! is rendered.

use domain::{Failure, TrackerId, TrackerView, ports::Services};

use crate::{ApiError, backend::FailedForm, edit, island::Told, list, many, past, tracker, ui::Failed};

/// A page before it is rendered.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path.
    pub path: String,
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
    /// The form with all settings of one.
    Edit(edit::Form),
    /// The form that edits many.
    Many(Box<many::Form>),
}

impl Page {
    /// Loads the page at a path with a query. `failed` is the form whose answer it is, if it is one.
    pub async fn load(services: &Services, path: &str, query: &str, failed: Option<&FailedForm>) -> Self {
        let trouble = services.live.trouble().unwrap_or_default();
        let form = failed;
        let failed = form.map(Failed::of).unwrap_or_default();
        let content = match path.strip_prefix("/t/") {
            _ if path == "/" => list(services, query).await.map(|(shown, fixed)| {
                Content::List(Told { shown, failed, trouble: trouble.clone() }, Box::new(fixed))
            }),
            _ if path == list::many::EDIT_PAGE => {
                many::Form::load(services, query, form).await.map(|form| Content::Many(Box::new(form)))
            }
            Some(rest) if rest.ends_with(EDIT) => {
                edit::Form::load(services, rest.trim_end_matches(EDIT), form).await.map(Content::Edit)
            }
            Some(id) => one(services, id, query)
                .await
                .map(|(shown, past)| Content::One(Told { shown, failed, trouble: trouble.clone() }, past)),
            None => Err(Failure::NotFound),
        };
        Self { path: path.to_owned(), trouble, content: content.map_err(ApiError::from) }
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
            Err(error) => error.heading().to_owned(),
        }
    }
}

/// What follows the path of a tracker's page on the way to its form.
const EDIT: &str = "/edit";

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
    Ok((list::Shown { page, deleted, query, may_edit: true, compact, ordered }, fixed))
}

async fn one(services: &Services, id: &str, query: &str) -> Result<(TrackerView, String), Failure> {
    let id = id.parse::<TrackerId>().map_err(|_| Failure::NotFound)?;
    let view = services.live.tracker(id).await?;
    // A page without its history is still a page.
    let past = past::html(services, id, query).await.unwrap_or_else(|_| past::SORRY.into());
    Ok((view, past))
}

//! What a page is made from. All pages load it the same way, before anything of them is shown.

use domain::{TrackerId, TrackerPage, TrackerView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    ApiError, api,
    backend::IS_SERVER,
    past,
    ui::{Part, sorry, whole},
};

/// What a page needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A page of the list, and the tracker of which it says that it was deleted.
    List(u32, Option<TrackerId>),
    /// One tracker; nothing where the address names none.
    One(Option<TrackerId>),
}

/// What it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A page of the list, and a deleted tracker that can be restored, with its name.
    List(TrackerPage, Option<(TrackerId, String)>),
    /// One tracker.
    One(Told),
}

/// A tracker and what is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Told {
    /// The tracker.
    pub view: TrackerView,
    /// Its past as HTML. That is in the page and not sent a second time as data; a browser that comes from another page
    /// asks for it when this one is shown.
    #[serde(skip)]
    pub past: String,
}

impl Wanted {
    async fn load(self) -> Result<Content, ApiError> {
        match self {
            Self::List(page, deleted) => {
                let page = api::list_trackers(page).await?;
                // Where script runs, a deletion is undone from a toast.
                let deleted = match deleted {
                    Some(id) if IS_SERVER => api::removed_tracker(id).await.ok().map(|name| (id, name)),
                    _ => None,
                };
                Ok(Content::List(page, deleted))
            }
            Self::One(Some(id)) => {
                let view = api::tracker(id).await?;
                let past = if IS_SERVER { past::of_request(id).await } else { String::new() };
                Ok(Content::One(Told { view, past }))
            }
            Self::One(None) => Err(ApiError::NotFound),
        }
    }
}

/// A page that follows what is wanted.
pub fn page(
    wanted: impl Fn() -> Wanted + Send + Sync + 'static,
    show: impl Fn(Content) -> Part + Copy + Send + Sync + 'static,
) -> Part {
    let content = Resource::new(wanted, Wanted::load);
    whole(view! {
        <Transition fallback=|| {
            view! { <p class="wrap muted">"Loading…"</p> }
        }>
            {move || Suspend::new(async move {
                match content.await {
                    Ok(content) => show(content),
                    Err(error) => sorry(&error),
                }
            })}
        </Transition>
    })
}

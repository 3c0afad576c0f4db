//! Jumping to a tracker or a page by its name. On the server only: the client shows the names in a list of the browser's own.

use domain::{Failure, ListRequest, Sort, TrackerId, ports::Services};
use leptos::prelude::*;

use crate::{alerts, incidents, list::address, settings::Section};

/// Pages of trackers whose names are offered. Others are found when they are typed.
const PAGES: u32 = 10;

fn places() -> impl Iterator<Item = (String, &'static str)> {
    let settings =
        Section::ALL.into_iter().map(|section| (words::jump_settings(section.title()), section.path()));
    let sections = [
        (words::TRACKERS, "/"),
        (words::NEW_TRACKER, "/t/new"),
        (words::INCIDENTS, incidents::PAGE),
        (words::ALERTS, alerts::PAGE),
    ];
    sections.into_iter().map(|(name, path)| (name.to_owned(), path)).chain(settings)
}

/// What can be jumped to, as the options of a list: the first thousand trackers by name, and pages.
pub async fn names(services: &Services) -> Result<String, Failure> {
    let mut names = Vec::new();
    for page in 1..=PAGES {
        let found =
            services.live.list(ListRequest { sort: Sort::Name, page, ..ListRequest::default() }).await?;
        names.extend(found.trackers.into_iter().map(|tracker| tracker.about.name));
        if page >= found.pages {
            break;
        }
    }
    // A list is sorted within its groups.
    names.sort_by_cached_key(|name| name.to_lowercase());
    names.extend(places().map(|(name, _)| name));
    let options: Vec<_> = names.into_iter().map(|name| view! { <option value=name></option> }).collect();
    Ok(options.into_view().to_html().replace("<!>", ""))
}

/// Where what was typed leads: to the page or the tracker of that name, to the only tracker that matches, or to all that do.
pub async fn destination(services: &Services, typed: &str) -> Result<String, Failure> {
    let is_it = |name: &str| name.to_lowercase() == typed.trim().to_lowercase();
    if let Some((_, path)) = places().find(|(name, _)| is_it(name)) {
        return Ok(path.to_owned());
    }
    let request = ListRequest::of_pairs([("q".to_owned(), typed.trim().to_owned())]);
    let found = services.live.list(request.clone()).await?;
    let page = |id: TrackerId| format!("/t/{id}");
    let named = found.trackers.iter().find(|tracker| is_it(&tracker.about.name));
    Ok(match (named, found.trackers.as_slice(), found.matching) {
        (Some(tracker), ..) | (None, [tracker], 1) => page(tracker.id),
        _ => address::href(&request),
    })
}

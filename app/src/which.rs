//! The fields of a form that say which trackers it is about: a rule of who is told, a maintenance. On the server only.

use std::collections::BTreeMap;

use domain::{Failure, Labels, ListRequest, Scope, Sort, TrackerId, ports::Services};
use leptos::prelude::*;

use crate::{
    format,
    ui::{Icon, Input, Part, whole},
};

/// What there is to choose from, and what was chosen.
#[derive(Clone, Debug)]
pub(crate) struct Which {
    labels: Labels,
    /// Trackers that are offered: the first by name.
    offered: Vec<(TrackerId, String)>,
    /// Names of those that the field names.
    named: BTreeMap<TrackerId, String>,
}

/// Names of trackers that are looked up at most.
const SHOWN: usize = 200;

/// The names of trackers; of one that is deleted its number.
pub(crate) async fn names(
    services: &Services,
    ids: impl Iterator<Item = TrackerId>,
) -> BTreeMap<TrackerId, String> {
    let mut names = BTreeMap::new();
    for id in ids {
        let name = services.live.tracker(id).await.map(|view| view.about.name);
        names.insert(id, name.unwrap_or_else(|_| words::alerts_deleted_tracker(id)));
    }
    names
}

/// The first trackers by name.
pub(crate) async fn offered(services: &Services) -> Result<Vec<(TrackerId, String)>, Failure> {
    let list = services.live.list(ListRequest { sort: Sort::Name, ..ListRequest::default() }).await?;
    let mut offered: Vec<(TrackerId, String)> =
        list.trackers.into_iter().map(|tracker| (tracker.id, tracker.about.name)).collect();
    // A list is sorted within its groups.
    offered.sort_by_cached_key(|(_, name)| name.to_lowercase());
    Ok(offered)
}

/// Which trackers something is about, in words.
pub(crate) fn said(scope: &Scope, names: &BTreeMap<TrackerId, String>) -> String {
    let labels = |all: &[String], words: fn(usize, String) -> String| {
        (!all.is_empty()).then(|| words(all.len(), all.join(", ")))
    };
    let trackers = scope.trackers.iter().filter_map(|id| names.get(id).cloned());
    let trackers = Some(format::joined(trackers, ", ")).filter(|all| !all.is_empty());
    let tags = labels(&scope.tags, words::alerts_tags);
    let parts = [tags, labels(&scope.groups, words::alerts_groups), trackers];
    let parts = format::joined(parts.into_iter().flatten(), "; ");
    if parts.is_empty() { words::ALL_TRACKERS.to_owned() } else { parts }
}

/// What a scope is as fields.
pub(crate) fn fields_of(scope: &Scope) -> [(String, String); 3] {
    [
        ("tags".to_owned(), scope.tags.join(", ")),
        ("groups".to_owned(), scope.groups.join(", ")),
        ("trackers".to_owned(), format::joined(scope.trackers.iter().map(ToString::to_string), ", ")),
    ]
}

impl Which {
    /// Loads what there is, and the names of those that stand in the fields.
    pub(crate) async fn load(services: &Services, fields: &[(String, String)]) -> Result<Self, Failure> {
        let typed = fields.iter().rev().find(|(name, _)| name == "trackers").map_or("", |(_, typed)| typed);
        let numbers = typed.split(',').filter_map(|number| number.trim().parse().ok()).take(SHOWN);
        Ok(Self {
            labels: services.trackers.labels(),
            offered: offered(services).await?,
            named: names(services, numbers).await,
        })
    }

    /// The fields; `field` puts into each what stands in it.
    pub(crate) fn view(&self, field: impl Fn(Input, &str) -> Part) -> Part {
        let tags = Input::text("tags", words::TAGS).hint(words::WHICH_LABELS_HINT);
        let groups = Input::text("groups", words::GROUPS).hint(words::WHICH_LABELS_HINT);
        let trackers = Input::text("trackers", words::TRACKERS).hint(words::WHICH_TRACKERS_HINT);
        let named = (!self.named.is_empty()).then(|| {
            let names = self.named.iter().map(|(id, name)| words::which_named(name, id));
            view! { <p class="hint">{format!("{}.", format::joined(names, ", "))}</p> }
        });
        whole(view! {
            <fieldset class="whole">
                <legend>{words::WHICH}</legend>
                <p class="hint">{words::WHICH_HINT}</p>
                <div class="fields">
                    {field(tags, "tags")} {field(groups, "groups")} {field(trackers, "trackers")}
                </div>
                {named}
                {self.what_there_is()}
            </fieldset>
        })
    }

    /// What may be typed: tags, groups, and the first trackers with their numbers.
    fn what_there_is(&self) -> Part {
        let line =
            |word: &'static str, names: String| (!names.is_empty()).then(|| view! { <p>{word} {names}</p> });
        let names = |all: &[(String, usize)]| format::joined(all.iter().map(|(name, _)| name.clone()), ", ");
        let items: Vec<_> = self
            .offered
            .iter()
            .map(|(id, name)| view! { <li><b>{id.to_string()}</b> " " {name.clone()}</li> })
            .collect();
        whole(view! {
            <details class="fold">
                <summary>
                    <Icon name="#i-chev" />
                    {words::WHICH_WHAT_THERE_IS}
                </summary>
                {line(words::WHICH_TAGS, names(&self.labels.tags))}
                {line(words::WHICH_GROUPS, names(&self.labels.groups))}
                <ul class="numbers">{items}</ul>
            </details>
        })
    }
}

//! Who changed what of it.

use domain::{Act, FieldChange, LoggedChange, Story};
use leptos::prelude::*;

use super::{failure::inert, wording};
use crate::{
    edit::groups::label_of,
    format,
    ui::{Part, whole},
};

/// The newest changes; nothing where none is known, or none may be seen.
pub fn changes(story: &Story) -> Option<Part> {
    if story.changes.is_empty() {
        return None;
    }
    let rows: Vec<_> = story.changes.iter().map(|change| row(change, story)).collect();
    Some(whole(view! {
        <section class="card" aria-labelledby="h-changes">
            <header>
                <h2 id="h-changes">{words::PAST_CHANGES}</h2>
            </header>
            <table class="table fits">
                <caption class="vh">{words::NEWEST_FIRST}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::WHEN_UTC}</th>
                        <th scope="col">{words::PAST_CHANGES_WHO}</th>
                        <th scope="col">{words::PAST_WHAT}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }))
}

fn row(change: &LoggedChange, story: &Story) -> impl IntoView + use<> {
    let at = change.at;
    let what = match &change.what {
        Act::Edited(fields) => {
            whole(view! { <ul class="plain">{fields.iter().map(line).collect::<Vec<_>>()}</ul> })
        }
        other => whole(view! { <span>{sentence(other)}</span> }),
    };
    view! {
        <tr>
            <th scope="row" class="nowrap">
                <time datetime=at.to_string()>{wording::moment(at, story.now)}</time>
            </th>
            <td>{change.who.clone()}</td>
            <td class="dim full">{what}</td>
        </tr>
    }
}

fn line(change: &FieldChange) -> impl IntoView + use<> {
    let name = label(&change.field);
    if change.before == change.after {
        return whole(view! { <li>{words::past_changes_another(name)}</li> });
    }
    let value =
        |text: &str| if text.is_empty() { words::PAST_CHANGES_NOTHING.to_owned() } else { inert(text) };
    whole(view! {
        <li>{name} ": " {value(&change.before)} <span class="vh">{words::PAST_CHANGES_BECAME}</span> <span aria-hidden="true">" → "</span> {value(&change.after)}</li>
    })
}

fn label(field: &str) -> String {
    match field {
        "paused" => words::PAST_CHANGES_PAUSED.into(),
        "http.secret" => words::PAST_CHANGES_SECRET.into(),
        field => label_of(field).map_or_else(|| field.to_owned(), ToOwned::to_owned),
    }
}

fn sentence(act: &Act) -> String {
    match act {
        Act::Added => words::PAST_CHANGES_ADDED.into(),
        Act::Edited(_) => words::PAST_CHANGES_EDITED.into(),
        Act::Resumed => words::PAST_CHANGES_RESUMED.into(),
        Act::Removed => words::PAST_CHANGES_REMOVED.into(),
        Act::Restored => words::PAST_CHANGES_RESTORED.into(),
        Act::Paused(rest) => {
            let paused =
                rest.until.map(|until| words::past_changes_paused_until(format::day_and_time(until)));
            let paused = paused.unwrap_or_else(|| words::PAST_CHANGES_PAUSED.into());
            if rest.reason.is_empty() { paused } else { format!("{paused}: {}", rest.reason) }
        }
    }
}

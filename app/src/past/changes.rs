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
                <h2 id="h-changes">"Changes"</h2>
            </header>
            <table class="table fits">
                <caption class="vh">"Newest first, times in UTC"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When, UTC"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
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
        return whole(view! { <li>{format!("{name}: another one")}</li> });
    }
    let value = |text: &str| if text.is_empty() { "nothing".to_owned() } else { inert(text) };
    whole(view! {
        <li>{name} ": " {value(&change.before)} <span class="vh">" became "</span> <span aria-hidden="true">" → "</span> {value(&change.after)}</li>
    })
}

fn label(field: &str) -> String {
    match field {
        "paused" => "Paused".into(),
        "http.secret" => "A secret".into(),
        field => label_of(field).map_or_else(|| field.to_owned(), ToOwned::to_owned),
    }
}

fn sentence(act: &Act) -> String {
    match act {
        Act::Added => "Added".into(),
        Act::Edited(_) => "Edited".into(),
        Act::Resumed => "Resumed".into(),
        Act::Removed => "Deleted".into(),
        Act::Restored => "Restored".into(),
        Act::Paused(rest) => {
            let until = rest.until.map(|until| format!(" until {} UTC", format::day_and_time(until)));
            let reason = (!rest.reason.is_empty()).then(|| format!(": {}", rest.reason));
            format!("Paused{}{}", until.unwrap_or_default(), reason.unwrap_or_default())
        }
    }
}

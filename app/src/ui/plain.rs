//! Pieces of pages that are plain HTML: buttons that are forms, notices, the way back. On the server only.

use domain::Timestamp;
use leptos::prelude::*;

use super::{Icon, Part, whole};

/// A form of one button. The fields are sent with it.
pub fn button(
    action: &'static str,
    fields: &[(&'static str, String)],
    class: &'static str,
    text: String,
) -> Part {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=*name value=value.clone() /> }
        })
        .collect();
    whole(view! {
        <form action=action method="post" class="one">
            {fields}
            <button class=class type="submit">{text}</button>
        </form>
    })
}

/// A button that asks again before it does something that cannot be undone. Without script.
pub fn asking_again(
    question: &'static str,
    action: &'static str,
    fields: &[(&'static str, String)],
    text: &'static str,
) -> Part {
    whole(view! {
        <details class="again">
            <summary class="btn small">{format!("{text}…")}</summary>
            <div class="card">
                <p>{question}</p>
                {button(action, fields, "btn danger small", text.to_owned())}
            </div>
        </details>
    })
}

/// A moment with its date, to the second in UTC.
pub fn when(at: Timestamp) -> Part {
    let (exact, date) = (at.to_string(), at.to_string());
    let shown = format!("{} {}", date.split('T').next().unwrap_or_default(), at.clock_time());
    whole(view! { <time datetime=exact>{shown} " UTC"</time> })
}

/// What is said after a form went well.
pub fn went_well(words: &'static str) -> Part {
    whole(view! {
        <div class="notice is-up" role="status">
            <Icon name="#i-up" />
            <span>{words}</span>
        </div>
    })
}

/// That a form failed, and why, where no field shows it.
pub fn went_wrong(lead: &'static str, why: String) -> Part {
    whole(view! {
        <div class="notice is-down" role="alert">
            <Icon name="#i-alert" />
            <span><b>{lead}</b> " " {why}</span>
        </div>
    })
}

/// The way back from a page: addresses and names, and what the page itself is called there.
pub fn crumbs(parents: &[(String, String)], here: String) -> Part {
    let parents: Vec<_> = parents
        .iter()
        .map(|(href, name)| {
            view! {
                <li>
                    <a href=href.clone()>{name.clone()}</a>
                </li>
            }
        })
        .collect();
    whole(view! {
        <nav class="crumbs" aria-label=words::BREADCRUMB>
            <ol>
                {parents}
                <li aria-current="page">{here}</li>
            </ol>
        </nav>
    })
}

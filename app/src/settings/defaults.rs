//! What new trackers start with, for administrators.

use leptos::prelude::*;

use super::{Fields, SET_DEFAULTS, Shown};
use crate::{
    edit::groups,
    ui::{Part, whole},
};

/// What can be said, as errors call it, in the order of the page. The editor has the fields.
pub(super) const NAMES: [&str; 9] = [
    "every",
    "deadline",
    "expect",
    "retries",
    "retry",
    "successes",
    "http.redirects",
    "http.version",
    "http.ip",
];

pub(super) fn view(shown: &Shown, now: &Fields, built_in: &Fields) -> Part {
    let of = |fields: &Fields, name: &str| {
        let found = fields.iter().rev().find(|(other, _)| other == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let field = |name: &&'static str| {
        let (now, usual) = (of(now, name), of(built_in, name));
        let is_choice = ["http.version", "http.ip"].contains(name);
        let said = if now == usual && !is_choice { String::new() } else { now };
        let value =
            if shown.has_failed(SET_DEFAULTS) { shown.typed(SET_DEFAULTS, name).to_owned() } else { said };
        let input =
            groups::input_of(name)?.value(&value).placeholder(Some(words::settings_defaults_built_in(usual)));
        Some(input.problem(shown.problem(SET_DEFAULTS, name)).view("def"))
    };
    let fields: Vec<Part> = NAMES.iter().filter_map(field).collect();
    whole(view! {
        <p class="lede">{words::SETTINGS_DEFAULTS_LEDE}</p>
        <section class="sheet" aria-labelledby="h-defaults">
            <h2 id="h-defaults">{words::SETTINGS_DEFAULTS_TITLE}</h2>
            <p class="hint">
                {words::SETTINGS_DEFAULTS_HINT}
            </p>
            <form class="settings" action=SET_DEFAULTS method="post" autocomplete="off">
                {fields}
                <p class="send">
                    <button class="btn primary" type="submit">{words::SAVE}</button>
                </p>
            </form>
        </section>
    })
}

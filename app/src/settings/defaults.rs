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
        let input = groups::input_of(name)?.value(&value).placeholder(Some(format!("{usual} (built in)")));
        Some(input.problem(shown.problem(SET_DEFAULTS, name)).view("def"))
    };
    let fields: Vec<Part> = NAMES.iter().filter_map(field).collect();
    whole(view! {
        <p class="lede">"What a new tracker starts with, and what an empty field of its form means."</p>
        <section class="sheet" aria-labelledby="h-defaults">
            <h2 id="h-defaults">"Defaults of trackers"</h2>
            <p class="hint">
                "When a default changes, every tracker follows that has the former one: where its form shows the default, greyed. A \
                 tracker with a value of its own keeps it. A value of its own that equals a default counts as the default."
            </p>
            <form class="settings" action=SET_DEFAULTS method="post" autocomplete="off">
                {fields}
                <p class="send">
                    <button class="btn primary" type="submit">"Save"</button>
                </p>
            </form>
        </section>
    })
}

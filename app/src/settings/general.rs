//! Who may look, and how administrators sign in.

use domain::access::Reading;
use leptos::prelude::*;

use super::{REQUIRE_TWO_FACTOR, SET_READING};
use crate::ui::{Input, InputKind, Part, whole};

pub(super) fn view(reading: Reading, requires_two_factor: bool) -> Part {
    let field = Input::new("reading", words::EVERYBODY_MAY_LOOK, InputKind::Tick)
        .value(if reading == Reading::Everyone { "true" } else { "false" })
        .hint(words::SETTINGS_GENERAL_READING_HINT);
    let rule = Input::new("two_factor", words::SETTINGS_GENERAL_TWO_FACTOR, InputKind::Tick)
        .value(if requires_two_factor { "true" } else { "false" })
        .hint(words::SETTINGS_GENERAL_TWO_FACTOR_HINT);
    whole(view! {
        <section class="sheet" aria-labelledby="h-reading">
            <h2 id="h-reading">{words::SETTINGS_GENERAL_READING}</h2>
            <form class="settings" action=SET_READING method="post">
                {field.view("gen")}
                <p class="send">
                    <button class="btn primary" type="submit">{words::SAVE}</button>
                </p>
            </form>
        </section>
        <section class="sheet" aria-labelledby="h-rule">
            <h2 id="h-rule">{words::SETTINGS_GENERAL_ADMINISTRATORS}</h2>
            <form class="settings" action=REQUIRE_TWO_FACTOR method="post">
                {rule.view("rule")}
                <p class="send">
                    <button class="btn primary" type="submit">{words::SETTINGS_GENERAL_SAVE_RULE}</button>
                </p>
            </form>
        </section>
    })
}

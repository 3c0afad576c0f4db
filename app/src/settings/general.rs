//! Who may look.

use domain::access::Reading;
use leptos::prelude::*;

use super::SET_READING;
use crate::ui::{Input, InputKind, Part, whole};

pub(super) fn view(reading: Reading) -> Part {
    let field = Input::new("reading", "Everybody who can reach this page may look", InputKind::Tick)
        .value(if reading == Reading::Everyone { "true" } else { "false" })
        .hint(
            "They see trackers, their targets without secrets, and their history, but not what targets answered. Changing something always needs an account.",
        );
    whole(view! {
        <section class="sheet" aria-labelledby="h-reading">
            <h2 id="h-reading">"Reading"</h2>
            <form class="settings" action=SET_READING method="post">
                {field.view("gen")}
                <p class="send">
                    <button class="btn primary" type="submit">"Save"</button>
                </p>
            </form>
        </section>
    })
}

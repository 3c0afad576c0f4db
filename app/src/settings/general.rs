//! Who may look, and how administrators sign in.

use domain::access::Reading;
use leptos::prelude::*;

use super::{REQUIRE_TWO_FACTOR, SET_READING};
use crate::ui::{Input, InputKind, Part, whole};

pub(super) fn view(reading: Reading, requires_two_factor: bool) -> Part {
    let field = Input::new("reading", "Everybody who can reach this page may look", InputKind::Tick)
        .value(if reading == Reading::Everyone { "true" } else { "false" })
        .hint(
            "They see trackers, their targets without secrets, and their history, but not what targets answered. Changing something always needs an account.",
        );
    let rule = Input::new("two_factor", "Two-factor sign-in required for administrators", InputKind::Tick)
        .value(if requires_two_factor { "true" } else { "false" })
        .hint(
            "Administrators who have not turned it on may do what editors may, and are led to their settings for it; so may their tokens. That can be you. Nobody is locked out: on the machine itself, `uptime-tracker user require-2fa off` takes it back.",
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
        <section class="sheet" aria-labelledby="h-rule">
            <h2 id="h-rule">"Administrators"</h2>
            <form class="settings" action=REQUIRE_TWO_FACTOR method="post">
                {rule.view("rule")}
                <p class="send">
                    <button class="btn primary" type="submit">"Save rule"</button>
                </p>
            </form>
        </section>
    })
}

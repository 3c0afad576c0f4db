//! Tokens of who looks: what programs sign in with.

use domain::access::{Role, TokenView};
use leptos::prelude::*;

use super::{ADD_TOKEN, Once, REMOVE_TOKEN, Shown, asking_again, once, when};
use crate::ui::{Input, InputKind, Part, whole};

pub(super) fn view(shown: &Shown, tokens: &[TokenView]) -> Part {
    let made = match &shown.once {
        Some(Once::Token { secret, .. }) => Some(once(
            "Your new token",
            "Copy it now: it is shown only this once. A program sends it as: Authorization: Bearer …",
            std::slice::from_ref(secret),
        )),
        _ => None,
    };
    let rows: Vec<_> = tokens.iter().map(row).collect();
    let table = if rows.is_empty() {
        whole(view! { <p class="muted">"There are none yet."</p> })
    } else {
        whole(view! {
            <div class="table" tabindex="0" role="region" aria-label="Table of tokens">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"May"</th>
                            <th scope="col">"Made"</th>
                            <th scope="col">"Ends"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col"><span class="vh">"Revoke"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })
    };
    whole(view! {
        {made}
        <p class="lede">"Programs that use the interface under " <code>"/v1"</code> " or read " <code>"/metrics"</code> " sign in with a token."</p>
        <section class="sheet" aria-labelledby="h-tokens">
            <h2 id="h-tokens">"Your tokens"</h2>
            {table}
        </section>
        {add(shown)}
    })
}

fn row(token: &TokenView) -> impl IntoView + use<> {
    let never = || whole(view! { <span class="muted">"never"</span> });
    view! {
        <tr>
            <th scope="row">{token.name.clone()}</th>
            <td>{may(token.role)}</td>
            <td>{when(token.made_at)}</td>
            <td>{token.expires_at.map_or_else(never, when)}</td>
            <td>{token.used_at.map_or_else(never, when)}</td>
            <td>{asking_again("What uses this token will be refused from now on.", REMOVE_TOKEN, &[("token", token.id.to_string())], "Revoke")}</td>
        </tr>
    }
}

fn may(role: Role) -> &'static str {
    match role {
        Role::Viewer => "look",
        Role::Editor => "change trackers",
        Role::Administrator => "do everything",
    }
}

fn add(shown: &Shown) -> Part {
    let own = shown.viewer.subject.role().unwrap_or(Role::Viewer);
    let roles = Role::ALL
        .into_iter()
        .filter(|role| *role <= own)
        .map(|role| (role.name().to_owned(), may(role).to_owned()));
    let name = Input::text("token_name", "Name")
        .value(shown.typed(ADD_TOKEN, "token_name"))
        .hint("What it is for: Grafana, deployment.")
        .problem(shown.problem(ADD_TOKEN, "token_name"))
        .required();
    let role = Input::new("role", "It may", InputKind::Choice(roles.collect()))
        .value(shown.typed(ADD_TOKEN, "role"));
    let ends = [("", "never"), ("30", "after 30 days"), ("90", "after 90 days"), ("365", "after a year")];
    let ends = Input::new(
        "days",
        "It ends",
        InputKind::Choice(ends.map(|(days, text)| (days.to_owned(), text.to_owned())).to_vec()),
    )
    .value(shown.typed(ADD_TOKEN, "days"));
    whole(view! {
        <section class="sheet" aria-labelledby="h-add">
            <h2 id="h-add">"Make a token"</h2>
            <form class="settings" action=ADD_TOKEN method="post">
                {name.view("tk")}
                {role.view("tk")}
                {ends.view("tk")}
                <p class="send">
                    <button class="btn primary" type="submit">"Make"</button>
                </p>
            </form>
        </section>
    })
}

//! Tokens of who looks: what programs sign in with.

use domain::access::{Role, TokenView};
use leptos::prelude::*;

use super::{ADD_TOKEN, Once, REMOVE_TOKEN, Shown, asking_again, once, when};
use crate::ui::{Input, InputKind, Part, whole};

pub(super) fn view(shown: &Shown, tokens: &[TokenView]) -> Part {
    let made = match &shown.once {
        Some(Once::Token { secret, .. }) => Some(once(
            words::SETTINGS_TOKENS_MADE,
            words::SETTINGS_TOKENS_MADE_HINT,
            std::slice::from_ref(secret),
        )),
        _ => None,
    };
    let rows: Vec<_> = tokens.iter().map(row).collect();
    let table = if rows.is_empty() {
        whole(view! { <p class="muted">{words::NONE_YET}</p> })
    } else {
        whole(view! {
            <div class="table" tabindex="0" role="region" aria-label=words::SETTINGS_TOKENS_TABLE>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{words::NAME}</th>
                            <th scope="col">{words::SETTINGS_TOKENS_MAY}</th>
                            <th scope="col">{words::SETTINGS_MADE}</th>
                            <th scope="col">{words::SETTINGS_TOKENS_ENDS}</th>
                            <th scope="col">{words::LAST_USED}</th>
                            <th scope="col"><span class="vh">{words::SETTINGS_TOKENS_REVOKE}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })
    };
    whole(view! {
        {made}
        <p class="lede">{words::SETTINGS_TOKENS_LEDE_BEFORE} <code>"/v1"</code> {words::SETTINGS_TOKENS_LEDE_READ} <code>"/metrics"</code> {words::SETTINGS_TOKENS_LEDE_AFTER}</p>
        <section class="sheet" aria-labelledby="h-tokens">
            <h2 id="h-tokens">{words::SETTINGS_TOKENS_YOURS}</h2>
            {table}
        </section>
        {add(shown)}
    })
}

fn row(token: &TokenView) -> impl IntoView + use<> {
    let never = || whole(view! { <span class="muted">{words::SETTINGS_TOKENS_NEVER}</span> });
    view! {
        <tr>
            <th scope="row">{token.name.clone()}</th>
            <td>{may(token.role)}</td>
            <td>{when(token.made_at)}</td>
            <td>{token.expires_at.map_or_else(never, when)}</td>
            <td>{token.used_at.map_or_else(never, when)}</td>
            <td>{asking_again(words::SETTINGS_TOKENS_REVOKE_HINT, REMOVE_TOKEN, &[("token", token.id.to_string())], words::SETTINGS_TOKENS_REVOKE)}</td>
        </tr>
    }
}

fn may(role: Role) -> &'static str {
    match role {
        Role::Viewer => words::SETTINGS_TOKENS_MAY_LOOK,
        Role::Editor => words::SETTINGS_TOKENS_MAY_CHANGE,
        Role::Administrator => words::SETTINGS_TOKENS_MAY_EVERYTHING,
    }
}

fn add(shown: &Shown) -> Part {
    let own = shown.viewer.subject.role().unwrap_or(Role::Viewer);
    let roles = Role::ALL
        .into_iter()
        .filter(|role| *role <= own)
        .map(|role| (role.name().to_owned(), may(role).to_owned()));
    let name = Input::text("token_name", words::NAME)
        .value(shown.typed(ADD_TOKEN, "token_name"))
        .hint(words::SETTINGS_TOKENS_NAME_HINT)
        .problem(shown.problem(ADD_TOKEN, "token_name"))
        .required();
    let role = Input::new("role", words::SETTINGS_TOKENS_IT_MAY, InputKind::Choice(roles.collect()))
        .value(shown.typed(ADD_TOKEN, "role"));
    let ends = [
        ("", words::SETTINGS_TOKENS_NEVER),
        ("30", words::SETTINGS_TOKENS_AFTER_MONTH),
        ("90", words::SETTINGS_TOKENS_AFTER_QUARTER),
        ("365", words::SETTINGS_TOKENS_AFTER_YEAR),
    ];
    let ends = Input::new(
        "days",
        words::SETTINGS_TOKENS_IT_ENDS,
        InputKind::Choice(ends.map(|(days, text)| (days.to_owned(), text.to_owned())).to_vec()),
    )
    .value(shown.typed(ADD_TOKEN, "days"));
    whole(view! {
        <section class="sheet" aria-labelledby="h-add">
            <h2 id="h-add">{words::SETTINGS_TOKENS_MAKE}</h2>
            <form class="settings" action=ADD_TOKEN method="post">
                {name.view("tk")}
                {role.view("tk")}
                {ends.view("tk")}
                <p class="send">
                    <button class="btn primary" type="submit">{words::MAKE}</button>
                </p>
            </form>
        </section>
    })
}

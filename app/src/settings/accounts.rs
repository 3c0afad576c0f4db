//! All accounts, for administrators.

use domain::access::{AccountView, Role};
use leptos::prelude::*;

use super::{
    ADD_ACCOUNT, Once, REMOVE_ACCOUNT, RESET_PASSWORD, RESET_TWO_FACTOR, SET_ENABLED, SET_ROLE, Shown,
    asking_again, button, once, when,
};
use crate::ui::{Input, InputKind, Part, whole};

pub(super) fn view(shown: &Shown, accounts: &[AccountView]) -> Part {
    let made = match &shown.once {
        Some(Once::Password { secret, .. }) => Some(once(
            "A new password",
            "Tell it to the owner of the account now: it is shown only this once. They can change it after signing in.",
            std::slice::from_ref(secret),
        )),
        _ => None,
    };
    let cards: Vec<_> = accounts.iter().map(|account| card(shown, account)).collect();
    whole(view! {
        {made}
        <section class="sheet" aria-labelledby="h-accounts">
            <h2 id="h-accounts" class="vh">"All accounts"</h2>
            <ul class="people">{cards}</ul>
        </section>
        {add(shown)}
    })
}

fn roles() -> InputKind {
    let words = |role| match role {
        Role::Viewer => "Viewer: sees everything",
        Role::Editor => "Editor: changes trackers as well",
        Role::Administrator => "Administrator: manages accounts and settings as well",
    };
    InputKind::Choice(Role::ALL.map(|role| (role.name().to_owned(), words(role).to_owned())).to_vec())
}

fn card(shown: &Shown, account: &AccountView) -> Part {
    let id = || ("account", account.id.to_string());
    let is_own = shown.viewer.subject.account() == Some(account.id);
    let form = format!("a{}", account.id);
    let role = Input::new("role", "Role", roles()).value(account.role.name());
    let switch = if account.is_enabled { ("false", "Disable") } else { ("true", "Enable") };
    let two_factor = account.has_two_factor.then(|| {
        asking_again(
            "Signing in will need no code any more. For who has lost their phone.",
            RESET_TWO_FACTOR,
            &[id()],
            "Turn two-factor sign-in off",
        )
    });
    let seen = match account.seen_at {
        Some(at) => whole(view! { "last here " {when(at)} }),
        None => whole("not signed in"),
    };
    // One's own account is changed on the page for it; here it could only be locked out.
    let actions = (!is_own).then(|| view! {
        <div class="actions">
            {button(SET_ENABLED, &[id(), ("enabled", switch.0.into())], "btn small", switch.1.into())}
            {asking_again(
                "The account gets a password by chance, which you see once. Its sessions end.",
                RESET_PASSWORD,
                &[id()],
                "Reset password",
            )}
            {two_factor}
            {asking_again("The account goes for good, with its sessions and tokens.", REMOVE_ACCOUNT, &[id()], "Remove")}
        </div>
        <form class="settings line" action=SET_ROLE method="post">
            <input type="hidden" name="account" value=account.id.to_string() />
            {role.view(&form)}
            <button class="btn small" type="submit">"Change role"</button>
        </form>
    });
    whole(view! {
        <li class="card">
            <h3>{account.name.clone()} {is_own.then(|| view! { " " <span class="tag">"you"</span> })}</h3>
            <p class="muted">
                {account.role.name()}
                {(!account.is_enabled).then_some(" · disabled")}
                {account.has_two_factor.then_some(" · two-factor sign-in")}
                " · "
                {seen}
            </p>
            {actions}
        </li>
    })
}

fn add(shown: &Shown) -> Part {
    let name = Input::text("name", "Name")
        .value(shown.typed(ADD_ACCOUNT, "name"))
        .problem(shown.problem(ADD_ACCOUNT, "name"))
        .required();
    let password = Input::new("password", "Password", InputKind::Password)
        .complete("new-password")
        .hint("At least 12 characters.")
        .problem(shown.problem(ADD_ACCOUNT, "password"))
        .required();
    let typed = shown.typed(ADD_ACCOUNT, "role");
    let role = Input::new("role", "Role", roles()).value(if typed.is_empty() { "viewer" } else { typed });
    whole(view! {
        <section class="sheet" aria-labelledby="h-add">
            <h2 id="h-add">"Make an account"</h2>
            <form class="settings" action=ADD_ACCOUNT method="post">
                {name.view("new")}
                {password.view("new")}
                {role.view("new")}
                <p class="send">
                    <button class="btn primary" type="submit">"Make"</button>
                </p>
            </form>
        </section>
    })
}

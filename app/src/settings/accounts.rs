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
            words::SETTINGS_ACCOUNTS_PASSWORD,
            words::SETTINGS_ACCOUNTS_PASSWORD_HINT,
            std::slice::from_ref(secret),
        )),
        _ => None,
    };
    let cards: Vec<_> = accounts.iter().map(|account| card(shown, account)).collect();
    whole(view! {
        {made}
        <section class="sheet" aria-labelledby="h-accounts">
            <h2 id="h-accounts" class="vh">{words::SETTINGS_ACCOUNTS_ALL}</h2>
            <ul class="people">{cards}</ul>
        </section>
        {add(shown)}
    })
}

fn roles() -> InputKind {
    let words = |role| match role {
        Role::Viewer => words::SETTINGS_ACCOUNTS_VIEWER,
        Role::Editor => words::SETTINGS_ACCOUNTS_EDITOR,
        Role::Administrator => words::SETTINGS_ACCOUNTS_ADMINISTRATOR,
    };
    InputKind::Choice(Role::ALL.map(|role| (role.name().to_owned(), words(role).to_owned())).to_vec())
}

fn card(shown: &Shown, account: &AccountView) -> Part {
    let id = || ("account", account.id.to_string());
    let is_own = shown.viewer.subject.account() == Some(account.id);
    let form = format!("a{}", account.id);
    let role = Input::new("role", words::SETTINGS_ACCOUNTS_ROLE, roles()).value(account.role.name());
    let switch = if account.is_enabled {
        ("false", words::SETTINGS_ACCOUNTS_DISABLE)
    } else {
        ("true", words::SETTINGS_ACCOUNTS_ENABLE)
    };
    let two_factor = account.has_two_factor.then(|| {
        asking_again(
            words::SETTINGS_ACCOUNTS_TWO_FACTOR_OFF_HINT,
            RESET_TWO_FACTOR,
            &[id()],
            words::SETTINGS_ACCOUNTS_TWO_FACTOR_OFF,
        )
    });
    let seen = match account.seen_at {
        Some(at) => whole(view! { {words::SETTINGS_ACCOUNTS_SEEN} {when(at)} }),
        None => whole(words::SETTINGS_ACCOUNTS_NOT_SEEN),
    };
    // One's own account is changed on the page for it; here it could only be locked out.
    let actions = (!is_own).then(|| view! {
        <div class="actions">
            {button(SET_ENABLED, &[id(), ("enabled", switch.0.into())], "btn small", switch.1.into())}
            {asking_again(
                words::SETTINGS_ACCOUNTS_RESET_PASSWORD_HINT,
                RESET_PASSWORD,
                &[id()],
                words::SETTINGS_ACCOUNTS_RESET_PASSWORD,
            )}
            {two_factor}
            {asking_again(words::SETTINGS_ACCOUNTS_REMOVE_HINT, REMOVE_ACCOUNT, &[id()], words::SETTINGS_ACCOUNTS_REMOVE)}
        </div>
        <form class="settings line" action=SET_ROLE method="post">
            <input type="hidden" name="account" value=account.id.to_string() />
            {role.view(&form)}
            <button class="btn small" type="submit">{words::SETTINGS_ACCOUNTS_CHANGE_ROLE}</button>
        </form>
    });
    whole(view! {
        <li class="card">
            <h3>{account.name.clone()} {is_own.then(|| view! { " " <span class="tag">{words::SETTINGS_ACCOUNTS_YOU}</span> })}</h3>
            <p class="muted">
                {account.role.name()}
                {(!account.is_enabled).then_some(words::SETTINGS_ACCOUNTS_DISABLED)}
                {account.has_two_factor.then_some(words::SETTINGS_ACCOUNTS_TWO_FACTOR)}
                " · "
                {seen}
            </p>
            {actions}
        </li>
    })
}

fn add(shown: &Shown) -> Part {
    let name = Input::text("name", words::NAME)
        .value(shown.typed(ADD_ACCOUNT, "name"))
        .problem(shown.problem(ADD_ACCOUNT, "name"))
        .required();
    let password = Input::new("password", words::PASSWORD, InputKind::Password)
        .complete("new-password")
        .hint(words::PASSWORD_LENGTH)
        .problem(shown.problem(ADD_ACCOUNT, "password"))
        .required();
    let typed = shown.typed(ADD_ACCOUNT, "role");
    let role = Input::new("role", words::SETTINGS_ACCOUNTS_ROLE, roles()).value(if typed.is_empty() {
        "viewer"
    } else {
        typed
    });
    whole(view! {
        <section class="sheet" aria-labelledby="h-add">
            <h2 id="h-add">{words::SETTINGS_ACCOUNTS_MAKE}</h2>
            <form class="settings" action=ADD_ACCOUNT method="post">
                {name.view("new")}
                {password.view("new")}
                {role.view("new")}
                <p class="send">
                    <button class="btn primary" type="submit">{words::MAKE}</button>
                </p>
            </form>
        </section>
    })
}

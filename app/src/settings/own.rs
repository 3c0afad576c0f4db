//! Password, second factor and sessions of who looks.

use domain::access::{Enrolment, Role, SessionView};
use leptos::prelude::*;

use super::{
    BEGIN_TWO_FACTOR, CHANGE_PASSWORD, CONFIRM_TWO_FACTOR, END_OTHER_SESSIONS, END_SESSION, END_TWO_FACTOR,
    Once, Shown, button, once, when,
};
use crate::{
    access::SIGN_OUT,
    ui::{Icon, Input, InputKind, Part, whole},
};

pub(super) fn view(
    shown: &Shown,
    has_two_factor: bool,
    enrolment: Option<&Enrolment>,
    sessions: &[SessionView],
) -> Part {
    let codes = match &shown.once {
        Some(Once::Codes(codes)) => {
            Some(once(words::SETTINGS_OWN_CODES, words::SETTINGS_OWN_CODES_HINT, codes))
        }
        _ => None,
    };
    let name = shown.viewer.subject.name().unwrap_or_default().to_owned();
    let role = shown.viewer.subject.role().map(Role::name).unwrap_or_default();
    whole(view! {
        {codes}
        {owes(shown)}
        <p class="lede">{words::SETTINGS_OWN_YOU_ARE} <b>{name}</b> ", " {role} "."</p>
        {button(SIGN_OUT, &[], "btn", words::SIGN_OUT.into())}
        {password(shown)}
        {two_factor(shown, has_two_factor, enrolment)}
        {self::sessions(sessions)}
    })
}

/// What an administrator is told who may not administer yet.
fn owes(shown: &Shown) -> Option<Part> {
    shown.viewer.owes_two_factor.then(|| {
        whole(view! {
            <div class="notice is-slow" role="status">
                <Icon name="#i-alert" />
                <span>
                    {words::SETTINGS_OWN_OWES_BEFORE}
                    <a href="#two-factor">{words::SETTINGS_OWN_OWES}</a>
                    {words::SETTINGS_OWN_OWES_AFTER}
                </span>
            </div>
        })
    })
}

fn password(shown: &Shown) -> Part {
    let current = Input::new("current_password", words::SETTINGS_OWN_PASSWORD_UNTIL_NOW, InputKind::Password)
        .complete("current-password")
        .problem(shown.problem(CHANGE_PASSWORD, "current_password"))
        .required();
    let new = Input::new("password", words::SETTINGS_OWN_NEW_PASSWORD, InputKind::Password)
        .complete("new-password")
        .hint(words::PASSWORD_HINT)
        .problem(shown.problem(CHANGE_PASSWORD, "password"))
        .required();
    whole(view! {
        <section class="sheet" aria-labelledby="h-password">
            <h2 id="h-password">{words::PASSWORD}</h2>
            <form class="settings" action=CHANGE_PASSWORD method="post">
                {current.view("pw")}
                {new.view("pw")}
                <p class="send">
                    <button class="btn" type="submit">{words::SETTINGS_OWN_CHANGE_PASSWORD}</button>
                </p>
            </form>
        </section>
    })
}

fn two_factor(shown: &Shown, has_two_factor: bool, enrolment: Option<&Enrolment>) -> Part {
    let body = match (has_two_factor, enrolment) {
        (true, _) => {
            let password =
                Input::new("two_factor_password", words::SETTINGS_OWN_YOUR_PASSWORD, InputKind::Password)
                    .complete("current-password")
                    .problem(shown.problem(END_TWO_FACTOR, "two_factor_password"))
                    .required();
            whole(view! {
                <p>{words::SETTINGS_OWN_TWO_FACTOR_ON}</p>
                <form class="settings" action=END_TWO_FACTOR method="post">
                    {password.view("tf")}
                    <p class="send">
                        <button class="btn" type="submit">{words::SETTINGS_OWN_TURN_OFF}</button>
                    </p>
                </form>
            })
        }
        (false, Some(enrolment)) => confirm(shown, enrolment),
        (false, None) => whole(view! {
            <p>{words::SETTINGS_OWN_TWO_FACTOR_OFF}</p>
            {button(BEGIN_TWO_FACTOR, &[], "btn", words::SETTINGS_OWN_TURN_ON_ASK.into())}
        }),
    };
    whole(view! {
        <section class="sheet" aria-labelledby="h-two-factor" id="two-factor">
            <h2 id="h-two-factor">{words::TWO_FACTOR}</h2>
            {body}
        </section>
    })
}

fn confirm(shown: &Shown, enrolment: &Enrolment) -> Part {
    let code = enrolment.code.as_ref().map(|(path, side)| {
        // Four squares of quiet around it, as readers want it.
        let frame = format!("-4 -4 {0} {0}", side + 8);
        view! {
            <svg class="qr" viewBox=frame role="img" aria-label=words::SETTINGS_OWN_QR shape-rendering="crispEdges">
                <path class="paper" d=format!("M-4-4h{0}v{0}h-{0}z", side + 8)></path>
                <path class="ink" d=path.clone()></path>
            </svg>
        }
    });
    let field = Input::new("code", words::SETTINGS_OWN_CODE, InputKind::Code)
        .complete("one-time-code")
        .problem(shown.problem(CONFIRM_TWO_FACTOR, "code"))
        .required();
    let groups: Vec<String> = enrolment
        .secret
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    whole(view! {
        <ol class="steps">
            <li>
                <p>{words::SETTINGS_OWN_SCAN} <code>{groups.join(" ")}</code></p>
                {code}
            </li>
            <li>
                <form class="settings" action=CONFIRM_TWO_FACTOR method="post">
                    {field.view("tf")}
                    <p class="send">
                        <button class="btn primary" type="submit">{words::SETTINGS_OWN_TURN_ON}</button>
                    </p>
                </form>
            </li>
        </ol>
    })
}

fn sessions(sessions: &[SessionView]) -> Part {
    let rows: Vec<_> = sessions
        .iter()
        .map(|session| {
            let end = if session.is_this {
                whole(view! { <span class="tag">{words::SETTINGS_OWN_SESSIONS_THIS}</span> })
            } else {
                button(
                    END_SESSION,
                    &[("session", session.id.to_string())],
                    "btn small",
                    words::SETTINGS_OWN_SESSIONS_END.into(),
                )
            };
            view! {
                <tr>
                    <td>{browser(&session.agent)}</td>
                    <td>{session.address.clone()}</td>
                    <td>{when(session.made_at)}</td>
                    <td>{when(session.seen_at)}</td>
                    <td>{end}</td>
                </tr>
            }
        })
        .collect();
    let others = (sessions.len() > 1)
        .then(|| button(END_OTHER_SESSIONS, &[], "btn", words::SETTINGS_OWN_SESSIONS_END_OTHERS.into()));
    whole(view! {
        <section class="sheet" aria-labelledby="h-sessions">
            <h2 id="h-sessions">{words::SETTINGS_OWN_SESSIONS}</h2>
            <div class="table" tabindex="0" role="region" aria-label=words::SETTINGS_OWN_SESSIONS_TABLE>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{words::SETTINGS_OWN_SESSIONS_BROWSER}</th>
                            <th scope="col">{words::SETTINGS_OWN_SESSIONS_ADDRESS}</th>
                            <th scope="col">{words::SETTINGS_OWN_SESSIONS_SINCE}</th>
                            <th scope="col">{words::LAST_USED}</th>
                            <th scope="col"><span class="vh">{words::SETTINGS_OWN_SESSIONS_END}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="hint">{words::SETTINGS_OWN_SESSIONS_HINT}</p>
            {others}
        </section>
    })
}

/// What people call a browser, of what it calls itself. The order matters: nearly all of them say that they are Safari too.
fn browser(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    let program = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => words::settings_own_browser(program, system),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => words::SETTINGS_OWN_BROWSER_UNKNOWN.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser("curl/8.9"), "curl");
        assert_eq!(browser(""), "unknown");
        assert_eq!(browser("<b>my own</b>"), "<b>my own</b>");
    }
}

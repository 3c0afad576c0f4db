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
        Some(Once::Codes(codes)) => Some(once(
            "Your recovery codes",
            "Two-factor sign-in is on. If your phone is lost, each of these lets you in once. Keep them where your phone is not: they are shown only now.",
            codes,
        )),
        _ => None,
    };
    let name = shown.viewer.subject.name().unwrap_or_default().to_owned();
    let role = shown.viewer.subject.role().map(Role::name).unwrap_or_default();
    whole(view! {
        {codes}
        {owes(shown)}
        <p class="lede">"You are " <b>{name}</b> ", " {role} "."</p>
        {button(SIGN_OUT, &[], "btn", "Sign out".into())}
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
                    "Administrators need two-factor sign-in here. Until you "
                    <a href="#two-factor">"turn it on"</a>
                    ", you and your tokens may do what editors may."
                </span>
            </div>
        })
    })
}

fn password(shown: &Shown) -> Part {
    let current = Input::new("current_password", "Password until now", InputKind::Password)
        .complete("current-password")
        .problem(shown.problem(CHANGE_PASSWORD, "current_password"))
        .required();
    let new = Input::new("password", "New password", InputKind::Password)
        .complete("new-password")
        .hint("At least 12 characters. A few words that do not belong together are strong and easy to remember.")
        .problem(shown.problem(CHANGE_PASSWORD, "password"))
        .required();
    whole(view! {
        <section class="sheet" aria-labelledby="h-password">
            <h2 id="h-password">"Password"</h2>
            <form class="settings" action=CHANGE_PASSWORD method="post">
                {current.view("pw")}
                {new.view("pw")}
                <p class="send">
                    <button class="btn" type="submit">"Change password"</button>
                </p>
            </form>
        </section>
    })
}

fn two_factor(shown: &Shown, has_two_factor: bool, enrolment: Option<&Enrolment>) -> Part {
    let body = match (has_two_factor, enrolment) {
        (true, _) => {
            let password = Input::new("two_factor_password", "Your password", InputKind::Password)
                .complete("current-password")
                .problem(shown.problem(END_TWO_FACTOR, "two_factor_password"))
                .required();
            whole(view! {
                <p>"It is on: signing in needs a code of your phone."</p>
                <form class="settings" action=END_TWO_FACTOR method="post">
                    {password.view("tf")}
                    <p class="send">
                        <button class="btn" type="submit">"Turn off"</button>
                    </p>
                </form>
            })
        }
        (false, Some(enrolment)) => confirm(shown, enrolment),
        (false, None) => whole(view! {
            <p>"It is off. With it, a stolen password alone opens nothing: signing in also needs a code that your phone makes."</p>
            {button(BEGIN_TWO_FACTOR, &[], "btn", "Turn on…".into())}
        }),
    };
    whole(view! {
        <section class="sheet" aria-labelledby="h-two-factor" id="two-factor">
            <h2 id="h-two-factor">"Two-factor sign-in"</h2>
            {body}
        </section>
    })
}

fn confirm(shown: &Shown, enrolment: &Enrolment) -> Part {
    let code = enrolment.code.as_ref().map(|(path, side)| {
        // Four squares of quiet around it, as readers want it.
        let frame = format!("-4 -4 {0} {0}", side + 8);
        view! {
            <svg class="qr" viewBox=frame role="img" aria-label="QR code with the secret below" shape-rendering="crispEdges">
                <path class="paper" d=format!("M-4-4h{0}v{0}h-{0}z", side + 8)></path>
                <path class="ink" d=path.clone()></path>
            </svg>
        }
    });
    let field = Input::new("code", "Code that it shows now", InputKind::Code)
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
                <p>"Scan this with an authenticator app, or type the secret into it: " <code>{groups.join(" ")}</code></p>
                {code}
            </li>
            <li>
                <form class="settings" action=CONFIRM_TWO_FACTOR method="post">
                    {field.view("tf")}
                    <p class="send">
                        <button class="btn primary" type="submit">"Turn on"</button>
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
                whole(view! { <span class="tag">"this one"</span> })
            } else {
                button(END_SESSION, &[("session", session.id.to_string())], "btn small", "End".into())
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
    let others =
        (sessions.len() > 1).then(|| button(END_OTHER_SESSIONS, &[], "btn", "End all other sessions".into()));
    whole(view! {
        <section class="sheet" aria-labelledby="h-sessions">
            <h2 id="h-sessions">"Where you are signed in"</h2>
            <div class="table" tabindex="0" role="region" aria-label="Table of sessions">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Browser"</th>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col"><span class="vh">"End"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="hint">"A session that is not used for a day ends by itself, and each after 30 days."</p>
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
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "unknown".to_owned(),
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

//! The page to sign in: name and password, then the second factor if the account has one.

use leptos::prelude::*;

use super::{Asked, Resume, SECOND_FACTOR, SIGN_IN, Shown, path_here};
use crate::{
    ApiError,
    ui::{Icon, Input, InputKind, Part, whole},
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Form {
    /// How the person called themselves in a try that failed.
    name: String,
    /// Stands for a right password, while the second factor is asked for.
    ticket: Option<String>,
    /// Why the try failed.
    error: Option<ApiError>,
    /// Where to go on.
    next: String,
    /// What to go on with.
    resume: Option<Resume>,
}

impl Form {
    /// What is asked of somebody.
    pub fn of(asked: &Asked) -> Self {
        let failed =
            asked.failed.as_ref().filter(|failed| [SIGN_IN, SECOND_FACTOR].contains(&&*failed.action));
        let value = |name| failed.and_then(|failed| failed.value(name)).unwrap_or_default().to_owned();
        let ticket = match &asked.shown {
            Some(Shown::SecondFactor { ticket }) => Some(ticket.clone()),
            _ => failed
                .filter(|failed| failed.action == SECOND_FACTOR && failed.error.only_at("code").is_some())
                .map(|_| value("ticket")),
        };
        let next = match failed {
            Some(_) => value("next"),
            None => crate::past::asked::value(&asked.query, "next").unwrap_or_default(),
        };
        let resume = asked.resume.clone().or_else(|| Resume::of(&failed?.values));
        Self {
            name: value("name"),
            ticket,
            error: failed.map(|failed| failed.error.clone()),
            next: path_here(&next).to_owned(),
            resume,
        }
    }

    /// The page.
    pub fn view(self) -> Part {
        let resumes = self.resume.is_some();
        let hidden = [("next".to_owned(), self.next.clone())]
            .into_iter()
            .chain(self.resume.iter().flat_map(Resume::fields))
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view();
        let form = if self.ticket.is_some() {
            self.second(hidden.into_any())
        } else {
            self.first(hidden.into_any())
        };
        whole(view! {
            <div class="wrap door">
                <h1>{words::SIGN_IN}</h1>
                {resumes.then(|| view! {
                    <div class="notice is-none" role="status">
                        <Icon name="#i-alert" />
                        <span>{words::SIGN_IN_RESUMES}</span>
                    </div>
                })}
                {form}
            </div>
        })
    }

    fn first(&self, hidden: AnyView) -> Part {
        let problem = self.error.as_ref().and_then(|error| error.at("password"));
        let name = Input::text("name", words::NAME).value(&self.name).complete("username").required();
        let password = Input::new("password", words::PASSWORD, InputKind::Password)
            .complete("current-password")
            .problem(problem)
            .required();
        whole(view! {
            <form class="settings" action=SIGN_IN method="post">
                {hidden}
                {name.view("in")}
                {password.view("in")}
                <p class="send">
                    <button class="btn primary" type="submit">{words::SIGN_IN}</button>
                </p>
                <p class="hint">
                    {words::SIGN_IN_LOST}
                    <code>"uptime-tracker user reset-password NAME"</code>
                </p>
            </form>
        })
    }

    fn second(&self, hidden: AnyView) -> Part {
        let code = Input::new("code", words::SIGN_IN_CODE, InputKind::Code)
            .complete("one-time-code")
            .hint(words::SIGN_IN_CODE_HINT)
            .problem(self.error.as_ref().and_then(|error| error.at("code")))
            .required();
        whole(view! {
            <form class="settings" action=SECOND_FACTOR method="post">
                {hidden}
                <input type="hidden" name="ticket" value=self.ticket.clone() />
                {code.view("in")}
                <p class="send">
                    <button class="btn primary" type="submit">{words::SIGN_IN}</button>
                    <a class="btn" href=super::SIGN_IN_PAGE>{words::SIGN_IN_AGAIN}</a>
                </p>
            </form>
        })
    }
}

//! The first page of a new installation: it makes the first administrator.

use leptos::prelude::*;

use super::{Asked, SET_UP};
use crate::{
    ApiError,
    ui::{Input, InputKind, Part, whole},
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Form {
    name: String,
    token: String,
    reading: bool,
    /// Whether the token of the log is needed.
    needs_token: bool,
    error: Option<ApiError>,
}

impl Form {
    /// What is asked of somebody.
    pub fn of(asked: &Asked) -> Self {
        let failed = asked.failed.as_ref().filter(|failed| failed.action == SET_UP);
        let value = |name| failed.and_then(|failed| failed.value(name)).unwrap_or_default().to_owned();
        Self {
            name: value("name"),
            token: value("token"),
            reading: failed.is_some_and(|failed| {
                failed.values.iter().any(|(name, value)| name == "reading" && value == "true")
            }),
            needs_token: !asked.viewer.is_local,
            error: failed.map(|failed| failed.error.clone()),
        }
    }

    /// The page.
    pub fn view(self) -> Part {
        let problem = |field: &str| self.error.as_ref().and_then(|error| error.only_at(field));
        let other = self.error.as_ref().filter(|error| !matches!(error, ApiError::Invalid(_)));
        let name = Input::text("name", words::SET_UP_NAME)
            .value(&self.name)
            .complete("username")
            .problem(problem("name"));
        let password = Input::new("password", words::SET_UP_PASSWORD, InputKind::Password)
            .complete("new-password")
            .hint(words::PASSWORD_HINT)
            .problem(problem("password"));
        let token = self.needs_token.then(|| {
            Input::text("token", words::SET_UP_TOKEN)
                .value(&self.token)
                .hint(words::SET_UP_TOKEN_HINT)
                .problem(problem("token"))
                .required()
                .view("up")
        });
        let reading = Input::new("reading", words::EVERYBODY_MAY_LOOK, InputKind::Tick)
            .value(if self.reading { "true" } else { "false" })
            .hint(words::SET_UP_READING_HINT);
        whole(view! {
            <div class="wrap door">
                <div>
                    <h1>{words::WELCOME}</h1>
                    <p class="lede">{words::SET_UP_LEDE}</p>
                </div>
                {other.map(|error| view! { <p class="error" role="alert">{error.sentence()}</p> })}
                <form class="settings" action=SET_UP method="post">
                    {token}
                    {name.required().view("up")}
                    {password.required().view("up")}
                    {reading.view("up")}
                    <p class="send">
                        <button class="btn primary" type="submit">{words::SET_UP_START}</button>
                    </p>
                </form>
            </div>
        })
    }
}

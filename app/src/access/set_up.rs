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
        let name =
            Input::text("name", "Your name").value(&self.name).complete("username").problem(problem("name"));
        let password = Input::new("password", "A password", InputKind::Password)
            .complete("new-password")
            .hint("At least 12 characters. A few words that do not belong together are strong and easy to remember.")
            .problem(problem("password"));
        let token = self.needs_token.then(|| {
            Input::text("token", "Set-up token")
                .value(&self.token)
                .hint("You are not on the machine that this runs on. The token proves that it is yours: the server wrote it to its log when it started.")
                .problem(problem("token"))
                .required()
                .view("up")
        });
        let reading = Input::new("reading", "Everybody who can reach this page may look", InputKind::Tick)
            .value(if self.reading { "true" } else { "false" })
            .hint("Without it, looking needs an account as well. Changing something always does. You can decide again later.");
        whole(view! {
            <div class="wrap door">
                <div>
                    <h1>"Welcome"</h1>
                    <p class="lede">"Make the first account: it administers this installation. Then paste what should be watched."</p>
                </div>
                {other.map(|error| view! { <p class="error" role="alert">{error.sentence()}</p> })}
                <form class="settings" action=SET_UP method="post">
                    {token}
                    {name.required().view("up")}
                    {password.required().view("up")}
                    {reading.view("up")}
                    <p class="send">
                        <button class="btn primary" type="submit">"Start"</button>
                    </p>
                </form>
            </div>
        })
    }
}

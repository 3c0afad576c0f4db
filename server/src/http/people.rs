//! The forms of accounts and of settings: signing in and out, one's own account, everybody's, what is said of the installation.

use app::{
    ApiError,
    access::{self, Resume, Shown, path_here},
    settings::{self, Section},
};
use domain::{
    Failure, Secret,
    access::{AccountId, Need, Reading, Role},
};

use super::{AppState, alerts, upkeep};
use crate::access::{Access, Asker, Denied, Entered, NewTokenForm, SetUp};

/// What a form did.
#[derive(Default)]
pub(super) struct Done {
    /// What becomes of the browser's session.
    pub(super) begun: Begun,
    /// Where it leads.
    pub(super) next: String,
    /// What is shown once, in the page that answers it.
    pub(super) shown: Option<Shown>,
    /// The form to go on with.
    pub(super) resume: Option<Resume>,
    /// What is shown beside the form, which comes back as it was sent: HTML that was made here.
    pub(super) panel: Option<String>,
}

/// What becomes of a browser's session.
#[derive(Default)]
pub(super) enum Begun {
    /// It stays what it was.
    #[default]
    Nothing,
    /// Another one begins.
    Session(Secret),
    /// It ends.
    End,
}

/// What each form needs, and the page that has it.
const PAGES: [(&str, Need, &str); 25] = {
    const OWN: &str = Section::Own.path();
    const TOKENS: &str = Section::Tokens.path();
    const ACCOUNTS: &str = Section::Accounts.path();
    const DATA: &str = Section::Data.path();
    [
        (access::SET_UP, Need::Nothing, access::SET_UP_PAGE),
        (access::SIGN_IN, Need::Nothing, access::SIGN_IN_PAGE),
        (access::SECOND_FACTOR, Need::Nothing, access::SIGN_IN_PAGE),
        (access::SIGN_OUT, Need::Nothing, access::SIGN_IN_PAGE),
        (settings::CHANGE_PASSWORD, Need::OwnAccount, OWN),
        (settings::BEGIN_TWO_FACTOR, Need::OwnAccount, OWN),
        (settings::CONFIRM_TWO_FACTOR, Need::OwnAccount, OWN),
        (settings::END_TWO_FACTOR, Need::OwnAccount, OWN),
        (settings::END_SESSION, Need::OwnAccount, OWN),
        (settings::END_OTHER_SESSIONS, Need::OwnAccount, OWN),
        (settings::ADD_TOKEN, Need::OwnAccount, TOKENS),
        (settings::REMOVE_TOKEN, Need::OwnAccount, TOKENS),
        (settings::ADD_ACCOUNT, Need::Administer, ACCOUNTS),
        (settings::SET_ROLE, Need::Administer, ACCOUNTS),
        (settings::SET_ENABLED, Need::Administer, ACCOUNTS),
        (settings::RESET_PASSWORD, Need::Administer, ACCOUNTS),
        (settings::RESET_TWO_FACTOR, Need::Administer, ACCOUNTS),
        (settings::REMOVE_ACCOUNT, Need::Administer, ACCOUNTS),
        (settings::SET_READING, Need::Administer, Section::General.path()),
        (settings::SET_RETENTION, Need::Administer, DATA),
        (settings::BACK_UP, Need::Administer, DATA),
        (settings::REMOVE_BACKUP, Need::Administer, DATA),
        (settings::SET_DEFAULTS, Need::Administer, Section::Defaults.path()),
        (settings::CHANGE_LABEL, Need::Change, Section::Tags.path()),
        (settings::REQUIRE_TWO_FACTOR, Need::Administer, Section::General.path()),
    ]
};

/// Each form, and what it needs.
pub(super) fn listed() -> impl Iterator<Item = (&'static str, Need)> {
    PAGES.into_iter().map(|(form, need, _)| (form, need)).chain(alerts::listed())
}

/// The page that has a form, if it is one of these.
pub(super) fn page_of(path: &str) -> Option<&'static str> {
    PAGES.iter().find(|(form, ..)| *form == path).map(|(.., page)| *page)
}

/// Whether a path is one of these forms.
pub(super) fn knows(path: &str) -> bool {
    page_of(path).is_some() || alerts::knows(path)
}

/// What was typed into a form.
pub(super) struct Typed<'a>(pub(super) &'a [(String, String)]);

impl Typed<'_> {
    /// What stands in a field; of a name that is there twice, the last counts.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    fn number(&self, name: &str) -> Result<i64, Failure> {
        self.text(name).parse().map_err(|_| Failure::NotFound)
    }

    fn account(&self) -> Result<AccountId, Failure> {
        self.number("account").map(AccountId)
    }

    fn role(&self) -> Result<Role, ApiError> {
        self.text("role")
            .parse()
            .map_err(|problem: String| domain::Invalid::one("role", problem))
            .map_err(ApiError::Invalid)
    }

    fn reading(&self) -> Reading {
        if self.text("reading") == "true" { Reading::Everyone } else { Reading::Accounts }
    }
}

/// Does what a form asks for. What it needs has been looked at.
pub(super) async fn act(
    state: &AppState,
    asker: &Asker,
    path: &str,
    values: &[(String, String)],
) -> Result<Done, ApiError> {
    let (access, typed) = (&*state.access, Typed(values));
    match path {
        settings::SET_RETENTION
        | settings::BACK_UP
        | settings::REMOVE_BACKUP
        | settings::SET_DEFAULTS
        | settings::CHANGE_LABEL => upkeep::act(&state.services_for(asker), path, &typed).await,
        _ if alerts::knows(path) => alerts::act(&state.services_for(asker), path, &typed).await,
        access::SET_UP | access::SIGN_IN | access::SECOND_FACTOR | access::SIGN_OUT => {
            enter(access, asker, path, &typed).await
        }
        settings::ADD_ACCOUNT
        | settings::SET_ROLE
        | settings::SET_ENABLED
        | settings::RESET_PASSWORD
        | settings::RESET_TWO_FACTOR
        | settings::REMOVE_ACCOUNT
        | settings::REQUIRE_TWO_FACTOR
        | settings::SET_READING => administer(access, asker, path, &typed).await,
        _ => own(access, asker, path, &typed).await,
    }
}

async fn enter(access: &Access, asker: &Asker, path: &str, typed: &Typed<'_>) -> Result<Done, ApiError> {
    let entered = match path {
        access::SET_UP => {
            let given = SetUp {
                name: typed.text("name"),
                password: typed.text("password"),
                token: typed.text("token"),
                reading: typed.reading(),
            };
            Entered::In(access.set_up(asker, given).await?)
        }
        access::SIGN_IN => access.sign_in(asker, typed.text("name"), typed.text("password")).await?,
        access::SECOND_FACTOR => {
            Entered::In(access.second_factor(asker, typed.text("ticket"), typed.text("code")).await?)
        }
        _ => {
            access.sign_out(asker).await?;
            return Ok(Done { begun: Begun::End, next: access::SIGN_IN_PAGE.into(), ..Done::default() });
        }
    };
    let resume = Resume::of(typed.0);
    let next = path_here(typed.text("next")).to_owned();
    Ok(match entered {
        Entered::In(session) => Done { begun: Begun::Session(session), next, resume, ..Done::default() },
        Entered::SecondFactor(ticket) => {
            let shown = Some(Shown::SecondFactor { ticket: ticket.expose().to_owned() });
            Done { next, shown, resume, ..Done::default() }
        }
    })
}

async fn own(access: &Access, asker: &Asker, path: &str, typed: &Typed<'_>) -> Result<Done, ApiError> {
    let here = Section::Own.path();
    let done = |word: &str| Done { next: format!("{here}?done={word}"), ..Done::default() };
    Ok(match path {
        settings::CHANGE_PASSWORD => {
            let (current, new) = (typed.text("current_password"), typed.text("password"));
            let session = access.change_password(asker, current, new).await?;
            Done { begun: Begun::Session(session), ..done("password") }
        }
        settings::BEGIN_TWO_FACTOR => {
            access.begin_two_factor(asker)?;
            Done { next: format!("{here}#two-factor"), ..Done::default() }
        }
        settings::CONFIRM_TWO_FACTOR => {
            let (session, codes) = access.confirm_two_factor(asker, typed.text("code")).await?;
            let codes = codes.iter().map(|code| code.expose().to_owned()).collect();
            Done {
                begun: Begun::Session(session),
                shown: Some(Shown::Codes(codes)),
                next: here.into(),
                ..Done::default()
            }
        }
        settings::END_TWO_FACTOR => {
            let session = access.end_two_factor(asker, typed.text("two_factor_password")).await?;
            Done { begun: Begun::Session(session), ..done("two-factor-off") }
        }
        settings::END_SESSION => {
            access.end_session(asker, typed.number("session")?).await?;
            done("session")
        }
        settings::END_OTHER_SESSIONS => {
            access.end_other_sessions(asker).await?;
            done("sessions")
        }
        settings::ADD_TOKEN => {
            let days = match typed.text("days") {
                "" => None,
                days => Some(
                    days.parse()
                        .map_err(|_| domain::Invalid::one("days", words::TOKEN_DAYS_WRONG))
                        .map_err(ApiError::Invalid)?,
                ),
            };
            let name = typed.text("token_name");
            let role = typed.role()?;
            if asker.viewer.subject.role() < Some(role) {
                return Err(ApiError::Forbidden);
            }
            let secret = access.add_token(asker, NewTokenForm { name, role, days }).await?;
            let shown = Shown::Token { name: name.to_owned(), secret: secret.expose().to_owned() };
            Done { shown: Some(shown), next: Section::Tokens.path().into(), ..Done::default() }
        }
        _ => {
            access.remove_token(asker, typed.number("token")?).await?;
            Done { next: format!("{}?done=token", Section::Tokens.path()), ..Done::default() }
        }
    })
}

async fn administer(access: &Access, asker: &Asker, path: &str, typed: &Typed<'_>) -> Result<Done, ApiError> {
    let here = Section::Accounts.path();
    let done = |word: &str| Done { next: format!("{here}?done={word}"), ..Done::default() };
    Ok(match path {
        settings::ADD_ACCOUNT => {
            access.add_account(asker, typed.text("name"), typed.text("password"), typed.role()?).await?;
            done("account")
        }
        settings::SET_ROLE => {
            access.set_role(asker, typed.account()?, typed.role()?).await?;
            done("changed")
        }
        settings::SET_ENABLED => {
            access.set_enabled(asker, typed.account()?, typed.text("enabled") == "true").await?;
            done("changed")
        }
        settings::RESET_PASSWORD => {
            let secret = access.reset_password(asker, typed.account()?).await?.expose().to_owned();
            Done { shown: Some(Shown::Password { secret }), next: here.into(), ..Done::default() }
        }
        settings::RESET_TWO_FACTOR => {
            access.reset_two_factor(asker, typed.account()?).await?;
            done("changed")
        }
        settings::REMOVE_ACCOUNT => {
            access.remove_account(asker, typed.account()?).await?;
            done("removed")
        }
        settings::REQUIRE_TWO_FACTOR => {
            access.require_two_factor(asker, typed.text("two_factor") == "true").await?;
            Done { next: format!("{}?done=saved", Section::General.path()), ..Done::default() }
        }
        _ => {
            access.set_reading(asker, typed.reading()).await?;
            Done { next: format!("{}?done=saved", Section::General.path()), ..Done::default() }
        }
    })
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        match denied {
            // Rounded up: who comes back after it is not refused again.
            Denied::Wait(time) => Self::TooMany(time.as_secs() + 1),
            Denied::Failed(failure) => failure.into(),
        }
    }
}

//! The settings: one page a section, each of plain forms. Rendered on the server only, and complete without script.

mod about;
mod accounts;
mod data;
mod defaults;
mod general;
mod own;
mod tags;
mod tokens;

use domain::{
    Failure, Installation, Labels, Storage,
    access::{AccountView, Enrolment, Need, Reading, Refusal, SessionView, TokenView, Viewer},
    ports::Services,
};
use leptos::prelude::*;

use crate::{
    access::{Asked, Shown as Once},
    backend::FailedForm,
    ui::{Part, asking_again, button, went_well, went_wrong, when, whole},
};

/// Gives the account another password.
pub const CHANGE_PASSWORD: &str = "/api/change_password";
/// Makes a secret for two-factor sign-in, to be confirmed.
pub const BEGIN_TWO_FACTOR: &str = "/api/begin_two_factor";
/// Turns two-factor sign-in on.
pub const CONFIRM_TWO_FACTOR: &str = "/api/confirm_two_factor";
/// Turns two-factor sign-in off.
pub const END_TWO_FACTOR: &str = "/api/end_two_factor";
/// Ends one session.
pub const END_SESSION: &str = "/api/end_session";
/// Ends all sessions but the one that asks.
pub const END_OTHER_SESSIONS: &str = "/api/end_other_sessions";
/// Makes a token.
pub const ADD_TOKEN: &str = "/api/add_token";
/// Revokes a token.
pub const REMOVE_TOKEN: &str = "/api/remove_token";
/// Makes an account.
pub const ADD_ACCOUNT: &str = "/api/add_account";
/// Gives an account another role.
pub const SET_ROLE: &str = "/api/set_role";
/// Lets an account sign in, or not.
pub const SET_ENABLED: &str = "/api/set_enabled";
/// Gives an account a new password.
pub const RESET_PASSWORD: &str = "/api/reset_password";
/// Turns two-factor sign-in of an account off.
pub const RESET_TWO_FACTOR: &str = "/api/reset_two_factor";
/// Removes an account.
pub const REMOVE_ACCOUNT: &str = "/api/remove_account";
/// Says who may look.
pub const SET_READING: &str = "/api/set_reading";
/// Says how long what is kept.
pub const SET_RETENTION: &str = "/api/set_retention";
/// Makes a backup.
pub const BACK_UP: &str = "/api/back_up";
/// Removes a backup that somebody asked for.
pub const REMOVE_BACKUP: &str = "/api/remove_backup";
/// Says what new trackers start with.
pub const SET_DEFAULTS: &str = "/api/set_defaults";
/// Renames a tag or a group, or takes it away.
pub const CHANGE_LABEL: &str = "/api/change_label";
/// Says whether administrators need a second factor.
pub const REQUIRE_TWO_FACTOR: &str = "/api/require_two_factor";

/// A page of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Password, second factor and sessions of who looks.
    Own,
    /// Tokens of who looks.
    Tokens,
    /// Who may look, and how administrators sign in.
    General,
    /// What new trackers start with.
    Defaults,
    /// Tags and groups.
    Tags,
    /// All accounts.
    Accounts,
    /// What is kept, backups, and files to take away.
    Data,
    /// Versions, and how the program itself is.
    About,
}

impl Section {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 8] = [
        Self::Own,
        Self::Tokens,
        Self::General,
        Self::Defaults,
        Self::Tags,
        Self::Accounts,
        Self::Data,
        Self::About,
    ];

    /// The section at a path under `/settings/`.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.path().strip_prefix("/settings/") == Some(path))
    }

    /// Its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Own => "/settings/account",
            Self::Tokens => "/settings/tokens",
            Self::General => "/settings/general",
            Self::Defaults => "/settings/defaults",
            Self::Tags => "/settings/tags",
            Self::Accounts => "/settings/accounts",
            Self::Data => "/settings/data",
            Self::About => "/settings/about",
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Own => words::SETTINGS_OWN,
            Self::Tokens => words::SETTINGS_TOKENS,
            Self::General => words::SETTINGS_GENERAL,
            Self::Defaults => words::SETTINGS_DEFAULTS,
            Self::Tags => words::TAGS,
            Self::Accounts => words::SETTINGS_ACCOUNTS,
            Self::Data => words::SETTINGS_DATA,
            Self::About => words::SETTINGS_ABOUT,
        }
    }

    /// What it asks of who comes.
    pub fn need(self) -> Need {
        match self {
            Self::Own | Self::Tokens => Need::OwnAccount,
            Self::General | Self::Defaults | Self::Accounts | Self::Data => Need::Administer,
            Self::Tags => Need::Change,
            Self::About => Need::Inspect,
        }
    }
}

/// What a section shows.
#[derive(Clone, Debug)]
pub struct Shown {
    section: Section,
    viewer: Viewer,
    /// The form that failed, if the page is the answer to one.
    failed: Option<FailedForm>,
    /// What a form made.
    once: Option<Once>,
    /// What was done, as a word of the address.
    done: Option<String>,
    facts: Facts,
}

#[derive(Clone, Debug)]
enum Facts {
    Own {
        has_two_factor: bool,
        enrolment: Option<Enrolment>,
        sessions: Vec<SessionView>,
    },
    Tokens(Vec<TokenView>),
    General {
        reading: Reading,
        requires_two_factor: bool,
    },
    Accounts(Vec<AccountView>),
    About(Installation),
    /// Fields as they are, and as they are built in.
    Defaults {
        now: Fields,
        built_in: Fields,
    },
    Tags {
        labels: Labels,
        undo: Option<(u64, String)>,
    },
    Data(Box<Storage>),
}

type Fields = Vec<(String, String)>;

impl Shown {
    /// Loads what a section shows.
    pub async fn load(services: &Services, section: Section, asked: &Asked) -> Result<Self, Failure> {
        let viewer = asked.viewer.clone();
        let people = &services.people;
        let account = viewer.subject.account();
        let facts = match (section, account) {
            (Section::Own, Some(id)) => Facts::Own {
                has_two_factor: people
                    .accounts()
                    .iter()
                    .any(|account| account.id == id && account.has_two_factor),
                enrolment: viewer.session.and_then(|session| people.enrolment(session)),
                sessions: people.sessions(id, viewer.session),
            },
            (Section::Tokens, Some(id)) => Facts::Tokens(people.tokens(id)),
            // The need of the section was met, so there is an account.
            (Section::Own | Section::Tokens, None) => return Err(Failure::NotFound),
            (Section::General, _) => {
                Facts::General { reading: viewer.reading, requires_two_factor: people.requires_two_factor() }
            }
            (Section::Accounts, _) => Facts::Accounts(people.accounts()),
            (Section::Defaults, _) => Facts::Defaults {
                now: services.trackers.defaults().await?,
                built_in: services.upkeep.built_in(),
            },
            (Section::Tags, _) => {
                let key = crate::past::asked::value(&asked.query, "undo").and_then(|key| key.parse().ok());
                let undo = key.and_then(|key| Some((key, services.trackers.undoable(key)?)));
                Facts::Tags { labels: services.trackers.labels(), undo }
            }
            (Section::Data, _) => Facts::Data(Box::new(services.upkeep.storage().await?)),
            (Section::About, _) => Facts::About(services.live.installation().await?),
        };
        Ok(Self {
            section,
            viewer,
            failed: asked.failed.clone(),
            once: asked.shown.clone(),
            done: crate::past::asked::value(&asked.query, "done"),
            facts,
        })
    }

    /// The document's title.
    pub fn title(&self) -> String {
        self.section.title().to_owned()
    }

    /// The page.
    pub fn view(&self) -> Part {
        let body = match &self.facts {
            Facts::Own { has_two_factor, enrolment, sessions } => {
                own::view(self, *has_two_factor, enrolment.as_ref(), sessions)
            }
            Facts::Tokens(tokens) => tokens::view(self, tokens),
            Facts::General { reading, requires_two_factor } => general::view(*reading, *requires_two_factor),
            Facts::Accounts(accounts) => accounts::view(self, accounts),
            Facts::Defaults { now, built_in } => defaults::view(self, now, built_in),
            Facts::Tags { labels, undo } => tags::view(self, labels, undo.as_ref()),
            Facts::Data(storage) => data::view(self, storage),
            Facts::About(installation) => about::view(installation),
        };
        let menu = Section::ALL
            .into_iter()
            .filter(|section| self.viewer.allows(section.need()) != Err(Refusal::Forbidden));
        let menu: Vec<_> = menu.map(|section| view! {
            <li>
                <a href=section.path() aria-current=(section == self.section).then_some("page")>{section.title()}</a>
            </li>
        }).collect();
        whole(view! {
            <div class="wrap top">
                <div class="head">
                    <div class="title">
                        <h1>{self.section.title()}</h1>
                    </div>
                </div>
                <nav class="tabs" aria-label=words::SETTINGS>
                    <ul>{menu}</ul>
                </nav>
                {self.done.as_deref().and_then(done_words).map(went_well)}
                {self.trouble()}
                {body}
            </div>
        })
    }

    /// What is wrong with a field of the form that is sent there, if that form failed.
    fn problem(&self, action: &str, field: &str) -> Option<String> {
        self.failed.as_ref().filter(|failed| failed.action == action)?.error.only_at(field)
    }

    /// Whether the form that is sent there has just failed.
    fn has_failed(&self, action: &str) -> bool {
        self.failed.as_ref().is_some_and(|failed| failed.action == action)
    }

    /// What was typed into it then.
    fn typed(&self, action: &str, field: &str) -> &str {
        let failed = self.failed.as_ref().filter(|failed| failed.action == action);
        failed.and_then(|failed| failed.value(field)).unwrap_or_default()
    }

    /// Why a form failed that has no field to show it at.
    fn trouble(&self) -> Option<Part> {
        let failed = self.failed.as_ref()?;
        let has_place = match &failed.error {
            crate::ApiError::Invalid(invalid) => {
                invalid.0.iter().all(|error| fields_of(&failed.action).contains(&&*error.field))
            }
            _ => false,
        };
        (!has_place).then(|| went_wrong(words::FORM_FAILED, failed.error.sentence()))
    }
}

/// The fields of a form that show what is wrong with them.
fn fields_of(action: &str) -> &'static [&'static str] {
    match action {
        CHANGE_PASSWORD => &["current_password", "password"],
        CONFIRM_TWO_FACTOR => &["code"],
        END_TWO_FACTOR => &["two_factor_password"],
        ADD_TOKEN => &["token_name"],
        ADD_ACCOUNT => &["name", "password"],
        SET_RETENTION => &["keep_checks", "keep_evidence", "max_size"],
        SET_DEFAULTS => &defaults::NAMES,
        CHANGE_LABEL => &["to", "merge"],
        _ => &[],
    }
}

/// What is said after a form went well, by the word in the address that it led to.
fn done_words(word: &str) -> Option<&'static str> {
    Some(match word {
        "password" => words::SETTINGS_DONE_PASSWORD,
        "two-factor-off" => words::SETTINGS_DONE_TWO_FACTOR_OFF,
        "session" => words::SETTINGS_DONE_SESSION,
        "sessions" => words::SETTINGS_DONE_SESSIONS,
        "token" => words::SETTINGS_DONE_TOKEN,
        "account" => words::SETTINGS_DONE_ACCOUNT,
        "changed" => words::SETTINGS_DONE_CHANGED,
        "removed" => words::SETTINGS_DONE_REMOVED,
        "saved" => words::SETTINGS_DONE_SAVED,
        "backup" => words::SETTINGS_DONE_BACKUP,
        "backing-up" => words::SETTINGS_DONE_BACKING_UP,
        "backup-removed" => words::SETTINGS_DONE_BACKUP_REMOVED,
        "defaults" => words::SETTINGS_DONE_DEFAULTS,
        _ => return None,
    })
}

/// A secret that is shown this once.
fn once(title: &'static str, advice: &'static str, lines: &[String]) -> Part {
    let lines: Vec<_> = lines.iter().map(|line| view! { <li><code>{line.clone()}</code></li> }).collect();
    whole(view! {
        <section class="card once" aria-labelledby="h-once" role="status">
            <h2 id="h-once">{title}</h2>
            <p>{advice}</p>
            <ul>{lines}</ul>
        </section>
    })
}

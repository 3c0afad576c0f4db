//! Who may do what. Every decision is made by [`authorize`]; what asks for it stands in the server's tables of routes.

#[cfg(feature = "server")]
mod account;
#[cfg(feature = "server")]
mod limiter;
#[cfg(feature = "server")]
mod records;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

#[cfg(feature = "server")]
pub use self::{
    account::{AccountName, PASSWORD_BYTES, Password, TokenName},
    limiter::{Limiter, Prefix},
    records::{
        Account, AccountChange, AccountRecords, Accounts, Actor, NewAccount, NewSession, NewToken, Session,
        SessionHash, Token, TwoFactor,
    },
};

/// Names an account, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountId(pub i64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an account may do; each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Sees everything that is recorded.
    Viewer,
    /// Adds, changes and removes trackers as well.
    Editor,
    /// Manages accounts and settings as well.
    Administrator,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Administrator];

    /// Its name in forms, in the command line and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| words::FIELD_ROLE_WRONG.to_owned())
    }
}

/// Who may see what is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reading {
    /// Who has an account.
    #[default]
    Accounts,
    /// Everybody who reaches the server.
    Everyone,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody that is known.
    Nobody,
    /// A person who signed in.
    Person {
        /// Their account.
        account: AccountId,
        /// How they are called.
        name: String,
        /// What they may do.
        role: Role,
    },
    /// A program with a token.
    Program {
        /// The account that the token belongs to.
        account: AccountId,
        /// How that is called.
        name: String,
        /// The lesser of the token's role and its account's.
        role: Role,
    },
}

impl Subject {
    /// What they may do, if they are known.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Nobody => None,
            Self::Person { role, .. } | Self::Program { role, .. } => Some(*role),
        }
    }

    /// The account behind them.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Nobody => None,
            Self::Person { account, .. } | Self::Program { account, .. } => Some(*account),
        }
    }

    /// How the account behind them is called.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Person { name, .. } | Self::Program { name, .. } => Some(name),
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// To see states, figures and settings, without secrets.
    Look,
    /// To see what a target answered: headers and the start of a body, which its owner may not have meant for everybody.
    Inspect,
    /// To change something, or to have a target of one's choice asked.
    Change,
}

/// What it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    /// Trackers and what is recorded of them.
    Trackers(Reading),
    /// An account, its sessions and its tokens.
    Account(AccountId),
    /// All accounts, and the settings of the installation.
    Installation,
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed in; a person who is may be allowed.
    #[error("{}", words::ACCESS_NOBODY)]
    SignIn,
    /// This role may not.
    #[error("{}", words::ACCESS_FORBIDDEN)]
    Forbidden,
    /// An administrator may, once their sign-in has a second factor.
    #[error("{}", words::ACCESS_TWO_FACTOR)]
    TwoFactor,
}

/// The one rule of access. Reading may be open to everybody, changing never is.
pub fn authorize(subject: &Subject, action: Action, object: Object) -> Result<(), Refusal> {
    let needed = match (action, object) {
        (Action::Look, Object::Trackers(Reading::Everyone)) => return Ok(()),
        (Action::Look | Action::Inspect, Object::Trackers(_)) => Role::Viewer,
        (Action::Change, Object::Trackers(_)) => Role::Editor,
        // A token that could make tokens or change a password would outlive being revoked.
        (_, Object::Account(id)) => match subject {
            Subject::Person { account, .. } if *account == id => return Ok(()),
            Subject::Program { .. } => return Err(Refusal::Forbidden),
            _ => Role::Administrator,
        },
        (_, Object::Installation) => Role::Administrator,
    };
    match subject.role() {
        None => Err(Refusal::SignIn),
        Some(role) if role < needed => Err(Refusal::Forbidden),
        Some(_) => Ok(()),
    }
}

/// What an address asks of who comes to it. Each address of the server has one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Nothing: signing in, files of the pages, whether the program lives.
    Nothing,
    /// To look at trackers.
    Look,
    /// To see what targets answered.
    Inspect,
    /// To change trackers.
    Change,
    /// To have an account of one's own, and to be there in person.
    OwnAccount,
    /// To manage the installation.
    Administer,
}

/// Who looks at a page, and at what kind of installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who it is.
    pub subject: Subject,
    /// The number of their session.
    pub session: Option<i64>,
    /// Whether the installation has an account; without one, all that can be done is to make it.
    pub is_claimed: bool,
    /// Whether they sit at this very machine, as far as that can be told.
    pub is_local: bool,
    /// Who may look.
    pub reading: Reading,
    /// Whether they are an administrator who is no more than an editor until their sign-in has a second factor.
    pub owes_two_factor: bool,
}

/// What an account may do, and whether that is less than its role says because administrators need a second factor here.
pub fn effective_role(role: Role, has_two_factor: bool, is_required: bool) -> (Role, bool) {
    let owes = is_required && role == Role::Administrator && !has_two_factor;
    (if owes { Role::Editor } else { role }, owes)
}

impl Viewer {
    /// Whether they get what an address needs. Who sits at a machine that nobody has claimed may look: programs that only read need no
    /// account there.
    pub fn allows(&self, need: Need) -> Result<(), Refusal> {
        let open = if self.is_local && !self.is_claimed { Reading::Everyone } else { self.reading };
        let (action, object) = match need {
            Need::Nothing => return Ok(()),
            Need::Look => (Action::Look, Object::Trackers(open)),
            Need::Inspect => (Action::Inspect, Object::Trackers(open)),
            Need::Change => (Action::Change, Object::Trackers(open)),
            Need::OwnAccount => match self.subject.account() {
                Some(id) => (Action::Change, Object::Account(id)),
                None => return Err(Refusal::SignIn),
            },
            Need::Administer => (Action::Change, Object::Installation),
        };
        authorize(&self.subject, action, object).map_err(|refusal| match refusal {
            Refusal::Forbidden if self.owes_two_factor && need == Need::Administer => Refusal::TwoFactor,
            refusal => refusal,
        })
    }

    /// Whether they may change trackers.
    pub fn may_change(&self) -> bool {
        self.allows(Need::Change).is_ok()
    }
}

/// What somebody needs to turn two-factor sign-in on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// In base32, for typing.
    pub secret: String,
    /// The same as an `otpauth:` address in a QR code: the path of an SVG and the length of its side in its own units.
    pub code: Option<(String, usize)>,
}

/// An account, as it is shown to those who manage accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// Which.
    pub id: AccountId,
    /// How it is called.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub is_enabled: bool,
    /// Whether it needs a second factor to sign in.
    pub has_two_factor: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was last used, as far as that is known.
    pub seen_at: Option<Timestamp>,
}

/// A session, as it is shown to its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Its number.
    pub id: i64,
    /// Whether it is the one that asks.
    pub is_this: bool,
    /// The browser, as it called itself.
    pub agent: String,
    /// Where it was begun from.
    pub address: String,
    /// When it was begun.
    pub made_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// A token, as it is shown to its owner. The token itself is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenView {
    /// Its number.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// What it may do at most.
    pub role: Role,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: i64, role: Role) -> Subject {
        Subject::Person { account: AccountId(id), name: "p".into(), role }
    }

    fn program(id: i64, role: Role) -> Subject {
        Subject::Program { account: AccountId(id), name: "p".into(), role }
    }

    /// Nobody, then each role as a person, then each as a program: `+` allowed, `s` sign in, `-` forbidden.
    fn row(action: Action, object: Object) -> String {
        let subjects = [Subject::Nobody]
            .into_iter()
            .chain(Role::ALL.map(|role| person(1, role)))
            .chain(Role::ALL.map(|role| program(1, role)));
        let cell = |subject| match authorize(&subject, action, object) {
            Ok(()) => '+',
            Err(Refusal::SignIn) => 's',
            Err(Refusal::Forbidden | Refusal::TwoFactor) => '-',
        };
        subjects.map(cell).collect()
    }

    #[test]
    fn who_may_do_what() {
        let (closed, open) = (Object::Trackers(Reading::Accounts), Object::Trackers(Reading::Everyone));
        let (own, other) = (Object::Account(AccountId(1)), Object::Account(AccountId(2)));
        let table = [
            (Action::Look, closed, "s++++++"),
            (Action::Look, open, "+++++++"),
            (Action::Inspect, closed, "s++++++"),
            (Action::Inspect, open, "s++++++"),
            (Action::Change, closed, "s-++-++"),
            (Action::Change, open, "s-++-++"),
            (Action::Look, own, "s+++---"),
            (Action::Change, own, "s+++---"),
            (Action::Look, other, "s--+---"),
            (Action::Change, other, "s--+---"),
            (Action::Look, Object::Installation, "s--+--+"),
            (Action::Change, Object::Installation, "s--+--+"),
        ];
        for (action, object, wanted) in table {
            assert_eq!(row(action, object), wanted, "{action:?} {object:?}");
        }
    }

    #[test]
    fn an_administrator_who_owes_a_second_factor_is_an_editor_who_is_told_why() {
        for (role, has, is_required, wanted) in [
            (Role::Administrator, false, true, (Role::Editor, true)),
            (Role::Administrator, true, true, (Role::Administrator, false)),
            (Role::Administrator, false, false, (Role::Administrator, false)),
            (Role::Editor, false, true, (Role::Editor, false)),
            (Role::Viewer, false, true, (Role::Viewer, false)),
        ] {
            assert_eq!(effective_role(role, has, is_required), wanted, "{role} {has} {is_required}");
        }
        let viewer = |owes_two_factor| Viewer {
            subject: person(1, Role::Editor),
            session: Some(1),
            is_claimed: true,
            is_local: false,
            reading: Reading::Accounts,
            owes_two_factor,
        };
        assert_eq!(viewer(true).allows(Need::Administer), Err(Refusal::TwoFactor));
        assert_eq!(viewer(false).allows(Need::Administer), Err(Refusal::Forbidden));
        for need in [Need::OwnAccount, Need::Change, Need::Inspect] {
            assert_eq!(viewer(true).allows(need), Ok(()), "{need:?}");
        }
    }

    #[test]
    fn roles_are_named_as_they_are_read() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
    }
}

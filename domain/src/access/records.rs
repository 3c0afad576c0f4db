//! What the server asks of storage for accounts.

use async_trait::async_trait;

use super::{AccountId, AccountName, Reading, Role, TokenName};
use crate::{Failure, Secret, Timestamp};

/// SHA-256 of a session's or a token's secret: all that is kept of it. The secrets are 256 random bits, so that a plain
/// hash is enough (ASVS 5.0, 6.5.2 asks for 112).
pub type SessionHash = [u8; 32];

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// How it is called.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its password, hashed: a PHC string.
    pub password: Secret,
    /// Whether it may sign in.
    pub is_enabled: bool,
    /// What signing in needs beside the password.
    pub two_factor: Option<TwoFactor>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// One-time passwords (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoFactor {
    /// What the codes are made from, in base32.
    pub secret: Secret,
    /// Recovery codes that are left.
    pub codes_left: usize,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// How it is called.
    pub name: AccountName,
    /// What it may do.
    pub role: Role,
    /// Its password, hashed.
    pub password: Secret,
}

/// A browser that somebody signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its number, by which it is ended.
    pub id: i64,
    /// By what it is found.
    pub hash: SessionHash,
    /// Whose.
    pub account: AccountId,
    /// The browser, as it called itself.
    pub agent: String,
    /// Where it was begun from.
    pub address: String,
    /// When it was begun.
    pub made_at: Timestamp,
    /// When it was last used; up to a minute older than the truth.
    pub seen_at: Timestamp,
}

/// A session to be begun.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// By what it is found.
    pub hash: SessionHash,
    /// Whose.
    pub account: AccountId,
    /// The browser, as it called itself.
    pub agent: String,
    /// Where it is begun from.
    pub address: String,
}

/// A token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number, by which it is revoked.
    pub id: i64,
    /// By what it is found.
    pub hash: SessionHash,
    /// Whose.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do at most.
    pub role: Role,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was last used; up to a minute older than the truth.
    pub used_at: Option<Timestamp>,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// By what it is found.
    pub hash: SessionHash,
    /// Whose.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: TokenName,
    /// What it may do at most.
    pub role: Role,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
}

/// Everything about access. Small enough to be read whole after each change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// In the order in which they were made.
    pub accounts: Vec<Account>,
    /// In the order in which they were begun.
    pub sessions: Vec<Session>,
    /// In the order in which they were made.
    pub tokens: Vec<Token>,
    /// Who may see what is recorded.
    pub reading: Reading,
    /// Whether administrators need a second factor before they administer.
    pub requires_two_factor: bool,
    /// Rises with every change.
    pub revision: i64,
}

/// Who changes something, for the log of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account, if one is behind it.
    pub account: Option<AccountId>,
    /// How it is called; `command line` when that is it.
    pub name: String,
    /// Where it came from.
    pub address: String,
}

impl Actor {
    /// Something that no account is behind, and no address.
    pub fn program(name: &str) -> Self {
        Self { account: None, name: name.to_owned(), address: String::new() }
    }
}

/// A change of who may do what.
#[derive(Clone, Debug)]
pub enum AccountChange {
    /// Make the first administrator. Does nothing ([`AccountRecords::apply`] gives `None`) when there is any account.
    Claim(NewAccount),
    /// Make an account.
    Create(NewAccount),
    /// Give an account another password. Ends its sessions.
    SetPassword(AccountId, Secret),
    /// Store the same password, hashed with today's parameters. Ends nothing.
    Rehash(AccountId, Secret),
    /// Let an account do more or less. Ends its sessions.
    SetRole(AccountId, Role),
    /// Let an account sign in, or not. Ends its sessions.
    SetEnabled(AccountId, bool),
    /// Ask for a second factor from now on: the secret in base32, and the hashes of recovery codes. Ends its sessions.
    SetTwoFactor(AccountId, Secret, Vec<SessionHash>),
    /// Ask for no second factor any more. Ends its sessions.
    ClearTwoFactor(AccountId),
    /// Remove an account with its sessions and tokens.
    Delete(AccountId),
    /// Take a one-time password: `None` when this step, or a later one, was taken already.
    TakeStep(AccountId, u64),
    /// Take a recovery code: `None` when there is none of this hash.
    TakeCode(AccountId, SessionHash),
    /// Begin a session.
    Begin(NewSession),
    /// End one session of an account.
    End(AccountId, i64),
    /// End all sessions of an account but this one.
    EndOthers(AccountId, Option<i64>),
    /// Make a token.
    AddToken(NewToken),
    /// Revoke a token of an account.
    RemoveToken(AccountId, i64),
    /// Say who may see what is recorded.
    SetReading(Reading),
    /// Say whether administrators need a second factor before they administer.
    RequireTwoFactor(bool),
}

/// Where accounts are kept. Every call is one transaction, on disk when it returns.
#[async_trait]
pub trait AccountRecords: Send + Sync {
    /// Everything.
    async fn load(&self) -> Result<Accounts, Failure>;

    /// The newest revision: another than that of the last [`Self::load`] means that somebody else changed something.
    async fn revision(&self) -> Result<i64, Failure>;

    /// Makes a change and notes who made it. Gives the number of what was made or changed, `None` when there is no such thing.
    /// A name that is taken, and a change that would leave no administrator who can sign in, are [`Failure::Invalid`].
    async fn apply(&self, change: &AccountChange, by: &Actor, at: Timestamp) -> Result<Option<i64>, Failure>;

    /// Notes when sessions and tokens were last used, and forgets the sessions that were not used since `idle` or began before `oldest`.
    async fn touch(
        &self,
        sessions: &[(i64, Timestamp)],
        tokens: &[(i64, Timestamp)],
        idle: Timestamp,
        oldest: Timestamp,
    ) -> Result<(), Failure>;
}

//! Who asks, and how they come to be known: accounts, sessions and tokens.
//!
//! Everything that is needed to know who asks is in memory, so a request costs one hash and no query. A change is on disk before
//! it is true here. What the command line changes is noticed within a second.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use domain::{
    Clock, Failure, Secret, Timestamp,
    access::{
        Account, AccountChange, AccountId, AccountRecords, Accounts, Actor, Limiter, Prefix, Role, Session,
        SessionHash, Subject, Token, Viewer, effective_role,
    },
};

mod command_line;
mod entry;
pub(crate) mod hashing;
pub(crate) mod keys;
mod own;
mod people;
mod two_factor;
mod upkeep;

use self::{entry::Tickets, hashing::Hasher};
pub(crate) use self::{
    entry::{Denied, Entered, SetUp},
    own::NewTokenForm,
};

/// A session that nobody uses ends after this time.
const IDLE: Duration = Duration::from_hours(24);
/// A session ends after this time, used or not.
const LONGEST: Duration = Duration::from_hours(24 * 30);

/// Who may do what, and how people get in.
pub struct Access {
    records: Arc<dyn AccountRecords>,
    clock: Arc<dyn Clock>,
    known: RwLock<Arc<Known>>,
    used: Mutex<Used>,
    limiter: Mutex<Limiter>,
    tickets: Mutex<Tickets>,
    hasher: Hasher,
    /// What who sets this installation up from elsewhere has to know; new with each start.
    setup_token: Secret,
}

/// What was loaded last, and how it is found.
#[derive(Default)]
struct Known {
    all: Accounts,
    accounts: HashMap<AccountId, usize>,
    names: HashMap<String, AccountId>,
    sessions: HashMap<SessionHash, usize>,
    tokens: HashMap<SessionHash, usize>,
}

/// When sessions and tokens were used since that was last written.
#[derive(Default)]
struct Used {
    sessions: HashMap<i64, Timestamp>,
    tokens: HashMap<i64, Timestamp>,
}

/// Who makes a request.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    /// Who it is, and at what kind of installation.
    pub(crate) viewer: Viewer,
    /// Where the request comes from: the address of the browser, as far as trusted proxies tell.
    pub(crate) address: IpAddr,
    /// The browser, as it calls itself; at most 200 characters.
    pub(crate) agent: String,
}

impl Asker {
    fn prefix(&self) -> Prefix {
        self.address.into()
    }

    /// For the log of changes.
    pub(crate) fn actor(&self) -> Actor {
        let subject = &self.viewer.subject;
        let name = subject.name().unwrap_or("nobody").to_owned();
        Actor { account: subject.account(), name, address: self.address.to_string() }
    }

    fn account(&self) -> Result<AccountId, Failure> {
        self.viewer.subject.account().ok_or(Failure::NotFound)
    }
}

impl Access {
    /// Loads what is known.
    pub(crate) async fn open(
        records: Arc<dyn AccountRecords>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        let no_randomness = |error: keys::NoRandomness| Failure::Internal {
            doing: words::DOING_SETUP_TOKEN,
            cause: Box::new(error),
        };
        let access = Self {
            records,
            clock,
            known: RwLock::default(),
            used: Mutex::default(),
            limiter: Mutex::default(),
            tickets: Mutex::default(),
            hasher: Hasher::new(),
            setup_token: keys::code().map_err(no_randomness)?,
        };
        access.reload().await?;
        Ok(access)
    }

    /// What to tell the operator while nobody has set the installation up.
    pub(crate) fn setup_token(&self) -> Option<&Secret> {
        (!self.is_claimed()).then_some(&self.setup_token)
    }

    pub(crate) fn is_claimed(&self) -> bool {
        !self.known().all.accounts.is_empty()
    }

    /// Who comes with these: the secret of a session, and that of a token. `is_local`: from this very machine.
    pub(crate) fn viewer(&self, session: Option<&str>, token: Option<&str>, is_local: bool) -> Viewer {
        let known = self.known();
        let (subject, session) = match (token, session) {
            (Some(token), _) => (self.program(&known, token), None),
            (None, Some(secret)) => self.person(&known, secret),
            (None, None) => (Subject::Nobody, None),
        };
        let is_claimed = !known.all.accounts.is_empty();
        let owes_two_factor = known.account_of(&subject).is_some_and(|account| known.role(account).1);
        Viewer { subject, session, is_claimed, is_local, reading: known.all.reading, owes_two_factor }
    }

    fn person(&self, known: &Known, secret: &str) -> (Subject, Option<i64>) {
        let now = self.clock.now();
        let nobody = (Subject::Nobody, None);
        let Some(session) = known.session(&keys::hash(secret)) else { return nobody };
        let Some(account) = known.account(session.account).filter(|account| account.is_enabled) else {
            return nobody;
        };
        let mut used = lock(&self.used);
        let seen = used.sessions.get(&session.id).copied().unwrap_or(session.seen_at).max(session.seen_at);
        if is_over(now, seen, IDLE) || is_over(now, session.made_at, LONGEST) {
            return nobody;
        }
        used.sessions.insert(session.id, now);
        let Account { id, name, .. } = account;
        (Subject::Person { account: *id, name: name.clone(), role: known.role(account).0 }, Some(session.id))
    }

    fn program(&self, known: &Known, secret: &str) -> Subject {
        let now = self.clock.now();
        let Some(token) = known.token(&keys::hash(secret)) else { return Subject::Nobody };
        let Some(account) = known.account(token.account).filter(|account| account.is_enabled) else {
            return Subject::Nobody;
        };
        if token.expires_at.is_some_and(|end| now >= end) {
            return Subject::Nobody;
        }
        lock(&self.used).tokens.insert(token.id, now);
        let role: Role = token.role.min(known.role(account).0);
        Subject::Program { account: account.id, name: account.name.clone(), role }
    }

    fn known(&self) -> Arc<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn reload(&self) -> Result<(), Failure> {
        let known = Arc::new(Known::new(self.records.load().await?));
        let mut current = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Two who changed something at once may come back in the other order.
        if known.all.revision >= current.all.revision {
            *current = known;
        }
        Ok(())
    }

    /// Makes a change, and adopts it. `None`: there is no such thing.
    async fn apply(&self, change: AccountChange, by: &Actor) -> Result<Option<i64>, Failure> {
        let done = self.records.apply(&change, by, self.clock.now()).await.map_err(crate::failure::logged)?;
        self.reload().await.map_err(crate::failure::logged)?;
        Ok(done)
    }
}

impl Known {
    fn new(all: Accounts) -> Self {
        let accounts = all.accounts.iter().enumerate().map(|(n, account)| (account.id, n)).collect();
        let names = all.accounts.iter();
        let names =
            names.map(|account| (domain::access::AccountName::key_of(&account.name), account.id)).collect();
        let sessions = all.sessions.iter().enumerate().map(|(n, session)| (session.hash, n)).collect();
        let tokens = all.tokens.iter().enumerate().map(|(n, token)| (token.hash, n)).collect();
        Self { all, accounts, names, sessions, tokens }
    }

    fn account(&self, id: AccountId) -> Option<&Account> {
        self.all.accounts.get(*self.accounts.get(&id)?)
    }

    fn account_of(&self, subject: &Subject) -> Option<&Account> {
        self.account(subject.account()?)
    }

    /// What an account may do now, and whether it owes a second factor to do more.
    fn role(&self, account: &Account) -> (Role, bool) {
        effective_role(account.role, account.two_factor.is_some(), self.all.requires_two_factor)
    }

    fn named(&self, name: &str) -> Option<&Account> {
        self.account(*self.names.get(&domain::access::AccountName::key_of(name))?)
    }

    // By a hash of 256 random bits: how long the search takes tells nothing that helps to find another.
    fn session(&self, hash: &SessionHash) -> Option<&Session> {
        self.all.sessions.get(*self.sessions.get(hash)?)
    }

    fn token(&self, hash: &SessionHash) -> Option<&Token> {
        self.all.tokens.get(*self.tokens.get(hash)?)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_over(now: Timestamp, since: Timestamp, most: Duration) -> bool {
    now.as_ms() - since.as_ms() > i64::try_from(most.as_millis()).unwrap_or(i64::MAX)
}

//! Getting in: the first administrator, passwords, second factors.

use std::{collections::HashMap, time::Duration};

use domain::{
    Failure, FieldError, Invalid, Secret,
    access::{
        Account, AccountChange, AccountId, AccountName, Actor, NewAccount, NewSession, PASSWORD_BYTES,
        Password, Reading, Role, SessionHash,
    },
};

use super::{
    Access, Asker,
    hashing::{HashError, Verdict, prove_strong},
    keys, lock, two_factor,
};

/// What somebody has after a step of signing in.
#[derive(Debug)]
pub(crate) enum Entered {
    /// A session: what goes into the cookie.
    In(Secret),
    /// The password was right; this stands for it while the second factor is asked for.
    SecondFactor(Secret),
}

/// Why somebody does not get in.
#[derive(Debug)]
pub(crate) enum Denied {
    /// After too many tries: come back in this time.
    Wait(Duration),
    /// Anything else, in words for them.
    Failed(Failure),
}

impl From<Failure> for Denied {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<FieldError> for Denied {
    fn from(error: FieldError) -> Self {
        Self::Failed(Invalid(vec![error]).into())
    }
}

/// What is given to make the first administrator.
pub(crate) struct SetUp<'a> {
    pub(crate) name: &'a str,
    pub(crate) password: &'a str,
    /// What the log said; not asked for on the machine itself.
    pub(crate) token: &'a str,
    pub(crate) reading: Reading,
}

/// Right passwords that wait for their second factor, and second factors that wait to be confirmed.
#[derive(Default)]
pub(super) struct Tickets {
    waiting: HashMap<SessionHash, Ticket>,
    enrolling: HashMap<i64, (Secret, Duration)>,
}

struct Ticket {
    account: AccountId,
    since: Duration,
    tries: u8,
}

/// How long the second factor may take.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long a phone may take to be set up.
const ENROLLING: Duration = Duration::from_mins(30);
/// Codes that may be tried for one right password.
const TRIES: u8 = 5;

/// Why no code of a phone is right.
const UNREADABLE: &str = words::SIGN_IN_SEED_LOST;

impl Tickets {
    fn forget_old(&mut self, now: Duration) {
        self.waiting.retain(|_, ticket| now < ticket.since + PATIENCE && ticket.tries < TRIES);
        self.enrolling.retain(|_, (_, since)| now < *since + ENROLLING);
    }

    pub(super) fn enrol(&mut self, session: i64, secret: Secret, now: Duration) {
        self.forget_old(now);
        self.enrolling.insert(session, (secret, now));
    }

    pub(super) fn enrolling(&mut self, session: i64, now: Duration) -> Option<Secret> {
        self.forget_old(now);
        self.enrolling.get(&session).map(|(secret, _)| secret.clone())
    }

    pub(super) fn enrolled(&mut self, session: i64) {
        self.enrolling.remove(&session);
    }
}

impl Access {
    /// Makes the first administrator and signs them in.
    pub(crate) async fn set_up(&self, asker: &Asker, given: SetUp<'_>) -> Result<Secret, Denied> {
        if self.is_claimed() {
            return Err(claimed());
        }
        if !asker.viewer.is_local {
            self.admit(asker, "setup token")?;
            if keys::hash(&keys::normal_code(given.token)) != keys::hash(self.setup_token.expose()) {
                let problem = words::SIGN_IN_SETUP_TOKEN;
                return Err(FieldError::new("token", problem).into());
            }
        }
        let account = self.new_account(given.name, given.password, Role::Administrator).await?;
        let name = account.name.to_string();
        let actor = Actor { name, ..asker.actor() };
        let made = self.apply(AccountChange::Claim(account), &actor).await?.ok_or_else(claimed)?;
        if given.reading == Reading::Everyone {
            self.apply(AccountChange::SetReading(given.reading), &actor).await?;
        }
        Ok(self.begin(asker, AccountId(made)).await?)
    }

    /// Reads what an account is made from, and hashes its password.
    pub(crate) async fn new_account(
        &self,
        name: &str,
        password: &str,
        role: Role,
    ) -> Result<NewAccount, Failure> {
        let mut problems = Vec::new();
        let parsed = AccountName::parse(name).map_err(|problem| problems.push(problem)).ok();
        let password = strong(password, name).map_err(|problem| problems.push(problem)).ok();
        match (parsed, password) {
            (Some(name), Some(password)) => {
                let password = self.hasher.hash(password.expose()).await.map_err(unhashed)?;
                Ok(NewAccount { name, role, password })
            }
            _ => Err(Invalid(problems).into()),
        }
    }

    /// The first step of signing in. Whether there is an account of this name cannot be told from the answer, nor from how long
    /// it takes.
    pub(crate) async fn sign_in(&self, asker: &Asker, name: &str, password: &str) -> Result<Entered, Denied> {
        let key = AccountName::key_of(name);
        let key: String = key.chars().take(60).collect();
        self.admit(asker, &key)?;
        let account = self.known().named(name).cloned();
        let hash = account.as_ref().map(|account| account.password.clone());
        let verdict = if password.len() > PASSWORD_BYTES {
            Verdict::Wrong
        } else {
            self.hasher.verify(password, hash.as_ref()).await.map_err(unhashed)?
        };
        let Some(account) = account.filter(|account| account.is_enabled && verdict != Verdict::Wrong) else {
            tracing::warn!(address = %asker.address, "somebody failed to sign in");
            return Err(FieldError::new("password", words::SIGN_IN_WRONG).into());
        };
        if verdict == Verdict::Outdated {
            let hash = self.hasher.hash(password).await.map_err(unhashed)?;
            self.apply(AccountChange::Rehash(account.id, hash), &asker.actor()).await?;
        }
        lock(&self.limiter).succeeded(asker.prefix(), &key);
        if account.two_factor.is_some() {
            return Ok(Entered::SecondFactor(self.ticket(account.id)?));
        }
        Ok(Entered::In(self.begin(asker, account.id).await?))
    }

    fn ticket(&self, account: AccountId) -> Result<Secret, Failure> {
        let secret = keys::session().map_err(random)?;
        let now = self.clock.monotonic();
        let mut tickets = lock(&self.tickets);
        tickets.forget_old(now);
        tickets.waiting.insert(keys::hash(secret.expose()), Ticket { account, since: now, tries: 0 });
        Ok(secret)
    }

    /// The second step: a one-time password, or a recovery code. Each is taken once.
    pub(crate) async fn second_factor(
        &self,
        asker: &Asker,
        ticket: &str,
        code: &str,
    ) -> Result<Secret, Denied> {
        let hash = keys::hash(ticket);
        let account = {
            let mut tickets = lock(&self.tickets);
            tickets.forget_old(self.clock.monotonic());
            let ticket = tickets
                .waiting
                .get_mut(&hash)
                .ok_or_else(|| FieldError::new("password", words::SIGN_IN_LATE))?;
            ticket.tries += 1;
            ticket.account
        };
        let key = format!("second factor of {account}");
        self.admit(asker, &key)?;
        let account = self.known().account(account).cloned().ok_or(Failure::NotFound)?;
        if !self.take(asker, &account, code).await? {
            if account.two_factor.is_some_and(|two_factor| two_factor.secret.is_sealed()) {
                return Err(FieldError::new("code", UNREADABLE).into());
            }
            return Err(FieldError::new("code", words::SIGN_IN_CODE_WRONG).into());
        }
        lock(&self.tickets).waiting.remove(&hash);
        lock(&self.limiter).succeeded(asker.prefix(), &key);
        Ok(self.begin(asker, account.id).await?)
    }

    /// Whether a code is valid; then it is so no more.
    async fn take(&self, asker: &Asker, account: &Account, code: &str) -> Result<bool, Failure> {
        let Some(two_factor) = &account.two_factor else { return Ok(true) };
        let now_s = u64::try_from(self.clock.now().as_ms() / 1_000).unwrap_or(0);
        let change = match two_factor::step(&two_factor.secret, code, now_s) {
            Some(step) => AccountChange::TakeStep(account.id, step),
            None => AccountChange::TakeCode(account.id, keys::hash(&keys::normal_code(code))),
        };
        let actor = Actor { account: Some(account.id), name: account.name.clone(), ..asker.actor() };
        Ok(self.apply(change, &actor).await?.is_some())
    }

    /// Begins a session, in place of the one that the asker had (ASVS 5.0, 7.2.4).
    pub(super) async fn begin(&self, asker: &Asker, account: AccountId) -> Result<Secret, Failure> {
        let secret = keys::session().map_err(random)?;
        let name = self.known().account(account).map(|account| account.name.clone()).unwrap_or_default();
        let actor = Actor { account: Some(account), name, ..asker.actor() };
        if let (Some(old), Some(owner)) = (asker.viewer.session, asker.viewer.subject.account()) {
            self.apply(AccountChange::End(owner, old), &actor).await?;
        }
        let session = NewSession {
            hash: keys::hash(secret.expose()),
            account,
            agent: asker.agent.clone(),
            address: asker.address.to_string(),
        };
        self.apply(AccountChange::Begin(session), &actor).await?.ok_or(Failure::NotFound)?;
        Ok(secret)
    }

    /// Whether somebody may try now. A try counts as a failure until it succeeds: many at once are no more tries than one by one.
    pub(super) fn admit(&self, asker: &Asker, key: &str) -> Result<(), Denied> {
        let now = self.clock.monotonic();
        let mut limiter = lock(&self.limiter);
        limiter.admit(asker.prefix(), key, now).map_err(Denied::Wait)?;
        limiter.failed(asker.prefix(), key, now);
        Ok(())
    }
}

/// Reads a new password for an account of this name.
pub(super) fn strong(password: &str, name: &str) -> Result<Password, FieldError> {
    let password = Password::parse(password)?;
    prove_strong(&password, name)?;
    Ok(password)
}

fn claimed() -> Denied {
    FieldError::new("name", words::SIGN_IN_SET_UP).into()
}

pub(super) fn random(error: keys::NoRandomness) -> Failure {
    crate::failure::logged(Failure::Internal { doing: words::DOING_SECRET, cause: Box::new(error) })
}

pub(super) fn unhashed(error: HashError) -> Failure {
    let doing = words::DOING_PASSWORD;
    crate::failure::logged(match error {
        HashError::Busy => Failure::Unavailable { doing, cause: Box::new(error) },
        HashError::Failed(_) => Failure::Internal { doing, cause: Box::new(error) },
    })
}

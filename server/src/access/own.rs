//! What people do with their own account, and administrators with all of them.

use std::time::Duration;

use domain::{
    Failure, FieldError, Invalid, Secret, Timestamp,
    access::{Account, AccountChange, AccountId, NewToken, PASSWORD_BYTES, Reading, Role, TokenName},
};

use super::{
    Access, Asker, Denied,
    entry::{random, strong, unhashed},
    hashing::Verdict,
    keys, lock, two_factor,
};

/// Recovery codes that are made at once.
const CODES: usize = 10;

/// What a token is made from.
pub(crate) struct NewTokenForm<'a> {
    pub(crate) name: &'a str,
    pub(crate) role: Role,
    /// After how many days it is refused; never, when there is none.
    pub(crate) days: Option<u32>,
}

impl Access {
    /// Gives the asker another password. All their sessions end; what comes back is a new one.
    pub(crate) async fn change_password(
        &self,
        asker: &Asker,
        current: &str,
        new: &str,
    ) -> Result<Secret, Denied> {
        let account = self.proven(asker, current, "current_password").await?;
        let password = strong(new, &account.name)?;
        let hash = self.hasher.hash(password.expose()).await.map_err(unhashed)?;
        self.change(asker, AccountChange::SetPassword(account.id, hash)).await?;
        Ok(self.begin(asker, account.id).await?)
    }

    /// The asker's account, once they have shown that they know its password.
    async fn proven(&self, asker: &Asker, password: &str, field: &str) -> Result<Account, Denied> {
        let account = self.known().account(asker.account()?).cloned().ok_or(Failure::NotFound)?;
        let key = format!("password of {}", account.id);
        self.admit(asker, &key)?;
        let is_possible = password.len() <= PASSWORD_BYTES;
        let verdict = self.hasher.verify(if is_possible { password } else { "" }, Some(&account.password));
        if verdict.await.map_err(unhashed)? == Verdict::Wrong {
            return Err(FieldError::new(field, words::OWN_PASSWORD_WRONG).into());
        }
        lock(&self.limiter).succeeded(asker.prefix(), &key);
        Ok(account)
    }

    /// Begins to turn two-factor sign-in on: the page then shows what a phone needs.
    pub(crate) fn begin_two_factor(&self, asker: &Asker) -> Result<(), Failure> {
        let session = asker.viewer.session.ok_or(Failure::NotFound)?;
        let secret = two_factor::secret().map_err(random)?;
        lock(&self.tickets).enrol(session, secret, self.clock.monotonic());
        Ok(())
    }

    /// Turns two-factor sign-in on, once the phone gives a right code. Gives a new session and the recovery codes.
    pub(crate) async fn confirm_two_factor(
        &self,
        asker: &Asker,
        code: &str,
    ) -> Result<(Secret, Vec<Secret>), Denied> {
        let session = asker.viewer.session.ok_or(Failure::NotFound)?;
        let account = asker.account()?;
        let now = self.clock.now();
        let secret = lock(&self.tickets)
            .enrolling(session, self.clock.monotonic())
            .ok_or_else(|| FieldError::new("code", words::OWN_CODE_LATE))?;
        let key = format!("second factor of {account}");
        self.admit(asker, &key)?;
        let now_s = u64::try_from(now.as_ms() / 1_000).unwrap_or(0);
        let step = two_factor::step(&secret, code, now_s)
            .ok_or_else(|| FieldError::new("code", words::OWN_CODE_WRONG))?;
        lock(&self.limiter).succeeded(asker.prefix(), &key);
        let codes = (0..CODES).map(|_| keys::code()).collect::<Result<Vec<_>, _>>().map_err(random)?;
        let hashes = codes.iter().map(|code| keys::hash(code.expose())).collect();
        self.change(asker, AccountChange::SetTwoFactor(account, secret, hashes)).await?;
        self.change(asker, AccountChange::TakeStep(account, step)).await.ok();
        lock(&self.tickets).enrolled(session);
        Ok((self.begin(asker, account).await?, codes))
    }

    /// Turns two-factor sign-in off for the asker. All their sessions end; what comes back is a new one.
    pub(crate) async fn end_two_factor(&self, asker: &Asker, password: &str) -> Result<Secret, Denied> {
        let account = self.proven(asker, password, "two_factor_password").await?;
        self.change(asker, AccountChange::ClearTwoFactor(account.id)).await?;
        Ok(self.begin(asker, account.id).await?)
    }

    /// Ends the asker's session.
    pub(crate) async fn sign_out(&self, asker: &Asker) -> Result<(), Failure> {
        if let (Some(session), Some(account)) = (asker.viewer.session, asker.viewer.subject.account()) {
            self.apply(AccountChange::End(account, session), &asker.actor()).await?;
        }
        Ok(())
    }

    /// Ends one of the asker's sessions.
    pub(crate) async fn end_session(&self, asker: &Asker, id: i64) -> Result<(), Failure> {
        self.change(asker, AccountChange::End(asker.account()?, id)).await
    }

    /// Ends all of the asker's sessions but the one that asks.
    pub(crate) async fn end_other_sessions(&self, asker: &Asker) -> Result<(), Failure> {
        self.change(asker, AccountChange::EndOthers(asker.account()?, asker.viewer.session)).await
    }

    /// Makes a token, which is shown once.
    pub(crate) async fn add_token(&self, asker: &Asker, form: NewTokenForm<'_>) -> Result<Secret, Failure> {
        let name = TokenName::parse(form.name).map_err(|problem| Invalid(vec![problem]))?;
        let secret = keys::token().map_err(random)?;
        let ends = |days: u32| {
            let length = Duration::from_hours(24).saturating_mul(days);
            Timestamp(self.clock.now().as_ms() + i64::try_from(length.as_millis()).unwrap_or(i64::MAX / 2))
        };
        let token = NewToken {
            hash: keys::hash(secret.expose()),
            account: asker.account()?,
            name,
            role: form.role,
            expires_at: form.days.map(ends),
        };
        self.change(asker, AccountChange::AddToken(token)).await?;
        Ok(secret)
    }

    /// Revokes one of the asker's tokens.
    pub(crate) async fn remove_token(&self, asker: &Asker, id: i64) -> Result<(), Failure> {
        self.change(asker, AccountChange::RemoveToken(asker.account()?, id)).await
    }

    /// Makes an account.
    pub(crate) async fn add_account(
        &self,
        asker: &Asker,
        name: &str,
        password: &str,
        role: Role,
    ) -> Result<(), Failure> {
        let account = self.new_account(name, password, role).await?;
        self.change(asker, AccountChange::Create(account)).await
    }

    /// Gives an account a password by chance, which is shown once.
    pub(crate) async fn reset_password(&self, asker: &Asker, id: AccountId) -> Result<Secret, Failure> {
        let password = keys::code().map_err(random)?;
        let hash = self.hasher.hash(password.expose()).await.map_err(unhashed)?;
        self.change(asker, AccountChange::SetPassword(id, hash)).await?;
        Ok(password)
    }

    /// Lets an account do more or less.
    pub(crate) async fn set_role(&self, asker: &Asker, id: AccountId, role: Role) -> Result<(), Failure> {
        self.change(asker, AccountChange::SetRole(id, role)).await
    }

    /// Lets an account sign in, or not.
    pub(crate) async fn set_enabled(
        &self,
        asker: &Asker,
        id: AccountId,
        is_enabled: bool,
    ) -> Result<(), Failure> {
        self.change(asker, AccountChange::SetEnabled(id, is_enabled)).await
    }

    /// Turns two-factor sign-in of an account off, for who has lost their phone.
    pub(crate) async fn reset_two_factor(&self, asker: &Asker, id: AccountId) -> Result<(), Failure> {
        self.change(asker, AccountChange::ClearTwoFactor(id)).await
    }

    /// Removes an account.
    pub(crate) async fn remove_account(&self, asker: &Asker, id: AccountId) -> Result<(), Failure> {
        self.change(asker, AccountChange::Delete(id)).await
    }

    /// Says who may look.
    pub(crate) async fn set_reading(&self, asker: &Asker, reading: Reading) -> Result<(), Failure> {
        self.change(asker, AccountChange::SetReading(reading)).await
    }

    /// Says whether administrators need a second factor.
    pub(crate) async fn require_two_factor(&self, asker: &Asker, is_required: bool) -> Result<(), Failure> {
        self.change(asker, AccountChange::RequireTwoFactor(is_required)).await
    }

    async fn change(&self, asker: &Asker, change: AccountChange) -> Result<(), Failure> {
        self.apply(change, &asker.actor()).await?.map(drop).ok_or(Failure::NotFound)
    }
}

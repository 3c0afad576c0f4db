//! What the command line does with accounts: whoever may write the data folder may do everything.

use domain::{
    Failure, Invalid, Secret,
    access::{AccountChange, AccountId, Actor, NewToken, Reading, Role, TokenName},
};

use super::{
    Access,
    entry::{random, strong, unhashed},
    keys,
};

impl Access {
    /// The account of a name.
    pub(crate) fn find(&self, name: &str) -> Option<AccountId> {
        self.known().named(name).map(|account| account.id)
    }

    /// Makes an account.
    pub(crate) async fn create(
        &self,
        name: &str,
        password: &str,
        role: Role,
        by: &Actor,
    ) -> Result<(), Failure> {
        let account = self.new_account(name, password, role).await?;
        self.done(AccountChange::Create(account), by).await
    }

    /// Gives an account a password.
    pub(crate) async fn give_password(
        &self,
        id: AccountId,
        name: &str,
        password: &str,
        by: &Actor,
    ) -> Result<(), Failure> {
        let password = strong(password, name).map_err(|problem| Invalid(vec![problem]))?;
        let hash = self.hasher.hash(password.expose()).await.map_err(unhashed)?;
        self.done(AccountChange::SetPassword(id, hash), by).await
    }

    /// Turns two-factor sign-in off.
    pub(crate) async fn clear_two_factor(&self, id: AccountId, by: &Actor) -> Result<(), Failure> {
        self.done(AccountChange::ClearTwoFactor(id), by).await
    }

    /// Says whether administrators need a second factor.
    pub(crate) async fn rule_two_factor(&self, is_required: bool, by: &Actor) -> Result<(), Failure> {
        self.done(AccountChange::RequireTwoFactor(is_required), by).await
    }

    /// Makes a token that does not end.
    pub(crate) async fn give_token(
        &self,
        account: AccountId,
        name: &str,
        role: Role,
        by: &Actor,
    ) -> Result<Secret, Failure> {
        let name = TokenName::parse(name).map_err(|problem| Invalid(vec![problem]))?;
        let secret = keys::token().map_err(random)?;
        let hash = keys::hash(secret.expose());
        self.done(AccountChange::AddToken(NewToken { hash, account, name, role, expires_at: None }), by)
            .await?;
        Ok(secret)
    }

    /// Makes the account of a demo, which everybody may watch, and gives its password.
    pub(crate) async fn open_demo(&self, name: &str) -> Result<Secret, Failure> {
        let by = Actor::program(words::ACTOR_DEMO);
        let password = keys::code().map_err(random)?;
        self.create(name, password.expose(), Role::Administrator, &by).await?;
        self.done(AccountChange::SetReading(Reading::Everyone), &by).await?;
        Ok(password)
    }

    async fn done(&self, change: AccountChange, by: &Actor) -> Result<(), Failure> {
        self.apply(change, by).await?.map(drop).ok_or(Failure::NotFound)
    }
}

//! What pages show of accounts.

use domain::{
    Secret,
    access::{AccountId, AccountView, Enrolment, SessionView, TokenView},
    ports::People,
};

use super::{Access, lock, two_factor};

impl People for Access {
    fn accounts(&self) -> Vec<AccountView> {
        let known = self.known();
        let used = lock(&self.used);
        let view = |account: &domain::access::Account| {
            let sessions = known.all.sessions.iter().filter(|session| session.account == account.id);
            let seen_at = sessions.map(|session| {
                used.sessions.get(&session.id).copied().unwrap_or(session.seen_at).max(session.seen_at)
            });
            AccountView {
                id: account.id,
                name: account.name.clone(),
                role: account.role,
                is_enabled: account.is_enabled,
                has_two_factor: account.two_factor.is_some(),
                made_at: account.made_at,
                seen_at: seen_at.max(),
            }
        };
        known.all.accounts.iter().map(view).collect()
    }

    fn sessions(&self, of: AccountId, this: Option<i64>) -> Vec<SessionView> {
        let known = self.known();
        let used = lock(&self.used);
        let own = known.all.sessions.iter().rev().filter(|session| session.account == of);
        let view = |session: &domain::access::Session| SessionView {
            id: session.id,
            is_this: this == Some(session.id),
            agent: session.agent.clone(),
            address: session.address.clone(),
            made_at: session.made_at,
            seen_at: used.sessions.get(&session.id).copied().unwrap_or(session.seen_at).max(session.seen_at),
        };
        own.map(view).collect()
    }

    fn tokens(&self, of: AccountId) -> Vec<TokenView> {
        let known = self.known();
        let used = lock(&self.used);
        let own = known.all.tokens.iter().filter(|token| token.account == of);
        let view = |token: &domain::access::Token| TokenView {
            id: token.id,
            name: token.name.clone(),
            role: token.role,
            made_at: token.made_at,
            expires_at: token.expires_at,
            used_at: used.tokens.get(&token.id).copied().max(token.used_at),
        };
        own.map(view).collect()
    }

    fn requires_two_factor(&self) -> bool {
        self.known().all.requires_two_factor
    }

    fn enrolment(&self, session: i64) -> Option<Enrolment> {
        let secret: Secret = lock(&self.tickets).enrolling(session, self.clock.monotonic())?;
        let known = self.known();
        let owner = known.all.sessions.iter().find(|known| known.id == session)?.account;
        Some(two_factor::enrolment(&secret, &known.account(owner)?.name))
    }
}

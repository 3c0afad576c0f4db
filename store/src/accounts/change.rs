//! One change of who may do what, inside a transaction.

use domain::{
    Invalid, Timestamp,
    access::{AccountChange, AccountId, Actor, NewAccount, NewSession, NewToken, Reading, SessionHash},
};
use sqlx::{SqliteConnection, query, query_scalar, sqlite::SqliteQueryResult};

use crate::{StoreError, changes, vault::Vault};

/// What was made or changed; `None` when there is no such thing.
type Applied = Result<Option<i64>, StoreError>;

/// Applies a change, notes it, and raises the revision.
pub(super) async fn apply(
    db: &mut SqliteConnection,
    change: &AccountChange,
    by: &Actor,
    at: Timestamp,
    vault: &Vault,
) -> Applied {
    let Some(done) = make(db, change, at, vault).await? else { return Ok(None) };
    if !administered(db).await? {
        return Err(refused("role", "this is the last administrator who can sign in"));
    }
    if let Some(what) = words(change, done) {
        changes::say(db, by, at, &what).await?;
    }
    query("UPDATE access SET revision = revision + 1").execute(db).await?;
    Ok(Some(done))
}

async fn make(db: &mut SqliteConnection, change: &AccountChange, at: Timestamp, vault: &Vault) -> Applied {
    use AccountChange as Change;
    let done = match change {
        Change::Claim(account) => return claim(db, account, at).await,
        Change::Create(account) => return create(db, account, at).await,
        Change::SetPassword(id, hash) => {
            set(db, "UPDATE accounts SET password = ? WHERE id = ?", hash.expose(), *id).await?
        }
        Change::Rehash(id, hash) => {
            let sql = "UPDATE accounts SET password = ? WHERE id = ?";
            let done = query(sql).bind(hash.expose()).bind(id.0).execute(&mut *db).await?;
            changed(&done).then_some(id.0)
        }
        Change::SetRole(id, role) => {
            set(db, "UPDATE accounts SET role = ? WHERE id = ?", role.name(), *id).await?
        }
        Change::SetEnabled(id, enabled) => {
            set(db, "UPDATE accounts SET enabled = ? WHERE id = ?", *enabled, *id).await?
        }
        Change::SetTwoFactor(id, secret, codes) => {
            let sealed = vault.seal(secret, super::totp(id.0))?;
            two_factor(db, *id, Some((&sealed, codes))).await?
        }
        Change::ClearTwoFactor(id) => two_factor(db, *id, None).await?,
        Change::Delete(id) => {
            let done = query("DELETE FROM accounts WHERE id = ?").bind(id.0).execute(&mut *db).await?;
            changed(&done).then_some(id.0)
        }
        Change::TakeStep(id, step) => take_step(db, *id, *step).await?,
        Change::TakeCode(id, hash) => take_code(db, *id, hash).await?,
        Change::Begin(session) => begin(db, session, at).await?,
        Change::End(account, id) => {
            let sql = "DELETE FROM sessions WHERE id = ? AND account_id = ?";
            let done = query(sql).bind(id).bind(account.0).execute(&mut *db).await?;
            changed(&done).then_some(*id)
        }
        Change::EndOthers(account, kept) => {
            end_sessions(db, *account, *kept).await?;
            Some(account.0)
        }
        Change::AddToken(token) => add_token(db, token, at).await?,
        Change::RemoveToken(account, id) => {
            let sql = "DELETE FROM tokens WHERE id = ? AND account_id = ?";
            let done = query(sql).bind(id).bind(account.0).execute(&mut *db).await?;
            changed(&done).then_some(*id)
        }
        Change::SetReading(reading) => {
            let reading = match reading {
                Reading::Accounts => "accounts",
                Reading::Everyone => "everyone",
            };
            query("UPDATE access SET reading = ?").bind(reading).execute(&mut *db).await?;
            Some(1)
        }
        Change::RequireTwoFactor(is_required) => {
            query("UPDATE access SET two_factor_rule = ?").bind(*is_required).execute(&mut *db).await?;
            Some(1)
        }
    };
    Ok(done)
}

/// The transaction is one that writes from its beginning, so of many who claim at once only one finds no account.
async fn claim(db: &mut SqliteConnection, account: &NewAccount, at: Timestamp) -> Applied {
    let accounts: i64 = query_scalar("SELECT count(*) FROM accounts").fetch_one(&mut *db).await?;
    if accounts > 0 { Ok(None) } else { create(db, account, at).await }
}

async fn create(db: &mut SqliteConnection, account: &NewAccount, at: Timestamp) -> Applied {
    let sql = "
        INSERT INTO accounts (name, name_key, role, password, made_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (name_key) DO NOTHING";
    let NewAccount { name, role, password } = account;
    let made = query(sql)
        .bind(name.as_str())
        .bind(name.key())
        .bind(role.name())
        .bind(password.expose())
        .bind(at.0)
        .execute(db)
        .await?;
    if !changed(&made) {
        return Err(refused("name", "there is an account of this name already"));
    }
    Ok(Some(made.last_insert_rowid()))
}

/// Sets a column of an account, and ends its sessions: what they were begun with is no longer true.
async fn set<'q, T>(db: &mut SqliteConnection, sql: &'static str, value: T, id: AccountId) -> Applied
where
    T: sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + 'q,
{
    let done = query(sql).bind(value).bind(id.0).execute(&mut *db).await?;
    if !changed(&done) {
        return Ok(None);
    }
    end_sessions(db, id, None).await?;
    Ok(Some(id.0))
}

async fn two_factor(
    db: &mut SqliteConnection,
    id: AccountId,
    wanted: Option<(&str, &Vec<SessionHash>)>,
) -> Applied {
    query("DELETE FROM recovery_codes WHERE account_id = ?").bind(id.0).execute(&mut *db).await?;
    let secret = wanted.map(|(secret, _)| secret);
    let done = set(db, "UPDATE accounts SET totp_secret = ? WHERE id = ?", secret, id).await?;
    if done.is_some() {
        for hash in wanted.into_iter().flat_map(|(_, codes)| codes) {
            let sql = "INSERT OR IGNORE INTO recovery_codes (account_id, hash) VALUES (?, ?)";
            query(sql).bind(id.0).bind(hash.as_slice()).execute(&mut *db).await?;
        }
    }
    Ok(done)
}

async fn take_step(db: &mut SqliteConnection, id: AccountId, step: u64) -> Applied {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let sql = "UPDATE accounts SET totp_step = ?1 WHERE id = ?2 AND totp_step < ?1";
    let done = query(sql).bind(step).bind(id.0).execute(db).await?;
    Ok(changed(&done).then_some(id.0))
}

async fn take_code(db: &mut SqliteConnection, id: AccountId, hash: &SessionHash) -> Applied {
    let sql = "DELETE FROM recovery_codes WHERE account_id = ? AND hash = ?";
    let done = query(sql).bind(id.0).bind(hash.as_slice()).execute(db).await?;
    Ok(changed(&done).then_some(id.0))
}

async fn begin(db: &mut SqliteConnection, session: &NewSession, at: Timestamp) -> Applied {
    // Only for an account that may sign in at this very moment: it may have been disabled while its password was hashed.
    let sql = "
        INSERT INTO sessions (hash, account_id, agent, address, made_at, seen_at)
        SELECT ?1, id, ?3, ?4, ?5, ?5 FROM accounts WHERE id = ?2 AND enabled = 1";
    let done = query(sql)
        .bind(session.hash.as_slice())
        .bind(session.account.0)
        .bind(&session.agent)
        .bind(&session.address)
        .bind(at.0)
        .execute(db)
        .await?;
    Ok(changed(&done).then(|| done.last_insert_rowid()))
}

async fn end_sessions(
    db: &mut SqliteConnection,
    account: AccountId,
    kept: Option<i64>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM sessions WHERE account_id = ? AND id IS NOT ?";
    query(sql).bind(account.0).bind(kept).execute(db).await?;
    Ok(())
}

async fn add_token(db: &mut SqliteConnection, token: &NewToken, at: Timestamp) -> Applied {
    let sql = "
        INSERT INTO tokens (hash, account_id, name, role, made_at, expires_at)
        SELECT ?1, id, ?3, ?4, ?5, ?6 FROM accounts WHERE id = ?2";
    let done = query(sql)
        .bind(token.hash.as_slice())
        .bind(token.account.0)
        .bind(token.name.as_str())
        .bind(token.role.name())
        .bind(at.0)
        .bind(token.expires_at.map(|at| at.0))
        .execute(db)
        .await?;
    Ok(changed(&done).then(|| done.last_insert_rowid()))
}

/// Whether somebody can manage the accounts. An installation without any account is one that nobody has claimed yet.
async fn administered(db: &mut SqliteConnection) -> Result<bool, StoreError> {
    let sql = "
        SELECT NOT EXISTS (SELECT 1 FROM accounts)
            OR EXISTS (SELECT 1 FROM accounts WHERE role = 'administrator' AND enabled = 1)";
    Ok(query_scalar(sql).fetch_one(db).await?)
}

fn refused(field: &'static str, problem: &str) -> StoreError {
    StoreError::Rule(Invalid::one(field, problem))
}

fn changed(done: &SqliteQueryResult) -> bool {
    done.rows_affected() > 0
}

/// What the log of changes says; nothing for what happens by itself. `made` is the number of what was made.
fn words(change: &AccountChange, made: i64) -> Option<String> {
    use AccountChange as Change;
    Some(match change {
        Change::Claim(account) => format!("set up with administrator {}", account.name),
        Change::Create(NewAccount { name, role, .. }) => format!("made account {made}: {name} as {role}"),
        Change::SetPassword(id, _) => format!("changed the password of account {id}"),
        Change::SetRole(id, role) => format!("made account {id} {role}"),
        Change::SetEnabled(id, true) => format!("enabled account {id}"),
        Change::SetEnabled(id, false) => format!("disabled account {id}"),
        Change::SetTwoFactor(id, ..) => format!("turned two-factor sign-in of account {id} on"),
        Change::ClearTwoFactor(id) => format!("turned two-factor sign-in of account {id} off"),
        Change::Delete(id) => format!("removed account {id}"),
        Change::TakeCode(id, _) => format!("used a recovery code of account {id}"),
        Change::Begin(_) => "signed in".into(),
        Change::End(..) => "ended a session".into(),
        Change::EndOthers(..) => "ended all other sessions".into(),
        Change::AddToken(token) => format!("made the token {}, {}", token.name.as_str(), token.role),
        Change::RemoveToken(..) => "revoked a token".into(),
        Change::SetReading(Reading::Everyone) => "opened reading to everyone".into(),
        Change::SetReading(Reading::Accounts) => "closed reading to those without an account".into(),
        Change::RequireTwoFactor(true) => "required two-factor sign-in of administrators".into(),
        Change::RequireTwoFactor(false) => "no longer required two-factor sign-in of administrators".into(),
        Change::Rehash(..) | Change::TakeStep(..) => return None,
    })
}

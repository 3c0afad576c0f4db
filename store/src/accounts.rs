//! Accounts, sessions and tokens, on a connection of their own: what people do seldom need not wait for what is recorded.

use std::path::Path;

use async_trait::async_trait;
use domain::{
    Failure, Secret, Timestamp,
    access::{
        Account, AccountChange, AccountId, AccountRecords, Accounts, Actor, Reading, Role, Session,
        SessionHash, Token, TwoFactor,
    },
};
use sqlx::{Row, SqliteConnection, query, query_scalar, sqlite::SqliteRow};
use tokio::sync::Mutex;

use crate::{
    StoreError, open, schema,
    transaction::{begin, end},
    vault::{Key, Place, Vault},
};

mod change;

/// The accounts of a database that exists and has the newest schema.
#[derive(Debug)]
pub struct SqliteAccounts {
    db: Mutex<SqliteConnection>,
    vault: Vault,
}

impl SqliteAccounts {
    /// Opens a database of exactly this program's schema. [`StoreError::Missing`], [`StoreError::TooOld`] and
    /// [`StoreError::TooNew`] say what to do.
    pub async fn open(path: &Path, vault: Vault) -> Result<Self, StoreError> {
        let db = Mutex::new(open::connect_current(path).await?);
        Ok(Self { db, vault })
    }

    /// Accounts that are forgotten with the process.
    pub async fn in_memory() -> Result<Self, StoreError> {
        let mut db = open::connect_to_memory().await?;
        schema::migrate(&mut db, 0, &schema::MIGRATIONS).await?;
        open::configure(&mut db).await?;
        let key = Key::generate().map_err(|_| StoreError::NoRandomness)?;
        Ok(Self { db: Mutex::new(db), vault: Vault::new(key) })
    }
}

#[async_trait]
impl AccountRecords for SqliteAccounts {
    async fn load(&self) -> Result<Accounts, Failure> {
        let mut db = self.db.lock().await;
        load(&mut db, &self.vault).await.map_err(|error| error.while_doing(words::DOING_ACCOUNTS))
    }

    async fn revision(&self) -> Result<i64, Failure> {
        let mut db = self.db.lock().await;
        revision(&mut db).await.map_err(|error| error.while_doing(words::DOING_ACCOUNTS))
    }

    async fn apply(&self, change: &AccountChange, by: &Actor, at: Timestamp) -> Result<Option<i64>, Failure> {
        let mut db = self.db.lock().await;
        let doing = "saving the accounts";
        begin(&mut db).await.map_err(|error| error.while_doing(doing))?;
        let applied = change::apply(&mut db, change, by, at, &self.vault).await;
        end(&mut db, applied).await.map_err(|error| error.while_doing(doing))
    }

    async fn touch(
        &self,
        sessions: &[(i64, Timestamp)],
        tokens: &[(i64, Timestamp)],
        idle: Timestamp,
        oldest: Timestamp,
    ) -> Result<(), Failure> {
        let mut db = self.db.lock().await;
        let doing = "noting which sessions are used";
        begin(&mut db).await.map_err(|error| error.while_doing(doing))?;
        let touched = touch(&mut db, sessions, tokens, idle, oldest).await;
        end(&mut db, touched).await.map_err(|error| error.while_doing(doing))
    }
}

async fn touch(
    db: &mut SqliteConnection,
    sessions: &[(i64, Timestamp)],
    tokens: &[(i64, Timestamp)],
    idle: Timestamp,
    oldest: Timestamp,
) -> Result<(), StoreError> {
    for (id, at) in sessions {
        query("UPDATE sessions SET seen_at = ? WHERE id = ?").bind(at.0).bind(id).execute(&mut *db).await?;
    }
    for (id, at) in tokens {
        query("UPDATE tokens SET used_at = ? WHERE id = ?").bind(at.0).bind(id).execute(&mut *db).await?;
    }
    let old = "DELETE FROM sessions WHERE seen_at < ? OR made_at < ?";
    query(old).bind(idle.0).bind(oldest.0).execute(db).await?;
    Ok(())
}

async fn revision(db: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(query_scalar("SELECT revision FROM access").fetch_one(db).await?)
}

/// In one reading transaction, so that the revision is that of what was read.
async fn load(db: &mut SqliteConnection, vault: &Vault) -> Result<Accounts, StoreError> {
    query("BEGIN").execute(&mut *db).await?;
    let loaded = read(db, vault).await;
    end(db, loaded).await
}

async fn read(db: &mut SqliteConnection, vault: &Vault) -> Result<Accounts, StoreError> {
    let accounts = "
        SELECT id, name, role, password, enabled, totp_secret, made_at,
               (SELECT count(*) FROM recovery_codes WHERE account_id = id) AS codes
        FROM accounts ORDER BY id";
    let accounts = query(accounts).fetch_all(&mut *db).await?;
    let accounts = accounts.iter().map(|row| account(row, vault)).collect::<Result<_, _>>()?;
    let sessions = query("SELECT * FROM sessions ORDER BY id").fetch_all(&mut *db).await?;
    let sessions = sessions.iter().map(session).collect::<Result<_, _>>()?;
    let tokens = query("SELECT * FROM tokens ORDER BY id").fetch_all(&mut *db).await?;
    let tokens = tokens.iter().map(token).collect::<Result<_, _>>()?;
    let settings = query("SELECT reading, two_factor_rule, revision FROM access").fetch_one(db).await?;
    let reading = if settings.try_get::<&str, _>("reading")? == "everyone" {
        Reading::Everyone
    } else {
        Reading::Accounts
    };
    Ok(Accounts {
        accounts,
        sessions,
        tokens,
        reading,
        requires_two_factor: settings.try_get("two_factor_rule")?,
        revision: settings.try_get("revision")?,
    })
}

/// Where the second factor of an account is.
pub(crate) fn totp(account: i64) -> Place<'static> {
    Place { table: "accounts", row: account, field: "totp_secret" }
}

fn account(row: &SqliteRow, vault: &Vault) -> Result<Account, sqlx::Error> {
    let codes: i64 = row.try_get("codes")?;
    let place = totp(row.try_get("id")?);
    let two_factor = row.try_get::<Option<String>, _>("totp_secret")?.map(|secret| TwoFactor {
        secret: vault.open(&secret, place),
        codes_left: usize::try_from(codes).unwrap_or(0),
    });
    Ok(Account {
        id: AccountId(row.try_get("id")?),
        name: row.try_get("name")?,
        role: role(row)?,
        password: Secret::new(row.try_get::<String, _>("password")?),
        is_enabled: row.try_get("enabled")?,
        two_factor,
        made_at: Timestamp(row.try_get("made_at")?),
    })
}

fn session(row: &SqliteRow) -> Result<Session, sqlx::Error> {
    Ok(Session {
        id: row.try_get("id")?,
        hash: hash(row)?,
        account: AccountId(row.try_get("account_id")?),
        agent: row.try_get("agent")?,
        address: row.try_get("address")?,
        made_at: Timestamp(row.try_get("made_at")?),
        seen_at: Timestamp(row.try_get("seen_at")?),
    })
}

fn token(row: &SqliteRow) -> Result<Token, sqlx::Error> {
    let time = |name| row.try_get::<Option<i64>, _>(name).map(|at| at.map(Timestamp));
    Ok(Token {
        id: row.try_get("id")?,
        hash: hash(row)?,
        account: AccountId(row.try_get("account_id")?),
        name: row.try_get("name")?,
        role: role(row)?,
        made_at: Timestamp(row.try_get("made_at")?),
        expires_at: time("expires_at")?,
        used_at: time("used_at")?,
    })
}

/// The table knows only these three; anything else, which is damage, may do least.
fn role(row: &SqliteRow) -> Result<Role, sqlx::Error> {
    Ok(row.try_get::<&str, _>("role")?.parse().unwrap_or(Role::Viewer))
}

/// A hash of another length, which is damage, is that of nothing.
fn hash(row: &SqliteRow) -> Result<SessionHash, sqlx::Error> {
    Ok(row.try_get::<&[u8], _>("hash")?.try_into().unwrap_or_default())
}

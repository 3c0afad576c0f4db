//! Faults: each text is stored once, and checks, transitions and statuses refer to it.

use std::collections::HashMap;

use domain::{Check, Fault, Outcome, Status, Transition};
use sqlx::{SqliteConnection, query, query_scalar};

use crate::{StoreError, row::Row};

/// The numbers of faults that are in the database for certain: learnt only from committed transactions.
#[derive(Debug, Default)]
pub(crate) struct KnownFaults(HashMap<Fault, i64>);

/// The numbers of the faults of one batch.
#[derive(Debug)]
pub(crate) struct FaultIds(HashMap<Fault, i64>);

impl KnownFaults {
    /// A target that puts something new into every answer must not fill the memory.
    const LIMIT: usize = 4_096;

    /// The numbers of these faults; stores those that are new.
    pub(crate) async fn intern(
        &self,
        db: &mut SqliteConnection,
        faults: impl Iterator<Item = &Fault>,
    ) -> Result<FaultIds, StoreError> {
        let mut ids = HashMap::new();
        for fault in faults {
            if ids.contains_key(fault) {
                continue;
            }
            let id = match self.0.get(fault) {
                Some(id) => *id,
                None => find_or_insert(db, fault).await?,
            };
            ids.insert(fault.clone(), id);
        }
        Ok(FaultIds(ids))
    }

    /// Remembers what a transaction stored, after its commit.
    pub(crate) fn learn(&mut self, ids: FaultIds) {
        if self.0.len() + ids.0.len() > Self::LIMIT {
            self.0.clear();
        }
        if ids.0.len() <= Self::LIMIT {
            self.0.extend(ids.0);
        }
    }

    /// Forgets everything: somebody else may have changed the table.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

impl FaultIds {
    /// The number of a fault.
    pub(crate) fn id(&self, fault: Option<&Fault>) -> Option<i64> {
        self.0.get(fault?).copied()
    }
}

/// What a check showed, if that was a failure.
pub(crate) fn of_check(check: &Check) -> Option<&Fault> {
    match &check.outcome {
        Outcome::Down(fault) => Some(fault),
        _ => None,
    }
}

/// What brought a tracker down.
pub(crate) fn of_transition(transition: &Transition) -> Option<&Fault> {
    match transition {
        Transition::WentDown { fault, .. } => Some(fault),
        Transition::Recovered { .. } => None,
    }
}

/// What keeps a tracker down.
pub(crate) fn of_status(status: &Status) -> Option<&Fault> {
    match status {
        Status::Down { fault, .. } => Some(fault),
        _ => None,
    }
}

/// The fault of a row that was joined with `faults`.
pub(crate) fn read(row: &Row<'_>) -> Result<Fault, StoreError> {
    let kind: String = row.get("kind")?;
    let kind = kind.parse().map_err(|_| row.corrupt("kind"))?;
    Ok(Fault::new(kind, row.get::<&str>("detail")?))
}

async fn find_or_insert(db: &mut SqliteConnection, fault: &Fault) -> Result<i64, StoreError> {
    let kind = fault.kind.to_string();
    let found: Option<i64> = query_scalar("SELECT id FROM faults WHERE kind = ? AND detail = ?")
        .bind(&kind)
        .bind(&fault.detail)
        .fetch_optional(&mut *db)
        .await?;
    if let Some(id) = found {
        return Ok(id);
    }
    let inserted = query("INSERT INTO faults (kind, detail) VALUES (?, ?)")
        .bind(&kind)
        .bind(&fault.detail)
        .execute(db)
        .await?;
    Ok(inserted.last_insert_rowid())
}

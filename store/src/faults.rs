//! Faults: each text is stored once, and checks, transitions and statuses refer to it.

use std::collections::HashMap;

use domain::{Batch, Check, Fault, Outcome, Status, Timestamp, Transition};
use sqlx::{SqliteConnection, query, query_scalar};

use crate::{StoreError, row::Row};

const DAY_MS: i64 = 86_400_000;

/// The numbers of faults that are in the database for certain: learnt only from committed transactions.
#[derive(Debug, Default)]
pub(crate) struct KnownFaults(HashMap<Fault, Known>);

/// The numbers of the faults of one batch.
#[derive(Debug)]
pub(crate) struct FaultIds(HashMap<Fault, Known>);

#[derive(Clone, Copy, Debug)]
struct Known {
    id: i64,
    /// The day (since 1970) that the database says it was last seen on.
    seen: i64,
}

impl KnownFaults {
    /// A target that puts something new into every answer must not fill the memory.
    const LIMIT: usize = 4_096;

    /// The numbers of these faults, if nothing has to be stored for them.
    pub(crate) fn known<'a>(
        &self,
        faults: impl Iterator<Item = &'a Fault>,
        at: Timestamp,
    ) -> Option<FaultIds> {
        let today = at.0.div_euclid(DAY_MS);
        let known = |fault: &'a Fault| {
            let known = self.0.get(fault).filter(|known| known.seen >= today)?;
            Some((fault.clone(), *known))
        };
        faults.map(known).collect::<Option<_>>().map(FaultIds)
    }

    /// The numbers of these faults; stores those that are new, and once a day that they were seen.
    pub(crate) async fn intern(
        &self,
        db: &mut SqliteConnection,
        faults: impl Iterator<Item = &Fault>,
        at: Timestamp,
    ) -> Result<FaultIds, StoreError> {
        let today = at.0.div_euclid(DAY_MS);
        let mut ids = HashMap::new();
        for fault in faults {
            if ids.contains_key(fault) {
                continue;
            }
            let known = match self.0.get(fault) {
                Some(known) if known.seen >= today => *known,
                Some(known) => seen(db, known.id, today).await?,
                None => find_or_insert(db, fault, today).await?,
            };
            ids.insert(fault.clone(), known);
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
        self.0.get(fault?).map(|known| known.id)
    }
}

/// Every fault that a batch refers to.
pub(crate) fn of_batch(batch: &Batch) -> impl Iterator<Item = &Fault> {
    let of_checks = batch.checks.iter().filter_map(|recorded| of_check(&recorded.check));
    let of_transitions = batch.transitions.iter().filter_map(|(_, transition)| of_transition(transition));
    let of_statuses = batch.statuses.iter().filter_map(|(_, status)| of_status(status));
    of_checks.chain(of_transitions).chain(of_statuses)
}

/// What a check missed, if it was down or degraded.
pub(crate) fn of_check(check: &Check) -> Option<&Fault> {
    match &check.outcome {
        Outcome::Down(fault) | Outcome::Degraded(fault) => Some(fault),
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

async fn find_or_insert(db: &mut SqliteConnection, fault: &Fault, today: i64) -> Result<Known, StoreError> {
    let kind = fault.kind.to_string();
    let found: Option<i64> = query_scalar("SELECT id FROM faults WHERE kind = ? AND detail = ?")
        .bind(&kind)
        .bind(&fault.detail)
        .fetch_optional(&mut *db)
        .await?;
    if let Some(id) = found {
        return seen(db, id, today).await;
    }
    let inserted = query("INSERT INTO faults (kind, detail, seen_at) VALUES (?, ?, ?)")
        .bind(&kind)
        .bind(&fault.detail)
        .bind(today.saturating_mul(DAY_MS))
        .execute(db)
        .await?;
    Ok(Known { id: inserted.last_insert_rowid(), seen: today })
}

async fn seen(db: &mut SqliteConnection, id: i64, today: i64) -> Result<Known, StoreError> {
    let at = today.saturating_mul(DAY_MS);
    query("UPDATE faults SET seen_at = max(seen_at, ?) WHERE id = ?").bind(at).bind(id).execute(db).await?;
    Ok(Known { id, seen: today })
}

//! Writing a batch: as one call when it is an ordinary one.

use std::sync::Arc;

use domain::Batch;
use sqlx::{SqliteConnection, query_scalar};

use crate::{
    StoreError, alerts,
    bulk::{Rows, Script},
    call::{Call, Values},
    checks, evidence,
    faults::FaultIds,
    signals, statuses,
    transaction::{BEGIN, COMMIT, at_once},
};

/// Transitions, and statuses, that an ordinary batch has at most.
const CHANGES: usize = 16;
/// Plain checks that a call has places for. A thousand places take two thirds of a megabyte once they are prepared, so there are no
/// more of them.
const PLAIN: [usize; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000];
/// The same for checks of every kind, with changes.
const ANY: [usize; 4] = [4, 16, 128, 1_000];

/// The statements that record.
#[derive(Debug)]
pub(super) struct Recording {
    /// Whole transactions, by the number of checks that they have places for.
    plain: Vec<(usize, Arc<str>)>,
    any: Vec<(usize, Arc<str>)>,
    transitions: Script,
    statuses: Script,
    checks: Script,
}

/// An ordinary batch: one that a single call can record.
pub(super) struct Ordinary<'a> {
    batch: &'a Batch,
    is_plain: bool,
    sql: Arc<str>,
}

impl Recording {
    pub(super) fn new() -> Self {
        let (transitions, statuses) =
            (statuses::INSERT_TRANSITION.sql(CHANGES), statuses::INSERT.sql(CHANGES));
        // The checks last: their last row number is what SQLite gives back, and what is not bound stays NULL.
        let plain = |places| (places, [BEGIN, &checks::INSERT_PLAIN.sql(places), COMMIT].join(";").into());
        let any = |places| {
            let checks = checks::INSERT.sql(places);
            (places, [BEGIN, &transitions, &statuses, &checks, COMMIT].join(";").into())
        };
        Self {
            plain: PLAIN.into_iter().map(plain).collect(),
            any: ANY.into_iter().map(any).collect(),
            transitions: Script::new(&[statuses::INSERT_TRANSITION], &[CHANGES, 128]),
            statuses: Script::new(&[statuses::INSERT], &[CHANGES, 128]),
            checks: Script::new(&[checks::INSERT], &[1, 16, 128]),
        }
    }

    /// The batch, if it is an ordinary one.
    pub(super) fn ordinary<'a>(&self, batch: &'a Batch) -> Option<Ordinary<'a>> {
        let Batch { checks, transitions, statuses, exhibits, alerts, signals } = batch;
        let few = transitions.len() <= CHANGES && statuses.len() <= CHANGES;
        let others = !exhibits.is_empty() || !alerts.is_empty() || !signals.is_empty();
        if checks.is_empty() || others || !few {
            return None;
        }
        let is_plain = transitions.is_empty() && statuses.is_empty() && checks.iter().all(checks::is_plain);
        let sizes = if is_plain { &self.plain } else { &self.any };
        let (_, sql) = sizes.iter().find(|(places, _)| *places >= checks.len())?;
        Some(Ordinary { batch, is_plain, sql: Arc::clone(sql) })
    }

    /// Records any batch, within the caller's transaction. Gives the row of its last check, if it has one.
    pub(super) async fn step_by_step(
        &self,
        db: &mut SqliteConnection,
        batch: &Batch,
        ids: &FaultIds,
    ) -> Result<Option<i64>, StoreError> {
        let transitions =
            Rows::of(&batch.transitions, |values, row| statuses::bind_transition(values, row, ids));
        self.transitions.run(db, &mut [transitions]).await?;
        // After the transitions: those open the incidents that the messages belong to.
        alerts::enqueue(db, &batch.alerts).await?;
        let statuses = Rows::of(&batch.statuses, |values, row| statuses::bind(values, row, ids));
        self.statuses.run(db, &mut [statuses]).await?;
        for exhibit in &batch.exhibits {
            evidence::add(db, exhibit).await?;
        }
        signals::add_all(db, &batch.signals).await?;
        let checks = Rows::of(&batch.checks, |values, row| checks::bind(values, row, ids));
        self.checks.run(db, &mut [checks]).await?;
        if batch.checks.is_empty() {
            return Ok(None);
        }
        Ok(Some(query_scalar("SELECT last_insert_rowid()").fetch_one(db).await?))
    }
}

impl Ordinary<'_> {
    /// Records it, as a transaction. Gives the row of its last check.
    pub(super) async fn record(&self, db: &mut SqliteConnection, ids: &FaultIds) -> Result<i64, StoreError> {
        let call = || Call { sql: Arc::clone(&self.sql), values: self.values(ids) };
        Ok(at_once(db, call).await?.last_insert_rowid())
    }

    fn values(&self, ids: &FaultIds) -> Values {
        let Batch { checks, transitions, statuses, .. } = self.batch;
        if self.is_plain {
            let mut values = Values::with_capacity(7 * checks.len());
            for check in checks {
                checks::bind_plain(&mut values, check, ids);
            }
            return values;
        }
        let mut values = Values::with_capacity(11 * CHANGES + 10 * checks.len());
        let mut rows = Rows::of(transitions, |values, row| statuses::bind_transition(values, row, ids));
        rows.fill(&mut values, CHANGES, statuses::INSERT_TRANSITION);
        let mut rows = Rows::of(statuses, |values, row| statuses::bind(values, row, ids));
        rows.fill(&mut values, CHANGES, statuses::INSERT);
        for check in checks {
            checks::bind(&mut values, check, ids);
        }
        values
    }
}

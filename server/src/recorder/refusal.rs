//! A database that refuses: full, read-only, failing or gone. What was learnt is kept, and recorded when it takes it again.

use std::{pin::pin, time::Duration};

use domain::{Batch, Failure, Records};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{GROUP, Recorder, backlog::Backlog, handle::Message};

/// The group that was refused. The fold of its checks stands, so it goes first, and nothing else is folded before.
pub(super) struct Refused {
    batch: Batch,
    /// When it is tried again.
    retry_at: Instant,
}

/// Changes wait for nobody: who asks is told at once.
#[derive(Debug, thiserror::Error)]
#[error("the database refuses what is to be recorded, so it takes no changes either")]
struct Refusing;

/// How long a refused group waits before it is tried again.
const RETRY: Duration = Duration::from_secs(1);

impl Recorder {
    /// Keeps a group that the database did not take.
    pub(super) fn refuse(&mut self, batch: Batch, failure: &Failure) {
        self.health.storage_failed(failure);
        self.metrics.commit_failed();
        self.metrics.waiting(batch.checks.len() + self.backlog.len());
        self.refused = Some(Refused { batch, retry_at: Instant::now() + RETRY });
    }

    /// Offers the refused group again and, once it is taken, everything that came since, group by group.
    pub(super) async fn try_again(&mut self) {
        let mut refused = self.refused.take().map(|refused| refused.batch);
        while let Some(batch) = refused {
            let started = Instant::now();
            let recorded = record(&mut *self.records, &batch, &mut self.inbox, &mut self.backlog).await;
            if let Err(failure) = recorded {
                return self.refuse(batch, &failure);
            }
            self.adopt(batch, started);
            refused = self.next_group();
        }
        // Only now: until everything that waited is recorded, changes are refused.
        self.health.storage_answers();
        self.report();
    }

    /// Goes on trying when no more checks can come. Whoever waits for it limits the time.
    pub(super) async fn finish(&mut self) {
        while self.refused.is_some() {
            over(self.refused.as_ref()).await;
            self.try_again().await;
        }
    }

    /// The next group of what waits, folded; nothing when all of it is recorded.
    fn next_group(&mut self) -> Option<Batch> {
        while self.ledger.staged() < GROUP
            && let Some(arrival) = self.backlog.pop()
        {
            self.ledger.stage(arrival);
        }
        self.batch()
    }

    /// Says, once, what became of the checks that waited.
    fn report(&mut self) {
        self.metrics.waiting(0);
        let tally = self.backlog.settle();
        if tally.dropped > 0 {
            let (kept, dropped) = (tally.kept, tally.dropped);
            tracing::warn!(
                kept,
                dropped,
                "more checks waited than are kept in memory; the rest shows as no data"
            );
        }
    }
}

/// Records a group and takes, meanwhile, what probers and people bring: a disk that fails may be slow to say so.
async fn record(
    records: &mut dyn Records,
    batch: &Batch,
    inbox: &mut mpsc::Receiver<Message>,
    backlog: &mut Backlog,
) -> Result<(), Failure> {
    let mut recorded = pin!(records.record(batch));
    loop {
        tokio::select! {
            biased;
            recorded = &mut recorded => return recorded,
            Some(message) = inbox.recv() => put_off(backlog, message),
        }
    }
}

/// What becomes of a message while the database refuses: a check waits, a change is refused. So is a signal, which is sent again.
pub(super) fn put_off(backlog: &mut Backlog, message: Message) {
    match message {
        Message::Check(arrival) => backlog.push(arrival),
        // Who waits hears of it by this end.
        Message::Heard(heard) => drop(heard),
        // Who asked may have gone away.
        Message::Edit(_, _, reply) => drop(reply.send(Err(of_edit()))),
    }
}

/// The answer to who wants to change something meanwhile.
pub(super) fn of_edit() -> Failure {
    Failure::Unavailable { doing: words::DOING_SAVING, cause: Box::new(Refusing) }
}

/// Waits until a refused group is to be tried again; for ever when there is none.
pub(super) async fn over(refused: Option<&Refused>) {
    match refused {
        Some(refused) => sleep_until(refused.retry_at).await,
        None => std::future::pending().await,
    }
}

//! Exports that do not come to their end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    Act, AlertArchive, AlertChange, Alteration, Archive, Batch, CheckPage, CheckQuery, Direction, Exhibit,
    Failure, Holdings, LoggedChange, Misfit, NewTracker, Numbered, Period, PhaseTime, Recent, Recorded,
    Records, Retention, Signal, Tally, Timestamp, Timing, Tracker, TrackerId, Transition, Window,
    access::Actor,
};
use store::Memory;

use super::{checks, up};
use crate::harness::{ManualClock, TestApp, breathe};

/// Has this many pages of checks, and then fails.
struct Long {
    pages: usize,
    asked: AtomicUsize,
    page: Vec<Recorded>,
}

#[async_trait]
impl Archive for Long {
    async fn periods(&self, _: TrackerId, _: &[Timestamp]) -> Result<Vec<Period>, Failure> {
        Ok(Vec::new())
    }

    async fn days(&self, _: &[TrackerId], _: Timestamp, _: u16) -> Result<Vec<Vec<Tally>>, Failure> {
        Ok(Vec::new())
    }

    async fn checks(&self, _: TrackerId, query: CheckQuery) -> Result<CheckPage, Failure> {
        if self.asked.fetch_add(1, Ordering::SeqCst) >= self.pages {
            return Err(Failure::Unavailable { doing: "reading", cause: "the disk is on fire".into() });
        }
        // As a disk does: it takes its time.
        breathe().await;
        let first = query.after.map_or(0, |after| after + 1);
        let page = self.page.iter().take(query.limit).cloned().zip(first..);
        let checks = page.map(|(recorded, number)| Numbered { number, recorded }).collect();
        Ok(CheckPage { checks, more: true })
    }

    async fn failure(&self, _: TrackerId, _: Timestamp, _: Direction) -> Result<Option<Timestamp>, Failure> {
        Ok(None)
    }

    async fn transitions(&self, _: TrackerId, _: Window, _: usize) -> Result<Vec<Transition>, Failure> {
        Ok(Vec::new())
    }

    async fn exhibits(&self, _: TrackerId, _: Window, _: usize) -> Result<Vec<Exhibit>, Failure> {
        Ok(Vec::new())
    }

    async fn signals(&self, _: TrackerId, _: usize) -> Result<Vec<Signal>, Failure> {
        Ok(Vec::new())
    }

    async fn phases(&self, _: TrackerId, _: Window) -> Result<[PhaseTime; 5], Failure> {
        Ok([PhaseTime::default(); 5])
    }

    async fn holdings(&self) -> Result<Holdings, Failure> {
        Ok(Holdings::default())
    }

    async fn slow(&self, _: TrackerId, _: Window, _: usize) -> Result<Vec<Timing>, Failure> {
        Ok(Vec::new())
    }

    async fn changes(&self, _: TrackerId, _: Option<i64>, _: usize) -> Result<Vec<LoggedChange>, Failure> {
        Ok(Vec::new())
    }
}

/// Records whose archive is another one.
struct With(Memory, Arc<Long>);

#[async_trait]
impl Records for With {
    async fn trackers(&mut self) -> Result<Vec<Result<Tracker, Misfit>>, Failure> {
        self.0.trackers().await
    }

    async fn add(
        &mut self,
        trackers: &[NewTracker],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        self.0.add(trackers, by, at).await
    }

    async fn alter(
        &mut self,
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<Vec<TrackerId>, Failure> {
        self.0.alter(all, by, at).await
    }

    async fn alert(
        &mut self,
        change: &AlertChange,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Option<i64>, Failure> {
        self.0.alert(change, by, at).await
    }

    fn alerts(&self) -> Arc<dyn AlertArchive> {
        self.0.alerts()
    }

    async fn note(&mut self, all: &[(TrackerId, Act)], by: &Actor, at: Timestamp) -> Result<(), Failure> {
        self.0.note(all, by, at).await
    }

    async fn settings(&mut self) -> Result<Vec<(String, String)>, Failure> {
        self.0.settings().await
    }

    async fn set(
        &mut self,
        settings: &[(String, Option<String>)],
        all: &[Alteration],
        by: &Actor,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.0.set(settings, all, by, at).await
    }

    fn keep(&mut self, retention: Retention) {
        self.0.keep(retention);
    }

    async fn purge(&mut self, until: Timestamp) -> Result<Vec<TrackerId>, Failure> {
        self.0.purge(until).await
    }

    async fn record(&mut self, batch: &Batch) -> Result<(), Failure> {
        self.0.record(batch).await
    }

    async fn tend(&mut self, now: Timestamp) -> Result<bool, Failure> {
        self.0.tend(now).await
    }

    fn archive(&self) -> Arc<dyn Archive> {
        self.1.clone()
    }

    async fn changed_outside(&mut self) -> Result<bool, Failure> {
        self.0.changed_outside().await
    }

    async fn recent(&mut self, of: Option<TrackerId>) -> Result<Recent, Failure> {
        self.0.recent(of).await
    }
}

async fn app_of(pages: usize) -> (TestApp, Arc<Long>) {
    let archive = Arc::new(Long { pages, asked: AtomicUsize::new(0), page: checks(1, 1_000, |_| up(1)) });
    let records = With(Memory::default(), archive.clone());
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let app = TestApp::with_records(Box::new(records), folder, Arc::new(ManualClock::new()), 1_000).await;
    app.track("http://a.example/", 0).await;
    (app, archive)
}

const EXPORT: &str = "/v1/trackers/1/export?format=csv";

#[tokio::test]
async fn a_failure_before_the_first_row_is_an_answer() {
    let (app, _) = app_of(0).await;
    let reply = app.get(EXPORT).await;
    assert_eq!(reply.status(), 503);
    assert!(!reply.text().await.unwrap().contains("fire"), "causes are not sent");
    app.stop().await;
}

#[tokio::test]
async fn a_failure_later_breaks_the_transfer() {
    for (pages, encoding) in [(1, "identity"), (50, "identity"), (1, "gzip"), (50, "gzip")] {
        let (app, _) = app_of(pages).await;
        let request = app.http.get(app.url(EXPORT)).header("accept-encoding", encoding);
        // What is short breaks off before its head is on the way.
        let whole = match request.send().await {
            Ok(reply) => reply.bytes().await,
            Err(error) => Err(error),
        };
        assert!(whole.is_err(), "{pages} {encoding}: a part is never taken for the whole");
        app.stop().await;
    }
}

#[tokio::test]
async fn a_reader_who_goes_away_ends_the_reading() {
    for encoding in ["identity", "gzip"] {
        let (app, archive) = app_of(usize::MAX).await;
        let mut reply =
            app.http.get(app.url(EXPORT)).header("accept-encoding", encoding).send().await.unwrap();
        let mut size = 0;
        while size < 20_000 {
            size += reply.chunk().await.unwrap().unwrap().len();
        }
        drop(reply);
        let mut still = 0;
        for _ in 0..5_000 {
            let before = archive.asked.load(Ordering::SeqCst);
            breathe().await;
            still = if archive.asked.load(Ordering::SeqCst) == before { still + 1 } else { 0 };
            if still == 100 {
                break;
            }
        }
        assert_eq!(still, 100, "{encoding}: it is still being read");
        app.stop().await;
    }
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_a_long_file() {
    let (app, _) = app_of(usize::MAX).await;
    let mut reply = app.get(EXPORT).await;
    reply.chunk().await.unwrap().unwrap();
    let reading = tokio::spawn(async move {
        loop {
            match reply.chunk().await {
                Ok(Some(_)) => {}
                ended => return ended.is_err(),
            }
        }
    });
    let stopped = tokio::time::timeout(Duration::from_mins(1), app.stop()).await;
    assert!(stopped.is_ok());
    assert!(reading.await.unwrap(), "the file is broken off, not ended");
}

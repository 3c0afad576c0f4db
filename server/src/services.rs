//! The domain's ports over the recorder and the live view.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Archive, BulkDraft, CANNOT_BE_READ, Cell, Clock, Deed, Done, Draft, Failure, FieldError, Installation,
    Invalid, ListRequest, LiveAnswer, LiveRequest, MOST_AT_ONCE, NewTracker, Preview, Story, StoryRequest,
    Tracker, TrackerId, TrackerPage, TrackerView, VISIBLE_LIMIT, Worth,
    ports::{Live, Past, People, Services, Trackers},
};

use tokio::sync::watch;

use crate::{
    failure::logged,
    health::Health,
    live::SharedView,
    metrics::Metrics,
    past::SharedPast,
    recorder::{Edit, RecorderHandle, Roster},
    scheduler::ByHand,
};

/// What the services are made from.
pub(crate) struct Means {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) recorder: RecorderHandle,
    pub(crate) by_hand: ByHand,
    pub(crate) roster: watch::Receiver<Roster>,
    pub(crate) view: SharedView,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) health: Arc<Health>,
    pub(crate) metrics: Arc<Metrics>,
    /// Of the web client.
    pub(crate) version: String,
    /// Where the database is, if it is a file.
    pub(crate) database: Option<PathBuf>,
    pub(crate) people: Arc<dyn People>,
}

/// The services that pages use.
pub(crate) fn services(means: Means) -> Services {
    let Means { archive, recorder, by_hand, roster, view, clock, health, metrics, version, database, people } =
        means;
    let past = SharedPast { archive, roster: roster.clone(), view: view.clone(), clock: clock.clone() };
    let started = clock.monotonic();
    let live =
        SharedLive { view, clock, health, metrics, version, database, started, recorder: recorder.clone() };
    Services {
        trackers: Arc::new(RecordedTrackers { recorder, by_hand, roster }),
        live: Arc::new(live),
        past: Arc::new(past),
        people,
    }
}

/// The services of somebody who is not to see what targets answered.
pub(crate) fn discreet(services: Services) -> Services {
    Services { past: Arc::new(Discreet(services.past)), ..services }
}

struct Discreet(Arc<dyn Past>);

#[async_trait]
impl Past for Discreet {
    async fn story(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure> {
        Ok(Story { failure: None, ..self.0.story(id, request).await? })
    }
}

/// What a form describes: the tracker that it names by `id` or `from` after an edit, otherwise a new one. Secrets that are still
/// masked stay what they were; one that storage could not read has to be given anew, for who asks with it and for a copy.
pub(crate) fn described(
    roster: &watch::Receiver<Roster>,
    fields: &[(String, String)],
) -> Result<NewTracker, Failure> {
    let named = fields.iter().find(|(name, _)| name == "id" || name == "from");
    let Some((_, id)) = named else { return Ok(Draft::of_new_fields(fields).parse()?) };
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let before = roster.borrow().get(&id).cloned().ok_or(Failure::NotFound)?;
    let tracker = Draft::of_fields(fields, &before.settings).apply(&before.settings)?;
    match tracker.http.sealed_field() {
        Some(field) => Err(Invalid(vec![FieldError::new(&field, CANNOT_BE_READ)]).into()),
        None => Ok(tracker),
    }
}

/// The most targets that are added at once.
const PASTE_LIMIT: usize = 100;

struct RecordedTrackers {
    recorder: RecorderHandle,
    by_hand: ByHand,
    roster: watch::Receiver<Roster>,
}

impl RecordedTrackers {
    /// A tracker that cannot be checked as it stands in the database has no settings either.
    fn settings(&self, id: TrackerId) -> Result<Arc<Tracker>, Failure> {
        self.roster.borrow().get(&id).cloned().ok_or(Failure::NotFound)
    }
}

#[async_trait]
impl Trackers for RecordedTrackers {
    async fn add(&self, targets: String) -> Result<Vec<TrackerId>, Failure> {
        let trackers = parse_lines(&targets)?;
        self.recorder.edit(Edit::Add(trackers)).await.map_err(logged)
    }

    async fn fields(&self, id: TrackerId) -> Result<Vec<(String, String)>, Failure> {
        Ok(self.settings(id)?.settings.fields())
    }

    async fn defaults(&self) -> Result<Vec<(String, String)>, Failure> {
        Ok(domain::defaults())
    }

    async fn create(&self, fields: Vec<(String, String)>) -> Result<TrackerId, Failure> {
        let tracker = NewTracker { paused: false, ..described(&self.roster, &fields)? };
        let ids = self.recorder.edit(Edit::Add(vec![tracker])).await.map_err(logged)?;
        ids.first().copied().ok_or(Failure::NotFound)
    }

    async fn worths(&self, id: TrackerId) -> Result<Vec<Worth>, Failure> {
        Ok(self.settings(id)?.settings.worths())
    }

    async fn edit(&self, id: TrackerId, fields: Vec<(String, String)>) -> Result<(), Failure> {
        let draft = Draft::of_fields(&fields, &self.settings(id)?.settings);
        self.recorder.edit(Edit::Change(id, Box::new(draft))).await.map(drop).map_err(logged)
    }

    async fn set_paused(&self, id: TrackerId, paused: bool) -> Result<(), Failure> {
        self.recorder.edit(Edit::Pause(id, paused)).await.map(drop).map_err(logged)
    }

    async fn remove(&self, id: TrackerId) -> Result<(), Failure> {
        self.recorder.edit(Edit::Remove(id)).await.map(drop).map_err(logged)
    }

    async fn restore(&self, id: TrackerId) -> Result<(), Failure> {
        self.recorder.edit(Edit::Restore(id)).await.map(drop).map_err(logged)
    }

    async fn check_now(&self, ids: Vec<TrackerId>) -> Result<Vec<Cell>, Failure> {
        self.by_hand.check(ids).await
    }

    async fn change(&self, ids: Vec<TrackerId>, deed: Deed) -> Result<Done, Failure> {
        self.recorder.change(chosen(ids)?, deed).await.map_err(logged)
    }

    async fn preview(&self, ids: Vec<TrackerId>, fields: Vec<(String, String)>) -> Result<Preview, Failure> {
        let draft = BulkDraft::of_fields(&fields)?;
        let roster = self.roster.borrow().clone();
        let known: Vec<&Tracker> =
            chosen(ids)?.iter().filter_map(|id| roster.get(id).map(AsRef::as_ref)).collect();
        if known.is_empty() { Err(Failure::NotFound) } else { Ok(draft.preview(known)?) }
    }

    async fn undo(&self, key: u64) -> Result<(), Failure> {
        self.recorder.edit(Edit::Undo(key)).await.map(drop).map_err(logged)
    }

    fn undoable(&self, key: u64) -> Option<String> {
        self.recorder.undoable(key)
    }
}

/// Each tracker once, and not too many.
fn chosen(mut ids: Vec<TrackerId>) -> Result<Vec<TrackerId>, Invalid> {
    ids.sort_unstable();
    ids.dedup();
    match ids.len() {
        0 => Err(Invalid::one("id", "no tracker was chosen")),
        1..=MOST_AT_ONCE => Ok(ids),
        many => Err(Invalid::one("id", format!("at most {MOST_AT_ONCE} trackers at once, these are {many}"))),
    }
}

/// One tracker a line. With several lines, a problem says in which one it is.
fn parse_lines(targets: &str) -> Result<Vec<NewTracker>, Invalid> {
    let lines: Vec<&str> = targets.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > PASTE_LIMIT {
        return Err(Invalid::one(
            "url",
            format!("at most {PASTE_LIMIT} targets at once, these are {}", lines.len()),
        ));
    }
    if lines.len() < 2 {
        return Ok(vec![Draft::of(targets).parse()?]);
    }
    let parsed = lines.iter().enumerate().map(|(n, line)| {
        Draft::of(*line).parse().map_err(|invalid| {
            let named = |error: FieldError| FieldError {
                problem: format!("line {}: {}", n + 1, error.problem),
                ..error
            };
            invalid.0.into_iter().map(named).collect::<Vec<_>>()
        })
    });
    let mut trackers = Vec::new();
    let mut problems = Vec::new();
    for result in parsed {
        match result {
            Ok(tracker) => trackers.push(tracker),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(trackers) } else { Err(Invalid(problems)) }
}

struct SharedLive {
    view: SharedView,
    clock: Arc<dyn Clock>,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    /// Of the web client.
    version: String,
    database: Option<PathBuf>,
    /// When it was made, in monotonic time.
    started: Duration,
    recorder: RecorderHandle,
}

#[async_trait]
impl Live for SharedLive {
    async fn poll(&self, request: LiveRequest) -> Result<LiveAnswer, Failure> {
        if request.visible.len() > VISIBLE_LIMIT {
            let problem = format!("at most {VISIBLE_LIMIT} trackers, these are {}", request.visible.len());
            return Err(Invalid::one("visible", problem).into());
        }
        self.metrics.polled(self.clock.monotonic());
        let answer = self.view.read().answer(&request, self.clock.now());
        Ok(LiveAnswer { version: self.version.clone(), trouble: self.trouble(), ..answer })
    }

    async fn list(&self, request: ListRequest) -> Result<TrackerPage, Failure> {
        Ok(self.view.read().list(&request, self.clock.now()))
    }

    async fn tracker(&self, id: TrackerId) -> Result<TrackerView, Failure> {
        self.view.read().tracker(id).ok_or(Failure::NotFound)
    }

    async fn removed(&self, id: TrackerId) -> Result<String, Failure> {
        self.view.read().removed(id).map(ToOwned::to_owned).ok_or(Failure::NotFound)
    }

    async fn last_checks(&self, id: TrackerId) -> Result<Vec<Cell>, Failure> {
        let view = self.view.read();
        view.cells(id).map(|cells| cells.cloned().collect()).ok_or(Failure::NotFound)
    }

    async fn installation(&self) -> Result<Installation, Failure> {
        let now = self.clock.monotonic();
        let size = |path: PathBuf| std::fs::metadata(path).map(|file| file.len()).ok();
        let log = |path: &PathBuf| {
            let mut name = path.clone().into_os_string();
            name.push("-wal");
            PathBuf::from(name)
        };
        Ok(Installation {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            running_for: now.saturating_sub(self.started),
            trackers: self.view.read().ids().count(),
            database_bytes: self
                .database
                .as_ref()
                .and_then(|path| size(path.clone()))
                .map(|bytes| bytes + self.database.as_ref().and_then(|path| size(log(path))).unwrap_or(0)),
            late_ms: self.health.late_ms(now),
            waiting: self.recorder.waiting(),
            problems: self.health.problems(now).into_iter().chain(self.health.unreadable()).collect(),
        })
    }

    fn trouble(&self) -> Option<String> {
        let recording = self.health.storage().map(|problem| {
            let rest = "Probing goes on; what cannot be recorded is shown as no data.";
            format!("Recording has stopped: {problem}. {rest}")
        });
        let sight = self.health.blindness().map(|sentence| {
            format!(
                "{sentence}. Probing goes on; failures that may be this location's own are shown as no data."
            )
        });
        let secrets = self.health.unreadable().map(|sentence| format!("{sentence}."));
        let troubles: Vec<String> = recording.into_iter().chain(sight).chain(secrets).collect();
        (!troubles.is_empty()).then(|| troubles.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_lines_are_all_or_none_and_name_the_line() {
        let trackers = parse_lines("a.example\n\n  b.example  \n").unwrap();
        assert_eq!(trackers.len(), 2);
        let problem = parse_lines("a.example\nftp://b.example").unwrap_err();
        assert!(problem.0[0].problem.starts_with("line 2: cannot track `ftp`"), "{problem}");
        assert!(parse_lines("").is_err());
        assert!(parse_lines(&"a.example\n".repeat(101)).is_err());
    }
}

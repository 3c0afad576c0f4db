//! The domain's ports over the recorder and the live view.

use std::{borrow::Cow, collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    AlertArchive, Archive, BulkDraft, CANNOT_BE_READ, Cell, Clock, Deed, Defaults, Done, Draft, Failure,
    FieldError, Installation, Invalid, Label, Labels, ListRequest, LiveAnswer, LiveRequest, MOST_AT_ONCE,
    Nearness, NewTracker, Preview, Relabel, Rest, RetentionDraft, Settings, Target, Tracker, TrackerId,
    TrackerPage, TrackerView, VISIBLE_LIMIT, Worth,
    access::Actor,
    ports::{Live, Past, People, Services, Trackers},
};

use tokio::sync::watch;

mod alerting;
mod discreet;
mod incidents;
mod planning;
mod upkeep;

use self::{
    alerting::SharedAlerting,
    discreet::{Discreet, Mute},
    incidents::SharedIncidents,
    planning::SharedPlanning,
    upkeep::SharedUpkeep,
};
use crate::{
    backups::Backups,
    contacts::Contacts,
    failure::logged,
    health::Health,
    links::Links,
    live::SharedView,
    metrics::Metrics,
    past::SharedPast,
    push_urls::PushUrls,
    recorder::{Edit, RecorderHandle, Roster},
    scheduler::ByHand,
};

/// What the services are made from.
pub(crate) struct Means {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) recorder: RecorderHandle,
    pub(crate) by_hand: ByHand,
    pub(crate) contacts: Contacts,
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
    pub(crate) settings: watch::Receiver<Arc<Settings>>,
    /// What the command line says of retention.
    pub(crate) fixed: RetentionDraft,
    pub(crate) backups: Option<Arc<Backups>>,
    pub(crate) alerts: Arc<dyn AlertArchive>,
    /// What sends messages.
    pub(crate) sender: Arc<notify::Sender>,
    /// The addresses that messages lead to.
    pub(crate) links: Links,
    /// The URLs that targets call.
    pub(crate) push_urls: PushUrls,
}

/// The services that pages use, once for each who asks.
#[derive(Clone)]
pub struct Desk {
    trackers: RecordedTrackers,
    live: Arc<dyn Live>,
    past: Arc<dyn Past>,
    people: Arc<dyn People>,
    upkeep: SharedUpkeep,
    incidents: SharedIncidents,
    alerting: SharedAlerting,
    planning: SharedPlanning,
}

impl Desk {
    /// The services of somebody. What targets answered, and who changed what, is not for everybody; what speaks for a target is for who may
    /// change its tracker.
    pub(crate) fn services(&self, by: Actor, may_inspect: bool, may_change: bool) -> Services {
        let past = self.past.clone();
        let past: Arc<dyn Past> = match (may_inspect, may_change) {
            (false, _) => Arc::new(Discreet(past)),
            (true, false) => Arc::new(Mute(past)),
            (true, true) => past,
        };
        Services {
            trackers: Arc::new(RecordedTrackers { by: by.clone(), ..self.trackers.clone() }),
            live: if may_inspect { self.live.clone() } else { Arc::new(Discreet(self.live.clone())) },
            past,
            people: self.people.clone(),
            upkeep: Arc::new(SharedUpkeep { by: by.clone(), ..self.upkeep.clone() }),
            incidents: Arc::new(SharedIncidents { by: by.clone(), may_inspect, ..self.incidents.clone() }),
            alerting: Arc::new(SharedAlerting { by: by.clone(), ..self.alerting.clone() }),
            planning: Arc::new(SharedPlanning { by, ..self.planning.clone() }),
        }
    }
}

/// Gets everything ready that services are made from.
pub(crate) fn desk(means: Means) -> Desk {
    let Means { archive, recorder, by_hand, roster, view, clock, health, metrics, version, .. } = means;
    let Means {
        database, people, settings, fixed, backups, alerts, sender, links, contacts, push_urls, ..
    } = means;
    let by = Actor::program("");
    let upkeep = SharedUpkeep {
        archive: archive.clone(),
        recorder: recorder.clone(),
        settings: settings.clone(),
        fixed,
        backups,
        database: database.clone(),
        by: by.clone(),
    };
    let incidents = SharedIncidents {
        by: by.clone(),
        may_inspect: false,
        archive: archive.clone(),
        alerts: alerts.clone(),
        recorder: recorder.clone(),
        clock: clock.clone(),
        links: links.clone(),
    };
    let planning = SharedPlanning {
        by: by.clone(),
        alerts: alerts.clone(),
        recorder: recorder.clone(),
        roster: roster.clone(),
        clock: clock.clone(),
    };
    let alerting = SharedAlerting {
        by: by.clone(),
        alerts,
        recorder: recorder.clone(),
        sender,
        roster: roster.clone(),
        clock: clock.clone(),
        links: links.clone(),
    };
    let past =
        SharedPast { archive, roster: roster.clone(), view: view.clone(), clock: clock.clone(), push_urls };
    let started = clock.monotonic();
    let live =
        SharedLive { view, clock, health, metrics, version, database, started, recorder: recorder.clone() };
    Desk {
        trackers: RecordedTrackers { recorder, by_hand, roster, settings, contacts, by },
        live: Arc::new(live),
        past: Arc::new(past),
        people,
        upkeep,
        incidents,
        alerting,
        planning,
    }
}

/// What a form describes: the tracker that it names by `id` or `from` after an edit, otherwise a new one. Secrets that are still
/// masked stay what they were; one that storage could not read has to be given anew, for who asks with it and for a copy.
pub(crate) fn described(
    roster: &watch::Receiver<Roster>,
    defaults: &Defaults,
    fields: &[(String, String)],
) -> Result<NewTracker, Failure> {
    let fields = &defaults.fill(fields.to_vec());
    let named = fields.iter().find(|(name, _)| name == "id" || name == "from");
    let Some((_, id)) = named else {
        return Ok(Draft::of_new_fields(fields).parse_with(defaults)?);
    };
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let before = roster.borrow().get(&id).cloned().ok_or(Failure::NotFound)?;
    let tracker = Draft::of_fields(fields, &before.settings).apply(&before.settings)?;
    match tracker.http.sealed_field() {
        Some(field) => Err(Invalid(vec![FieldError::new(&field, CANNOT_BE_READ)]).into()),
        None => Ok(tracker),
    }
}

/// Trackers that are proposed to depend on.
const NEAR: usize = 20;
/// The most targets that are added at once.
const PASTE_LIMIT: usize = 100;

#[derive(Clone)]
struct RecordedTrackers {
    recorder: RecorderHandle,
    by_hand: ByHand,
    roster: watch::Receiver<Roster>,
    settings: watch::Receiver<Arc<Settings>>,
    contacts: Contacts,
    /// For the log of changes.
    by: Actor,
}

impl RecordedTrackers {
    async fn edit_one(&self, edit: Edit) -> Result<(), Failure> {
        self.recorder.edit(edit, self.by.clone()).await.map(drop).map_err(logged)
    }

    fn defaults(&self) -> Defaults {
        self.settings.borrow().defaults.clone()
    }

    /// A tracker that cannot be checked as it stands in the database has no settings either.
    fn settings(&self, id: TrackerId) -> Result<Arc<Tracker>, Failure> {
        self.roster.borrow().get(&id).cloned().ok_or(Failure::NotFound)
    }
}

#[async_trait]
impl Trackers for RecordedTrackers {
    async fn add(&self, targets: String) -> Result<Vec<TrackerId>, Failure> {
        let trackers = parse_lines(&targets, &self.defaults())?;
        self.recorder.edit(Edit::Add(trackers), self.by.clone()).await.map_err(logged)
    }

    async fn fields(&self, id: TrackerId) -> Result<Vec<(String, String)>, Failure> {
        Ok(self.settings(id)?.settings.fields())
    }

    async fn defaults(&self) -> Result<Vec<(String, String)>, Failure> {
        Ok(self.settings.borrow().defaults.fields())
    }

    async fn create(&self, fields: Vec<(String, String)>) -> Result<TrackerId, Failure> {
        let tracker = NewTracker { paused: None, ..described(&self.roster, &self.defaults(), &fields)? };
        let ids = self.recorder.edit(Edit::Add(vec![tracker]), self.by.clone()).await.map_err(logged)?;
        ids.first().copied().ok_or(Failure::NotFound)
    }

    async fn worths(&self, id: TrackerId) -> Result<Vec<Worth>, Failure> {
        Ok(self.settings(id)?.settings.worths())
    }

    async fn edit(&self, id: TrackerId, fields: Vec<(String, String)>) -> Result<(), Failure> {
        let draft = Draft::of_fields(&self.defaults().fill(fields), &self.settings(id)?.settings);
        self.edit_one(Edit::Change(id, Box::new(draft))).await
    }

    async fn pause(&self, id: TrackerId) -> Result<(), Failure> {
        self.edit_one(Edit::Rest(id, Some(Rest::default()))).await
    }

    async fn resume(&self, id: TrackerId) -> Result<(), Failure> {
        self.edit_one(Edit::Rest(id, None)).await
    }

    async fn remove(&self, id: TrackerId) -> Result<(), Failure> {
        self.edit_one(Edit::Remove(id)).await
    }

    async fn restore(&self, id: TrackerId) -> Result<(), Failure> {
        self.edit_one(Edit::Restore(id)).await
    }

    async fn check_now(&self, ids: Vec<TrackerId>) -> Result<Vec<Cell>, Failure> {
        self.by_hand.check(ids).await
    }

    async fn change(&self, ids: Vec<TrackerId>, deed: Deed) -> Result<Done, Failure> {
        self.recorder.change(chosen(ids)?, deed, self.by.clone()).await.map_err(logged)
    }

    async fn preview(&self, ids: Vec<TrackerId>, fields: Vec<(String, String)>) -> Result<Preview, Failure> {
        let draft = BulkDraft::of_fields(&fields)?;
        let roster = self.roster.borrow().clone();
        let known: Vec<&Tracker> =
            chosen(ids)?.iter().filter_map(|id| roster.get(id).map(AsRef::as_ref)).collect();
        if known.is_empty() { Err(Failure::NotFound) } else { Ok(draft.preview(known)?) }
    }

    async fn undo(&self, key: u64) -> Result<(), Failure> {
        self.edit_one(Edit::Undo(key)).await
    }

    fn labels(&self) -> Labels {
        let roster = self.roster.borrow().clone();
        Labels::of(roster.values().map(|tracker| &tracker.settings))
    }

    async fn relabel(
        &self,
        label: Label,
        from: &str,
        to: Option<&str>,
        merge: bool,
    ) -> Result<Done, Failure> {
        let relabel = match to {
            Some(to) => Relabel::rename(label, from, to)?,
            None => Relabel::remove(label, from)?,
        };
        let roster = self.roster.borrow().clone();
        let merged = relabel.merges_into(roster.values().map(|tracker| &tracker.settings));
        if merged > 0 && !merge {
            let problem = match label {
                Label::Tag => words::relabel_merges_tag(merged, relabel.to()),
                Label::Group => words::relabel_merges_group(merged, relabel.to()),
            };
            return Err(Invalid::one("merge", problem).into());
        }
        self.recorder.relabel(relabel, self.by.clone()).await.map_err(logged)
    }

    fn near(&self, id: Option<TrackerId>, target: &str) -> Vec<(TrackerId, Nearness)> {
        let roster = self.roster.borrow().clone();
        let host = |target: &Target| target.as_url().host_str().map(ToOwned::to_owned);
        let own = Target::parse(target).ok().as_ref().and_then(host);
        let of_host = roster
            .values()
            .filter(|other| Some(other.id) != id && own.is_some() && host(&other.settings.target) == own);
        let mut near: BTreeMap<TrackerId, Nearness> =
            id.map(|id| self.contacts.near(id)).unwrap_or_default().into_iter().collect();
        near.extend(of_host.map(|other| (other.id, Nearness::Host)));
        let mut near: Vec<_> = near.into_iter().filter(|(id, _)| roster.contains_key(id)).collect();
        near.sort_by_key(|(_, nearness)| *nearness);
        near.truncate(NEAR);
        near
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
        0 => Err(Invalid::one("id", words::MANY_NONE)),
        1..=MOST_AT_ONCE => Ok(ids),
        many => Err(Invalid::one("id", words::many_too_many(many, MOST_AT_ONCE))),
    }
}

/// One tracker a line. With several lines, a problem says in which one it is.
fn parse_lines(targets: &str, defaults: &Defaults) -> Result<Vec<NewTracker>, Invalid> {
    let lines: Vec<&str> = targets.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > PASTE_LIMIT {
        return Err(Invalid::one("url", words::paste_many(lines.len(), PASTE_LIMIT)));
    }
    if lines.len() < 2 {
        return Ok(vec![Draft::of(targets).parse_with(defaults)?]);
    }
    let parsed = lines.iter().enumerate().map(|(n, line)| {
        Draft::of(*line).parse_with(defaults).map_err(|invalid| {
            let named =
                |error: FieldError| FieldError { problem: words::paste_line(n + 1, error.problem), ..error };
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
            let problem = words::live_many(request.visible.len(), VISIBLE_LIMIT);
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
        view.cells(id).map(|cells| cells.map(Cow::into_owned).collect()).ok_or(Failure::NotFound)
    }

    async fn installation(&self) -> Result<Installation, Failure> {
        let now = self.clock.monotonic();
        Ok(Installation {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            running_for: now.saturating_sub(self.started),
            trackers: self.view.read().ids().count(),
            database_bytes: self.database.as_deref().and_then(upkeep::size),
            late_ms: self.health.late_ms(now),
            waiting: self.recorder.waiting(),
            problems: self.health.problems(now).into_iter().chain(self.health.unreadable()).collect(),
        })
    }

    fn trouble(&self) -> Option<String> {
        let recording = self.health.storage().map(words::trouble_recording);
        let sight = self.health.blindness().map(words::trouble_blind);
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
        let usual = Defaults::default();
        let trackers = parse_lines("a.example\n\n  b.example  \n", &usual).unwrap();
        assert_eq!(trackers.len(), 2);
        let problem = parse_lines("a.example\nftp://b.example", &usual).unwrap_err();
        assert!(problem.0[0].problem.starts_with("line 2: cannot track `ftp`"), "{problem}");
        assert!(parse_lines("", &usual).is_err());
        assert!(parse_lines(&"a.example\n".repeat(101), &usual).is_err());
    }
}

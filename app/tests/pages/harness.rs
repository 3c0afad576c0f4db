//! A site over ports in memory, and its pages as text.

use std::{sync::Arc, time::Duration};

use app::{
    access::{Asked, Resume, Shown},
    backend::FailedForm,
};
use async_trait::async_trait;
use domain::{
    About, Act, AlertingView, Cell, Counts, Deed, Done, Failure, Fault, FaultKind, FieldChange,
    IncidentStory, Installation, Invalid, Label, Labels, ListRequest, LiveAnswer, LiveRequest, LiveView,
    LoggedChange, Micros, Moment, Nearness, Outcome, Percentiles, Period, Phases, Plans, Preview,
    PreviewLine, Status, Storage, Story, StoryRequest, Tally, Timestamp, TrackerId, TrackerPage, TrackerView,
    Window, Worth,
    access::{AccountId, AccountView, Enrolment, Reading, Role, SessionView, Subject, TokenView, Viewer},
    ports::{Live, Past, People, Services, Trackers, Upkeep},
};
use leptos::prelude::*;

mod telling;

/// 2026-11-23T14:03:10Z.
const START: i64 = 1_795_442_590_000;

/// What a server would provide.
pub(crate) struct Site {
    view: LiveView,
    is_failing: bool,
    trouble: Option<String>,
    failed: Option<FailedForm>,
    past: Option<Story>,
    /// Who looks: somebody who may change trackers, unless a test says otherwise.
    pub(crate) viewer: Viewer,
    pub(crate) people: Registered,
    pub(crate) storage: Storage,
    /// The newest first.
    pub(crate) incidents: Vec<IncidentStory>,
    pub(crate) alerting: AlertingView,
    pub(crate) plans: Plans,
    pub(crate) shown: Option<Shown>,
    pub(crate) resume: Option<Resume>,
}

/// Who has an account.
#[derive(Clone, Default)]
pub(crate) struct Registered {
    pub(crate) accounts: Vec<AccountView>,
    pub(crate) sessions: Vec<SessionView>,
    pub(crate) tokens: Vec<TokenView>,
    pub(crate) enrolment: Option<Enrolment>,
}

/// Somebody of this role.
pub(crate) fn viewer(role: Option<Role>) -> Viewer {
    let known = |role| Subject::Person { account: AccountId(1), name: "Ada".into(), role };
    Viewer {
        subject: role.map_or(Subject::Nobody, known),
        session: role.map(|_| 7),
        is_claimed: true,
        is_local: false,
        reading: Reading::Accounts,
        owes_two_factor: false,
    }
}

/// A page as it is sent.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) html: String,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self {
            view: LiveView::new(1),
            is_failing: false,
            trouble: None,
            failed: None,
            past: None,
            viewer: viewer(Some(Role::Editor)),
            people: Registered::default(),
            storage: Storage::default(),
            incidents: Vec::new(),
            alerting: telling::nobody_told(),
            plans: Plans { now: Timestamp(START), maintenances: Vec::new() },
            shown: None,
            resume: None,
        }
    }

    pub(crate) fn track(&mut self, id: i64, about: About, cells: &[Cell]) {
        let id = TrackerId(id);
        self.view.begin_commit();
        self.view.set_about(id, about);
        for cell in cells {
            self.view.push(id, cell.clone());
            let status = match &cell.outcome {
                Outcome::Down(fault) => Status::Down { since: Timestamp(START), fault: fault.clone() },
                _ => Status::Up { since: Timestamp(START) },
            };
            self.view.set_status(id, status);
        }
    }

    pub(crate) fn delete(&mut self, id: i64) {
        self.view.begin_commit();
        self.view.remove(TrackerId(id));
    }

    pub(crate) fn fail(&mut self) {
        self.is_failing = true;
    }

    pub(crate) fn trouble(&mut self, sentence: &str) {
        self.trouble = Some(sentence.to_owned());
    }

    pub(crate) fn failed(&mut self, form: FailedForm) {
        self.failed = Some(form);
    }

    /// What every tracker's past was.
    pub(crate) fn remember(&mut self, past: Story) {
        self.past = Some(past);
    }

    pub(crate) fn get(&self, path: &str) -> Page {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let ports = Arc::new(Ports {
            view: self.view.clone(),
            is_failing: self.is_failing,
            trouble: self.trouble.clone(),
            past: self.past.clone(),
            people: self.people.clone(),
            storage: self.storage.clone(),
            incidents: self.incidents.clone(),
            alerting: self.alerting.clone(),
            plans: self.plans.clone(),
        });
        let services = Services {
            trackers: ports.clone(),
            live: ports.clone(),
            past: ports.clone(),
            people: ports.clone(),
            incidents: ports.clone(),
            alerting: ports.clone(),
            planning: ports.clone(),
            upkeep: ports,
        };
        let asked = Asked {
            path: path.to_owned(),
            query: query.to_owned(),
            viewer: self.viewer.clone(),
            failed: self.failed.clone(),
            shown: self.shown.clone(),
            resume: self.resume.clone(),
            shows_parts: true,
        };
        let page = futures::executor::block_on(app::Page::load(&services, &asked));
        let status = page.status();
        let options = LeptosOptions::builder().output_name("app").build();
        let html = Owner::new().with(|| app::document(options, page, None).to_html());
        let body = html.find("<body>").unwrap_or_default();
        Page { status, html: html[body..].to_owned() }
    }
}

impl Page {
    #[track_caller]
    pub(crate) fn has(&self, text: &str) {
        assert!(self.text().contains(text), "`{text}` is not in\n{}", self.text());
    }

    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) {
        assert!(!self.text().contains(text), "`{text}` is in\n{}", self.text());
    }

    /// Without the comments that hydration needs between texts.
    fn text(&self) -> String {
        self.html.replace("<!>", "")
    }
}

pub(crate) fn about(name: &str) -> About {
    let host: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    About {
        name: name.into(),
        target: format!("https://{host}.example/"),
        schedule: "every 1 s".into(),
        interval_ms: Some(1_000),
        expect: "200".into(),
        deadline_ms: 1_000,
        retries: 2,
        ..About::default()
    }
}

pub(crate) fn up(count: i64) -> Vec<Cell> {
    (0..count).map(|n| cell(n, Outcome::Up)).collect()
}

pub(crate) fn down(count: i64) -> Vec<Cell> {
    (0..count).map(|n| cell(n, Outcome::Down(Fault::new(FaultKind::Refused, "")))).collect()
}

fn cell(n: i64, outcome: Outcome) -> Cell {
    Cell {
        due: Timestamp(START + n * 1_000),
        attempt: 0,
        outcome,
        latency: Some(Micros(12_345)),
        retrying: false,
    }
}

/// A past of nine hours up and one down, as every period, and as the chart's and the strip's only point.
pub(crate) fn story() -> Story {
    let now = Timestamp(START);
    let hour = 3_600_000;
    let period = Period {
        window: Window::new(Timestamp(START - 10 * 3_600_000), now),
        tally: Tally { up_ms: 9 * hour, down_ms: hour, ..Tally::default() },
        counts: Counts::default(),
        latency: Percentiles { p50: Some(Micros(12_345)), ..Percentiles::default() },
    };
    Story {
        now,
        request: StoryRequest::default(),
        periods: vec![period; 5],
        chart: vec![period],
        days: vec![period],
        outages: Vec::new(),
        moment: None,
        phases: Phases::NONE,
        slowest: Vec::new(),
        failure: None,
        settings: Vec::new(),
        calls: None,
        changes: vec![LoggedChange {
            number: 1,
            at: Timestamp(now.0 - 60_000),
            who: "Ada".into(),
            what: Act::Edited(vec![FieldChange {
                field: "every".into(),
                before: "60s".into(),
                after: String::new(),
            }]),
        }],
    }
}

struct Ports {
    view: LiveView,
    is_failing: bool,
    trouble: Option<String>,
    past: Option<Story>,
    people: Registered,
    storage: Storage,
    incidents: Vec<IncidentStory>,
    alerting: AlertingView,
    plans: Plans,
}

impl Ports {
    fn check(&self) -> Result<(), Failure> {
        let broken = || Failure::Unavailable { doing: "reading", cause: "disk sector 7".into() };
        if self.is_failing { Err(broken()) } else { Ok(()) }
    }
}

#[async_trait]
impl Live for Ports {
    async fn poll(&self, request: LiveRequest) -> Result<LiveAnswer, Failure> {
        Ok(self.view.answer(&request, Timestamp(START)))
    }

    async fn list(&self, request: ListRequest) -> Result<TrackerPage, Failure> {
        self.check()?;
        Ok(self.view.list(&request, Timestamp(START)))
    }

    async fn tracker(&self, id: TrackerId) -> Result<TrackerView, Failure> {
        self.view.tracker(id).ok_or(Failure::NotFound)
    }

    async fn removed(&self, id: TrackerId) -> Result<String, Failure> {
        self.view.removed(id).map(ToOwned::to_owned).ok_or(Failure::NotFound)
    }

    async fn last_checks(&self, id: TrackerId) -> Result<Vec<Cell>, Failure> {
        Ok(self.view.cells(id).ok_or(Failure::NotFound)?.map(std::borrow::Cow::into_owned).collect())
    }

    async fn installation(&self) -> Result<Installation, Failure> {
        Ok(Installation {
            version: "1.2.3".into(),
            running_for: Duration::from_mins(62),
            trackers: self.view.ids().count(),
            database_bytes: Some(1_500_000),
            late_ms: 3,
            waiting: 0,
            problems: Vec::new(),
        })
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.clone()
    }
}

#[async_trait]
impl Upkeep for Ports {
    async fn storage(&self) -> Result<Storage, Failure> {
        Ok(self.storage.clone())
    }

    async fn keep(&self, _: Vec<(String, String)>) -> Result<(), Failure> {
        Ok(())
    }

    async fn back_up(&self) -> Result<bool, Failure> {
        Ok(true)
    }

    async fn remove_backup(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }

    fn built_in(&self) -> Vec<(String, String)> {
        [("every", "30s"), ("expect", "200-299")].map(|(name, value)| (name.into(), value.into())).into()
    }

    async fn set_defaults(&self, _: Vec<(String, String)>) -> Result<usize, Failure> {
        Ok(0)
    }
}

impl People for Ports {
    fn accounts(&self) -> Vec<AccountView> {
        self.people.accounts.clone()
    }

    fn sessions(&self, _: AccountId, _: Option<i64>) -> Vec<SessionView> {
        self.people.sessions.clone()
    }

    fn tokens(&self, _: AccountId) -> Vec<TokenView> {
        self.people.tokens.clone()
    }

    fn requires_two_factor(&self) -> bool {
        false
    }

    fn enrolment(&self, _: i64) -> Option<Enrolment> {
        self.people.enrolment.clone()
    }
}

#[async_trait]
impl Past for Ports {
    async fn story(&self, id: TrackerId, request: StoryRequest) -> Result<Story, Failure> {
        self.check()?;
        let cells: Vec<Cell> =
            self.view.cells(id).ok_or(Failure::NotFound)?.map(std::borrow::Cow::into_owned).collect();
        let moment = request.at.map(|at| Moment {
            at,
            cells,
            earlier_failure: Some(Timestamp(START - 100_000)),
            later_failure: None,
            earlier: Some(Timestamp(START - 1)),
            later: None,
        });
        let nothing = Failure::Unavailable { doing: "reading", cause: "no story was told".into() };
        Ok(Story { request, moment, ..self.past.clone().ok_or(nothing)? })
    }
}

#[async_trait]
impl Trackers for Ports {
    async fn add(&self, _: String) -> Result<Vec<TrackerId>, Failure> {
        Ok(Vec::new())
    }

    async fn fields(&self, _: TrackerId) -> Result<Vec<(String, String)>, Failure> {
        Ok(self.past.as_ref().map(|past| past.settings.clone()).unwrap_or_default())
    }

    async fn defaults(&self) -> Result<Vec<(String, String)>, Failure> {
        Ok([("every", "30s"), ("expect", "200")].map(|(name, value)| (name.into(), value.into())).into())
    }

    async fn create(&self, _: Vec<(String, String)>) -> Result<TrackerId, Failure> {
        Ok(TrackerId(1))
    }

    async fn worths(&self, _: TrackerId) -> Result<Vec<Worth>, Failure> {
        Ok(vec![Worth {
            name: "now",
            retries: 2,
            retry_after: Duration::from_secs(5),
            successes: 1,
            worst_detection: Duration::from_secs(55),
            false_alarms: [38.6, 386.0],
        }])
    }

    async fn edit(&self, _: TrackerId, _: Vec<(String, String)>) -> Result<(), Failure> {
        Ok(())
    }

    async fn pause(&self, _: TrackerId) -> Result<(), Failure> {
        Ok(())
    }

    async fn resume(&self, _: TrackerId) -> Result<(), Failure> {
        Ok(())
    }

    async fn remove(&self, _: TrackerId) -> Result<(), Failure> {
        Ok(())
    }

    async fn restore(&self, _: TrackerId) -> Result<(), Failure> {
        Ok(())
    }

    async fn check_now(&self, _: Vec<TrackerId>) -> Result<Vec<Cell>, Failure> {
        Ok(Vec::new())
    }

    async fn change(&self, ids: Vec<TrackerId>, _: Deed) -> Result<Done, Failure> {
        Ok(Done { key: 7, trackers: ids.len() })
    }

    /// Every interval becomes 30 s, except that of an odd tracker, which has it already; `0` is wrong.
    async fn preview(&self, ids: Vec<TrackerId>, fields: Vec<(String, String)>) -> Result<Preview, Failure> {
        let known = ids.iter().filter_map(|id| Some((*id, self.view.about(*id)?.name.clone())));
        let trackers: Vec<(TrackerId, String)> = known.collect();
        if trackers.is_empty() {
            return Err(Failure::NotFound);
        }
        let has = |name: &str, value: &str| fields.contains(&(name.to_owned(), value.to_owned()));
        if has("every", "0") {
            return Err(Invalid::one("every", "an interval is 1 s to 24 h").into());
        }
        let changed = trackers.iter().filter(|(id, _)| has("set", "every") && id.0 % 2 == 0).count();
        let line = PreviewLine {
            field: "every".into(),
            before: "1m".into(),
            after: "30s".into(),
            trackers: changed,
        };
        Ok(Preview { trackers, changed, lines: (changed > 0).then_some(line).into_iter().collect() })
    }

    async fn undo(&self, _: u64) -> Result<(), Failure> {
        Ok(())
    }

    fn labels(&self) -> Labels {
        Labels { tags: vec![("prod".into(), 2), ("<b>".into(), 1)], groups: vec![("Home lab".into(), 3)] }
    }

    async fn relabel(&self, _: Label, _: &str, _: Option<&str>, _: bool) -> Result<Done, Failure> {
        Ok(Done { key: 7, trackers: 2 })
    }

    fn near(&self, _: Option<TrackerId>, _: &str) -> Vec<(TrackerId, Nearness)> {
        vec![(TrackerId(2), Nearness::Certificate)]
    }

    fn undoable(&self, key: u64) -> Option<String> {
        (key == 7).then(|| "2 trackers are <paused>.".to_owned())
    }
}

//! The composition root: the one place that knows everybody.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use domain::{
    AlertArchive, Clock, EgressPolicy, Failure, LiveView, NewTracker, Prober, Records, RetentionDraft,
    Secret, access::AccountRecords,
};
use notify::Sender;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    access::Access,
    alerts::{self, Dispatcher, heartbeat::beat},
    assets::Assets,
    backups::Backups,
    contacts::Contacts,
    dependencies::Dependencies,
    health::Health,
    http::{self, AppState, Hosts, Reached},
    links::Links,
    live::SharedView,
    location::{Canary, Location},
    metrics::Metrics,
    push_urls::PushUrls,
    recorder::{Grouping, Recorder, Told},
    scheduler::{ByHand, Scheduler, Tools},
    services::{Means, desk},
    threads::Threads,
    track,
};

/// What a server is built from. Tests put their own clock, prober and records in.
pub struct Parts {
    /// Wall and monotonic time.
    pub clock: Arc<dyn Clock>,
    /// Who asks the targets.
    pub prober: Arc<dyn Prober>,
    /// Where checks are kept.
    pub records: Box<dyn Records>,
    /// The web client.
    pub assets: Assets,
    /// Which `Host` headers are answered.
    pub hosts: Hosts,
    /// How browsers come here.
    pub reached: Reached,
    /// Where accounts are kept.
    pub accounts: Arc<dyn AccountRecords>,
    /// Where the database is, if it is a file.
    pub database: Option<PathBuf>,
    /// What backs it up.
    pub backups: Option<Backups>,
    /// What the command line says of retention, which wins over what people say.
    pub retention: RetentionDraft,
    /// Where probes run.
    pub probing: Threads,
    /// Where checks are recorded.
    pub recording: Threads,
    /// What is asked whether this machine sees anything at all; may be none.
    pub canaries: Vec<Arc<dyn Canary>>,
    /// How checks are grouped into commits.
    pub grouping: Grouping,
    /// Trackers that are added, unless something tracks their target already.
    pub track: Vec<NewTracker>,
    /// Whether `/metrics` has series for each tracker.
    pub tracker_metrics: bool,
    /// Which addresses alerts are sent to.
    pub egress: EgressPolicy,
    /// What is asked every minute while all is well.
    pub heartbeat: Option<Secret>,
    /// The addresses that messages lead to.
    pub links: Links,
    /// The URLs that targets call.
    pub push_urls: PushUrls,
    /// A number by chance, to tell this run from others.
    pub boot: u32,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The data cannot be read or written.
    #[error("cannot use the data")]
    Data(#[source] Failure),
    /// There is nothing to send alerts with.
    #[error("alerts cannot be sent from here")]
    Sender(#[source] notify::BuildError),
    /// The data folder cannot be made.
    #[error("cannot make the data folder {path}", path = .0.display())]
    Folder(PathBuf, #[source] io::Error),
}

/// A server that runs.
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    access: Arc<Access>,
    tasks: Tasks,
    /// End when the server is stopped.
    _threads: [Arc<Threads>; 2],
}

/// What runs until the server is stopped.
struct Tasks {
    web: JoinHandle<()>,
    scheduler: JoinHandle<()>,
    recorder: JoinHandle<()>,
    upkeep: JoinHandle<()>,
    backups: Option<JoinHandle<()>>,
    dispatcher: JoinHandle<()>,
}

/// How long the last group may take to reach the disk when the program stops.
const FLUSH_PATIENCE: Duration = Duration::from_secs(10);
/// How long requests in flight may take to end when the program stops.
const WEB_PATIENCE: Duration = Duration::from_secs(2);

impl Server {
    /// Starts everything, listening on `listen`; port 0 takes any free one.
    pub async fn start(parts: Parts, listen: SocketAddr) -> Result<Self, StartError> {
        let listener = TcpListener::bind(listen).await.map_err(|error| StartError::Listen(listen, error))?;
        let address = listener.local_addr().map_err(|error| StartError::Listen(listen, error))?;
        let view = SharedView::new(LiveView::new(parts.boot));
        let health = Arc::new(Health::default());
        let metrics = Arc::new(Metrics::default());
        let clock = parts.clock;
        let (archive, incidents) = (parts.records.archive(), parts.records.alerts());
        let (recorder, handle, Told { roster, settings, outbox }) = Recorder::start(
            parts.records,
            clock.clone(),
            health.clone(),
            metrics.clone(),
            view.clone(),
            parts.grouping,
            parts.retention,
        )
        .await
        .map_err(StartError::Data)?;
        let recording = Arc::new(parts.recording);
        let recorder = recording.handle(0).spawn(recorder.run());
        let access = Arc::new(Access::open(parts.accounts, clock.clone()).await.map_err(StartError::Data)?);
        track::add_missing(&handle, &view, parts.track).await.map_err(StartError::Data)?;
        let stop = CancellationToken::new();
        let (by_hand, orders) = ByHand::new(roster.clone(), view.clone(), clock.clone());
        let (backups, contacts) = (parts.backups.map(Arc::new), Contacts::default());
        let sender = Arc::new(Sender::new(parts.egress, clock.clone()).map_err(StartError::Sender)?);
        let state = AppState {
            backups: backups.clone(),
            settings: settings.clone(),
            desk: desk(Means {
                archive: archive.clone(),
                recorder: handle.clone(),
                by_hand: by_hand.clone(),
                contacts: contacts.clone(),
                roster: roster.clone(),
                view: view.clone(),
                clock: clock.clone(),
                health: health.clone(),
                metrics: metrics.clone(),
                version: parts.assets.version().to_owned(),
                database: parts.database,
                people: access.clone(),
                settings,
                fixed: parts.retention,
                backups: backups.clone(),
                alerts: incidents.clone(),
                sender: sender.clone(),
                links: parts.links.clone(),
                push_urls: parts.push_urls.clone(),
            }),
            archive,
            signals: by_hand.signals(handle.clone()),
            push_urls: parts.push_urls,
            recorder: handle,
            roster,
            prober: parts.prober,
            view,
            clock,
            health,
            metrics,
            tracker_metrics: parts.tracker_metrics,
            assets: Arc::new(parts.assets),
            hosts: parts.hosts,
            reached: Arc::new(parts.reached),
            access: access.clone(),
            stop: stop.clone(),
        };
        let probing = Arc::new(parts.probing);
        let tools = tools(&state, parts.canaries, by_hand, contacts);
        let scheduler = Scheduler::new(tools, probing.clone(), state.roster.clone(), orders);
        let scheduler = tokio::spawn(scheduler.run());
        live(parts.heartbeat, &state, &sender);
        let dispatcher = tokio::spawn(dispatcher(&state, incidents, sender, outbox, parts.links).run());
        let backups = backups.map(|backups| tokio::spawn(backups.run()));
        let upkeep = tokio::spawn(access.clone().upkeep(stop.clone()));
        let web = tokio::spawn(serve(listener, state, stop.clone()));
        let tasks = Tasks { web, scheduler, recorder, upkeep, backups, dispatcher };
        Ok(Self { address, stop, access, tasks, _threads: [probing, recording] })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What who sets it up from elsewhere has to know, while nobody has.
    pub fn setup_token(&self) -> Option<String> {
        self.access.setup_token().map(|token| token.expose().to_owned())
    }

    /// Stops starting probes, lets those in flight end, and waits until everything is on disk.
    pub async fn stop(self) {
        self.stop.cancel();
        let Tasks { mut web, scheduler, recorder, upkeep, backups, dispatcher } = self.tasks;
        if let Some(backups) = backups {
            // One that is being made leaves nothing behind.
            backups.abort();
        }
        if scheduler.await.is_err() {
            tracing::error!("the scheduler ended in a panic");
        }
        if timeout(WEB_PATIENCE, dispatcher).await.is_err() {
            tracing::warn!("an alert was on its way; it is sent again after the next start");
        }
        // The web server holds the last handles of the recorder, so it goes first.
        if timeout(WEB_PATIENCE, &mut web).await.is_err() {
            web.abort();
        }
        if timeout(WEB_PATIENCE, upkeep).await.is_err() {
            tracing::warn!("when sessions were used last could not be written");
        }
        if timeout(FLUSH_PATIENCE, recorder).await.is_err() {
            tracing::error!("the database did not take the last checks; their time will show as unknown");
        }
    }
}

/// Says every minute that all is well, if somebody wants to hear it.
fn live(url: Option<Secret>, state: &AppState, sender: &Arc<Sender>) {
    if let Some(url) = url {
        let (health, clock, stop) = (state.health.clone(), state.clock.clone(), state.stop.clone());
        tokio::spawn(beat(url, sender.clone(), health, clock, stop));
    }
}

/// What drivers work with.
fn tools(state: &AppState, canaries: Vec<Arc<dyn Canary>>, by_hand: ByHand, contacts: Contacts) -> Tools {
    let (clock, view) = (state.clock.clone(), state.view.clone());
    let dependencies = Dependencies::new(state.roster.clone(), view.clone(), clock.clone(), by_hand);
    let location = Location::new(canaries, clock, view, state.roster.clone(), state.health.clone());
    Tools {
        contacts,
        dependencies: Arc::new(dependencies),
        location: Arc::new(location),
        clock: state.clock.clone(),
        prober: state.prober.clone(),
        recorder: state.recorder.clone(),
        archive: state.archive.clone(),
        view: state.view.clone(),
        stop: state.stop.clone(),
    }
}

/// What tells people.
fn dispatcher(
    state: &AppState,
    archive: Arc<dyn AlertArchive>,
    sender: Arc<Sender>,
    outbox: Arc<Notify>,
    links: Links,
) -> Dispatcher {
    Dispatcher::new(alerts::Tools {
        archive,
        recorder: state.recorder.clone(),
        roster: state.roster.clone(),
        clock: state.clock.clone(),
        health: state.health.clone(),
        messenger: sender,
        chance: Arc::new(alerts::chance),
        outbox,
        links,
        stop: state.stop.clone(),
    })
}

async fn serve(listener: TcpListener, state: AppState, stop: CancellationToken) {
    let service = http::router(&state).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!(%error, "the web server failed");
    }
}

/// Makes the data folder if it is missing.
pub fn make_folder(folder: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(folder).map_err(|error| StartError::Folder(folder.to_owned(), error))
}

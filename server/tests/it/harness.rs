//! [`TestApp`]: a server whose time and targets the test owns.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    Clock, Evidence, Fault, FaultKind, Finding, Micros, Outcome, Phases, Plan, Prober, Records, Secret,
    Session, Timestamp,
    access::{
        AccountChange, AccountId, AccountName, AccountRecords, Actor, NewAccount, NewToken, Role, TokenName,
    },
};
use reqwest::{Method, Response, header::HeaderMap};
use serde_json::Value;
use server::{
    assets::Assets,
    http::{Hosts, Reached},
    links::Links,
    location::Canary,
    push_urls::PushUrls,
    recorder::Grouping,
    startup::{Parts, Server},
    threads::Threads,
};
use sha2::{Digest as _, Sha256};
use store::{Key, SqliteAccounts, Store, Vault};
use tempfile::TempDir;
use tokio::sync::Notify;

/// Noon of 2026-11-23, UTC.
pub(crate) const START: Timestamp = Timestamp(1_795_435_200_000);

/// A clock that moves when the test says so.
pub(crate) struct ManualClock {
    wall_ms: AtomicI64,
    monotonic_ms: AtomicU64,
    asleep_ms: AtomicU64,
    moved: Notify,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self {
            wall_ms: AtomicI64::new(START.0),
            monotonic_ms: AtomicU64::new(0),
            asleep_ms: AtomicU64::new(0),
            moved: Notify::new(),
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap();
        self.wall_ms.fetch_add(ms.cast_signed(), Ordering::SeqCst);
        self.monotonic_ms.fetch_add(ms, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    /// The machine sleeps: monotonic time stands still.
    pub(crate) fn suspend(&self, ms: i64) {
        self.asleep_ms.fetch_add(ms.cast_unsigned(), Ordering::SeqCst);
        self.step(ms);
    }

    /// Sets the wall clock as a person or NTP would: durations are not affected.
    pub(crate) fn step(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.wall_ms.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.monotonic_ms.load(Ordering::SeqCst))
    }

    fn asleep(&self) -> Duration {
        Duration::from_millis(self.asleep_ms.load(Ordering::SeqCst))
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.monotonic() + duration;
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.monotonic() >= until {
                return;
            }
            moved.await;
        }
    }
}

/// Targets that answer what the test says; up when it says nothing.
#[derive(Default)]
pub(crate) struct ScriptedProber(Arc<Script>);

#[derive(Default)]
struct Script {
    asked: AtomicU64,
    answers: Mutex<HashMap<String, Answer>>,
}

struct ScriptedSession {
    target: String,
    script: Arc<Script>,
}

#[derive(Clone)]
enum Answer {
    Give(Outcome),
    Hang,
}

impl ScriptedProber {
    pub(crate) fn answer(&self, target: &str, outcome: Outcome) {
        self.0.answers.lock().unwrap().insert(target.to_owned(), Answer::Give(outcome));
    }

    pub(crate) fn refuse(&self, target: &str) {
        self.answer(target, Outcome::Down(Fault::new(FaultKind::Refused, "")));
    }

    /// How often a target was asked so far.
    pub(crate) fn asked(&self) -> u64 {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Never answers.
    pub(crate) fn hang(&self, target: &str) {
        self.0.answers.lock().unwrap().insert(target.to_owned(), Answer::Hang);
    }
}

impl Prober for ScriptedProber {
    fn prepare(&self, plan: Plan) -> Box<dyn Session> {
        Box::new(ScriptedSession { target: plan.target.as_str().to_owned(), script: Arc::clone(&self.0) })
    }
}

#[async_trait]
impl Session for ScriptedSession {
    async fn ask(&mut self, _deadline: Duration) -> Finding {
        self.script.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.script.answers.lock().unwrap().get(&self.target).cloned();
        let outcome = match answer {
            Some(Answer::Hang) => std::future::pending().await,
            Some(Answer::Give(outcome)) => outcome,
            None => Outcome::Up,
        };
        Finding { outcome, latency: Some(Micros(1_234)), phases: Phases::NONE }
    }

    fn evidence(&self) -> Option<Evidence> {
        Some(Evidence { url: format!("{}?failed", self.target), ..Evidence::default() })
    }

    fn last_good(&self) -> Option<Evidence> {
        Some(Evidence { url: format!("{}?good", self.target), ..Evidence::default() })
    }
}

/// A canary that answers while the test says so.
pub(crate) struct ScriptedCanary(pub(crate) AtomicBool);

#[async_trait]
impl Canary for ScriptedCanary {
    async fn answers(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The token of [`TestApp::http`].
pub(crate) const TOKEN: &str = "ut_of-the-tests";

/// The key of all tests.
pub(crate) fn vault() -> Vault {
    Vault::new(Key::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=").unwrap())
}

/// The accounts of the folder's database, or of none. There is an administrator with a token, but no password that fits.
async fn accounts(folder: &Path, is_claimed: bool) -> Arc<SqliteAccounts> {
    let database = folder.join("uptime-tracker.db");
    let accounts = if database.exists() {
        SqliteAccounts::open(&database, vault()).await
    } else {
        SqliteAccounts::in_memory().await
    };
    let accounts = Arc::new(accounts.unwrap());
    if !is_claimed {
        return accounts;
    }
    let by = Actor { account: None, name: "tests".into(), address: String::new() };
    let name = AccountName::parse("Root").unwrap();
    let account = NewAccount { name, role: Role::Administrator, password: Secret::new("$none") };
    let Some(id) = accounts.apply(&AccountChange::Claim(account), &by, START).await.unwrap() else {
        return accounts;
    };
    let hash = Sha256::digest(TOKEN).into();
    let (account, name) = (AccountId(id), TokenName::parse("tests").unwrap());
    let token = NewToken { hash, account, name, role: Role::Administrator, expires_at: None };
    accounts.apply(&AccountChange::AddToken(token), &by, START).await.unwrap();
    accounts
}

/// A running server, its time and its targets.
pub(crate) struct TestApp {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) prober: Arc<ScriptedProber>,
    /// What an administrator's token may do.
    pub(crate) http: reqwest::Client,
    /// Somebody without any.
    pub(crate) stranger: reqwest::Client,
    pub(crate) accounts: Arc<SqliteAccounts>,
    server: Server,
    pub(crate) folder: Arc<TempDir>,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::over(Arc::new(tempfile::tempdir().unwrap()), Arc::new(ManualClock::new())).await
    }

    /// A server in this folder that keeps so many checks in memory while its database refuses.
    pub(crate) async fn keeping(keep: usize, folder: Arc<TempDir>) -> Self {
        Self::new(folder, Arc::new(ManualClock::new()), keep).await
    }

    /// A server over the data and at the time of a former one.
    pub(crate) async fn over(folder: Arc<TempDir>, clock: Arc<ManualClock>) -> Self {
        Self::new(folder, clock, Grouping::default().keep).await
    }

    async fn new(folder: Arc<TempDir>, clock: Arc<ManualClock>, keep: usize) -> Self {
        let store = Store::open(&folder.path().join("uptime-tracker.db")).await.unwrap();
        let records = Box::new(store.unlock(vault()).await.unwrap().into_writer().await.unwrap());
        Self::with_records(records, folder, clock, keep).await
    }

    /// A server that records nowhere.
    pub(crate) async fn in_memory() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let keep = Grouping::default().keep;
        Self::with_records(Box::new(store::Memory::default()), folder, Arc::new(ManualClock::new()), keep)
            .await
    }

    /// A server whose records the test brings.
    pub(crate) async fn with_records(
        records: Box<dyn Records>,
        folder: Arc<TempDir>,
        clock: Arc<ManualClock>,
        keep: usize,
    ) -> Self {
        Self::with_canaries(Vec::new(), records, folder, clock, keep).await
    }

    /// A server that asks these canaries whether it sees anything.
    pub(crate) async fn watched_by(canary: Arc<ScriptedCanary>) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let records = Box::new(store::Memory::default());
        Self::with_canaries(vec![canary], records, folder, Arc::new(ManualClock::new()), 1_000).await
    }

    /// A server that nobody has set up yet.
    pub(crate) async fn unclaimed() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let accounts = accounts(folder.path(), false).await;
        let records = Box::new(store::Memory::default());
        Self::with_accounts(accounts, Vec::new(), records, folder, Arc::new(ManualClock::new()), 1_000).await
    }

    async fn with_canaries(
        canaries: Vec<Arc<dyn Canary>>,
        records: Box<dyn Records>,
        folder: Arc<TempDir>,
        clock: Arc<ManualClock>,
        keep: usize,
    ) -> Self {
        let accounts = accounts(folder.path(), true).await;
        Self::with_accounts(accounts, canaries, records, folder, clock, keep).await
    }

    async fn with_accounts(
        accounts: Arc<SqliteAccounts>,
        canaries: Vec<Arc<dyn Canary>>,
        records: Box<dyn Records>,
        folder: Arc<TempDir>,
        clock: Arc<ManualClock>,
        keep: usize,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let prober = Arc::new(ScriptedProber::default());
        let database = Some(folder.path().join("uptime-tracker.db")).filter(|database| database.exists());
        let parts = Parts {
            canaries,
            clock: clock.clone(),
            prober: prober.clone(),
            records,
            assets: Assets::read(folder.path()),
            hosts: Hosts::Loopback,
            reached: Reached::default(),
            accounts: accounts.clone(),
            backups: database.clone().map(|database| {
                server::backups::Backups::new(database, folder.path().join("backups"), 0, clock.clone())
            }),
            database,
            retention: domain::RetentionDraft::default(),
            probing: Threads::of_caller(),
            recording: Threads::of_caller(),
            grouping: Grouping { commit_every: Duration::from_millis(5), keep },
            track: Vec::new(),
            tracker_metrics: true,
            egress: domain::EgressPolicy::SelfHosted,
            heartbeat: None,
            links: Links::new(Some("https://status.example".into()), &[1; 32]),
            push_urls: PushUrls::new(None, &[2; 32]),
            boot: 7,
        };
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::start(parts, listen).await.unwrap();
        let (redirects, redirects_too) =
            (reqwest::redirect::Policy::none(), reqwest::redirect::Policy::none());
        let stranger = reqwest::Client::builder().no_proxy().redirect(redirects);
        let mut headers = HeaderMap::new();
        headers.insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirects_too)
            .default_headers(headers)
            .build()
            .unwrap();
        Self { clock, prober, http, stranger: stranger.build().unwrap(), server, folder, accounts }
    }

    /// Stops cleanly and starts again over the same data, `later`.
    pub(crate) async fn restart(self, later: Duration) -> Self {
        let Self { clock, server, folder, .. } = self;
        server.stop().await;
        clock.advance(later);
        Self::over(folder, clock).await
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }

    /// The token that whoever sets it up from elsewhere has to know.
    pub(crate) fn setup_token(&self) -> Option<String> {
        self.server.setup_token()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &str) -> Response {
        let request = self.http.request(method, self.url(path)).body(body.to_owned());
        request.header("content-type", "application/json").send().await.unwrap()
    }

    /// Adds a tracker that is due every second, and gives its id.
    pub(crate) async fn track(&self, url: &str, retries: u16) -> i64 {
        let body = format!(r#"{{"url": "{url}", "every": 1, "retries": {retries}}}"#);
        let reply = self.send(Method::POST, "/v1/trackers", &body).await;
        assert_eq!(reply.status(), 201, "{}", reply.text().await.unwrap());
        reply.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
    }

    /// The outcomes of a tracker's newest checks.
    pub(crate) async fn outcomes(&self, id: i64) -> Vec<String> {
        let checks = self.json(&format!("/v1/trackers/{id}/checks")).await;
        checks.as_array().unwrap().iter().map(|check| check["outcome"].as_str().unwrap().to_owned()).collect()
    }

    /// The due times of a tracker's newest checks, in milliseconds.
    pub(crate) async fn dues(&self, id: i64) -> Vec<i64> {
        let checks = self.json(&format!("/v1/trackers/{id}/checks")).await;
        checks.as_array().unwrap().iter().map(|check| check["due_ms"].as_i64().unwrap()).collect()
    }

    /// Lets time pass, second by second, until a tracker shows this many checks.
    pub(crate) async fn run_until(&self, id: i64, checks: usize) {
        for _ in 0..10_000 {
            if self.outcomes(id).await.len() >= checks {
                return;
            }
            self.clock.advance(Duration::from_millis(100));
            breathe().await;
        }
        panic!("tracker {id} never showed {checks} checks");
    }

    /// Waits, without letting the manual time pass, until `path` answers JSON that satisfies the condition.
    pub(crate) async fn until(&self, path: &str, condition: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..2_000 {
            let value = self.json(path).await;
            if condition(&value) {
                return value;
            }
            breathe().await;
        }
        panic!("{path} never became what was expected: {}", self.json(path).await);
    }
}

/// Lets other tasks work between two looks.
pub(crate) async fn breathe() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

/// Status, media type and body of an answer, for snapshots.
pub(crate) async fn whole(reply: Response) -> String {
    let status = reply.status();
    let header = |name: &str| reply.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let media_type = header("content-type").unwrap_or_default();
    let text = reply.text().await.unwrap();
    let body = serde_json::from_str::<Value>(&text)
        .map_or(text, |json| serde_json::to_string_pretty(&json).unwrap());
    format!("{status}\n{media_type}\n{body}")
}

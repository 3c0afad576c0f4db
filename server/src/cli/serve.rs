//! `serve`: the server itself.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::available_parallelism,
    time::Duration,
};

use domain::{Clock, NewTracker, RetentionDraft, Secret};
use store::{BACKUPS, SqliteAccounts, Store, Vault, Writer};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
};

use super::{ServeArguments, ask::prober, is_loopback, key::KeyArguments, parse_target, say};
use crate::{
    access::Access,
    assets::Assets,
    backups::Backups,
    ballast,
    clock::SystemClock,
    demo::Demo,
    exit::{Ending, Exit},
    http::{Hosts, Reached},
    instance,
    links::Links,
    location::Canary,
    lock::DataLock,
    push_urls::PushUrls,
    recorder::Grouping,
    service_manager,
    startup::{Parts, Server, make_folder},
    threads::Threads,
    track::every_second,
};

/// The database's name in the data folder.
pub(super) const DATABASE: &str = "uptime-tracker.db";
/// What the key of signed links is derived for.
const LINKS: &str = "uptime-tracker links 1";
/// How the account of a demo is called.
const DEMO_ACCOUNT: &str = "demo";

/// Where data and extra targets come from: the folder that was named, or a temporary one with targets of our own.
struct Ground {
    folder: PathBuf,
    track: Vec<NewTracker>,
    /// Lives as long as the server.
    demo: Option<Demo>,
}

pub(super) async fn serve(arguments: ServeArguments) -> Result<Exit, Ending> {
    let hosts = hosts(&arguments)?;
    raise_descriptor_limit();
    let ground = ground(&arguments).await?;
    let configuration =
        |error: &(dyn std::error::Error + 'static)| Ending::because(Exit::Configuration, error);
    make_folder(&ground.folder).map_err(|error| configuration(&error))?;
    let _lock = DataLock::acquire(&ground.folder)?;
    let is_demo = ground.demo.is_some();
    let ballast = ballast::of(&ground.folder);
    let retention = RetentionDraft {
        checks: arguments.keep_checks,
        evidence: arguments.keep_evidence,
        ceiling: arguments.max_size,
    };
    let (writer, vault) = open(&ground.folder, &arguments.key).await?;
    let writer = writer.with_ballast(ballast.clone());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let signing = vault.derive(LINKS).map_err(|error| configuration(&error))?;
    let public_url = arguments.public_url.as_ref().map(|url| url.text.clone());
    let links = Links::new(public_url.clone(), &signing);
    let push_urls = PushUrls::sealed(public_url, &vault).map_err(|error| configuration(&error))?;
    let (accounts, demo_password) = accounts(&ground.folder, is_demo, vault).await?;
    let reached = Reached {
        by_https: arguments.public_url.as_ref().is_some_and(|url| url.is_https),
        trusted_proxies: arguments.trusted_proxy.clone(),
    };
    // Different for each start, which is all that a cursor needs.
    let boot = u32::try_from(clock.now().as_ms() & 0xFFFF_FFFF).unwrap_or(0) ^ std::process::id();
    let parts = Parts {
        clock: clock.clone(),
        prober: Arc::new(prober(arguments.egress)?),
        records: Box::new(writer),
        assets: Assets::of_this_build(),
        hosts,
        reached,
        accounts,
        database: Some(ground.folder.join(DATABASE)),
        // What a demo recorded is gone with it; a backup is made only when somebody asks for one.
        backups: Some(backups(&ground.folder, if is_demo { 0 } else { arguments.backups }, clock)),
        retention,
        probing: threads("probe", available_parallelism().map_or(1, usize::from))?,
        recording: threads("record", 1)?,
        canaries: arguments.canary.iter().map(|canary| Arc::new(canary.clone()) as Arc<dyn Canary>).collect(),
        grouping: Grouping { commit_every: arguments.commit_every, ..Grouping::default() },
        track: ground.track,
        tracker_metrics: !arguments.no_tracker_metrics,
        egress: arguments.egress,
        heartbeat: arguments.heartbeat.clone(),
        links,
        push_urls,
        boot,
    };
    // From here on a signal stops the server cleanly, whoever was told that it runs.
    let terminate = signal(SignalKind::terminate()).ok();
    let server = Server::start(parts, arguments.listen).await.map_err(|error| configuration(&error))?;
    say(&format!("Uptime Tracker {}", env!("CARGO_PKG_VERSION")))?;
    say(&format!("  page  http://{}", shown(&server)))?;
    say(&format!("  data  {}", ground.folder.display()))?;
    say_how_to_enter(&server, demo_password.as_ref())?;
    let mut upkeep = JoinSet::new();
    if !is_demo {
        upkeep.spawn(ballast::keep(ballast));
    }
    service_manager::ready();
    wait_for_the_end(arguments.run_for, terminate).await;
    service_manager::stopping();
    upkeep.shutdown().await;
    server.stop().await;
    drop(ground.demo);
    Ok(Exit::Ok)
}

/// Opens the folder's database, or makes one where there never was one.
async fn open(folder: &Path, key: &KeyArguments) -> Result<(Writer, Vault), Ending> {
    let refused = |error: &(dyn std::error::Error + 'static)| Ending::because(Exit::Configuration, error);
    let database = folder.join(DATABASE);
    instance::prove_kept(folder, &database).map_err(|error| refused(&error))?;
    let store = Store::open(&database).await.map_err(|error| refused(&error))?;
    instance::mark(folder).map_err(|error| refused(&error))?;
    let vault = key.find_or_make(folder)?;
    let store = store.unlock(vault.clone()).await.map_err(|error| refused(&error))?;
    Ok((store.into_writer().await.map_err(|error| refused(&error))?, vault))
}

fn threads(name: &str, count: usize) -> Result<Threads, Ending> {
    Threads::start(name, count).map_err(|error| Ending::because(Exit::Configuration, &error))
}

fn backups(folder: &Path, keep: usize, clock: Arc<dyn Clock>) -> Backups {
    Backups::new(folder.join(DATABASE), folder.join(BACKUPS), keep, clock)
}

fn hosts(arguments: &ServeArguments) -> Result<Hosts, Ending> {
    let names = arguments.allow_host.iter().map(|name| name.to_lowercase());
    let names: Vec<String> = names.chain(arguments.public_url.iter().map(|url| url.host.clone())).collect();
    let answered = || if names.is_empty() { Hosts::Loopback } else { Hosts::Named(names.clone().into()) };
    if is_loopback(arguments.listen.ip()) || arguments.public_url.as_ref().is_some_and(|url| url.is_https) {
        return Ok(answered());
    }
    if arguments.open_to_network {
        tracing::warn!("open to the network without HTTPS: passwords and sessions can be read on the way");
        return Ok(if names.is_empty() { Hosts::Any } else { answered() });
    }
    let sentence = format!(
        "{} can be reached by others: name the HTTPS address of the proxy in front of it with --public-url, or add \
         --open-to-network if plain HTTP is meant",
        arguments.listen
    );
    Err(Ending { exit: Exit::Configuration, sentence })
}

/// The accounts beside the recorder's own connection. A demo has one, whose password is told.
async fn accounts(
    folder: &Path,
    is_demo: bool,
    vault: Vault,
) -> Result<(Arc<SqliteAccounts>, Option<Secret>), Ending> {
    let refused = |error: &(dyn std::error::Error + 'static)| Ending::because(Exit::Configuration, error);
    let accounts =
        SqliteAccounts::open(&folder.join(DATABASE), vault).await.map_err(|error| refused(&error))?;
    let accounts = Arc::new(accounts);
    if !is_demo {
        return Ok((accounts, None));
    }
    let access = Access::open(accounts.clone(), Arc::new(SystemClock::new())).await;
    let access = access.map_err(|failure| refused(&failure))?;
    let password = access.open_demo(DEMO_ACCOUNT).await.map_err(|failure| refused(&failure))?;
    Ok((accounts, Some(password)))
}

/// What who starts it needs to get in.
fn say_how_to_enter(server: &Server, demo: Option<&Secret>) -> Result<(), Ending> {
    if let Some(password) = demo {
        say("  look  without signing in")?;
        say(&format!("  sign in as  {DEMO_ACCOUNT}  with  {}", password.expose()))?;
    }
    if let Some(token) = server.setup_token() {
        say(&format!("  nobody has set it up yet; from another machine that needs the token  {token}"))?;
    }
    Ok(())
}

async fn ground(arguments: &ServeArguments) -> Result<Ground, Ending> {
    let targets: Result<Vec<_>, _> = arguments.track.iter().map(|text| parse_target(text)).collect();
    let mut track: Vec<NewTracker> = targets?.into_iter().map(every_second).collect();
    if !arguments.demo {
        return Ok(Ground { folder: arguments.data_dir.clone(), track, demo: None });
    }
    let demo = Demo::start().await.map_err(|error| Ending::because(Exit::Configuration, &error))?;
    track.extend(demo.trackers());
    Ok(Ground { folder: demo.folder().to_owned(), track, demo: Some(demo) })
}

/// The address that can be put into a browser on this machine.
fn shown(server: &Server) -> String {
    let address = server.address();
    if address.ip().is_unspecified() { format!("localhost:{}", address.port()) } else { address.to_string() }
}

/// Thousands of targets need thousands of descriptors; the usual limit of 1,024 is only a default.
fn raise_descriptor_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files cannot be raised; many trackers at once may not fit");
    }
}

/// Waits for Ctrl-C, SIGTERM, or the end of the time that was given. A second signal ends the program at once.
async fn wait_for_the_end(run_for: Option<Duration>, terminate: Option<Signal>) {
    let time_is_up = async {
        match run_for {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = signalled(terminate) => {
            tracing::info!("stopping: probes in flight may end, then everything is written");
            tokio::spawn(async {
                signalled(signal(SignalKind::terminate()).ok()).await;
                std::process::exit(130);
            });
        }
        () = time_is_up => tracing::info!("the time is up"),
    }
}

async fn signalled(terminate: Option<Signal>) {
    let Some(mut terminate) = terminate else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending().await },
    }
}

//! What was acknowledged survives `kill -9` at any moment: exactly once, in its order, and with the same answers.
//!
//! The test binary starts itself as the process that is killed ([`child`]). 20 kills are part of the test run;
//! `cargo xtask soak` does 1,000 with a release build (`UPTIME_KILLS=1000`).

use std::{
    env, fs,
    io::{BufRead, BufReader, Lines, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use domain::{Batch, Records, Timestamp};
use sqlx::{
    Connection, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
    query_scalar, raw_sql,
};
use store::{Store, Writer, backup, verify};
use tokio::time::{Instant, sleep};

use super::{
    harness::{Folder, connect, someone},
    synthetic::{Chance, Expected, START, batch, begin, everything, steps, trackers},
};

const TASK: &str = "UPTIME_KILLED_TASK";
const DATABASE: &str = "UPTIME_KILLED_DATABASE";
const FROM: &str = "UPTIME_KILLED_FROM";

/// Kills of one database; then it is as full as makes sense to read again and again.
const LIVES: usize = 20;

fn kills() -> usize {
    env::var("UPTIME_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// The process that is killed: does what its environment says.
#[tokio::test]
#[ignore = "only a child process of the others"]
async fn child() {
    let (Ok(task), Some(path)) = (env::var(TASK), env::var_os(DATABASE)) else { return };
    let path = PathBuf::from(path);
    match task.as_str() {
        "open" => Store::open(&path).await.unwrap().close().await.unwrap(),
        "back up" => drop(backup(&path, &path.with_file_name("copy.db")).await.unwrap()),
        _ => record(&path, env::var(FROM).unwrap().parse().unwrap()).await,
    }
}

/// Records batches for ever, tends history between them, and says the number of each batch after it was recorded.
async fn record(path: &Path, from: i64) {
    let mut writer = Store::open(path).await.unwrap().into_writer().await.unwrap();
    if writer.trackers().await.unwrap().is_empty() {
        writer.add(&trackers(), &someone(), Timestamp(START)).await.unwrap();
    }
    let mut stdout = std::io::stdout();
    for number in from.. {
        let group = Batch { checks: batch(number), ..Batch::default() };
        writer.record(&group).await.unwrap();
        writeln!(stdout, "ack {number}").unwrap();
        stdout.flush().unwrap();
        let now = Timestamp(begin(number + 1));
        // Not always until there is nothing to do: the next batch may come between any two steps.
        for _ in 0..=number % 5 {
            writer.tend(now).await.unwrap();
        }
    }
}

/// A running child and what it says.
struct Victim {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Victim {
    fn start(task: &str, database: &Path, from: i64) -> Self {
        // The names of tests are without the crate's.
        let (_, module) = module_path!().split_once("::").unwrap();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", &format!("{module}::child")])
            .env(TASK, task)
            .env(DATABASE, database)
            .env(FROM, from.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next batch that it acknowledges; `None` when it has ended.
    fn acknowledged(&mut self) -> Option<i64> {
        self.lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("ack ")?.parse().ok())
    }

    /// Kills it, and gives the last batch that it had acknowledged.
    fn kill(mut self) -> Option<i64> {
        self.child.kill().unwrap();
        let mut last = None;
        while let Some(number) = self.acknowledged() {
            last = Some(number);
        }
        self.child.wait().unwrap();
        last
    }
}

/// Lets it run for a while and kills it: one time in four while it starts, otherwise after some batches. Gives how many batches
/// were acknowledged in all.
async fn live_and_die(database: &Path, done: i64, chance: &mut Chance) -> i64 {
    let mut victim = Victim::start("record", database, done);
    let mut last = None;
    let mut pause = chance.below(60_000);
    if chance.below(4) > 0 {
        for _ in 0..=chance.below(12) {
            last = victim.acknowledged();
            assert!(last.is_some(), "the child ended by itself");
        }
        pause = chance.below(20_000);
    }
    sleep(Duration::from_micros(pause as u64)).await;
    victim.kill().or(last).map_or(done, |last| last + 1)
}

/// Everything that was acknowledged is there once, and all answers are those of a recount.
async fn prove(database: &Path, expected: &mut Expected, acknowledged: i64) {
    while expected.batches < acknowledged {
        expected.add_batch();
    }
    let report = verify(database).await.unwrap();
    assert_eq!(report.findings, [], "after {acknowledged} batches");
    let mut writer = Store::open(database).await.unwrap().into_writer().await.unwrap();
    load(&mut writer).await;
    let archive = writer.archive();
    let mut found = Vec::new();
    for (id, _) in steps() {
        found.push((id, everything(&*archive, id).await));
    }
    // A batch may be on disk whose acknowledgement came too late.
    if found.iter().map(|(_, all)| all.len()).sum::<usize>() > expected.checks {
        expected.add_batch();
    }
    for (id, all) in &found {
        let wanted = expected.of.get(id).map_or(&[][..], Vec::as_slice);
        assert_eq!(all.len(), wanted.len(), "tracker {id}: lost or doubled");
        let same = all.iter().zip(wanted).position(|(found, wanted)| found != wanted);
        assert_eq!(same, None, "tracker {id}: another entry or another order");
    }
    let end = begin(expected.batches).max(START + 1);
    let edges = [0, 7, 333, 334, 900, 1_000].map(|part| Timestamp(START + (end - START) * part / 1_000));
    for (id, step) in steps() {
        let told = archive.periods(id, &edges).await.unwrap();
        assert_eq!(told, expected.periods(id, step, &edges), "tracker {id}");
    }
    writer.close().await.unwrap();
}

/// Reads what is not sealed. At this time of 1970 no stretch is old enough to be sealed.
async fn load(writer: &mut Writer) {
    while writer.tend(Timestamp(0)).await.unwrap() {}
}

#[tokio::test]
async fn what_was_acknowledged_survives_sigkill_once() {
    let (kills, started) = (kills(), Instant::now());
    let mut chance = Chance::new(1);
    let (mut all, mut checks, mut blocks) = (0, 0, 0);
    while all < kills {
        let folder = Folder::new();
        let mut expected = Expected::default();
        for _ in 0..LIVES.min(kills - all) {
            let acknowledged = live_and_die(&folder.database(), expected.batches, &mut chance).await;
            // Killed before there was anything.
            if folder.database().exists() {
                prove(&folder.database(), &mut expected, acknowledged).await;
            }
            all += 1;
        }
        checks += expected.checks;
        blocks += sealed_away(&folder).await;
    }
    assert!(blocks > 0, "nothing was sealed, so nothing was proven about sealing");
    let seconds = started.elapsed().as_secs();
    // Every failure ended the test above.
    println!("soak: kills={all} checks={checks} blocks={blocks} lost=0 doubled=0 seconds={seconds}");
}

/// The blocks of a database whose first rows have left `checks`.
async fn sealed_away(folder: &Folder) -> i64 {
    let sql = "SELECT count(*) FROM blocks WHERE (SELECT min(id) FROM checks) > 1";
    query_scalar(sql).fetch_one(&mut folder.by_hand().await).await.unwrap()
}

/// Kills of a migration and of a backup, however many are asked for.
const MOST: usize = 50;
/// Rows of a database that an older program left.
const OLD_ROWS: i64 = 60_000;

/// A database of schema 1 with many checks.
async fn old_database(path: &Path) {
    const FIRST: &str = include_str!("../../../migrations/sqlite/0001_first.sql");
    let mut db = connect(path).await;
    raw_sql("PRAGMA application_id = 1433425010; PRAGMA journal_mode = WAL;").execute(&mut db).await.unwrap();
    let first = Migration::new(1, "first".into(), MigrationType::Simple, FIRST.into_sql_str(), false);
    Migrator::with_migrations(vec![first]).run(&mut db).await.unwrap();
    let fill = format!(
        "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {OLD_ROWS} - 1)
         INSERT INTO checks (tracker_id, due, outcome, latency_us, fault_id)
         SELECT 1 + n % 50, {START} + n / 50 * 1000, iif(n % 97, 0, 2), 20000 + n % 999, iif(n % 97, NULL, 1) FROM n;
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50)
         INSERT INTO trackers (url, every_s) SELECT 'http://' || n || '.example/', 1 FROM n;
         INSERT INTO faults VALUES (1, 'refused', 'x');"
    );
    raw_sql(sqlx::AssertSqlSafe(fill)).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

/// How long a child's task takes when nobody kills it.
fn undisturbed(task: &str, database: &Path) -> Duration {
    let started = Instant::now();
    let mut victim = Victim::start(task, database, 0);
    assert!(victim.child.wait().unwrap().success());
    started.elapsed()
}

/// Starts the task and kills it after a part of the time that it takes, or a little later.
async fn kill_during(task: &str, database: &Path, whole: Duration, chance: &mut Chance) {
    let victim = Victim::start(task, database, 0);
    let thousandths = u32::try_from(chance.below(1_150)).unwrap();
    sleep(whole / 1_000 * thousandths).await;
    victim.kill();
}

/// The files of a folder with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_str().unwrap().ends_with(ending)).collect()
}

#[tokio::test]
async fn a_migration_that_is_killed_is_done_by_the_next_start() {
    let template = Folder::new();
    old_database(&template.database()).await;
    let mut chance = Chance::new(2);
    let mut whole = None;
    for kill in 0..kills().div_ceil(4).min(MOST) {
        let folder = Folder::new();
        fs::copy(template.database(), folder.database()).unwrap();
        let Some(whole) = whole else {
            whole = Some(undisturbed("open", &folder.database()));
            continue;
        };
        kill_during("open", &folder.database(), whole, &mut chance).await;
        let mut writer = folder.writer().await;
        load(&mut writer).await;
        let archive = writer.archive();
        let mut found = 0;
        for id in 1..=50 {
            found += everything(&*archive, domain::TrackerId(id)).await.len();
        }
        assert_eq!(i64::try_from(found).unwrap(), OLD_ROWS, "kill {kill}");
        writer.close().await.unwrap();
        let report = verify(&folder.database()).await.unwrap();
        assert_eq!(report.findings, [], "kill {kill}");
        let newest = report.contents.unwrap().schema;
        let backups = files(&folder.0.path().join(store::BACKUPS), ".db");
        assert!((1..=2).contains(&backups.len()), "{backups:?}");
        let mut schemas = Vec::new();
        for copy in backups {
            let report = verify(&copy).await.unwrap();
            assert_eq!(report.findings, [], "kill {kill}");
            schemas.push(report.contents.unwrap().schema);
        }
        // Each migration is whole or not at all; who is killed between two is copied once more.
        assert_eq!(schemas.iter().min(), Some(&1), "copied before it was changed");
        assert!(schemas.iter().all(|schema| *schema < newest), "{schemas:?}");
    }
}

#[tokio::test]
async fn a_backup_that_is_killed_has_no_name() {
    let folder = Folder::new();
    old_database(&folder.database()).await;
    folder.writer().await.close().await.unwrap();
    let copy = folder.database().with_file_name("copy.db");
    let whole = undisturbed("back up", &folder.database());
    fs::remove_file(&copy).unwrap();
    let mut chance = Chance::new(3);
    let mut unfinished = 0;
    for _ in 0..kills().div_ceil(4).min(MOST) {
        kill_during("back up", &folder.database(), whole, &mut chance).await;
        if copy.exists() {
            let report = verify(&copy).await.unwrap();
            assert_eq!((report.findings, report.contents.unwrap().checks), (vec![], OLD_ROWS as u64));
            fs::remove_file(&copy).unwrap();
        } else {
            unfinished += 1;
        }
        // The next one clears away what is left of it.
        backup(&folder.database(), &copy).await.unwrap();
        assert!(files(folder.0.path(), "partial").is_empty());
        fs::remove_file(&copy).unwrap();
    }
    assert!(unfinished > 0, "no backup was killed before it was finished");
    let rows: i64 =
        query_scalar("SELECT count(*) FROM checks").fetch_one(&mut folder.by_hand().await).await.unwrap();
    assert_eq!(rows, OLD_ROWS);
}

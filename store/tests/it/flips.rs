//! Bytes that a disk or a hand has changed: found, or without effect on any answer; and never a panic.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use domain::{
    Archive, Batch, Direction, Outcome, Period, Reason, Recorded, Records, Tally, Timestamp, TrackerId,
    Window,
};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection, query, query_scalar};
use store::{Store, Writer};
use tempfile::TempDir;

use super::{
    harness::{Folder, check, connect, down, someone, tracker},
    synthetic::{Chance, START},
};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// One tracker of every five minutes and one of every hour, some of it not sealed.
const TRACKERS: [(TrackerId, i64); 2] = [(TrackerId(1), 5 * MINUTE_MS), (TrackerId(2), 60 * MINUTE_MS)];
const DAYS: i64 = 5;
const END: i64 = START + DAYS * DAY_MS;

/// Seeds of each test, over databases that differ.
const SEEDS: u64 = 1_000;
const DATABASES: u64 = 4;

/// What was asked and what was answered. `None`: refused.
#[derive(Debug, PartialEq, Eq)]
struct Answers {
    checks: Vec<Option<Vec<Recorded>>>,
    periods: Vec<Option<Vec<Period>>>,
    days: Option<Vec<Vec<Tally>>>,
}

/// A database, and what it answers as long as it is whole.
struct Sound {
    folder: Folder,
    answers: Answers,
}

async fn sound(seed: u64) -> Sound {
    let folder = Folder::new();
    let mut writer = folder.writer().await;
    let settings = |every: &str| {
        let draft = domain::Draft { every: Some(every.to_owned()), ..domain::Draft::of("http://a.example") };
        draft.parse().unwrap()
    };
    writer
        .add(&[settings("300s"), settings("3600s"), tracker("b.example")], &someone(), Timestamp(START))
        .await
        .unwrap();
    let mut chance = Chance::new(seed);
    let mut all = Vec::new();
    for (id, step) in TRACKERS {
        for n in 0..DAYS * DAY_MS / step {
            let outcome = if chance.below(20) == 0 { down("x") } else { Outcome::Up };
            all.push(check(id.0, START + n * step, outcome));
        }
    }
    all.sort_by_key(|recorded| recorded.check.name.due);
    for checks in all.chunks(200) {
        writer.record(&Batch { checks: checks.to_vec(), ..Batch::default() }).await.unwrap();
        let now = checks[checks.len() - 1].check.name.due;
        while writer.tend(now).await.unwrap() {}
    }
    writer.close().await.unwrap();
    let answers = ask(&folder.database()).await.unwrap();
    assert!(answers.checks.iter().all(Option::is_some) && answers.days.is_some());
    Sound { folder, answers }
}

/// Everything that these tests ask; `None` when the database is refused.
async fn ask(path: &Path) -> Option<Answers> {
    let mut writer = Store::open(path).await.ok()?.into_writer().await.ok()?;
    for _ in 0..100 {
        if !writer.tend(Timestamp(0)).await.ok()? {
            break;
        }
    }
    let archive = writer.archive();
    let mut answers = Answers { checks: Vec::new(), periods: Vec::new(), days: None };
    for (id, _) in TRACKERS {
        answers.checks.push(entries(&*archive, id).await);
        // Whole days and hours, and ragged ends.
        let minutes = [0, 7, 60, 13 * 60, 36 * 60 + 1, 61 * 60, 84 * 60, 110 * 60 + 30, DAYS * 1_440];
        let edges = minutes.map(|minute| Timestamp(START + minute * MINUTE_MS));
        answers.periods.push(archive.periods(id, &edges).await.ok());
    }
    let ids = TRACKERS.map(|(id, _)| id);
    answers.days = archive.days(&ids, Timestamp(END), 7).await.ok();
    writer.close().await.ok()?;
    Some(answers)
}

async fn entries(archive: &dyn Archive, id: TrackerId) -> Option<Vec<Recorded>> {
    let window = Window::new(Timestamp(0), Timestamp(i64::MAX));
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let query = domain::CheckQuery { window, order: domain::Order::OldestFirst, after, limit: 700 };
        let page = archive.checks(id, query).await.ok()?;
        after = page.checks.last().map(|entry| entry.number);
        found.extend(page.checks.into_iter().map(|entry| entry.recorded));
        if !page.more {
            return Some(found);
        }
    }
}

/// What differs from the sound answers without saying so; empty if nothing does.
fn silent_differences(sound: &Answers, now: &Answers) -> Vec<String> {
    let mut all = Vec::new();
    for (place, (sound, now)) in sound.checks.iter().zip(&now.checks).enumerate() {
        let (Some(sound), Some(now)) = (sound, now) else { continue };
        let says_so = now.iter().any(is_damaged);
        if sound != now && !says_so {
            all.push(format!("{} entries of tracker {}, not {}", now.len(), place + 1, sound.len()));
        }
    }
    // A damaged block is logged, and is a gap among the entries; its time and its checks are missing then.
    let is_told = |place: usize| {
        now.checks[place].as_ref().is_none_or(|entries: &Vec<Recorded>| entries.iter().any(is_damaged))
    };
    for (place, (sound, now)) in sound.periods.iter().zip(&now.periods).enumerate() {
        if now.is_some() && sound != now && !is_told(place) {
            all.push(format!("periods of tracker {}", place + 1));
        }
    }
    for place in 0..TRACKERS.len() {
        let of = |answers: &Answers| answers.days.as_ref().map(|days| days[place].clone());
        if of(now).is_some() && of(sound) != of(now) && !is_told(place) {
            all.push(format!("days of tracker {}", place + 1));
        }
    }
    all
}

fn is_damaged(recorded: &Recorded) -> bool {
    recorded.check.outcome == Outcome::Unknown(Reason::Damaged)
}

/// A copy to be damaged.
fn copy(of: &Folder) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tracker.db");
    fs::copy(of.database(), &path).unwrap();
    (folder, path)
}

/// Flips one to four bytes of one column of one row. Gives which; `None` when the table's rules forbid the result.
async fn flip(db: &mut SqliteConnection, chance: &mut Chance) -> Option<String> {
    let table = ["blocks", "open_blocks", "hours", "days"][chance.below(4)];
    let columns: Vec<String> = query_scalar("SELECT name FROM pragma_table_info(?) WHERE name <> 'id'")
        .bind(table)
        .fetch_all(&mut *db)
        .await
        .unwrap();
    let column = &columns[chance.below(columns.len())];
    let key = match table {
        "hours" => "hour",
        "days" => "day",
        _ => "number",
    };
    let rows = format!("SELECT tracker_id, {key}, {column}, typeof({column}) FROM {table}");
    let rows = query(AssertSqlSafe(rows)).fetch_all(&mut *db).await.unwrap();
    let row = &rows[chance.below(rows.len())];
    let (tracker, number, kind): (i64, i64, String) = (row.get(0), row.get(1), row.get(3));
    let update = format!("UPDATE {table} SET {column} = ? WHERE tracker_id = {tracker} AND {key} = {number}");
    let update = query(AssertSqlSafe(update));
    let update = match kind.as_str() {
        "integer" => {
            let mut bytes = row.get::<i64, _>(2).to_le_bytes();
            flip_bytes(&mut bytes, chance);
            update.bind(i64::from_le_bytes(bytes))
        }
        "blob" => {
            let mut bytes: Vec<u8> = row.get(2);
            flip_bytes(&mut bytes, chance);
            update.bind(bytes)
        }
        "text" => {
            let mut bytes = row.get::<String, _>(2).into_bytes();
            flip_bytes(&mut bytes, chance);
            update.bind(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => return None,
    };
    update.execute(&mut *db).await.ok()?;
    Some(format!("{column} of {table} {tracker}/{number}"))
}

fn flip_bytes(bytes: &mut [u8], chance: &mut Chance) {
    let places = bytes.len();
    if places == 0 {
        return;
    }
    let mut flipped = Vec::new();
    for _ in 0..=chance.below(4) {
        let place = chance.below(places);
        // The same byte twice could be as before.
        if !flipped.contains(&place) {
            bytes[place] ^= u8::try_from(1 + chance.below(255)).unwrap();
            flipped.push(place);
        }
    }
}

/// Runs something for every seed over one of a few databases, each of which has a thread of its own: much of the time is spent
/// waiting for the disk.
fn for_every_seed(test: impl AsyncFn(&Sound, u64) -> Option<String> + Sync) {
    let step = usize::try_from(DATABASES).unwrap();
    let over = &|database: u64| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sound = sound(database).await;
            let mut wrong = Vec::new();
            for seed in (database..SEEDS).step_by(step) {
                wrong.extend(test(&sound, seed).await);
            }
            wrong
        })
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let running: Vec<_> = (0..DATABASES).map(|database| scope.spawn(move || over(database))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} silently wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}

/// What cannot be seen by looking at what is there: that the first block is gone, because retention takes those away by right;
/// and that the row of a day is gone, because days of which nothing is known have none, and a strip is read without blocks.
fn cannot_be_seen(flipped: &str) -> bool {
    let is_key = |table: &str, key: &str| {
        flipped.starts_with(&format!("tracker_id of {table} "))
            || flipped.starts_with(&format!("{key} of {table} "))
    };
    is_key("days", "day")
        || (flipped.ends_with("/0") && (flipped.contains("of blocks") || flipped.contains("of open_blocks")))
}

#[test]
fn a_flipped_byte_of_history_is_found() {
    for_every_seed(async |sound, seed| {
        let mut chance = Chance::new(seed);
        let (_folder, path) = copy(&sound.folder);
        let mut db = connect(&path).await;
        let flipped = flip(&mut db, &mut chance).await;
        db.close().await.unwrap();
        let flipped = flipped.filter(|flipped| !cannot_be_seen(flipped))?;
        let differences = silent_differences(&sound.answers, &ask(&path).await?);
        (!differences.is_empty()).then(|| format!("seed {seed}: {flipped}: {}", differences.join(", ")))
    });
}

/// Whatever happens to a file: an error or an answer.
#[test]
fn a_flipped_byte_anywhere_never_panics() {
    for_every_seed(async |sound, seed| {
        let mut chance = Chance::new(SEEDS + seed);
        let (_folder, path) = copy(&sound.folder);
        let mut bytes = fs::read(&path).unwrap();
        flip_bytes(&mut bytes, &mut chance);
        fs::write(&path, bytes).unwrap();
        let _ = store::verify(&path).await;
        let mut writer = Store::open(&path).await.ok()?.into_writer().await.ok()?;
        use_all(&mut writer).await;
        None
    });
}

/// Everything that a server does.
async fn use_all(writer: &mut Writer) {
    let _ = (writer.trackers().await, writer.recent(None).await);
    for (id, step) in TRACKERS {
        let checks = vec![check(id.0, END, down("y")), check(id.0, END + step, Outcome::Up)];
        let _ = writer.record(&Batch { checks, ..Batch::default() }).await;
    }
    for _ in 0..50 {
        if !matches!(writer.tend(Timestamp(END + DAY_MS)).await, Ok(true)) {
            break;
        }
    }
    let archive = writer.archive();
    let _ = archive.days(&TRACKERS.map(|(id, _)| id), Timestamp(END), 7).await;
    for (id, _) in TRACKERS {
        let _ = entries(&*archive, id).await;
        for direction in [Direction::Earlier, Direction::Later] {
            let _ = archive.failure(id, Timestamp(START + 2 * DAY_MS), direction).await;
        }
        let _ = archive.transitions(id, Window::new(Timestamp(0), Timestamp(END)), 10).await;
        let _ = archive.periods(id, &[Timestamp(START), Timestamp(START + 1), Timestamp(END + DAY_MS)]).await;
    }
}

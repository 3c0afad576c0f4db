//! Trackers in the database. Rows may be made by hand, so what is read is parsed like what is typed.

use std::time::Duration;

use domain::{
    Alteration, Draft, Given, Invalid, Misfit, NewTracker, Rest, RestDraft, Schedule, Target, Timestamp,
    Tracker, TrackerId, access::Actor, undo_limit,
};
use sqlx::{
    Decode, Sqlite, SqliteConnection, Type, query, query::Query, query_as, query_scalar,
    sqlite::SqliteArguments,
};

use crate::{StoreError, changes, http, ids::ById, row::Row, vault::Vault};

type Binding = Query<'static, Sqlite, SqliteArguments>;

/// All trackers in the order of their ids.
pub(crate) async fn all(
    db: &mut SqliteConnection,
    vault: &Vault,
) -> Result<Vec<Result<Tracker, Misfit>>, StoreError> {
    const ALL: &str = "
        SELECT id, url, name, every_s, cron, zone, expect, deadline_ms, retries, paused, http, retry_ms, successes,
               slow_ms, upside_down, group_name, tags, place, paused_until, paused_reason, parent_id, added_at
        FROM trackers WHERE removed_at IS NULL ORDER BY id";
    let rows = query(ALL).fetch_all(db).await?;
    rows.iter().map(|row| read(&Row::of("trackers", row), vault)).collect()
}

/// The longest that a result of each tracker holds, in milliseconds (`None`: to the next); those that were removed included.
pub(crate) async fn limits(db: &mut SqliteConnection) -> Result<ById<Option<u32>>, StoreError> {
    const ALL: &str =
        "SELECT id, CASE WHEN cron IS NULL AND url NOT LIKE 'push:%' THEN every_s END FROM trackers";
    let rows: Vec<(i64, Option<i64>)> = query_as(ALL).fetch_all(db).await?;
    let limit = |every_s: Option<i64>| u32::try_from(every_s?).ok()?.checked_mul(1_000);
    Ok(rows.into_iter().map(|(id, every_s)| (TrackerId(id), limit(every_s))).collect())
}

/// Adds one tracker, inside a transaction.
pub(crate) async fn add(
    db: &mut SqliteConnection,
    tracker: &NewTracker,
    at: Timestamp,
    vault: &Vault,
) -> Result<TrackerId, StoreError> {
    const ADD: &str = "
        INSERT INTO trackers (url, name, every_s, cron, zone, expect, deadline_ms, retries, paused, http, retry_ms,
                              successes, slow_ms, upside_down, group_name, tags, place, paused_until, paused_reason,
                              parent_id, added_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    // What is sealed is bound to the row, whose number only the database knows.
    let added = bind(query(ADD), tracker, String::new()).bind(at.0).execute(&mut *db).await?;
    let id = added.last_insert_rowid();
    let http = http::column(&tracker.http, vault, id)?;
    if !http.is_empty() {
        query("UPDATE trackers SET http = ? WHERE id = ?").bind(http).bind(id).execute(db).await?;
    }
    Ok(TrackerId(id))
}

/// Adds trackers, and gives their ids in the same order.
pub(crate) async fn add_all(
    db: &mut SqliteConnection,
    trackers: &[NewTracker],
    at: Timestamp,
    vault: &Vault,
) -> Result<Vec<TrackerId>, StoreError> {
    let mut ids = Vec::with_capacity(trackers.len());
    for tracker in trackers {
        ids.push(add(db, tracker, at, vault).await?);
    }
    Ok(ids)
}

/// Replaces a tracker's settings; `false` when there is no such tracker.
pub(crate) async fn update(
    db: &mut SqliteConnection,
    tracker: &Tracker,
    vault: &Vault,
) -> Result<bool, StoreError> {
    const UPDATE: &str = "
        UPDATE trackers SET url = ?, name = ?, every_s = ?, cron = ?, zone = ?, expect = ?, deadline_ms = ?,
                            retries = ?, paused = ?, http = ?, retry_ms = ?, successes = ?, slow_ms = ?,
                            upside_down = ?, group_name = ?, tags = ?, place = ?, paused_until = ?, paused_reason = ?,
                            parent_id = ?
        WHERE id = ? AND removed_at IS NULL";
    let http = http::column(&tracker.settings.http, vault, tracker.id.0)?;
    let update = bind(query(UPDATE), &tracker.settings, http).bind(tracker.id.0);
    Ok(update.execute(db).await?.rows_affected() > 0)
}

/// Lets a tracker rest or wakes it; `false` when there is no such tracker.
async fn rests(db: &mut SqliteConnection, id: TrackerId, rest: Option<&Rest>) -> Result<bool, StoreError> {
    const UPDATE: &str = "
        UPDATE trackers SET paused = ?, paused_until = ?, paused_reason = ? WHERE id = ? AND removed_at IS NULL";
    let update =
        query(UPDATE).bind(rest.is_some()).bind(until(rest)).bind(reason(rest).to_owned()).bind(id.0);
    Ok(update.execute(db).await?.rows_affected() > 0)
}

/// Hides a tracker until it is restored or purged; `false` when there is no such tracker.
pub(crate) async fn remove(
    db: &mut SqliteConnection,
    id: TrackerId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    const REMOVE: &str = "UPDATE trackers SET removed_at = ? WHERE id = ? AND removed_at IS NULL";
    Ok(query(REMOVE).bind(at.0).bind(id.0).execute(db).await?.rows_affected() > 0)
}

/// Shows a tracker again that was removed after `since`; `false` when there is none.
async fn restore(db: &mut SqliteConnection, id: TrackerId, since: Timestamp) -> Result<bool, StoreError> {
    const RESTORE: &str = "UPDATE trackers SET removed_at = NULL WHERE id = ? AND removed_at > ?";
    Ok(query(RESTORE).bind(id.0).bind(since.0).execute(db).await?.rows_affected() > 0)
}

/// Makes these changes in their order, and gives the ids of the trackers that there were. The log says who did.
pub(crate) async fn alter(
    db: &mut SqliteConnection,
    all: &[Alteration],
    by: &Actor,
    at: Timestamp,
    vault: &Vault,
) -> Result<Vec<TrackerId>, StoreError> {
    let since = undo_limit(at);
    let mut done = Vec::with_capacity(all.len());
    for alteration in all {
        let is_known = match alteration {
            Alteration::Settings(tracker, _) => update(db, tracker, vault).await?,
            Alteration::Rests(id, rest) => rests(db, *id, rest.as_ref()).await?,
            Alteration::Removed(id) => remove(db, *id, at).await?,
            Alteration::Restored(id) => restore(db, *id, since).await?,
        };
        if is_known {
            if let Some(act) = alteration.act() {
                changes::note(db, alteration.id(), &act, by, at).await?;
            }
            done.push(alteration.id());
        }
    }
    Ok(done)
}

/// When it wakes by itself, as its column.
fn until(rest: Option<&Rest>) -> Option<i64> {
    rest.and_then(|rest| rest.until).map(|at| at.0)
}

/// Why it rests, as its column.
fn reason(rest: Option<&Rest>) -> &str {
    rest.map_or("", |rest| &rest.reason)
}

/// Forgets what was removed at `until` or before. Nobody reads what refers to it any more, as a number is never given again;
/// checks leave when their time comes.
pub(crate) async fn purge(db: &mut SqliteConnection, until: Timestamp) -> Result<Vec<TrackerId>, StoreError> {
    const PURGE: &str = "DELETE FROM trackers WHERE removed_at <= ? RETURNING id";
    let ids: Vec<i64> = query_scalar(PURGE).bind(until.0).fetch_all(db).await?;
    Ok(ids.into_iter().map(TrackerId).collect())
}

/// Whether something can be purged. Reads only.
pub(crate) async fn can_purge(db: &mut SqliteConnection, until: Timestamp) -> Result<bool, StoreError> {
    const ANY: &str = "SELECT EXISTS (SELECT 1 FROM trackers WHERE removed_at <= ?)";
    Ok(query_scalar(ANY).bind(until.0).fetch_one(db).await?)
}

/// The values of the settings, from `url` to `parent_id`; `http` as the column has it.
fn bind(query: Binding, tracker: &NewTracker, http: String) -> Binding {
    let (every_s, cron, zone) = match &tracker.schedule {
        Schedule::Every(interval) => (Some(interval.as_secs()), None, None),
        Schedule::Cron(cron) => (None, Some(cron.expression()), Some(cron.zone())),
    };
    let ms = |length: Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    let policy = &tracker.policy;
    query
        .bind(tracker.target.as_str())
        .bind(tracker.name.as_ref().map_or("", |name| name.as_str()))
        .bind(every_s.map(i64::from))
        .bind(cron)
        .bind(zone)
        .bind(tracker.expect.to_string())
        .bind(tracker.deadline.map(ms))
        .bind(i64::from(policy.retries))
        .bind(tracker.paused.is_some())
        .bind(http)
        .bind(ms(policy.retry_after))
        .bind(i64::from(policy.successes))
        .bind(policy.slow_after.map(ms))
        .bind(policy.upside_down)
        .bind(tracker.group.as_str())
        .bind(tracker.tags.to_string())
        .bind(tracker.place)
        .bind(until(tracker.paused.as_ref()))
        .bind(reason(tracker.paused.as_ref()).to_owned())
        .bind(tracker.parent.map(|id| id.0))
}

/// The tracker of a row, or what is wrong with it. Only a row without a number is an error.
fn read(row: &Row<'_>, vault: &Vault) -> Result<Result<Tracker, Misfit>, StoreError> {
    let id = TrackerId(row.get("id")?);
    let tracker = settings(row, vault, id).map(|(settings, added_at)| Tracker::new(id, settings, added_at));
    Ok(tracker.map_err(|problem| Misfit { id, label: label(row), problem: problem.to_string() }))
}

/// What the column has where nobody said anything. It is said of the web.
const DEFAULT_EXPECT: &str = "200";

/// What that means for a target.
fn usual(url: &str) -> &'static str {
    Target::parse(url).map_or(DEFAULT_EXPECT, |target| target.kind().expect())
}

fn settings(row: &Row<'_>, vault: &Vault, id: TrackerId) -> Result<(NewTracker, Timestamp), Invalid> {
    let number = |column: &'static str| column_of::<i64>(row, column);
    let text = |column: &'static str| column_of::<String>(row, column);
    let (every_s, cron) = (number("every_s")?, text("cron")?);
    let url = text("url")?;
    let usual = usual(url.as_deref().unwrap_or_default());
    let draft = Draft {
        url,
        name: text("name")?,
        group: text("group_name")?,
        tags: text("tags")?.map(|tags| tags.split(',').map(ToOwned::to_owned).collect()),
        place: number("place")?,
        // Every row has an interval by default; so a cron expression beside one is what was meant.
        every: every_s.filter(|_| cron.is_none()).map(|secs| secs.to_string()),
        cron,
        zone: text("zone")?,
        expect: text("expect")?.map(|expect| if expect == DEFAULT_EXPECT { usual.into() } else { expect }),
        deadline: number("deadline_ms")?.map(|ms| format!("{ms}ms")),
        retries: number("retries")?,
        retry: number("retry_ms")?.map(|ms| format!("{ms}ms")),
        successes: number("successes")?,
        slow: number("slow_ms")?.map(|ms| format!("{ms}ms")),
        upside_down: number("upside_down")?.map(|upside_down| upside_down != 0),
        http: text("http")?.map(|text| http::draft(&text, vault, id.0)).transpose()?,
        paused: if number("paused")?.is_some_and(|paused| paused != 0) {
            let until = number("paused_until")?.map(|ms| ms.to_string());
            Given::Set(RestDraft { until, reason: text("paused_reason")? })
        } else {
            Given::Keep
        },
        parent: number("parent_id")?.map_or(Given::Keep, |id| Given::Set(TrackerId(id))),
    };
    let added_at = number("added_at")?.unwrap_or_default();
    Ok((draft.parse()?, Timestamp(added_at)))
}

fn column_of<'r, T>(row: &Row<'r>, column: &'static str) -> Result<Option<T>, Invalid>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
{
    row.get_some(column).map_err(|_| Invalid::one(column, "holds something that cannot be read"))
}

/// A name for people: the row's, or its URL without what might be a password; at most 60 characters of one line.
fn label(row: &Row<'_>) -> String {
    let text = |column| row.get::<String>(column).unwrap_or_default();
    let named = Some(text("name")).filter(|name| !name.trim().is_empty());
    let label = named.unwrap_or_else(|| {
        let url = text("url");
        url.rsplit_once('@').map_or(url.clone(), |(_, after)| after.to_owned())
    });
    let printable: String = label.trim().chars().filter(|c| is_printable(*c)).take(60).collect();
    if printable.is_empty() { "(no URL)".to_owned() } else { printable }
}

/// Neither a control character nor one that is invisible or changes the direction of text.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

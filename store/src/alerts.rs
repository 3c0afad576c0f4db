//! Channels, rules, and the messages on their way.

use std::time::Duration;

use domain::{
    Alert, AlertChange, AlertKind, AlertRule, ChannelId, Delivery, DeliveryState, IncidentId, Outgoing,
    RuleId, Settled, StoredChannel, Timestamp, ToldSoFar, TrackerId, Waiting, access::Actor,
};
use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, query, query_scalar, sqlite::SqliteRow};

use crate::{
    StoreError, incidents, maintenances,
    row::Row,
    scope::Column,
    vault::{Place, Vault},
};

/// Makes a change. Gives the number of what was kept; `None` when there is no such thing.
pub(crate) async fn apply(
    db: &mut SqliteConnection,
    change: &AlertChange,
    by: &Actor,
    at: Timestamp,
    vault: &Vault,
) -> Result<Option<i64>, StoreError> {
    match change {
        AlertChange::SaveChannel(channel) => save_channel(db, channel, vault).await,
        AlertChange::RemoveChannel(id) => remove_channel(db, *id, at).await,
        AlertChange::SaveRule(rule) => save_rule(db, rule).await,
        AlertChange::RemoveRule(RuleId(id)) => {
            let done = query("DELETE FROM alert_rules WHERE id = ?").bind(id).execute(db).await?;
            Ok((done.rows_affected() > 0).then_some(*id))
        }
        AlertChange::Announce(maintenance) => maintenances::save(db, maintenance).await,
        AlertChange::Withdraw(id) => maintenances::remove(db, *id).await,
        AlertChange::Acknowledge(id) => incidents::acknowledge(db, *id, by, at).await,
        AlertChange::Comment(id, comment) => incidents::comment(db, *id, comment, by, at).await,
        AlertChange::Send(all) => {
            enqueue(db, all).await?;
            Ok(None)
        }
        AlertChange::Settle(all) => {
            for settled in all {
                settle(db, settled, at).await?;
            }
            Ok(None)
        }
        AlertChange::Resend(id) => {
            let sql = "UPDATE outbox SET state = 'waiting', attempts = 0, moment = ? WHERE id = ? AND state = 'dead'";
            let done = query(sql).bind(at.0).bind(id).execute(db).await?;
            Ok((done.rows_affected() > 0).then_some(*id))
        }
    }
}

async fn save_channel(
    db: &mut SqliteConnection,
    channel: &StoredChannel,
    vault: &Vault,
) -> Result<Option<i64>, StoreError> {
    let StoredChannel { id, name, kind, settings, enabled } = channel;
    let id = if let Some(ChannelId(id)) = id {
        *id
    } else {
        // What is sealed is bound to the row, whose number only the database knows.
        let sql = "INSERT INTO channels (name, kind, settings) VALUES (?, ?, '')";
        query(sql).bind(name).bind(kind).execute(&mut *db).await?.last_insert_rowid()
    };
    let settings = vault.seal(settings, settings_of(id))?;
    let sql = "UPDATE channels SET name = ?, kind = ?, settings = ?, enabled = ? WHERE id = ?";
    let update = query(sql).bind(name).bind(kind).bind(settings).bind(enabled).bind(id);
    Ok((update.execute(db).await?.rows_affected() > 0).then_some(id))
}

/// Where the settings of a channel are: what they are sealed to.
pub(crate) fn settings_of(row: i64) -> Place<'static> {
    Place { table: "channels", row, field: "settings" }
}

/// What waits for it is given up: nobody would ever send it.
async fn remove_channel(
    db: &mut SqliteConnection,
    ChannelId(id): ChannelId,
    at: Timestamp,
) -> Result<Option<i64>, StoreError> {
    const GIVE_UP: &str = "
        UPDATE outbox SET state = 'dropped', moment = ?, said = 'the channel was removed'
        WHERE channel_id = ? AND state = 'waiting'";
    let done = query("DELETE FROM channels WHERE id = ?").bind(id).execute(&mut *db).await?;
    query(GIVE_UP).bind(at.0).bind(id).execute(db).await?;
    Ok((done.rows_affected() > 0).then_some(id))
}

async fn save_rule(db: &mut SqliteConnection, rule: &AlertRule) -> Result<Option<i64>, StoreError> {
    let channels: Vec<i64> = rule.channels.iter().map(|id| id.0).collect();
    let sql = if rule.id.is_some() {
        "UPDATE alert_rules SET name = ?, about = ?, channels = ?, delay_ms = ?, remind_ms = ?, fallback_id = ?,
                                enabled = ? WHERE id = ?"
    } else {
        "INSERT INTO alert_rules (name, about, channels, delay_ms, remind_ms, fallback_id, enabled)
         SELECT ?, ?, ?, ?, ?, ?, ? WHERE ? IS NULL"
    };
    let done = query(sql)
        .bind(&rule.name)
        .bind(json(&Column::from(&rule.scope))?)
        .bind(json(&channels)?)
        .bind(ms(rule.delay))
        .bind(rule.remind.map(ms))
        .bind(rule.fallback.map(|id| id.0))
        .bind(rule.enabled)
        .bind(rule.id.map(|id| id.0))
        .execute(db)
        .await?;
    let id = rule.id.map_or(done.last_insert_rowid(), |id| id.0);
    Ok((done.rows_affected() > 0).then_some(id))
}

/// Puts messages on their way. Those of a tracker belong to its newest incident.
pub(crate) async fn enqueue(db: &mut SqliteConnection, all: &[Outgoing]) -> Result<(), StoreError> {
    const ADD: &str = "
        INSERT INTO outbox (channel_id, tracker_id, incident_id, kind, at, fallback_id, alert, moment)
        VALUES (?1, ?2, coalesce(?3, (SELECT max(id) FROM incidents WHERE tracker_id = ?2)), ?4, ?5, ?6, ?7, ?8)";
    for outgoing in all {
        query(ADD)
            .bind(outgoing.channel.0)
            .bind(outgoing.tracker.map(|id| id.0))
            .bind(outgoing.alert.incident)
            .bind(outgoing.alert.kind.word())
            .bind(outgoing.alert.at.0)
            .bind(outgoing.fallback.map(|id| id.0))
            .bind(json(&outgoing.alert)?)
            .bind(outgoing.not_before.0)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

async fn settle(db: &mut SqliteConnection, settled: &Settled, at: Timestamp) -> Result<(), StoreError> {
    const SETTLE: &str = "
        UPDATE outbox SET state = ?, attempts = attempts + ?, moment = ?, said = ? WHERE id = ? AND state = 'waiting'";
    let moment = if settled.state == DeliveryState::Waiting { settled.next_at } else { at };
    query(SETTLE)
        .bind(settled.state.word())
        .bind(i64::from(settled.tried))
        .bind(moment.0)
        .bind(&settled.said)
        .bind(settled.id)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets messages that were done at `until` or before.
pub(crate) async fn forget(
    db: &mut SqliteConnection,
    until: Timestamp,
    most: i64,
) -> Result<u64, StoreError> {
    const FORGET: &str = "
        DELETE FROM outbox WHERE id IN
            (SELECT id FROM outbox WHERE state <> 'waiting' AND moment <= ? ORDER BY moment LIMIT ?)";
    Ok(query(FORGET).bind(until.0).bind(most).execute(db).await?.rows_affected())
}

/// All channels, in the order in which they were made.
pub(crate) async fn channels(
    db: &mut SqliteConnection,
    vault: &Vault,
) -> Result<Vec<StoredChannel>, StoreError> {
    let rows =
        query("SELECT id, name, kind, settings, enabled FROM channels ORDER BY id").fetch_all(db).await?;
    let read = |row: &SqliteRow| {
        let row = Row::of("channels", row);
        let id = row.get("id")?;
        Ok(StoredChannel {
            id: Some(ChannelId(id)),
            name: row.get("name")?,
            kind: row.get("kind")?,
            settings: vault.open(row.get("settings")?, settings_of(id)),
            enabled: row.get("enabled")?,
        })
    };
    rows.iter().map(read).collect()
}

/// All rules, in the order in which they were made.
pub(crate) async fn rules(db: &mut SqliteConnection) -> Result<Vec<AlertRule>, StoreError> {
    const ALL: &str = "
        SELECT id, name, about, channels, delay_ms, remind_ms, fallback_id, enabled FROM alert_rules ORDER BY id";
    let rows = query(ALL).fetch_all(db).await?;
    let read = |row: &SqliteRow| {
        let row = Row::of("alert_rules", row);
        let scope: Column = from_json(&row, "about")?;
        let channels: Vec<i64> = from_json(&row, "channels")?;
        let length = |ms: u64| Duration::from_millis(ms);
        Ok(AlertRule {
            id: Some(RuleId(row.get("id")?)),
            name: row.get("name")?,
            scope: scope.into(),
            channels: channels.into_iter().map(ChannelId).collect(),
            delay: length(row.fit("delay_ms")?),
            remind: row.fit_some("remind_ms")?.map(length),
            fallback: row.get_some("fallback_id")?.map(ChannelId),
            enabled: row.get("enabled")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Messages that wait, oldest first, with the key that each is known by.
pub(crate) async fn waiting(db: &mut SqliteConnection, most: i64) -> Result<Vec<Waiting>, StoreError> {
    const WAITING: &str = "
        SELECT id, channel_id, tracker_id, incident_id, fallback_id, alert, attempts, moment
        FROM outbox WHERE state = 'waiting' ORDER BY id LIMIT ?";
    let name: String = query_scalar("SELECT name FROM installation").fetch_one(&mut *db).await?;
    let rows = query(WAITING).bind(most).fetch_all(db).await?;
    let read = |row: &SqliteRow| {
        let row = Row::of("outbox", row);
        let (id, incident) = (row.get::<i64>("id")?, row.get_some::<i64>("incident_id")?);
        let alert: Alert = from_json(&row, "alert")?;
        let thread =
            incident.map_or_else(|| format!("{name}-m{id}"), |incident| format!("{name}-i{incident}"));
        let next_at = Timestamp(row.get("moment")?);
        Ok(Waiting {
            id,
            attempts: row.fit("attempts")?,
            next_at,
            held_until: None,
            outgoing: Outgoing {
                channel: ChannelId(row.get("channel_id")?),
                tracker: row.get_some("tracker_id")?.map(TrackerId),
                not_before: next_at,
                fallback: row.get_some("fallback_id")?.map(ChannelId),
                alert: Alert { key: format!("{name}-m{id}"), thread, incident, ..alert },
            },
        })
    };
    rows.iter().map(read).collect()
}

/// What a channel was told of an incident.
pub(crate) async fn told(
    db: &mut SqliteConnection,
    incident: IncidentId,
    channel: ChannelId,
) -> Result<ToldSoFar, StoreError> {
    const TOLD: &str = "
        SELECT max(iif(state = 'sent', moment, NULL)) AS last_sent,
               coalesce(sum(state = 'sent' AND kind = 'still_down'), 0) AS reminders,
               coalesce(max(state = 'waiting'), 0) AS is_waiting
        FROM outbox WHERE incident_id = ? AND channel_id = ?";
    let row = query(TOLD).bind(incident.0).bind(channel.0).fetch_one(db).await?;
    let row = Row::of("outbox", &row);
    Ok(ToldSoFar {
        last_sent: row.get_some("last_sent")?.map(Timestamp),
        reminders: row.fit("reminders")?,
        is_waiting: row.get::<i64>("is_waiting")? != 0,
    })
}

/// What a message is read from.
macro_rules! delivery_columns {
    () => {
        "outbox.id, coalesce(channels.name, 'a channel that was removed') AS channel, outbox.kind, outbox.alert, \
         outbox.incident_id, outbox.at, outbox.state, outbox.attempts, outbox.said, outbox.moment"
    };
}

/// The newest messages about incidents that last, oldest first.
pub(crate) async fn deliveries_of_open(
    db: &mut SqliteConnection,
    limit: usize,
) -> Result<Vec<(TrackerId, Delivery)>, StoreError> {
    const OPEN: &str = concat!(
        "SELECT incidents.tracker_id AS whose, ",
        delivery_columns!(),
        " FROM incidents JOIN outbox ON outbox.incident_id = incidents.id
        LEFT JOIN channels ON channels.id = outbox.channel_id
        WHERE incidents.closed_at IS NULL ORDER BY outbox.id DESC LIMIT ?"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(OPEN).bind(limit).fetch_all(db).await?;
    rows.iter()
        .rev()
        .map(|row| Ok((TrackerId(Row::of("incidents", row).get("whose")?), delivery(row)?)))
        .collect()
}

/// Messages: of one incident, oldest first; otherwise those in one state, the newest first.
pub(crate) async fn deliveries(
    db: &mut SqliteConnection,
    incident: Option<IncidentId>,
    state: Option<DeliveryState>,
    limit: usize,
) -> Result<Vec<Delivery>, StoreError> {
    const SOME: &str = concat!(
        "SELECT ",
        delivery_columns!(),
        "
        FROM outbox LEFT JOIN channels ON channels.id = outbox.channel_id
        WHERE (?1 IS NULL OR outbox.incident_id = ?1) AND (?2 IS NULL OR outbox.state = ?2)
        ORDER BY iif(?1 IS NULL, -outbox.id, outbox.id) LIMIT ?3"
    );
    let rows = query(SOME)
        .bind(incident.map(|id| id.0))
        .bind(state.map(DeliveryState::word))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    rows.iter().map(delivery).collect()
}

fn delivery(row: &SqliteRow) -> Result<Delivery, StoreError> {
    let row = Row::of("outbox", row);
    let alert: Alert = from_json(&row, "alert")?;
    let kind: String = row.get("kind")?;
    Ok(Delivery {
        id: row.get("id")?,
        channel: row.get("channel")?,
        kind: AlertKind::ALL
            .into_iter()
            .find(|known| known.word() == kind)
            .ok_or_else(|| row.corrupt("kind"))?,
        name: alert.tracker.map(|tracker| tracker.name).unwrap_or_default(),
        incident: row.get_some("incident_id")?.map(IncidentId),
        at: Timestamp(row.get("at")?),
        state: DeliveryState::of(row.get("state")?).ok_or_else(|| row.corrupt("state"))?,
        attempts: row.fit("attempts")?,
        said: row.get("said")?,
        moment: Timestamp(row.get("moment")?),
    })
}

pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))?)
}

pub(crate) fn from_json<T: for<'de> Deserialize<'de>>(
    row: &Row<'_>,
    column: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(row.get(column)?).map_err(|_| row.corrupt(column))
}

pub(crate) fn ms(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

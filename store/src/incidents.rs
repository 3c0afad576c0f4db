//! Incidents. They are opened and closed by triggers on `transitions`; here they are read, and people say something of them.

use domain::{Fault, Incident, IncidentId, IncidentQuery, Remark, Timestamp, TrackerId, access::Actor};
use sqlx::{SqliteConnection, query, query_scalar, sqlite::SqliteRow};

use crate::{StoreError, row::Row};

const COLUMNS: &str = "
    SELECT incidents.id, incidents.tracker_id, incidents.since, incidents.opened_at, incidents.closed_at,
           incidents.fault_kind, incidents.fault_detail, incidents.acknowledged_at, incidents.acknowledged_by,
           trackers.name, trackers.url
    FROM incidents LEFT JOIN trackers ON trackers.id = incidents.tracker_id";

/// Notes that somebody knows of an incident; `None` when there is no such incident. Doing it twice changes nothing.
pub(crate) async fn acknowledge(
    db: &mut SqliteConnection,
    id: IncidentId,
    by: &Actor,
    at: Timestamp,
) -> Result<Option<i64>, StoreError> {
    const SAY: &str = "UPDATE incidents SET acknowledged_at = ?, acknowledged_by = ? WHERE id = ? AND acknowledged_at IS NULL";
    if !exists(db, id).await? {
        return Ok(None);
    }
    let done = query(SAY).bind(at.0).bind(&by.name).bind(id.0).execute(&mut *db).await?;
    if done.rows_affected() > 0 {
        remark(db, id, None, by, at).await?;
    }
    Ok(Some(id.0))
}

/// Keeps what somebody says of an incident; `None` when there is no such incident.
pub(crate) async fn comment(
    db: &mut SqliteConnection,
    id: IncidentId,
    comment: &str,
    by: &Actor,
    at: Timestamp,
) -> Result<Option<i64>, StoreError> {
    if !exists(db, id).await? {
        return Ok(None);
    }
    remark(db, id, Some(comment), by, at).await?;
    Ok(Some(id.0))
}

async fn exists(db: &mut SqliteConnection, id: IncidentId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM incidents WHERE id = ?)";
    Ok(query_scalar(sql).bind(id.0).fetch_one(db).await?)
}

async fn remark(
    db: &mut SqliteConnection,
    id: IncidentId,
    comment: Option<&str>,
    by: &Actor,
    at: Timestamp,
) -> Result<(), StoreError> {
    const ADD: &str =
        "INSERT INTO remarks (incident_id, at, account_id, who, comment) VALUES (?, ?, ?, ?, ?)";
    let account = by.account.map(|account| account.0);
    query(ADD).bind(id.0).bind(at.0).bind(account).bind(&by.name).bind(comment).execute(db).await?;
    Ok(())
}

/// Incidents, the newest first. Rows that are not understood are left out and reported in the log.
pub(crate) async fn some(
    db: &mut SqliteConnection,
    wanted: IncidentQuery,
) -> Result<Vec<Incident>, StoreError> {
    let sql = format!(
        "{COLUMNS} WHERE (?1 IS NULL OR incidents.tracker_id = ?1) AND (NOT ?2 OR incidents.closed_at IS NULL)
           AND (?3 IS NULL OR incidents.id < ?3) ORDER BY incidents.id DESC LIMIT ?4"
    );
    let rows = query(sqlx::AssertSqlSafe(sql))
        .bind(wanted.tracker.map(|id| id.0))
        .bind(wanted.open)
        .bind(wanted.before.map(|id| id.0))
        .bind(i64::try_from(wanted.limit).unwrap_or(i64::MAX))
        .fetch_all(db)
        .await?;
    let mut incidents = Vec::with_capacity(rows.len());
    for row in &rows {
        match read(row) {
            Ok(incident) => incidents.push(incident),
            Err(error) => tracing::warn!(%error, "left out an incident: {error}"),
        }
    }
    Ok(incidents)
}

/// One incident, with what people said of it.
pub(crate) async fn one(
    db: &mut SqliteConnection,
    id: IncidentId,
) -> Result<Option<(Incident, Vec<Remark>)>, StoreError> {
    const REMARKS: &str = "SELECT at, who, comment FROM remarks WHERE incident_id = ? ORDER BY id";
    let sql = format!("{COLUMNS} WHERE incidents.id = ?");
    let Some(row) = query(sqlx::AssertSqlSafe(sql)).bind(id.0).fetch_optional(&mut *db).await? else {
        return Ok(None);
    };
    let rows = query(REMARKS).bind(id.0).fetch_all(db).await?;
    let remark = |row: &SqliteRow| {
        let row = Row::of("remarks", row);
        Ok(Remark { at: Timestamp(row.get("at")?), who: row.get("who")?, comment: row.get_some("comment")? })
    };
    let remarks: Result<Vec<Remark>, StoreError> = rows.iter().map(remark).collect();
    Ok(Some((read(&row)?, remarks?)))
}

fn read(row: &SqliteRow) -> Result<Incident, StoreError> {
    let row = Row::of("incidents", row);
    let text = |column| row.get_some::<String>(column);
    let fault = match text("fault_kind")? {
        Some(kind) => {
            let kind = kind.parse().map_err(|_| row.corrupt("fault_kind"))?;
            Some(Fault::new(kind, text("fault_detail")?.unwrap_or_default()))
        }
        None => None,
    };
    let named = text("name")?.filter(|name| !name.is_empty());
    // A URL may hold a password, which its label does not.
    let label = text("url")?.and_then(|url| domain::Target::parse(&url).ok()).map(|target| target.label());
    let acknowledged = row.get_some("acknowledged_at")?.map(Timestamp).zip(text("acknowledged_by")?);
    Ok(Incident {
        id: IncidentId(row.get("id")?),
        tracker: TrackerId(row.get("tracker_id")?),
        name: named.or(label).unwrap_or_else(|| "a tracker that was removed".into()),
        since: Timestamp(row.get("since")?),
        opened_at: Timestamp(row.get("opened_at")?),
        closed_at: row.get_some("closed_at")?.map(Timestamp),
        fault,
        acknowledged,
    })
}

//! Announced maintenance.

use std::time::Duration;

use domain::{Cron, Maintenance, MaintenanceId, Occasion, Stretch, Timestamp};
use sqlx::{SqliteConnection, query};

use crate::{
    StoreError,
    alerts::{from_json, json, ms},
    row::Row,
    scope::Column,
};

/// Keeps one, a new one or another form of one. Gives its number; `None` when there is no such one.
pub(crate) async fn save(
    db: &mut SqliteConnection,
    maintenance: &Maintenance,
) -> Result<Option<i64>, StoreError> {
    let id = maintenance.id.map(|id| id.0);
    let sql = if id.is_some() {
        "UPDATE maintenances SET name = ?, about = ?, from_at = ?, until_at = ?, cron = ?, zone = ?, lasting_ms = ?
         WHERE id = ?"
    } else {
        "INSERT INTO maintenances (name, about, from_at, until_at, cron, zone, lasting_ms)
         SELECT ?, ?, ?, ?, ?, ?, ? WHERE ? IS NULL"
    };
    let (once, recurring) = match &maintenance.when {
        Occasion::Once(stretch) => (Some(stretch), None),
        Occasion::Recurring(cron, lasting) => (None, Some((cron, *lasting))),
    };
    let done = query(sql)
        .bind(&maintenance.name)
        .bind(json(&Column::from(&maintenance.scope))?)
        .bind(once.map(|stretch| stretch.from.0))
        .bind(once.map(|stretch| stretch.until.0))
        .bind(recurring.map(|(cron, _)| cron.expression()))
        .bind(recurring.map(|(cron, _)| cron.zone()))
        .bind(recurring.map(|(_, lasting)| ms(lasting)))
        .bind(id)
        .execute(db)
        .await?;
    Ok((done.rows_affected() > 0).then_some(id.unwrap_or(done.last_insert_rowid())))
}

/// Forgets one. Gives its number; `None` when there is no such one.
pub(crate) async fn remove(
    db: &mut SqliteConnection,
    MaintenanceId(id): MaintenanceId,
) -> Result<Option<i64>, StoreError> {
    let done = query("DELETE FROM maintenances WHERE id = ?").bind(id).execute(db).await?;
    Ok((done.rows_affected() > 0).then_some(id))
}

/// All of them, in the order in which they were made. One that somebody wrote by hand and that says no time is left out.
pub(crate) async fn all(db: &mut SqliteConnection) -> Result<Vec<Maintenance>, StoreError> {
    const ALL: &str =
        "SELECT id, name, about, from_at, until_at, cron, zone, lasting_ms FROM maintenances ORDER BY id";
    let rows = query(ALL).fetch_all(db).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let row = Row::of("maintenances", row);
        let id: i64 = row.get("id")?;
        let Some(when) = when(&row)? else {
            tracing::warn!(
                id,
                "a maintenance in the database says no time that is understood; it is left out"
            );
            continue;
        };
        let scope: Column = from_json(&row, "about")?;
        let id = Some(MaintenanceId(id));
        all.push(Maintenance { id, name: row.get("name")?, scope: scope.into(), when });
    }
    Ok(all)
}

fn when(row: &Row<'_>) -> Result<Option<Occasion>, StoreError> {
    let time = |column| Ok::<_, StoreError>(row.get_some(column)?.map(Timestamp));
    let (expression, zone) = (row.get_some::<String>("cron")?, row.get_some::<String>("zone")?);
    let recurring = expression.zip(zone).zip(row.fit_some("lasting_ms")?);
    if let Some(((expression, zone), lasting)) = recurring {
        let cron = Cron::parse(&expression, &zone).ok();
        return Ok(cron.map(|cron| Occasion::Recurring(Box::new(cron), Duration::from_millis(lasting))));
    }
    let once = time("from_at")?.zip(time("until_at")?);
    Ok(once.map(|(from, until)| Occasion::Once(Stretch { from, until })))
}

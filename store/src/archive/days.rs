//! The days of many trackers at once, for strips.

use std::collections::HashMap;

use domain::{Grid, Recount, Tally, Timestamp, TrackerId};
use sqlx::{SqliteConnection, query_as};

use super::Reader;
use crate::{
    StoreError,
    history::{entry, pending::Unsealed, rollups},
    plain::day_edges,
};

const DAY_MS: i64 = 86_400_000;
/// Trackers that are read at once.
const TRACKERS: usize = 250;

impl Reader {
    pub(super) async fn tell_days(
        &self,
        ids: &[TrackerId],
        last: Timestamp,
        count: u16,
    ) -> Result<Vec<Vec<Tally>>, StoreError> {
        let strip = Strip {
            first: last.0.div_euclid(DAY_MS) - i64::from(count) + 1,
            count: usize::from(count),
            last,
        };
        // Two connections side by side: it is as much work for us as for SQLite, and two cores do it in half the time.
        let (first, second) = ids.split_at(ids.len().div_ceil(2).next_multiple_of(TRACKERS).min(ids.len()));
        let (mut told, rest) = tokio::try_join!(self.strips(first, &strip), self.strips(second, &strip))?;
        told.extend(rest);
        Ok(told)
    }

    async fn strips(&self, ids: &[TrackerId], strip: &Strip) -> Result<Vec<Vec<Tally>>, StoreError> {
        let mut told = Vec::with_capacity(ids.len());
        for ids in ids.chunks(TRACKERS) {
            let mut sealed = self.sealed_days(ids, strip).await?;
            for id in ids {
                told.push(match sealed.remove(id) {
                    Some(days) => days,
                    // Something was sealed in between, or is damaged: one by one, then.
                    None => self.days_of(*id, strip).await?,
                });
            }
        }
        Ok(told)
    }

    /// The days of those trackers whose columns in memory belong to what the database says.
    async fn sealed_days(
        &self,
        ids: &[TrackerId],
        strip: &Strip,
    ) -> Result<HashMap<TrackerId, Vec<Tally>>, StoreError> {
        let mut db = self.begin().await?;
        let json = json(ids);
        let entries = sealed_entries(&mut db, &json).await?;
        let glances = glances(&mut db, &json, strip).await?;
        let mut told = HashMap::with_capacity(ids.len());
        for id in ids {
            let unsealed = self.pending.read().trackers.get(id).cloned().unwrap_or_default();
            if !self.pending.read().is_loaded || unsealed.sealed != entries.get(id).copied().unwrap_or(0) {
                continue;
            }
            let sealed = glances.get(id).map_or(Some(strip.empty()), |text| strip.read(*id, text));
            if let Some(mut days) = sealed {
                strip.add_unsealed(&mut days, &unsealed);
                told.insert(*id, days);
            }
        }
        Ok(told)
    }

    async fn days_of(&self, id: TrackerId, strip: &Strip) -> Result<Vec<Tally>, StoreError> {
        let count = u16::try_from(strip.count).unwrap_or(u16::MAX);
        let periods = self.tell_periods(id, &day_edges(strip.last, count)).await?;
        Ok(periods.into_iter().map(|period| period.tally).collect())
    }
}

/// Which days are asked for.
struct Strip {
    /// The number of the first.
    first: i64,
    count: usize,
    /// Where the last one ends.
    last: Timestamp,
}

impl Strip {
    fn empty(&self) -> Vec<Tally> {
        vec![Tally::default(); self.count]
    }

    /// The days that a tracker's glances tell; `None` when one of them is damaged.
    fn read(&self, tracker: TrackerId, glances: &str) -> Option<Vec<Tally>> {
        let mut days = self.empty();
        for glance in glances.split(';') {
            let (day, tally) = rollups::read_glance(tracker, glance)?;
            *usize::try_from(day - self.first).ok().and_then(|place| days.get_mut(place))? = tally;
        }
        Some(days)
    }

    /// Adds what is not sealed; what is missing to a day's length is unknown.
    fn add_unsealed(&self, days: &mut [Tally], unsealed: &Unsealed) {
        let mut recount = Recount::after(Grid::DAYS, unsealed.holding);
        for (entry, stretch) in unsealed.entries() {
            // A strip shows time only; counting latencies would take longer than all the rest.
            recount.add_beat(entry::beat(&entry), None, stretch.limit_ms);
        }
        recount.hold_until(self.last);
        for (day, rollup) in recount.into_parts() {
            if let Some(place) = usize::try_from(day - self.first).ok().and_then(|place| days.get_mut(place))
            {
                place.merge(&rollup.tally);
            }
        }
        for (tally, day) in days.iter_mut().zip(self.first..) {
            let length = (self.last.0 - day * DAY_MS).min(DAY_MS);
            *tally = tally.filled(u64::try_from(length).unwrap_or(0));
        }
    }
}

fn json(ids: &[TrackerId]) -> String {
    let ids: Vec<String> = ids.iter().map(TrackerId::to_string).collect();
    format!("[{}]", ids.join(","))
}

async fn sealed_entries(
    db: &mut SqliteConnection,
    json: &str,
) -> Result<HashMap<TrackerId, u64>, StoreError> {
    const ENTRIES: &str =
        "SELECT tracker_id, entries FROM sealed WHERE tracker_id IN (SELECT value FROM json_each(?))";
    let rows: Vec<(i64, i64)> = query_as(ENTRIES).bind(json).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(id, entries)| (TrackerId(id), entries.cast_unsigned())).collect())
}

/// The glances of each tracker, between semicolons.
async fn glances(
    db: &mut SqliteConnection,
    json: &str,
    strip: &Strip,
) -> Result<HashMap<TrackerId, String>, StoreError> {
    const GLANCES: &str = "
        SELECT tracker_id, group_concat(glance, ';') FROM glances
        WHERE tracker_id IN (SELECT value FROM json_each(?1)) AND day BETWEEN ?2 AND ?3 GROUP BY tracker_id";
    let last = strip.last.0.div_euclid(DAY_MS);
    let rows: Vec<(i64, String)> =
        query_as(GLANCES).bind(json).bind(strip.first).bind(last).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(id, glances)| (TrackerId(id), glances)).collect())
}

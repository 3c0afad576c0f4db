//! A tracker's blocks from the first to the last: whether they follow each other, and what they add up to.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Grid, Holding, Recount, Rollup, TrackerId};
use sqlx::SqliteConnection;

use super::{
    blocks::{self, Block},
    entry,
    rollups::{self, Unit},
    seal,
};
use crate::StoreError;

/// What a tracker's blocks say.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// The hours that they tell completely. Missing are those of which they tell nothing, those before the first block (retention
    /// may have deleted some), and those that touch a damaged one.
    pub(crate) hours: BTreeMap<i64, Rollup>,
    /// The hours that can be judged begin here.
    pub(crate) from: Option<i64>,
    /// Hours that cannot be judged because a block that tells of them is damaged.
    pub(crate) unclear: BTreeSet<i64>,
    /// What is wrong with the blocks.
    pub(crate) problems: Vec<String>,
    /// The number after the last entry.
    pub(crate) next: Option<u64>,
    /// The newest scheduled entry.
    pub(crate) holding: Option<Holding>,
}

/// Blocks that are read at once.
const BLOCKS: i64 = 64;
const HOUR_MS: i64 = 3_600_000;

/// Every tracker that has anything sealed.
pub(crate) async fn trackers(db: &mut SqliteConnection) -> Result<Vec<TrackerId>, StoreError> {
    const ALL: &str = "SELECT tracker_id FROM sealed UNION SELECT tracker_id FROM blocks UNION SELECT tracker_id FROM open_blocks \
                       EXCEPT SELECT tracker_id FROM forgotten";
    let ids: Vec<i64> = sqlx::query_scalar(ALL).fetch_all(db).await?;
    Ok(ids.into_iter().map(TrackerId).collect())
}

/// Reads all blocks of a tracker.
pub(crate) async fn audit(db: &mut SqliteConnection, tracker: TrackerId) -> Result<Audit, StoreError> {
    const NEXT: &str = "number > ?2 AND number <= coalesce((SELECT max(number) FROM (\
                        SELECT number FROM blocks WHERE tracker_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3)), \
                        9223372036854775807)";
    let mut audit = Audit::default();
    let mut recount = Recount::after(Grid::HOURS, None);
    let mut after = -1;
    loop {
        let blocks = blocks::select(db, NEXT, &[tracker.0, after, BLOCKS]).await?;
        let Some(last) = blocks.last() else { break };
        if last.number.cast_signed() <= after {
            // Only a damaged row leads back; following it would never end.
            audit.problems.push(format!("after entry {after} comes a block with number {}", last.number));
            break;
        }
        after = last.number.cast_signed();
        for block in &blocks {
            audit.take(block, &mut recount);
        }
    }
    audit.holding = recount.holding();
    let parts = recount.into_parts().into_iter();
    let is_judged =
        |hour: &i64| audit.from.is_some_and(|from| from <= *hour) && !audit.unclear.contains(hour);
    audit.hours = parts.filter(|(hour, _)| is_judged(hour)).collect();
    Ok(audit)
}

impl Audit {
    fn take(&mut self, block: &Block, recount: &mut Recount) {
        let expected = self.next.unwrap_or(block.number);
        if block.number != expected {
            self.problems.push(format!(
                "entry {expected} should follow, but the next block begins with {}",
                block.number
            ));
        }
        self.next = Some(block.number.saturating_add(block.entries.into()));
        match block.unpack() {
            Ok(stretch) => {
                for entry in stretch.columns.iter() {
                    recount.add_beat(entry::beat(&entry), entry.latency, stretch.limit_ms);
                }
                // Of the hour in which the first block begins, the beginning may be missing.
                let first = block.first_due.div_euclid(HOUR_MS);
                self.from = self.from.or(Some(if block.number == 0 { first } else { first + 1 }));
            }
            Err(error) => {
                self.problems.push(format!("the block of the entries from {} on: {error}", block.number));
                let (first, last) = (block.first_due.div_euclid(HOUR_MS), block.last_due.div_euclid(HOUR_MS));
                // A block whose own times are damaged must not make this list endless.
                self.unclear.extend((first..=last.saturating_add(1)).take(MOST_UNCLEAR));
            }
        }
    }

    /// How stored rollups differ from what the blocks add up to; empty when they agree.
    pub(crate) async fn compare(
        &self,
        db: &mut SqliteConnection,
        tracker: TrackerId,
    ) -> Result<Vec<String>, StoreError> {
        let mut problems = Vec::new();
        let mut by_day: BTreeMap<i64, Rollup> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (hour, stored) in rollups::between(db, Unit::Hours, tracker, i64::MIN, i64::MAX).await? {
            match stored {
                Err(error) => problems.push(format!("hour {hour}: {error}")),
                Ok(stored) => {
                    let is_judged =
                        self.from.is_some_and(|from| from <= hour) && !self.unclear.contains(&hour);
                    if is_judged && self.hours.get(&hour) != Some(&stored) {
                        problems.push(format!("hour {hour} says something else than its blocks"));
                    }
                    by_day.entry(hour.div_euclid(24)).or_default().merge(&stored);
                }
            }
            seen.insert(hour);
        }
        let missing = self.hours.keys().filter(|hour| !seen.contains(hour));
        problems.extend(missing.map(|hour| format!("hour {hour} is missing")));
        for (day, stored) in rollups::between(db, Unit::Days, tracker, i64::MIN, i64::MAX).await? {
            match stored {
                Err(error) => {
                    by_day.remove(&day);
                    problems.push(format!("day {day}: {error}"));
                }
                Ok(stored) if by_day.remove(&day).as_ref() != Some(&stored) => {
                    problems.push(format!("day {day} is not the sum of its hours"));
                }
                Ok(_) => {}
            }
        }
        problems.extend(by_day.keys().map(|day| format!("day {day} is missing")));
        problems.extend(glances(db, tracker).await?);
        let sealed = seal::all(db, Some(tracker)).await?.pop().map(|(_, sealed)| sealed);
        if self.problems.is_empty() && self.next.is_some() {
            let agrees = sealed.is_some_and(|sealed| {
                Some(sealed.entries) == self.next
                    && sealed.holding.map(|holding| holding.due) == self.holding.map(|holding| holding.due)
            });
            if !agrees {
                problems.push("its blocks end elsewhere than they should".to_owned());
            }
        }
        Ok(problems)
    }
}

/// How the glances of a tracker differ from its days.
async fn glances(db: &mut SqliteConnection, tracker: TrackerId) -> Result<Vec<String>, StoreError> {
    const ALL: &str = "SELECT day, glance FROM glances WHERE tracker_id = ? ORDER BY day";
    let told: BTreeMap<i64, String> =
        sqlx::query_as(ALL).bind(tracker.0).fetch_all(&mut *db).await?.into_iter().collect();
    let mut problems = Vec::new();
    for (day, stored) in rollups::between(db, Unit::Days, tracker, i64::MIN, i64::MAX).await? {
        let glance = told.get(&day).and_then(|glance| rollups::read_glance(tracker, glance));
        if let Ok(stored) = stored
            && glance != Some((day, stored.tally))
        {
            problems.push(format!("the glance at day {day} says something else"));
        }
    }
    Ok(problems)
}

/// The most hours that damaged blocks make unclear: 400 days.
const MOST_UNCLEAR: usize = 24 * 400;

//! Rows of `blocks` and `open_blocks`.

use std::collections::{HashMap, HashSet};

use domain::{Fault, FaultKind, Reason, Recorded, Timestamp, TrackerId};
use sqlx::{AssertSqlSafe, SqliteConnection, query, query_scalar, sqlite::SqliteRow};

use super::{entry, pending::Stretch};
use crate::{
    StoreError,
    block::{self, Columns},
    bulk::Insert,
    call::Values,
    row::Row,
};

/// A block as its row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) tracker: TrackerId,
    /// Of its first entry.
    pub(crate) number: u64,
    pub(crate) entries: u32,
    failed: u32,
    pub(crate) first_due: i64,
    pub(crate) last_due: i64,
    limit_ms: u32,
    pub(crate) location: u16,
    checksum: u32,
    payload: Vec<u8>,
}

/// The columns of both tables, in the order of the checksum.
macro_rules! columns {
    () => {
        "tracker_id, number, entries, failed, first_due, last_due, limit_ms, location, checksum, payload"
    };
}

const COLUMNS: &str = columns!();

impl Block {
    /// Packs a stretch whose first entry has this number.
    pub(crate) fn pack(tracker: TrackerId, number: u64, stretch: &Stretch) -> Result<Self, StoreError> {
        let columns = &stretch.columns;
        let limit_ms = stretch.limit_ms.unwrap_or(0);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let failed = columns.iter().filter(|entry| entry::is_down(entry.verdict)).count();
        let mut block = Self {
            tracker,
            number,
            entries: count(columns.len()),
            failed: count(failed),
            first_due: columns.first_due().map_or(0, |due| due.0),
            last_due: columns.last_due().map_or(0, |due| due.0),
            limit_ms,
            location: stretch.location,
            checksum: 0,
            payload: block::encode(columns, limit_ms)?,
        };
        block.checksum = block.sum();
        Ok(block)
    }

    /// Unpacks it; what does not fit together is an error.
    pub(crate) fn unpack(&self) -> Result<Stretch, StoreError> {
        if self.checksum != self.sum() {
            return Err(StoreError::Corrupt { table: "blocks", column: "checksum" });
        }
        let columns = block::decode(&self.payload)?;
        if u32::try_from(columns.len()) != Ok(self.entries) {
            return Err(StoreError::Corrupt { table: "blocks", column: "entries" });
        }
        let limit_ms = Some(self.limit_ms).filter(|limit| *limit > 0);
        Ok(Stretch { columns, limit_ms, location: self.location, first_check: 0, last_check: 0 })
    }

    /// Unpacks it for an answer. What is damaged becomes a gap that says so, and is logged.
    pub(crate) fn unpack_or_gap(&self) -> Stretch {
        self.unpack().unwrap_or_else(|error| {
            tracing::error!(tracker = %self.tracker, number = self.number, %error, "a block of history is damaged");
            let mut columns = Columns::default();
            let gap = Recorded::gap(self.tracker, Timestamp(self.first_due), Reason::Damaged);
            // A gap fits into columns that are empty.
            let _ = columns.push(entry::of(&gap, None));
            Stretch { columns, limit_ms: None, location: self.location, first_check: 0, last_check: 0 }
        })
    }

    /// Whether it grows no more.
    pub(crate) fn is_full(&self) -> bool {
        const FULL: u32 = 512;
        self.entries >= FULL
    }

    /// The number after its last entry.
    pub(crate) fn end(&self) -> u64 {
        self.number.saturating_add(self.entries.into())
    }

    /// The CRC-32 of all that stands in the row beside it.
    fn sum(&self) -> u32 {
        let mut sum = crc32fast::Hasher::new();
        for number in self.numbers() {
            sum.update(&number.to_le_bytes());
        }
        sum.update(&self.payload);
        sum.finalize()
    }

    fn numbers(&self) -> [i64; 8] {
        [
            self.tracker.0,
            self.number.cast_signed(),
            self.entries.into(),
            self.failed.into(),
            self.first_due,
            self.last_due,
            self.limit_ms.into(),
            self.location.into(),
        ]
    }

    /// Its values, in the order of [`INSERT_CLOSED`].
    pub(crate) fn bind(values: &mut Values, block: &Self) {
        for number in block.numbers() {
            values.bind(number);
        }
        values.bind(i64::from(block.checksum)).bind(block.payload.clone());
    }

    pub(crate) fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let row = Row::of("blocks", row);
        Ok(Self {
            tracker: TrackerId(row.get("tracker_id")?),
            number: row.fit("number")?,
            entries: row.fit("entries")?,
            failed: row.fit("failed")?,
            first_due: row.get("first_due")?,
            last_due: row.get("last_due")?,
            limit_ms: row.fit("limit_ms")?,
            location: row.fit("location")?,
            checksum: row.fit("checksum")?,
            payload: row.get("payload")?,
        })
    }
}

/// Whether entries are missing between a block and the number that follows. All numbers are in blocks, one after the other; so if
/// one is missing, its block is lost, or its row has another key.
pub(crate) fn is_lost(block: &Block, next: u64) -> bool {
    block.end() < next
}

/// Where blocks go that will not grow any more.
pub(crate) const INSERT_CLOSED: Insert = Insert::new(concat!("INSERT INTO blocks (", columns!(), ")"), 10);
/// Where blocks go that may grow, each in place of its tracker's former one.
pub(crate) const INSERT_OPEN: Insert =
    Insert::new(concat!("INSERT OR REPLACE INTO open_blocks (", columns!(), ")"), 10);

/// Asks for the blocks of some trackers that may grow, given as JSON.
pub(crate) const OPEN: &str =
    concat!("SELECT ", columns!(), " FROM open_blocks WHERE tracker_id IN (SELECT value FROM json_each(?))");

/// What was answered to [`OPEN`]. A block that cannot be read goes to the others as it is.
pub(crate) async fn take_open(
    db: &mut SqliteConnection,
    rows: &[SqliteRow],
) -> Result<HashMap<TrackerId, Block>, StoreError> {
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let tracker = TrackerId(Row::of("open_blocks", row).get("tracker_id")?);
        match Block::read(row) {
            Ok(block) => drop(found.insert(tracker, block)),
            Err(error) => {
                tracing::error!(%tracker, %error, "an open block of history is damaged");
                close(db, tracker).await?;
            }
        }
    }
    Ok(found)
}

/// Moves a tracker's open block to the others, as it is.
async fn close(db: &mut SqliteConnection, tracker: TrackerId) -> Result<(), StoreError> {
    const MOVE: &str = concat!(
        "INSERT INTO blocks (",
        columns!(),
        ") SELECT ",
        columns!(),
        " FROM open_blocks WHERE tracker_id = ?"
    );
    query(MOVE).bind(tracker.0).execute(&mut *db).await?;
    drop_open(db, std::iter::once(tracker)).await
}

/// Forgets the open blocks of these trackers.
pub(crate) async fn drop_open(
    db: &mut SqliteConnection,
    ids: impl Iterator<Item = TrackerId>,
) -> Result<(), StoreError> {
    const DROP: &str = "DELETE FROM open_blocks WHERE tracker_id IN (SELECT value FROM json_each(?))";
    query(DROP).bind(list(ids)).execute(db).await?;
    Ok(())
}

/// Trackers as JSON.
pub(crate) fn list(ids: impl Iterator<Item = TrackerId>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    format!("[{}]", ids.join(","))
}

/// Blocks by a condition on both tables, in the order of their numbers; `condition` has `?1` for the tracker.
pub(crate) async fn select(
    db: &mut SqliteConnection,
    condition: &'static str,
    values: &[i64],
) -> Result<Vec<Block>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM blocks WHERE tracker_id = ?1 AND {condition} \
         UNION ALL SELECT {COLUMNS} FROM open_blocks WHERE tracker_id = ?1 AND {condition} ORDER BY number"
    );
    let bound = values.iter().fold(query(AssertSqlSafe(sql)), |query, value| query.bind(*value));
    bound.fetch_all(db).await?.iter().map(Block::read).collect()
}

/// The number of the block that follows another one.
pub(crate) async fn number_after(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    number: u64,
) -> Result<Option<u64>, StoreError> {
    const NEXT: &str = "
        SELECT coalesce((SELECT min(number) FROM blocks WHERE tracker_id = ?1 AND number > ?2),
            (SELECT number FROM open_blocks WHERE tracker_id = ?1 AND number > ?2))";
    let next: Option<i64> =
        query_scalar(NEXT).bind(tracker.0).bind(number.cast_signed()).fetch_one(db).await?;
    Ok(next.map(i64::cast_unsigned))
}

/// Whether any block of a tracker has entries in a stretch of time. Answered by an index alone.
pub(crate) async fn overlaps(
    db: &mut SqliteConnection,
    tracker: TrackerId,
    from: i64,
    to: i64,
) -> Result<bool, StoreError> {
    const ANY: &str = "
        SELECT EXISTS (SELECT 1 FROM blocks
                WHERE tracker_id = ?1 AND last_due >= ?2 AND first_due < ?3 AND last_due < ?4)
            OR EXISTS (SELECT 1 FROM open_blocks WHERE tracker_id = ?1 AND last_due >= ?2 AND first_due < ?3)";
    // No block is longer than that: it keeps the search short.
    let latest = to.saturating_add(super::pending::SPAN_MS).saturating_add(1);
    Ok(query_scalar(ANY).bind(tracker.0).bind(from).bind(to).bind(latest).fetch_one(db).await?)
}

/// The newest block of each tracker whose number is below the one given with it. Many at once, in the order in which they lie on the disk:
/// a start over cold files is a matter of reading little, and that in one direction.
pub(crate) async fn newest_of_each(
    db: &mut SqliteConnection,
    below: &HashMap<TrackerId, u64>,
) -> Result<Vec<Block>, StoreError> {
    const OPEN: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM open_blocks WHERE tracker_id IN (SELECT value ->> 0 FROM json_each(?)) ORDER BY tracker_id"
    );
    const NEWEST: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM blocks WHERE id IN (SELECT (SELECT blocks.id FROM blocks WHERE blocks.tracker_id = each.value ->> 0 \
         AND blocks.number < each.value ->> 1 ORDER BY blocks.number DESC LIMIT 1) FROM json_each(?) AS each) ORDER BY id"
    );
    let mut found = Vec::with_capacity(below.len());
    let mut closed: HashMap<TrackerId, u64> = below.clone();
    for row in query(OPEN).bind(pairs(below)).fetch_all(&mut *db).await? {
        let open = Block::read(&row)?;
        if below.get(&open.tracker).is_some_and(|below| open.number < *below) {
            closed.remove(&open.tracker);
            found.push(open);
        }
    }
    for row in query(NEWEST).bind(pairs(&closed)).fetch_all(db).await? {
        found.push(Block::read(&row)?);
    }
    Ok(found)
}

fn pairs(numbers: &HashMap<TrackerId, u64>) -> String {
    let pairs: Vec<String> = numbers.iter().map(|(id, number)| format!("[{id},{number}]")).collect();
    format!("[{}]", pairs.join(","))
}

/// The texts of these faults, as far as they are still kept.
pub(crate) async fn faults(
    db: &mut SqliteConnection,
    ids: &HashSet<u32>,
) -> Result<HashMap<u32, Fault>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    let json = format!("[{}]", ids.join(","));
    let rows = query("SELECT id, kind, detail FROM faults WHERE id IN (SELECT value FROM json_each(?))")
        .bind(json)
        .fetch_all(db)
        .await?;
    let mut faults = HashMap::new();
    for row in &rows {
        let row = Row::of("faults", row);
        let fault = crate::faults::read(&row).unwrap_or_else(|_| Fault::new(FaultKind::Forgotten, ""));
        faults.insert(row.fit("id")?, fault);
    }
    Ok(faults)
}

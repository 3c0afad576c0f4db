//! The history format: a stretch of one tracker's entries as one compressed block. `docs/format.md` has it byte by byte.
//!
//! A block stands for itself and says when it is damaged; what its numbers mean is decided elsewhere. To change the format:
//! a new file beside `v2.rs` and its line in [`decode`]. What reads version 1 stays, there are blocks on users' disks.

mod bytes;
mod column;
mod columns;
mod histogram;
mod layout;
mod phases;
mod v1;
mod v2;

pub(crate) use columns::{Columns, Entry, has_fault};
pub(crate) use histogram::{decode_latencies, encode_latencies};
pub(crate) use phases::{decode_hour, decode_phases, decode_timings, encode_hour, encode_phases, put_timing};

use bytes::Reader;

/// Most entries of a block. What a damaged block can make its reader allocate is bounded by this and by its own length.
pub(crate) const MAX_ENTRIES: usize = 65_536;

/// Verdict codes, as they are on disk. Codes from [`UNKNOWN`] on say why nothing is known: `UNKNOWN + n` for reason n.
pub(crate) const UP: u8 = 0;
pub(crate) const DEGRADED: u8 = 1;
pub(crate) const DOWN: u8 = 2;
pub(crate) const TOLERATED: u8 = 3;
pub(crate) const UNKNOWN: u8 = 16;

/// Why bytes are no block, or entries make none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// A newer program has written it.
    #[error("the block has version {0}, which this program does not know")]
    Version(u8),
    /// What was written is not what was read. The disk, or somebody's hand.
    #[error("the block's checksum does not match")]
    Checksum,
    /// Intact, but nothing that this program writes.
    #[error("the block holds {0}")]
    Malformed(&'static str),
    /// More than [`MAX_ENTRIES`].
    #[error("the block has more than {MAX_ENTRIES} entries")]
    TooLarge,
}

/// The entries as a block. `interval_ms` is what their due times usually are apart, so that regular ones cost nothing; 0 when
/// there is no such length. Any value is right, a fitting one is small.
pub(crate) fn encode(columns: &Columns, interval_ms: u32) -> Result<Vec<u8>, BlockError> {
    let mut block = vec![v2::VERSION];
    v2::encode(&mut block, columns, interval_ms)?;
    let checksum = crc32fast::hash(&block);
    block.extend(checksum.to_le_bytes());
    Ok(block)
}

/// The entries of a block. Any bytes may be given: the answer comes within bounded time and memory.
pub(crate) fn decode(block: &[u8]) -> Result<Columns, BlockError> {
    let (content, checksum) = block.split_last_chunk().ok_or(BlockError::Checksum)?;
    // Before the version: every version has its checksum here, so a damaged version byte is not taken for a newer program.
    if crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
        return Err(BlockError::Checksum);
    }
    let mut reader = Reader::new(content);
    let columns = match reader.byte()? {
        v1::VERSION => v1::decode(&mut reader)?,
        v2::VERSION => v2::decode(&mut reader)?,
        newer => return Err(BlockError::Version(newer)),
    };
    reader.end()?;
    Ok(columns)
}

#[cfg(test)]
mod tests;

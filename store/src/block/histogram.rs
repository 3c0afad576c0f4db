//! The buckets of a latency histogram, for the BLOB of a rollup. `docs/format.md` has them byte by byte.

use domain::{Latencies, Micros};

use super::{
    BlockError,
    bytes::{self, Reader},
};

/// The low two bits of a bucket's number say how many buckets before it are empty; with all of them set, one number more does.
const GAP_BITS: u32 = 2;
const LONG_GAP: u64 = (1 << GAP_BITS) - 1;

/// Room for the buckets of any honest histogram; others are refused soon after.
const MOST_BUCKETS: usize = 464;

/// The buckets that count something. Smallest, largest and sum are stored beside them. An empty histogram is no bytes; an
/// hour of one check a minute needs about 40.
pub(crate) fn encode_latencies(latencies: &Latencies) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut next = 0;
    for (bucket, count) in latencies.buckets() {
        let gap = u64::from(bucket - next);
        bytes::put(&mut bytes, u64::from(count) << GAP_BITS | gap.min(LONG_GAP));
        if gap >= LONG_GAP {
            bytes::put(&mut bytes, gap - LONG_GAP);
        }
        next = bucket + 1;
    }
    bytes
}

/// The histogram of these buckets with what is stored beside them. The sum is believed.
pub(crate) fn decode_latencies(
    bytes: &[u8],
    min: Option<Micros>,
    max: Option<Micros>,
    sum_us: u64,
) -> Result<Latencies, BlockError> {
    let mut reader = Reader::new(bytes);
    let mut buckets = Vec::with_capacity(bytes.len().min(MOST_BUCKETS));
    let mut next = 0_u16;
    while !reader.is_empty() {
        let (bucket, count) = bucket(&mut reader, next)?;
        buckets.push((bucket, count));
        next = bucket.checked_add(1).ok_or(MISFIT)?;
    }
    Latencies::from_parts(min, max, sum_us, buckets).ok_or(MISFIT)
}

fn bucket(reader: &mut Reader<'_>, next: u16) -> Result<(u16, u32), BlockError> {
    let both: u64 = reader.number()?;
    let gap = match both & LONG_GAP {
        LONG_GAP => reader.number::<u16>()?.checked_add(3).ok_or(MISFIT)?,
        short => u16::try_from(short).map_err(|_| MISFIT)?,
    };
    let count = u32::try_from(both >> GAP_BITS).map_err(|_| MISFIT)?;
    Ok((next.checked_add(gap).ok_or(MISFIT)?, count))
}

const MISFIT: BlockError = BlockError::Malformed("a histogram that does not add up");

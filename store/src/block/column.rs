//! One column of numbers: once if all are the same, otherwise compressed by pco.
//!
//! Measured with 600 latencies: level 8 takes 22 µs where level 5 takes 15 and level 12 takes 130, and the sizes are within one
//! per cent. Levels 5 to 8 differ by less than half of one, and all columns together take a fifth less CPU at level 6 than at 8. Each column is packed as the narrowest type that holds it, which saves two or three bytes for each of
//! pco's bins: 1 % of a block of 600 entries and 4 % of one of 60. Differences are packed instead of values where they are smaller:
//! latencies that wander slowly gain by it and others lose. An estimate tells which; where it is close, both are tried.

use pco::{
    ChunkConfig, DeltaSpec, ModeSpec,
    data_types::Number,
    errors::PcoError,
    wrapped::{FileCompressor, FileDecompressor},
};

use super::{
    BlockError,
    bytes::{self, Reader},
};

/// All values are the number that follows.
const CONSTANT: u8 = 0;
/// A chunk of pco follows, with its length before it, of numbers of 8 bits …
const PCO_8: u8 = 1;
/// … of 16 …
const PCO_16: u8 = 2;
/// … of 32.
const PCO_32: u8 = 3;

/// The header that pco writes before its chunks: its format's version. It is part of version 1 of a block and so not stored.
pub(super) const PCO_FORMAT: [u8; 2] = [4, 1];

/// How a chunk of pco may begin: its mode in the low four bits, its kind of delta in the high ones.
///
/// Only mode "classic" with no delta or the one of consecutive numbers is read, because only that is written. It is also what
/// bounds the memory: a dictionary (mode 4) or a look-back window (delta 2) are allocated as large as a few bytes claim, up
/// to 128 MB and 64 MB. What remains in this mode is bounded by the format: at most 16,384 bins in a table of as many states,
/// less than a megabyte, and read from bytes that must be there. pco 1.1 checks the rest itself: it pads what it reads
/// unchecked, and its own tests flip every bit to see that it does not panic; so do ours.
const PCO_BEGINS: [u8; 2] = [0x00, 0x10];

const LEVEL: usize = 6;

/// Appends the column; nothing for an empty one.
pub(super) fn encode(out: &mut Vec<u8>, values: &[u32]) -> Result<(), BlockError> {
    let (Some(&first), Some(&largest)) = (values.first(), values.iter().max()) else {
        return Ok(());
    };
    let (tag, packed) = if values.iter().all(|value| *value == first) {
        out.push(CONSTANT);
        bytes::put(out, first.into());
        return Ok(());
    } else if largest <= u8::MAX.into() {
        (PCO_8, pack::<u8>(values)?)
    } else if largest <= u16::MAX.into() {
        (PCO_16, pack::<u16>(values)?)
    } else {
        (PCO_32, pack::<u32>(values)?)
    };
    out.push(tag);
    bytes::put(out, packed.len() as u64);
    out.extend(packed);
    Ok(())
}

/// Reads a column of so many values. Whoever calls this has bounded their number.
pub(super) fn decode(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u32>, BlockError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    match reader.byte()? {
        CONSTANT => Ok(vec![reader.number()?; count]),
        PCO_8 => unpack::<u8>(reader, count),
        PCO_16 => unpack::<u16>(reader, count),
        PCO_32 => unpack::<u32>(reader, count),
        _ => Err(BlockError::Malformed("a column coded in no known way")),
    }
}

fn pack<T: Number + TryFrom<u32>>(values: &[u32]) -> Result<Vec<u8>, BlockError> {
    let narrow: Result<Vec<T>, _> = values.iter().map(|value| T::try_from(*value)).collect();
    let narrow = narrow.map_err(|_| BlockError::Malformed("a column wider than it seemed"))?;
    let compress = |delta| compress(&narrow, delta).map_err(|error| unwritable(&error));
    match delta_gains(values) {
        Some(true) => compress(DeltaSpec::TryConsecutive(1)),
        Some(false) => compress(DeltaSpec::NoOp),
        None => {
            let (plain, delta) = (compress(DeltaSpec::NoOp)?, compress(DeltaSpec::TryConsecutive(1))?);
            Ok(if delta.len() < plain.len() { delta } else { plain })
        }
    }
}

/// Whether differences take fewer bits than values do around their median; `None` when that is too close to tell.
fn delta_gains(values: &[u32]) -> Option<bool> {
    /// Per cent of the bits that are compared: less than that is close. With ten, as many again were packed twice, and no byte was won.
    const CLOSE: u64 = 4;
    let mut sorted = values.to_vec();
    let middle = values.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable(middle);
    let median = *median;
    let bits = |distance: u32| u64::from(distance.checked_ilog2().map_or(0, |log| log + 1));
    let plain: u64 = values.iter().map(|value| bits(value.abs_diff(median))).sum();
    let delta: u64 =
        values.iter().zip(values.iter().skip(1)).map(|(one, next)| bits(next.abs_diff(*one))).sum();
    let is_clear = plain.abs_diff(delta) * 100 > plain.max(delta) * CLOSE;
    is_clear.then_some(delta < plain)
}

fn compress<T: Number>(values: &[T], delta: DeltaSpec) -> Result<Vec<u8>, PcoError> {
    let config = ChunkConfig::default()
        .with_compression_level(LEVEL)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(delta)
        .with_enable_8_bit(true);
    let mut chunk = FileCompressor::default().chunk_compressor(values, &config)?;
    let packed = chunk.write_meta(Vec::new())?;
    chunk.write_page(0, packed)
}

fn unpack<T: Number + Into<u32>>(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u32>, BlockError> {
    let length = reader.number()?;
    let packed = reader.take(length)?;
    if !packed.first().is_some_and(|first| PCO_BEGINS.contains(first)) {
        return Err(BlockError::Malformed("a column in a mode of pco that is not used"));
    }
    let mut values = vec![T::default(); count];
    let rest = decompress(packed, &mut values).map_err(|error| unreadable(&error))?;
    Reader::new(rest).end()?;
    Ok(values.into_iter().map(Into::into).collect())
}

/// Fills all the values; what is left of the bytes.
fn decompress<'a, T: Number>(packed: &'a [u8], values: &mut [T]) -> Result<&'a [u8], PcoError> {
    let (file, _) = FileDecompressor::new(&PCO_FORMAT[..])?;
    let (mut chunk, rest) = file.chunk_decompressor::<T, _>(packed)?;
    let mut page = chunk.page_decompressor(rest, values.len())?;
    page.read(values)?;
    Ok(page.into_src())
}

fn unwritable(error: &PcoError) -> BlockError {
    tracing::error!(%error, "pco refused a column: {error}");
    BlockError::Malformed("a column that pco refuses")
}

fn unreadable(error: &PcoError) -> BlockError {
    tracing::debug!(%error, "pco cannot read a column: {error}");
    BlockError::Malformed("a column that pco cannot read")
}

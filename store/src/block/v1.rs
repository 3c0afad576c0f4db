//! Version 1 of a block, which is only read: what degraded checks missed was not kept.

use super::{BlockError, Columns, DEGRADED, DOWN, TOLERATED, bytes::Reader, columns::has_fault, layout};

pub(super) const VERSION: u8 = 1;

/// Reads everything between the version and the checksum.
pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Columns, BlockError> {
    let mut columns = layout::decode(reader, |verdict| matches!(verdict, DOWN | TOLERATED))?;
    let verdicts = || columns.packed.iter().map(|packed| packed.verdict);
    if verdicts().any(|verdict| verdict == DEGRADED) {
        let mut kept = columns.faults.iter().copied();
        let with_fault = verdicts().filter(|verdict| has_fault(*verdict));
        let fault = |verdict| if verdict == DEGRADED { NOT_KEPT } else { kept.next().unwrap_or(NOT_KEPT) };
        columns.faults = with_fault.map(fault).collect();
    }
    Ok(columns)
}

/// The number of no fault.
const NOT_KEPT: u32 = 0;

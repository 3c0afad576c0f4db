//! Version 2 of a block: degraded checks have a fault as failed ones do.

use super::{BlockError, Columns, bytes::Reader, columns::has_fault, layout};

pub(super) const VERSION: u8 = 2;

/// Appends everything between the version and the checksum.
pub(super) fn encode(out: &mut Vec<u8>, columns: &Columns, interval_ms: u32) -> Result<(), BlockError> {
    layout::encode(out, columns, interval_ms)
}

/// Reads what [`encode`] wrote.
pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Columns, BlockError> {
    layout::decode(reader, has_fault)
}

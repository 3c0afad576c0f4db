//! How long what is kept.

use std::{io, path::Path, str::FromStr, time::Duration};

use crate::disk;

/// How long what is kept. Rollups, transitions and trackers are kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Checks, one by one.
    pub checks: Duration,
    /// What failures showed, since it was last seen; their kind is kept as long as the checks.
    pub evidence: Duration,
    /// The most room that the database may take; then the oldest checks go before their time.
    pub ceiling: Ceiling,
}

impl Default for Retention {
    /// A year, 90 days, and four fifths of the disk.
    fn default() -> Self {
        Self {
            checks: Duration::from_hours(365 * 24),
            evidence: Duration::from_hours(90 * 24),
            ceiling: Ceiling::OfDisk { percent: 80 },
        }
    }
}

/// The most room that a database may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// So many bytes.
    Bytes(u64),
    /// A share of the whole disk that it lies on; 1 to 100.
    OfDisk {
        /// In hundredths of the disk.
        percent: u8,
    },
}

impl Ceiling {
    /// The ceiling in bytes for a database in this folder.
    pub(crate) fn bytes(self, folder: &Path) -> io::Result<u64> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::OfDisk { percent } => Ok(disk::size(folder)? / 100 * u64::from(percent)),
        }
    }
}

/// Neither a share of a disk nor a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a ceiling is a share of the disk like 80%, or a size from 64MiB, like 500MiB or 20GiB")]
pub struct NoCeiling;

/// The smallest ceiling: below, a busy server would delete what it has just recorded.
const SMALLEST: u64 = 64 << 20;

impl FromStr for Ceiling {
    type Err = NoCeiling;

    fn from_str(text: &str) -> Result<Self, NoCeiling> {
        let text = text.trim();
        if let Some(percent) = text.strip_suffix('%') {
            let percent = percent.trim().parse().map_err(|_| NoCeiling)?;
            return if (1..=100).contains(&percent) { Ok(Self::OfDisk { percent }) } else { Err(NoCeiling) };
        }
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1_u64 << 40)];
        let bytes = units.iter().find_map(|(unit, bytes)| {
            text.strip_suffix(unit)?.trim().parse::<u64>().ok()?.checked_mul(*bytes)
        });
        bytes.filter(|bytes| *bytes >= SMALLEST).map(Self::Bytes).ok_or(NoCeiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceilings_are_read_as_people_write_them() {
        for (text, ceiling) in [
            ("80%", Ok(Ceiling::OfDisk { percent: 80 })),
            (" 100 % ", Ok(Ceiling::OfDisk { percent: 100 })),
            ("20GiB", Ok(Ceiling::Bytes(20 << 30))),
            ("500 MiB", Ok(Ceiling::Bytes(500 << 20))),
            ("0%", Err(NoCeiling)),
            ("101%", Err(NoCeiling)),
            ("63MiB", Err(NoCeiling)),
            ("much", Err(NoCeiling)),
            ("99999999999TiB", Err(NoCeiling)),
        ] {
            assert_eq!(text.parse(), ceiling, "{text}");
        }
    }
}

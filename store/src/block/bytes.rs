//! Numbers as bytes: LEB128, seven bits a byte, least significant first.

use super::BlockError;

/// Appends a number, in one byte when it is below 128.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(low_byte(number) | 0x80);
        number >>= 7;
    }
    out.push(low_byte(number));
}

/// Appends a number that may be negative, in one byte when it is small either way.
pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0] & 0x7f
}

/// What is left of bytes that nobody vouches for.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), BlockError> {
        if self.is_empty() { Ok(()) } else { Err(BlockError::Malformed("bytes behind its end")) }
    }

    pub(super) fn byte(&mut self) -> Result<u8, BlockError> {
        let (byte, rest) = self.0.split_first().ok_or(CUT)?;
        self.0 = rest;
        Ok(*byte)
    }

    /// So many bytes as they are.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], BlockError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CUT)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number that [`put`] wrote, if it fits.
    pub(super) fn number<T: TryFrom<u64>>(&mut self) -> Result<T, BlockError> {
        let (mut number, mut shift) = (0, 0);
        while shift < u64::BITS {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(RANGE);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return T::try_from(number).map_err(|_| RANGE);
            }
            shift += 7;
        }
        Err(RANGE)
    }

    /// A number that [`put_signed`] wrote.
    pub(super) fn signed(&mut self) -> Result<i64, BlockError> {
        let number: u64 = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

const CUT: BlockError = BlockError::Malformed("less than it says");
const RANGE: BlockError = BlockError::Malformed("a number out of range");

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<u64, BlockError> {
        Reader::new(bytes).number()
    }

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            assert_eq!(read(&bytes), Ok(number));
        }
        for number in [0, -1, 63, -64, 64, i64::MIN, i64::MAX] {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, number);
            assert_eq!(Reader::new(&bytes).signed(), Ok(number));
            assert_eq!(bytes.len() == 1, (-64..64).contains(&number));
        }
    }

    #[test]
    fn numbers_that_are_cut_or_too_large_are_refused() {
        assert_eq!(read(&[]), Err(CUT));
        assert_eq!(read(&[0x80]), Err(CUT));
        assert_eq!(read(&[0xff; 11]), Err(RANGE));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), Err(RANGE));
        assert_eq!(Reader::new(&[0x80, 2]).number::<u8>(), Err(RANGE));
        assert_eq!(Reader::new(&[1, 2]).take(3), Err(CUT));
    }
}

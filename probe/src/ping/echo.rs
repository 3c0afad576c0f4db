//! Echo requests and replies as bytes (RFC 792, RFC 4443).

use ring::rand::{SecureRandom, SystemRandom};

/// The echoes of one probe. What is in them says that they are ours, whoever else pings from here.
pub(super) struct Echo {
    id: Option<u16>,
    is_v6: bool,
    token: [u8; 16],
}

impl Echo {
    /// `id` is set where the system does not choose one of its own.
    pub(super) fn new(id: Option<u16>, is_v6: bool) -> Self {
        let mut token = [0; 16];
        // Without chance it still has its number and its address.
        let _ = SystemRandom::new().fill(&mut token);
        Self { id, is_v6, token }
    }

    fn types(&self) -> (u8, u8) {
        if self.is_v6 { (128, 129) } else { (8, 0) }
    }

    /// The request with this number.
    pub(super) fn request(&self, sequence: u16) -> Vec<u8> {
        let mut bytes = vec![self.types().0, 0, 0, 0];
        bytes.extend(self.id.unwrap_or_default().to_be_bytes());
        bytes.extend(sequence.to_be_bytes());
        bytes.extend(self.token);
        // Of IPv6 the system adds it up, because the addresses are part of it.
        if !self.is_v6 {
            let sum = checksum(&bytes).to_be_bytes();
            bytes[2..4].copy_from_slice(&sum);
        }
        bytes
    }

    /// The number of the request that this answers. Nothing of anything else.
    pub(super) fn read(&self, bytes: &[u8], has_header: bool) -> Option<u16> {
        let bytes = if has_header {
            let words = usize::from(bytes.first()? & 0x0f);
            bytes.get(words * 4..)?
        } else {
            bytes
        };
        let (head, token) = bytes.split_first_chunk::<8>()?;
        let is_reply = (head[0], head[1]) == (self.types().1, 0);
        let is_ours = self.id.is_none_or(|id| id.to_be_bytes() == [head[4], head[5]]);
        (is_reply && is_ours && token == self.token).then(|| u16::from_be_bytes([head[6], head[7]]))
    }
}

/// The ones' complement sum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words =
        bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reply(echo: &Echo, sequence: u16) -> Vec<u8> {
        let mut bytes = echo.request(sequence);
        bytes[0] = echo.types().1;
        bytes
    }

    #[test]
    fn a_reply_is_known_by_its_number_and_its_token() {
        for is_v6 in [false, true] {
            let echo = Echo::new(Some(7), is_v6);
            assert_eq!(echo.read(&reply(&echo, 2), false), Some(2));
            assert_eq!(echo.read(&echo.request(2), false), None, "a request is no reply");
            assert_eq!(echo.read(&reply(&Echo::new(Some(7), is_v6), 2), false), None, "another one's");
            let other = Echo { id: Some(8), is_v6, token: echo.token };
            assert_eq!(echo.read(&reply(&other, 2), false), None);
            let with_header = [&[0x46; 24], reply(&echo, 1).as_slice()].concat();
            assert_eq!(echo.read(&with_header, true), Some(1));
        }
    }

    #[test]
    fn the_sum_is_right() {
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
        let echo = Echo::new(Some(7), false);
        assert_eq!(checksum(&echo.request(3)), 0, "with its sum it adds up to nothing");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), has_header in any::<bool>()) {
            prop_assert_eq!(Echo::new(None, false).read(&bytes, has_header), None);
        }
    }
}

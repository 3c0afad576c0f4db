//! Packets: a length of three bytes, a number that counts them, and so many bytes.

use super::{
    super::{Io, TalkError, Wire},
    END,
};

pub(super) struct Packet {
    pub(super) number: u8,
    pub(super) body: Vec<u8>,
}

/// The longest packet that is read, in bytes.
const LIMIT: usize = 256 << 10;
/// The longest first packet, in bytes. Whoever says more is no such server.
const FIRST_LIMIT: usize = 1_024;

impl Packet {
    /// Whether it ends a list. A row may begin with the same byte, but is longer then.
    pub(super) fn is_end(&self) -> bool {
        self.body.first() == Some(&END) && self.body.len() < 9
    }
}

/// The next packet.
pub(super) async fn receive<S: Io>(wire: &mut Wire<'_, S>) -> Result<Packet, TalkError> {
    let [a, b, c, number] = wire.array().await?;
    let length = length([a, b, c]);
    if length > LIMIT {
        return Err(TalkError::TooLong);
    }
    Ok(Packet { number, body: wire.exact(length).await? })
}

/// The packet that a server begins with, of which more is known.
pub(super) async fn receive_first<S: Io>(wire: &mut Wire<'_, S>) -> Result<Packet, TalkError> {
    let [a, b, c, number] = wire.array().await?;
    let length = length([a, b, c]);
    if number != 0 || length > FIRST_LIMIT {
        return Err(wire.strange(&[a, b, c, number]));
    }
    Ok(Packet { number, body: wire.exact(length).await? })
}

fn length([a, b, c]: [u8; 3]) -> usize {
    usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16
}

/// A packet of ours. What is in it is bounded, far below what a length can say.
pub(super) async fn send<S: Io>(wire: &mut Wire<'_, S>, number: u8, body: &[u8]) -> Result<(), TalkError> {
    let [a, b, c, _] = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
    wire.send(&[&[a, b, c, number], body].concat()).await
}

/// What an error packet says: a mark, its number, perhaps `#` and a state, and a text.
pub(super) fn error<S: Io>(wire: &Wire<'_, S>, body: &[u8]) -> TalkError {
    let mut cut = Cut(body.get(1..).unwrap_or_default());
    let Some(code) = cut.array().map(u16::from_le_bytes) else { return wire.strange(body) };
    let text = match cut.0.strip_prefix(b"#") {
        Some(rest) => rest.get(5..).unwrap_or_default(),
        None => cut.0,
    };
    let said = wire.said(&[code.to_string().as_bytes(), b": ", text].concat());
    match code {
        // Denied, no password, unknown method, locked (of both), expired (both ways).
        1045 | 1251 | 1275 | 1698 | 1820 | 1862 | 3118 | 4151 => TalkError::SignIn(said),
        _ => TalkError::Refused(said),
    }
}

/// What is left of a packet.
pub(super) struct Cut<'a>(pub(super) &'a [u8]);

impl<'a> Cut<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// The text up to the next NUL, or to the end.
    pub(super) fn until_nul(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0);
        let text = self.take(end.unwrap_or(self.0.len())).unwrap_or_default();
        let _ = self.take(1);
        text
    }

    /// A number that says itself how long it is.
    pub(super) fn number(&mut self) -> Option<u64> {
        let [first] = self.array()?;
        match first {
            0..=0xfa => Some(first.into()),
            0xfc => self.array().map(|bytes| u16::from_le_bytes(bytes).into()),
            0xfd => self.array().map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]).into()),
            0xfe => self.array().map(u64::from_le_bytes),
            _ => None,
        }
    }

    /// A text with its length.
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }
}

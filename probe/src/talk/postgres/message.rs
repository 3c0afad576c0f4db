//! Messages: a kind, a length that counts itself, and so many bytes.

use super::super::{Io, TalkError, Wire};

pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Vec<u8>,
}

/// The longest message that is read, in bytes.
const LIMIT: usize = 256 << 10;

/// The next message, which must be one of these kinds.
pub(super) async fn receive<S: Io>(wire: &mut Wire<'_, S>, kinds: &[u8]) -> Result<Message, TalkError> {
    let [kind] = wire.array().await?;
    if !kinds.contains(&kind) {
        return Err(wire.strange(&[kind]));
    }
    let length = u32::from_be_bytes(wire.array().await?);
    let Some(length) = length.checked_sub(4).and_then(|length| usize::try_from(length).ok()) else {
        return Err(wire.strange(&[kind]));
    };
    if length > LIMIT {
        return Err(TalkError::TooLong);
    }
    Ok(Message { kind, body: wire.exact(length).await? })
}

/// A message of ours. What is in it is bounded, far below what a length can say.
pub(super) fn build(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&[kind], &length.to_be_bytes()[..], &body].concat()
}

/// What an error message says.
pub(super) struct Report<'a> {
    severity: &'a [u8],
    code: &'a [u8],
    text: &'a [u8],
}

impl<'a> Report<'a> {
    /// Fields that are not there are empty.
    pub(super) fn of(body: &'a [u8]) -> Self {
        let mut report = Self { severity: b"", code: b"", text: b"" };
        for field in body.split(|byte| *byte == 0) {
            match field.split_first() {
                Some((b'S', text)) => report.severity = text,
                Some((b'C', text)) => report.code = text,
                Some((b'M', text)) => report.text = text,
                _ => {}
            }
        }
        report
    }

    pub(super) fn error<S: Io>(&self, wire: &Wire<'_, S>) -> TalkError {
        let said = wire.said(&[self.severity, b" ", self.code, b": ", self.text].concat());
        // Class 28 is about who asks.
        if self.code.starts_with(b"28") { TalkError::SignIn(said) } else { TalkError::Refused(said) }
    }
}

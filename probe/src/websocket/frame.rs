//! The frames of RFC 6455, section 5: those that are sent, and those that come in pieces of any size.

/// What a frame is.
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// In the first byte: the last frame of a message, and what belongs to extensions.
const LAST: u8 = 0x80;
const EXTENDED: u8 = 0x70;
/// In the second byte: what is masked, and a length that stands in the bytes behind it.
const MASKED: u8 = 0x80;
const TWO_BYTES: u8 = 0x7e;
const EIGHT_BYTES: u8 = 0x7f;

/// The most bytes of a frame that is about the connection.
const CONTROL: u64 = 125;

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A message begins.
    Begin,
    /// So much more of it.
    Piece(Vec<u8>),
    /// It has ended.
    End,
    /// Something that wants to be sent back.
    Ping(Vec<u8>),
    /// The other side takes its leave, with a code and a text if it gives any.
    Close(Option<(u16, String)>),
}

/// Why what came is not what a server may send now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// No frame, or none that may stand here.
    Frame,
    /// A text that is not UTF-8.
    Text,
}

/// Takes frames apart. Holds what has not been looked at, and never waits for more than a head or a frame about the connection.
#[derive(Debug, Default)]
pub(super) struct Frames {
    held: Vec<u8>,
    /// The frame of a message that is being read.
    data: Option<Data>,
    /// Whether more frames of a message have to come.
    is_within: bool,
    /// Of a text: the beginning of a character whose rest has not come.
    begun: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug)]
struct Data {
    left: u64,
    is_last: bool,
}

/// The beginning of a frame.
struct Head {
    is_last: bool,
    opcode: u8,
    length: u64,
    /// How many bytes it has itself.
    size: usize,
}

impl Frames {
    /// With what was read of them already.
    pub(super) fn after(held: Vec<u8>) -> Self {
        Self { held, ..Self::default() }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Whether nothing is missing: a peer that hangs up now breaks nothing off.
    pub(super) fn is_between(&self) -> bool {
        self.held.is_empty() && self.data.is_none() && !self.is_within
    }

    /// The next event, if enough has come for one.
    pub(super) fn next(&mut self) -> Result<Option<Event>, Wrong> {
        loop {
            if let Some(data) = self.data {
                return self.piece(data);
            }
            let Some(head) = head(&self.held)? else { return Ok(None) };
            match head.opcode {
                TEXT | BINARY if !self.is_within => {
                    self.begun = (head.opcode == TEXT).then(Vec::new);
                    self.open(&head);
                    return Ok(Some(Event::Begin));
                }
                0 if self.is_within => self.open(&head),
                CLOSE | PING | PONG => {
                    let Some(payload) = self.control(&head) else { return Ok(None) };
                    match head.opcode {
                        PING => return Ok(Some(Event::Ping(payload))),
                        CLOSE => return Ok(Some(Event::Close(leave(&payload)))),
                        _ => {}
                    }
                }
                _ => return Err(Wrong::Frame),
            }
        }
    }

    fn open(&mut self, head: &Head) {
        self.held.drain(..head.size);
        self.is_within = true;
        self.data = Some(Data { left: head.length, is_last: head.is_last });
    }

    /// What there is of the frame, or its end where that ends the message.
    fn piece(&mut self, data: Data) -> Result<Option<Event>, Wrong> {
        if data.left == 0 {
            self.data = None;
            self.is_within = !data.is_last;
            if data.is_last && self.begun.as_ref().is_some_and(|begun| !begun.is_empty()) {
                return Err(Wrong::Text);
            }
            // Of an empty piece nobody needs to know; the next frame is looked at by the next call.
            return Ok(Some(if data.is_last { Event::End } else { Event::Piece(Vec::new()) }));
        }
        let take = usize::try_from(data.left).unwrap_or(usize::MAX).min(self.held.len());
        if take == 0 {
            return Ok(None);
        }
        self.data = Some(Data { left: data.left.saturating_sub(take as u64), ..data });
        let piece: Vec<u8> = self.held.drain(..take).collect();
        if self.begun.as_mut().is_some_and(|begun| !goes_on(begun, &piece)) {
            return Err(Wrong::Text);
        }
        Ok(Some(Event::Piece(piece)))
    }

    /// What a frame about the connection holds, once all of it is there.
    fn control(&mut self, head: &Head) -> Option<Vec<u8>> {
        let end = head.size.checked_add(usize::try_from(head.length).ok()?)?;
        let payload = self.held.get(head.size..end)?.to_vec();
        self.held.drain(..end);
        Some(payload)
    }
}

/// Whether a text goes on as one (section 8.1). Characters may come in pieces: `begun` is what has come of one.
fn goes_on(begun: &mut Vec<u8>, piece: &[u8]) -> bool {
    begun.extend_from_slice(piece);
    match std::str::from_utf8(begun) {
        Ok(_) => begun.clear(),
        Err(error) if error.error_len().is_none() => drop(begun.drain(..error.valid_up_to())),
        Err(_) => return false,
    }
    true
}

/// The head of the next frame, once all of it is there. A server masks nothing, and no extension was agreed on.
fn head(held: &[u8]) -> Result<Option<Head>, Wrong> {
    let Some((&[first, second], rest)) = held.split_first_chunk() else {
        // What is wrong in the first byte is wrong whatever follows.
        return if held.first().is_some_and(|first| first & EXTENDED != 0) {
            Err(Wrong::Frame)
        } else {
            Ok(None)
        };
    };
    if first & EXTENDED != 0 || second & MASKED != 0 {
        return Err(Wrong::Frame);
    }
    let (is_last, opcode) = (first & LAST != 0, first & 0x0f);
    let (length, size) = match second {
        TWO_BYTES => match rest.first_chunk() {
            Some(length) => (u16::from_be_bytes(*length).into(), 4),
            None => return Ok(None),
        },
        EIGHT_BYTES => match rest.first_chunk() {
            Some(length) => (u64::from_be_bytes(*length), 10),
            None => return Ok(None),
        },
        length => (length.into(), 2),
    };
    let is_control = opcode >= CLOSE;
    if length > i64::MAX as u64 || is_control && (length > CONTROL || !is_last) {
        return Err(Wrong::Frame);
    }
    Ok(Some(Head { is_last, opcode, length, size }))
}

/// Why the other side leaves.
fn leave(payload: &[u8]) -> Option<(u16, String)> {
    let (code, why) = payload.split_first_chunk()?;
    Some((u16::from_be_bytes(*code), String::from_utf8_lossy(why).into_owned()))
}

/// A frame as a client sends it: whole, and masked.
pub(super) fn frame(opcode: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![LAST | opcode];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..=125), _) => frame.push(MASKED | length),
        (_, Ok(length)) => {
            frame.push(MASKED | TWO_BYTES);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(MASKED | EIGHT_BYTES);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// Everything in these bytes, with the pieces of a message put together.
    fn read(bytes: &[u8], piece: usize) -> (Vec<Event>, Result<bool, Wrong>) {
        let (mut frames, mut events) = (Frames::default(), Vec::new());
        for bytes in bytes.chunks(piece) {
            frames.add(bytes);
            loop {
                match (frames.next(), events.last_mut()) {
                    (Ok(None), _) => break,
                    (Ok(Some(Event::Piece(more))), Some(Event::Piece(all))) => all.extend(more),
                    (Ok(Some(event)), _) => events.push(event),
                    (Err(error), _) => return (events, Err(error)),
                }
            }
        }
        (events, Ok(frames.is_between()))
    }

    /// A frame as a server sends it.
    fn served(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = frame(first, payload, [0; 4]);
        bytes[0] = first;
        bytes[1] &= 0x7f;
        let mask = match bytes[1] {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        bytes.drain(mask..mask + 4);
        bytes
    }

    #[test]
    fn messages_are_read() {
        let hello =
            [&b"\x01\x03Hel"[..], b"\x89\x01!", b"\x80\x02lo", b"\x8a\x00", b"\x88\x05\x03\xf0bye"].concat();
        for piece in 1..=hello.len() {
            let (events, end) = read(&hello, piece);
            let mut said = Vec::new();
            for event in &events {
                if let Event::Piece(piece) = event {
                    said.extend_from_slice(piece);
                }
            }
            assert_eq!((said.as_slice(), end), (&b"Hello"[..], Ok(true)));
            assert!(events.contains(&Event::Ping(b"!".to_vec())));
            assert_eq!(events.last(), Some(&Event::Close(Some((1_008, "bye".into())))));
        }
        assert_eq!(read(b"\x88\x00", 1).0, [Event::Close(None)]);
        assert_eq!(read(b"\x81\x00", 1).0, [Event::Begin, Event::End]);
    }

    #[test]
    fn a_text_is_utf_8_however_it_comes() {
        for (bytes, wanted) in [
            (&b"\x81\x04a\xc3\xa9b"[..], Ok(true)),
            (b"\x01\x02a\xc3\x89\x00\x80\x01\xa9", Ok(true)),
            (b"\x82\x01\xff", Ok(true)),
            (b"\x81\x01\xc3\x82\x01\xa9", Err(Wrong::Text)),
            (b"\x01\x01\xc3\x80\x00", Err(Wrong::Text)),
            (b"\x81\x09\xff", Err(Wrong::Text)),
        ] {
            for piece in 1..=bytes.len() {
                assert_eq!(read(bytes, piece).1, wanted, "{bytes:?}");
            }
        }
    }

    #[test]
    fn what_a_server_must_not_send_is_refused() {
        for bytes in [
            &b"\xc1\x00"[..],
            b"\x81\x80",
            b"\x80\x00",
            b"\x01\x00\x81\x00",
            b"\x83\x00",
            b"\x8b\x00",
            b"\x09\x00",
            b"\x89\x7e\x00\x7e",
            b"\x82\x7f\x80\0\0\0\0\0\0\0",
            b"HTTP/1.1 400",
        ] {
            assert_eq!(read(bytes, bytes.len()).1, Err(Wrong::Frame), "{bytes:?}");
        }
        assert_eq!(
            read(b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff...", 9).1,
            Ok(false),
            "nothing is kept for it"
        );
        assert_eq!(read(b"\x82\x05ab", 1).1, Ok(false));
        assert_eq!(read(b"\x02\x00", 1).1, Ok(false));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_the_same_in_any_pieces(bytes in vec(any::<u8>(), 0..200), piece in 1..9_usize) {
            let whole = read(&bytes, usize::MAX);
            let pieces = read(&bytes, piece);
            prop_assert_eq!(whole.1.is_err(), pieces.1.is_err());
            if whole.1.is_ok() {
                let kept = |(events, end): (Vec<Event>, _)| {
                    let told = |event: &Event| *event != Event::Piece(Vec::new());
                    (events.into_iter().filter(told).collect::<Vec<_>>(), end)
                };
                prop_assert_eq!(kept(whole), kept(pieces));
            }
        }

        #[test]
        fn what_is_sent_can_be_read(payload in vec(any::<u8>(), 0..70_000), mask: [u8; 4]) {
            let sent = frame(BINARY, &payload, mask);
            let head = sent.len() - payload.len();
            let shown: Vec<u8> = sent[head..].iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
            prop_assert_eq!(&shown, &payload);
            let (events, end) = read(&served(0x80 | BINARY, &payload), 4_096);
            prop_assert_eq!(end, Ok(true));
            let said: Vec<u8> = events.iter().filter_map(|event| match event {
                Event::Piece(piece) => Some(piece.as_slice()),
                _ => None,
            }).flatten().copied().collect();
            prop_assert_eq!(said, payload);
        }
    }
}

//! The two messages of the health protocol, in the wire format of protocol buffers behind the five bytes of gRPC.

/// `HealthCheckRequest`: the name of the service, if it is of one. A name has at most 2,048 bytes.
pub(super) fn question(service: &str) -> Vec<u8> {
    let mut message = Vec::new();
    if !service.is_empty() {
        message.push(0x0a);
        write_number(&mut message, service.len() as u64);
        message.extend(service.as_bytes());
    }
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), &message].concat()
}

/// `HealthCheckResponse`: how it serves, by name; a number that has none stays one. Nothing where it is no such message.
pub(super) fn answer_of(bytes: &[u8]) -> Option<String> {
    let (&[is_compressed, a, b, c, d], mut rest) = bytes.split_first_chunk()?;
    if is_compressed != 0 || usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()? != rest.len() {
        return None;
    }
    let mut status = 0;
    while !rest.is_empty() {
        let tag = number(&mut rest)?;
        match (tag >> 3, tag & 7) {
            (0, _) => return None,
            (1, 0) => status = number(&mut rest)?,
            (_, 0) => drop(number(&mut rest)?),
            (_, 1) => skip(&mut rest, 8)?,
            (_, 2) => {
                let length = number(&mut rest)?;
                skip(&mut rest, length)?;
            }
            (_, 5) => skip(&mut rest, 4)?,
            _ => return None,
        }
    }
    Some(match status {
        0 => "UNKNOWN".into(),
        1 => "SERVING".into(),
        2 => "NOT_SERVING".into(),
        3 => "SERVICE_UNKNOWN".into(),
        other => other.to_string(),
    })
}

fn write_number(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(low(number) | 0x80);
        number >>= 7;
    }
    into.push(low(number));
}

/// The seven bits that come first.
fn low(number: u64) -> u8 {
    number.to_le_bytes()[0] & 0x7f
}

/// The next number of at most ten bytes; what is beyond 64 bits is lost, as the format has it.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, left) = rest.split_first()?;
        *rest = left;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn skip(rest: &mut &[u8], count: u64) -> Option<()> {
    *rest = rest.get(usize::try_from(count).ok()?..)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn wrapped(message: &[u8]) -> Vec<u8> {
        [&[0, 0, 0, 0, u8::try_from(message.len()).unwrap()][..], message].concat()
    }

    #[test]
    fn what_is_asked_is_as_the_format_has_it() {
        assert_eq!(question(""), [0; 5]);
        assert_eq!(question("a.B"), b"\0\0\0\0\x05\x0a\x03a.B");
        let long = question(&"x".repeat(300));
        assert_eq!((&long[..8], long.len()), (&b"\0\0\0\x01\x2f\x0a\xac\x02"[..], 308));
    }

    #[test]
    fn answers_are_read() {
        for (message, wanted) in [
            (&b""[..], Some("UNKNOWN")),
            (b"\x08\x01", Some("SERVING")),
            (b"\x08\x02", Some("NOT_SERVING")),
            (b"\x08\x02\x08\x01", Some("SERVING")),
            (b"\x08\x03", Some("SERVICE_UNKNOWN")),
            (b"\x08\x96\x01", Some("150")),
            (b"\x12\x02hi\x08\x01\x15....\x19........\x20\xff\x01", Some("SERVING")),
            (b"\x08", None),
            (b"\x08\x80", None),
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", None),
            (b"\x12\x05hi", None),
            (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", None),
            (b"\x00\x01", None),
            (b"\x0b", None),
        ] {
            assert_eq!(answer_of(&wrapped(message)).as_deref(), wanted, "{message:?}");
        }
        for bytes in [
            &b""[..],
            b"\0\0\0\0",
            b"\x01\0\0\0\x02\x08\x01",
            b"\0\0\0\0\x03\x08\x01",
            b"\0\0\0\0\x01\x08\x01",
        ] {
            assert_eq!(answer_of(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read(message in vec(any::<u8>(), 0..100), bytes in vec(any::<u8>(), 0..20)) {
            let _ = (answer_of(&wrapped(&message)), answer_of(&bytes));
        }

        #[test]
        fn numbers_are_read_as_they_are_written(wanted: u64) {
            let mut bytes = Vec::new();
            write_number(&mut bytes, wanted);
            prop_assert_eq!(number(&mut bytes.as_slice()), Some(wanted));
        }
    }
}

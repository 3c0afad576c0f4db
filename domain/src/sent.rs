//! What is sent to a target that is no web server, as people type it.

/// The most bytes of a query of a database.
pub const QUERY_LIMIT: usize = 4_096;

/// The bytes that a text means: `\r`, `\n`, `\t`, `\0`, `\xFF` and `\\` stand for what they do elsewhere. Nothing where a backslash stands
/// before anything else.
pub fn sent(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        bytes.push(match chars.next()? {
            'r' => b'\r',
            'n' => b'\n',
            't' => b'\t',
            '0' => 0,
            '\\' => b'\\',
            'x' => {
                let digits = [chars.next()?.to_digit(16)?, chars.next()?.to_digit(16)?];
                u8::try_from(digits[0] * 16 + digits[1]).ok()?
            }
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_mean_bytes() {
        assert_eq!(sent(r"PING\r\n"), Some(b"PING\r\n".to_vec()));
        assert_eq!(sent(r"\x00\xfF\0\t\\é"), Some(b"\x00\xff\0\t\\\xc3\xa9".to_vec()));
        for text in [r"\q", r"\", r"\x1", r"\xg0"] {
            assert_eq!(sent(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_can_be_written(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let text = bytes.iter().fold(String::new(), |text, byte| format!("{text}\\x{byte:02x}"));
            prop_assert_eq!(sent(&text), Some(bytes));
        }

        #[test]
        fn anything_is_read(text in "(?s).*") {
            let _ = sent(&text);
        }
    }
}

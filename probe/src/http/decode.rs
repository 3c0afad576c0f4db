//! Unpacking bodies. What unpacks to far more than it weighs is an attack, or at least no web page.

use std::io::{self, Cursor, Read};

use brotli_decompressor::Decompressor;
use domain::Expectations;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header::CONTENT_ENCODING};
use ruzstd::decoding::StreamingDecoder;

/// The most encodings on top of each other.
const NESTED_LIMIT: usize = 2;
/// The most that a body may grow, beyond the first [`FREE`] bytes.
const RATIO_LIMIT: usize = 100;
/// What any body may unpack to.
const FREE: usize = 64 << 10;

/// One way of packing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

/// What came out.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    pub(super) is_cut: bool,
}

/// How a body is packed, the outermost last.
pub(super) fn packing(headers: &HeaderMap) -> Result<Vec<Packing>, String> {
    let mut found = Vec::new();
    for line in headers.get_all(CONTENT_ENCODING) {
        for word in line.to_str().map_err(|_| words::DETAIL_PACKED_UNNAMED)?.split(',') {
            found.extend(match word.trim().to_ascii_lowercase().as_str() {
                "" | "identity" => None,
                "gzip" | "x-gzip" => Some(Packing::Gzip),
                "br" => Some(Packing::Brotli),
                "zstd" => Some(Packing::Zstd),
                "deflate" => Some(Packing::Deflate),
                other => return Err(words::detail_packed_unknown(format_args!("{other:.20}"))),
            });
        }
    }
    match found.len() {
        0..=NESTED_LIMIT => Ok(found),
        many => Err(words::detail_packed_often(many)),
    }
}

/// Unpacks the beginning of a body, to the bound. A body that was cut may break off.
pub(super) fn unpack(packing: &[Packing], bytes: &[u8], is_cut: bool) -> Result<Unpacked, String> {
    let reader = packing
        .iter()
        .rev()
        .try_fold(Box::new(Cursor::new(bytes)) as Box<dyn Read>, |inner, packing| opened(*packing, inner));
    let mut reader = reader.map_err(words::detail_packed_broken)?;
    let mut unpacked = Vec::new();
    let mut piece = [0; 8_192];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(Unpacked { bytes: unpacked, is_cut }),
            Ok(more) => unpacked.extend_from_slice(&piece[..more]),
            Err(_) if is_cut && !unpacked.is_empty() => return Ok(Unpacked { bytes: unpacked, is_cut }),
            Err(error) => return Err(words::detail_packed_broken(error)),
        }
        if unpacked.len() > FREE && unpacked.len() / RATIO_LIMIT > bytes.len() {
            return Err(words::detail_packed_bomb(bytes.len(), RATIO_LIMIT));
        }
        if unpacked.len() > Expectations::BODY_LIMIT {
            unpacked.truncate(Expectations::BODY_LIMIT);
            return Ok(Unpacked { bytes: unpacked, is_cut: true });
        }
    }
}

fn opened<'a>(packing: Packing, inner: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match packing {
        Packing::Gzip => Box::new(MultiGzDecoder::new(inner)),
        Packing::Brotli => Box::new(Decompressor::new(inner, 4_096)),
        Packing::Zstd => Box::new(StreamingDecoder::new(inner).map_err(io::Error::other)?),
        Packing::Deflate => deflate(inner)?,
    })
}

/// `deflate` means a zlib stream (RFC 9110), but some servers send the bare one.
fn deflate<'a>(mut inner: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    let mut first = [0];
    inner.read_exact(&mut first)?;
    let whole = Cursor::new(first).chain(inner);
    Ok(match first[0] & 0x0f {
        8 => Box::new(ZlibDecoder::new(whole)),
        _ => Box::new(DeflateDecoder::new(whole)),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use http::HeaderValue;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn packed(text: &'static str) -> Result<Vec<Packing>, String> {
        packing(&HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(text))]))
    }

    #[test]
    fn encodings_are_read() {
        assert_eq!(packed("gzip, br").unwrap(), [Packing::Gzip, Packing::Brotli]);
        assert_eq!(packed("identity").unwrap(), []);
        assert!(packed("gzip, gzip, gzip").unwrap_err().contains("3 times"));
        assert!(packed("compress").unwrap_err().contains("`compress`"));
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let once = gzip(b"hello");
        assert_eq!(unpack(&[Packing::Gzip], &once, false).unwrap().bytes, b"hello");
        let twice = gzip(&once);
        assert_eq!(unpack(&[Packing::Gzip, Packing::Gzip], &twice, false).unwrap().bytes, b"hello");
        let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x05, 0x29, 0, 0, b'h', b'e', b'l', b'l', b'o'];
        assert_eq!(unpack(&[Packing::Zstd], &zstd, false).unwrap().bytes, b"hello");
        let brotli = [0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(unpack(&[Packing::Brotli], &brotli, false).unwrap().bytes, b"hello");
        let zlib = [0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x06, 0x2c, 0x02, 0x15];
        assert_eq!(unpack(&[Packing::Deflate], &zlib, false).unwrap().bytes, b"hello");
        assert_eq!(unpack(&[Packing::Deflate], &zlib[2..9], false).unwrap().bytes, b"hello");
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let bomb = gzip(&vec![0; 50 << 20]);
        let error = unpack(&[Packing::Gzip], &bomb[..], false).map(|_| ());
        assert!(error.is_ok(), "51 kB may unpack to a MiB: {error:?}");
        let error = unpack(&[Packing::Gzip, Packing::Gzip], &gzip(&bomb), false).unwrap_err();
        assert!(error.contains("100 times"), "{error}");
        let small = gzip(&vec![0; 1 << 20]);
        assert!(unpack(&[Packing::Gzip], &small, false).unwrap_err().contains("100 times"));
    }

    #[test]
    fn what_breaks_off_is_broken_unless_it_was_cut() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let half = &gzip(&text)[..50_000];
        assert!(unpack(&[Packing::Gzip], half, false).is_err());
        assert!(unpack(&[Packing::Gzip], half, true).unwrap().is_cut);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            for packing in [Packing::Gzip, Packing::Brotli, Packing::Zstd, Packing::Deflate] {
                let _ = unpack(&[packing], &bytes, false);
                let _ = unpack(&[packing, Packing::Gzip], &bytes, true);
            }
        }
    }
}

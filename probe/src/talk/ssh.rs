//! SSH: who each end is (RFC 4253, section 4.2), and no more.

use super::{Heard, Io, TalkError, Wire};

/// The longest identification, in bytes without its end.
const LINE: usize = 253;
/// How many lines a server may say before it.
const BEFORE: usize = 50;

/// Hears how the server identifies itself and does the same. The banner is the whole line, the version what stands behind
/// the protocol's: `OpenSSH_9.2p1 Debian-2`.
pub async fn ask<S: Io>(stream: &mut S) -> Result<Heard, TalkError> {
    let mut wire = Wire::new(stream, "SSH");
    for _ in 0..BEFORE {
        let line = wire.line().await?;
        let Some(rest) = line.strip_prefix(b"SSH-") else { continue };
        let rest = rest.strip_prefix(b"2.0-").or_else(|| rest.strip_prefix(b"1.99-"));
        let Some(version) = rest.filter(|_| line.len() <= LINE) else { return Err(wire.strange(&line)) };
        let heard = Heard {
            banner: Some(wire.text(&line, Heard::BANNER)),
            version: Some(wire.text(version, Heard::VERSION)),
            ..Heard::default()
        };
        wire.part(b"SSH-2.0-uptime-tracker\r\n").await;
        return Ok(heard);
    }
    Err(wire.strange(b""))
}

#[cfg(test)]
mod tests {
    use super::{
        super::double::{Peer, garbage, steady},
        *,
    };

    fn told(says: &str) -> (String, String) {
        let (result, heard) = Peer::new(says.as_bytes(), usize::MAX).talk(async |peer| ask(peer).await);
        (result.map_or_else(|error| format!("{error:?}"), |heard| heard.version.unwrap()), heard)
    }

    #[test]
    fn identifications_are_read() {
        for (says, wanted) in [
            ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\0\0\x04", "OpenSSH_9.2p1 Debian-2"),
            ("Keep out!\r\nReally.\r\nSSH-2.0-x\n", "x"),
            ("SSH-1.99-Cisco\r\n", "Cisco"),
            ("SSH-1.5-old\r\n", "Strange { protocol: \"SSH\", said: \"SSH-1.5-old\" }"),
            (&format!("SSH-2.0-{}", "a".repeat(245)), "Closed"),
            ("Not allowed at this time\r\n", "Closed"),
            ("", "Closed"),
        ] {
            assert_eq!(told(says).0, wanted, "{says}");
        }
        assert!(told(&format!("SSH-2.0-{}\r\n", "a".repeat(246))).0.starts_with("Strange"));
        assert!(told(&"220 ESMTP\r\n".repeat(51)).0.starts_with("Strange"));
        assert_eq!(told("SSH-2.0-x\r\n").1, "SSH-2.0-uptime-tracker\r\n");
        let (result, _) = Peer::endless(b"a").talk(async |peer| ask(peer).await);
        assert!(matches!(result, Err(TalkError::TooLong)));
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes in garbage(&[b"hello\r\nSSH-2.0-x y\r\n"])) {
            steady(&bytes, async |peer| ask(peer).await);
        }
    }
}

//! Reading what a stranger sends.

use domain::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Io, TalkError};

/// A stream, and what was read of it ahead.
pub struct Wire<'a, S> {
    stream: &'a mut S,
    protocol: &'static str,
    held: Vec<u8>,
    /// How many bytes may still be read.
    left: usize,
    hidden: Vec<String>,
}

/// The most that is read in one conversation, in bytes.
const ALL: usize = 1 << 20;
/// The longest line that is read, in bytes.
const LINE: usize = 8 << 10;
/// How much is read at once, in bytes.
const PIECE: u64 = 4 << 10;
/// The shortest secret that is looked for within a text, in bytes.
const LEAST: usize = 4;
/// The longest text of a server that is kept of what went wrong, in characters.
const SAID: usize = 160;

impl<'a, S: Io> Wire<'a, S> {
    /// The protocol's name is for people.
    pub(super) fn new(stream: &'a mut S, protocol: &'static str) -> Self {
        Self { stream, protocol, held: Vec::new(), left: ALL, hidden: Vec::new() }
    }

    /// Masks this in every text from here on. What is very short is masked only where it is all of a text: within others it would
    /// mask half of them, and tell where it is.
    pub(super) fn hide(&mut self, secret: &str) {
        if !secret.is_empty() {
            self.hidden.push(secret.to_owned());
            // The longest first: one may contain another.
            self.hidden.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), TalkError> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }

    /// The last words. Whether they arrive does not matter: all that was asked was answered.
    pub(super) async fn part(mut self, bytes: &[u8]) {
        let _ = self.send(bytes).await;
    }

    /// The next line, without its end.
    pub(super) async fn line(&mut self) -> Result<Vec<u8>, TalkError> {
        let mut looked = 0;
        loop {
            let end = self.held.iter().skip(looked).position(|byte| *byte == b'\n').map(|at| at + looked);
            if end.unwrap_or(self.held.len()) > LINE {
                return Err(TalkError::TooLong);
            }
            if let Some(end) = end {
                let mut line: Vec<u8> = self.held.drain(..=end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            looked = self.held.len();
            self.fill().await?;
        }
    }

    /// The next so many bytes.
    pub(super) async fn exact(&mut self, count: usize) -> Result<Vec<u8>, TalkError> {
        while self.held.len() < count {
            if count - self.held.len() > self.left {
                return Err(TalkError::TooLong);
            }
            self.fill().await?;
        }
        Ok(self.held.drain(..count).collect())
    }

    /// The next bytes, as many as the array has.
    pub(super) async fn array<const N: usize>(&mut self) -> Result<[u8; N], TalkError> {
        let bytes = self.exact(N).await?;
        bytes.try_into().map_err(|_| TalkError::Closed)
    }

    async fn fill(&mut self) -> Result<(), TalkError> {
        let most = PIECE.min(self.left as u64);
        if most == 0 {
            return Err(TalkError::TooLong);
        }
        match (&mut *self.stream).take(most).read_buf(&mut self.held).await? {
            0 => Err(TalkError::Closed),
            read => {
                self.left = self.left.saturating_sub(read);
                Ok(())
            }
        }
    }

    /// The end of what is said in the clear. What came beyond the last answer was not encrypted and must not be taken for what
    /// is said later (CVE-2011-0411, CVE-2021-23222).
    pub(super) fn end_in_clear(self) -> Result<(), TalkError> {
        if self.held.is_empty() { Ok(()) } else { Err(TalkError::Early) }
    }

    /// A text of the server's of at most so many characters.
    pub(super) fn text(&self, bytes: &[u8], most: usize) -> String {
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        for secret in &self.hidden {
            if secret.len() >= LEAST || secret == text.trim() {
                text = text.replace(secret.as_str(), Secret::MASK);
            }
        }
        // What is escaped grows, but never beyond this.
        text.trim().chars().flat_map(shown).take(most).collect()
    }

    /// A text of the server's about what went wrong.
    pub(super) fn said(&self, bytes: &[u8]) -> String {
        self.text(bytes, SAID)
    }

    /// This, and what came with it, is not the protocol. Nothing more is waited for: what is wrong cannot become right.
    pub(super) fn strange(&self, said: &[u8]) -> TalkError {
        let said = self.said(&[said, &self.held[..]].concat());
        TalkError::Strange { protocol: self.protocol, said }
    }
}

/// A character as it can be shown on one line.
fn shown(c: char) -> impl Iterator<Item = char> {
    let escaped = c.is_control().then(|| c.escape_default());
    let itself = escaped.is_none().then_some(c);
    escaped.into_iter().flatten().chain(itself)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::any};

    use super::{super::double::Peer, *};

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let said = b"a\r\nb c\n\r\n\xff\x00d\r\r\n";
        for piece in 1..=said.len() {
            let (lines, _) = Peer::new(said, piece).talk(async |peer| {
                let mut wire = Wire::new(peer, "X");
                let mut lines = Vec::new();
                loop {
                    match wire.line().await {
                        Ok(line) => lines.push(line),
                        Err(TalkError::Closed) => return lines,
                        Err(error) => panic!("{error}"),
                    }
                }
            });
            let wanted: [&[u8]; 4] = [b"a", b"b c", b"", b"\xff\x00d\r"];
            assert_eq!(lines, wanted, "{piece}");
        }
    }

    #[test]
    fn what_has_no_end_is_left() {
        let (result, _) =
            Peer::endless(b"a").talk(async |peer| Wire::new(peer, "X").line().await.map(|line| line.len()));
        assert!(matches!(result, Err(TalkError::TooLong)));
        let (read, _) = Peer::endless(b"a\n").talk(async |peer| {
            let mut wire = Wire::new(peer, "X");
            let mut lines = 0;
            while wire.line().await.is_ok() {
                lines += 1;
            }
            lines
        });
        assert_eq!(read, ALL / 2);
        let (result, _) =
            Peer::endless(b"a").talk(async |peer| Wire::new(peer, "X").exact(ALL + 1).await.map(drop));
        assert!(matches!(result, Err(TalkError::TooLong)));
    }

    #[test]
    fn texts_are_harmless() {
        let mut peer = Peer::new(b"", 1);
        let mut wire = Wire::new(&mut peer, "X");
        wire.hide("canary");
        wire.hide("canarybird");
        wire.hide("");
        wire.hide("b");
        assert_eq!((wire.said(b"a b"), wire.said(b" b ")), ("a b".into(), "•••".into()));
        assert_eq!(wire.said(b" a\x1b[1m\r\nb canarybird canary\0 "), "a\\u{1b}[1m\\r\\nb ••• •••\\u{0}");
        assert_eq!(wire.said(&b"\x1b".repeat(9_000)).len(), SAID);
        assert_eq!(wire.said("ä\u{85}".as_bytes()), "ä");
    }

    proptest::proptest! {
        #[test]
        fn texts_are_bounded(bytes in vec(any::<u8>(), 0..600), most in 0..300_usize) {
            let mut peer = Peer::new(b"", 1);
            let text = Wire::new(&mut peer, "X").text(&bytes, most);
            assert!(text.chars().count() <= most && !text.chars().any(char::is_control));
        }
    }
}

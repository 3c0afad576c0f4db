//! As much of HTTP as a target knows: where a question ends, and one answer.

/// The answer after which the connection stays.
pub(super) const STAYS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello World\n";
/// The answer after which the target closes the connection.
pub(super) const CLOSES: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\nHello World\n";

/// The end of what was read of a question; nothing else of it matters.
#[derive(Default)]
pub(super) struct Question([u8; 4]);

impl Question {
    /// Whether the question, which has no body, is whole with these bytes. It may come in pieces.
    pub(super) fn ends_with(&mut self, piece: &[u8]) -> bool {
        for byte in piece.iter().skip(piece.len().saturating_sub(4)) {
            self.0.rotate_left(1);
            self.0[3] = *byte;
        }
        let whole = self.0 == *b"\r\n\r\n";
        if whole {
            *self = Self::default();
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_ends_with_an_empty_line() {
        let mut question = Question::default();
        assert!(!question.ends_with(b"GET / HTTP/1.1\r\n\r"));
        assert!(question.ends_with(b"\n"));
        assert!(!question.ends_with(b"\n"));
        assert!(question.ends_with(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
}

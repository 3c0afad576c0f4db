//! A place in a text, and what stands there.

use super::excerpt;

/// Reads a text from left to right.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The byte at which it starts.
    pub(super) at: usize,
    pub(super) text: String,
}

impl Problem {
    /// As people are told it: with the column, counted in characters from 1, and the line if there are several.
    pub(super) fn sentence(&self, whole: &str) -> String {
        let before = whole.get(..self.at).unwrap_or(whole);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        if whole.contains('\n') {
            words::expect_place_line(column, line, &self.text)
        } else {
            words::expect_place(column, &self.text)
        }
    }
}

/// Whether a character can be part of a word like `body.size`.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-".contains(c)
}

/// Whether a character can be part of a text without quotes.
pub(super) fn is_bare(c: char) -> bool {
    !c.is_whitespace() && !excerpt::is_unseen(c) && !"\"'();,".contains(c)
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// Takes the characters for which it holds.
    pub(super) fn take_while(&mut self, holds: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !holds(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Skips white space within a line.
    pub(super) fn skip_spaces(&mut self) {
        self.take_while(|c| c.is_whitespace() && c != '\n');
    }

    /// Skips white space, new lines included.
    pub(super) fn skip_blank(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Skips white space and takes this character, if it is next.
    pub(super) fn symbol(&mut self, wanted: char) -> bool {
        self.skip_spaces();
        let is_there = self.peek() == Some(wanted);
        if is_there {
            self.at += wanted.len_utf8();
        }
        is_there
    }

    /// Skips white space and takes the word that follows; empty if none does.
    pub(super) fn word(&mut self) -> &'a str {
        self.skip_spaces();
        self.take_while(is_word)
    }

    /// Skips white space and takes these words or this sign, if they are next and end there.
    pub(super) fn phrase(&mut self, wanted: &str) -> bool {
        let start = self.at;
        let is_there = wanted.split(' ').all(|part| {
            self.skip_spaces();
            let is_word_part = part.starts_with(is_word);
            let rest = self.rest().strip_prefix(part);
            let ends = rest.is_some_and(|rest| !is_word_part || !rest.starts_with(is_word));
            self.at += if ends { part.len() } else { 0 };
            ends
        });
        if !is_there {
            self.at = start;
        }
        is_there
    }

    /// Says what would have been understood here, after white space.
    pub(super) fn expected(&mut self, what: &str) -> Problem {
        self.skip_spaces();
        self.problem_at(self.at, words::expect_expected(what))
    }

    #[expect(clippy::unused_self, reason = "reads as what it is: a problem of this text")]
    pub(super) fn problem_at(&self, at: usize, text: impl Into<String>) -> Problem {
        Problem { at, text: text.into() }
    }
}

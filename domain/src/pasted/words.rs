//! A command line as words, as a shell would part it. Nothing is expanded: a `$` stands for itself.

use std::{iter::Peekable, str::Chars};

/// The words, and whether the line went on to another command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) words: Vec<String>,
    /// What the shell would do next: `|`, `>`, `;` …; it is not read.
    pub(super) next: Option<String>,
    /// Whether a quote has no end.
    pub(super) is_open: bool,
}

/// Reads quotes (`'…'`, `"…"`, `$'…'`), backslashes and continued lines. A form's field drops line breaks, so a backslash before
/// a space at the beginning of a word is what is left of a continued line.
pub(super) fn split(text: &str) -> Line {
    let mut line = Line::default();
    let mut chars = text.chars().peekable();
    loop {
        while skip_space(&mut chars) {}
        if chars.peek().is_none() {
            return line;
        }
        let mut word = Word::default();
        let is_closed = word.read(&mut chars);
        if !word.is_quoted && is_operator(&word.text) {
            line.next = Some(word.text);
            return line;
        }
        line.words.push(word.text);
        if !is_closed {
            line.is_open = true;
            return line;
        }
    }
}

/// Whether a word that is not quoted ends the command.
fn is_operator(word: &str) -> bool {
    let bare = word.trim_start_matches(|c: char| c.is_ascii_digit());
    matches!(bare.chars().next(), Some('|' | '>' | '<' | ';')) || matches!(word, "&" | "&&")
}

/// White space, and continued lines.
fn skip_space(chars: &mut Peekable<Chars<'_>>) -> bool {
    let mut ahead = chars.clone();
    match ahead.next() {
        Some(c) if c.is_whitespace() => {
            chars.next();
            true
        }
        Some('\\') if ahead.next().is_none_or(char::is_whitespace) => {
            chars.next();
            chars.next();
            true
        }
        _ => false,
    }
}

#[derive(Default)]
struct Word {
    text: String,
    is_quoted: bool,
}

impl Word {
    /// Reads to the end of the word. `false` when a quote has no end.
    fn read(&mut self, chars: &mut Peekable<Chars<'_>>) -> bool {
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            let is_closed = match c {
                '\'' => self.single(chars),
                '"' => self.double(chars),
                '$' if chars.peek() == Some(&'\'') => {
                    chars.next();
                    self.ansi(chars)
                }
                '\\' => {
                    match chars.next() {
                        Some('\n') | None => {}
                        Some('\r') => drop(chars.next_if_eq(&'\n')),
                        Some(c) => self.text.push(c),
                    }
                    true
                }
                c => {
                    self.text.push(c);
                    continue;
                }
            };
            self.is_quoted = true;
            if !is_closed {
                return false;
            }
        }
        true
    }

    fn single(&mut self, chars: &mut Peekable<Chars<'_>>) -> bool {
        for c in chars {
            if c == '\'' {
                return true;
            }
            self.text.push(c);
        }
        false
    }

    fn double(&mut self, chars: &mut Peekable<Chars<'_>>) -> bool {
        while let Some(c) = chars.next() {
            match c {
                '"' => return true,
                '\\' => match chars.next() {
                    Some(c @ ('"' | '\\' | '$' | '`')) => self.text.push(c),
                    Some('\n') => {}
                    Some(c) => self.text.extend(['\\', c]),
                    None => return false,
                },
                c => self.text.push(c),
            }
        }
        false
    }

    /// `$'…'`, as browsers copy what has control characters.
    fn ansi(&mut self, chars: &mut Peekable<Chars<'_>>) -> bool {
        while let Some(c) = chars.next() {
            match c {
                '\'' => return true,
                '\\' => {
                    let Some(c) = chars.next() else { return false };
                    self.text.push(match c {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'x' => number(chars, 2),
                        'u' => number(chars, 4),
                        'U' => number(chars, 8),
                        other => other,
                    });
                }
                c => self.text.push(c),
            }
        }
        false
    }
}

/// A character by its number in hexadecimal.
fn number(chars: &mut Peekable<Chars<'_>>, most: usize) -> char {
    let mut code = 0_u32;
    for _ in 0..most {
        let Some(digit) = chars.next_if(char::is_ascii_hexdigit).and_then(|c| c.to_digit(16)) else { break };
        code = code.wrapping_mul(16).wrapping_add(digit);
    }
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_parted_as_a_shell_parts_them() {
        for (text, words) in [
            (r#"a 'b c' "d \" e" f\ g"#, &["a", "b c", "d \" e", "f g"][..]),
            (r"$'a\n\x41\u00e9\'b'", &["a\nAé'b"]),
            ("a \\\n  -b \\\r\n -c", &["a", "-b", "-c"]),
            // What a field makes of a continued line.
            (r"a \  -b \-c", &["a", "-b", "-c"]),
            (r#"a'b'"c"d "" ''"#, &["abcd", "", ""]),
            (r#""a\zb$HOME""#, &[r"a\zb$HOME"]),
            ("http://a/?x=1&y=2", &["http://a/?x=1&y=2"]),
        ] {
            assert_eq!(
                split(text),
                Line { words: words.iter().map(|w| (*w).to_owned()).collect(), ..Line::default() },
                "{text}"
            );
        }
    }

    #[test]
    fn another_command_and_an_open_quote_are_noticed() {
        for (text, next) in [
            ("a | b", "|"),
            ("a > b", ">"),
            ("a 2>/dev/null", "2>/dev/null"),
            ("a && b", "&&"),
            ("a ; b", ";"),
        ] {
            let line = split(text);
            assert_eq!((line.words, line.next.as_deref()), (vec!["a".to_owned()], Some(next)), "{text}");
        }
        assert_eq!(split("a '|'").words, ["a", "|"]);
        assert!(split("a 'b").is_open && split("a \"b").is_open && split("a $'b\\").is_open);
    }

    fn quoted(word: &str, how: u8) -> String {
        match how % 3 {
            0 => format!("'{}'", word.replace('\'', r"'\''")),
            1 => format!(
                "\"{}\"",
                word.replace('\\', r"\\").replace('"', "\\\"").replace('$', "\\$").replace('`', "\\`")
            ),
            _ => format!("$'{}'", word.replace('\\', r"\\").replace('\'', r"\'").replace('\n', r"\n")),
        }
    }

    proptest! {
        #[test]
        fn quoted_words_are_read_as_they_were(words in proptest::collection::vec((".*", any::<u8>()), 0..6)) {
            let text: Vec<String> = words.iter().map(|(word, how)| quoted(word, *how)).collect();
            let line = split(&text.join(" \\\n "));
            let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
            prop_assert_eq!(line, Line { words, ..Line::default() });
        }

        #[test]
        fn anything_is_parted(text in "(?s).*") {
            split(&text);
        }
    }
}

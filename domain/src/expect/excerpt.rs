//! Foreign text as it is shown: short, quoted, and without anything unseen.

use std::{borrow::Cow, fmt::Write};

/// The most characters of a foreign text that are shown.
const SHOWN: usize = 60;

/// Whether a character would not be seen, or would change how others are seen: controls, line separators, direction marks.
pub(super) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text in quotes, as it is written in expectations.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

fn escape(c: char) -> Cow<'static, str> {
    match c {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        c if is_unseen(c) => c.escape_unicode().to_string().into(),
        c => c.to_string().into(),
    }
}

/// At most 60 characters, escapes counted, of some bytes around a place in them; `…` stands for the rest.
pub(super) fn excerpt(bytes: &[u8], around: usize) -> String {
    // More bytes than can be shown, so that the middle stays the middle.
    let start = around.min(bytes.len()).saturating_sub(SHOWN / 3);
    let start =
        (0..4).map(|back| start.saturating_sub(back)).find(|at| begins_char(bytes, *at)).unwrap_or(start);
    let window = bytes.get(start..).unwrap_or_default();
    let window = window.get(..SHOWN * 4).unwrap_or(window);
    let text = String::from_utf8_lossy(window);
    let mut shown = String::new();
    let (mut room, mut taken) = (SHOWN, 0);
    for c in text.chars() {
        let escaped = escape(c);
        let Some(left) = room.checked_sub(escaped.chars().count()) else { break };
        (room, taken) = (left, taken + 1);
        shown.push_str(&escaped);
    }
    let before = if start > 0 { "…" } else { "" };
    let is_cut = taken < text.chars().count() || start + window.len() < bytes.len();
    let after = if is_cut { "…" } else { "" };
    format!("\"{before}{shown}{after}\"")
}

fn begins_char(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|byte| byte & 0b1100_0000 != 0b1000_0000)
}

/// The text cut to so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.pop();
        let _ = write!(short, "…");
    }
    short
}

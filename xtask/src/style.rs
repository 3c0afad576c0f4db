//! The style sheet as a release sends it: a sixth of what is sent would be comments.

/// Leaves out comments, indentation and empty lines. What stands in quotes stays.
pub(crate) fn compact(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let (length, is_comment) = match found.as_bytes() {
            [b'/', b'*', ..] => (found.find("*/").map_or(found.len(), |end| end + 2), true),
            [quote @ (b'"' | b'\''), ..] => (quoted(found, *quote), false),
            _ => (1, false),
        };
        let (part, after) = found.split_at(length);
        text.push_str(if is_comment { "" } else { part });
        rest = after;
    }
    text.push_str(rest);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The length of a text in quotes, with both.
fn quoted(text: &str, quote: u8) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == quote && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_nothing_to_a_browser_is_left_out() {
        for (css, compacted) in [
            ("/* all */\na {\n\n  color: red; /* why */\n}\n", "a {\ncolor: red;\n}"),
            ("a::after { content: \"/* \\\" */ é\"; }", "a::after { content: \"/* \\\" */ é\"; }"),
            ("a { content: '\\\\'; } /* '", "a { content: '\\\\'; }"),
            ("a { width: calc(100% / 2) }", "a { width: calc(100% / 2) }"),
            ("a { content: \"open", "a { content: \"open"),
        ] {
            assert_eq!(compact(css), compacted);
        }
        let all = include_str!("../../style/main.css");
        let count = |css: &str, what: char| css.matches(what).count();
        let compacted = compact(all);
        assert!(!compacted.contains("/*"));
        assert_eq!(count(&compacted, '{'), count(&compacted, '}'));
        assert_eq!(compact(&compacted), compacted);
    }
}

//! What people read stands in the catalogue of `words`, and nowhere else.

use std::{collections::BTreeSet, fs};

use super::{MEMBERS, member_sources, root, sources};

#[test]
fn every_message_is_used() {
    let catalogue = fs::read_to_string(root().join("words/en.ftl")).unwrap();
    let others = MEMBERS.into_iter().filter(|member| *member != "words").flat_map(member_sources);
    let used: BTreeSet<String> = others.flat_map(|(_, text)| used_in(&text)).collect();
    let unused: Vec<&str> = messages(&catalogue)
        .filter(|id| {
            let name = id.replace('-', "_");
            !used.contains(&name) && !used.contains(&name.to_uppercase())
        })
        .collect();
    assert_eq!(unused, Vec::<&str>::new(), "nobody says these");
    assert!(messages(&catalogue).count() > 200, "the catalogue was not understood");
}

/// The names of messages.
fn messages(catalogue: &str) -> impl Iterator<Item = &str> {
    let named = catalogue.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    named.filter_map(|line| line.split_once(" =")).map(|(id, _)| id)
}

/// What stands behind `words::`, alone or in braces.
fn used_in(source: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let names = source.split("words::").skip(1).flat_map(|rest| {
        let list = rest.strip_prefix('{').and_then(|list| list.split('}').next());
        let list = list.unwrap_or_else(|| &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]);
        list.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()
    });
    names.collect()
}

#[test]
fn what_is_used_is_found() {
    let used = used_in("a(::words::b_c(1)); use words::{D, e};");
    assert_eq!(used, ["b_c", "D", "e"].map(str::to_owned));
}

#[test]
fn no_page_has_a_text_of_its_own() {
    let pages = root().join("app/src");
    let mut found = Vec::new();
    for (path, source) in sources(&pages) {
        let name = path.strip_prefix(&pages).unwrap().to_str().unwrap().replace('\\', "/");
        if !name.ends_with("tests.rs") && !EXCEPT_FILES.iter().any(|(file, _)| *file == name) {
            let texts = texts(&source)
                .into_iter()
                .filter(|(_, text)| !EXCEPT.iter().any(|(all, _)| all.contains(&text.as_str())));
            found.extend(texts.map(|(line, text)| format!("{name}:{line}: {text}")));
        }
    }
    assert!(found.is_empty(), "their place is words/en.ftl:\n{}", found.join("\n"));
}

const EXCEPT_FILES: [(&str, &str); 1] =
    [("parts.rs", "only contributors see it, and only its examples have words")];

/// What reads like words and is not said to people, with the reason.
const EXCEPT: [(&[&str], &str); 10] = [
    (
        &[
            "Control+Enter",
            "Enter",
            "Escape",
            "Home",
            "End",
            "PageUp",
            "PageDown",
            "ArrowLeft",
            "ArrowRight",
            "ArrowUp",
            "ArrowDown",
        ],
        "keys, as browsers call them",
    ),
    (
        &[
            "btn primary",
            "btn small",
            "btn danger small",
            "btn quiet small {class}",
            "target problem",
            "fresh again",
        ],
        "classes of elements",
    ),
    (&["input:not([type=checkbox]), textarea, select, dialog"], "a selector"),
    (
        &[
            "import start, {{ hydrate }} from '{script}'; await start({{ module_or_path: '{module}' }}); hydrate();",
        ],
        "a script",
    ),
    (
        &[
            "this is not what was expected",
            "nothing stands for this view in the document, so nothing could replace it",
        ],
        "only programmers read it",
    ),
    (
        &[
            "uptime-tracker db restore FILE --data-dir FOLDER",
            "uptime-tracker import toml FILE",
            "import json FILE",
        ],
        "commands",
    ),
    (
        &[
            "[Service]\\nExecStartPre=-/usr/bin/{curl} {url}/start\\nExecStart=/usr/local/bin/backup\\n\\\n                 ExecStopPost=-/bin/sh -c 'test $$SERVICE_RESULT = success && said=success || said=fail; \\\n                 {curl} {url}/$$said'",
            "Invoke-RestMethod -TimeoutSec 10 {url}",
        ],
        "examples for machines",
    ),
    (
        &[
            "Edg/", "Edge", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari",
            "Android", "Windows", "Mac OS", "Linux",
        ],
        "names of browsers and systems, as they call themselves",
    ),
    (&["{} KiB"], "a unit"),
    (&["Parts"], "the title of the page for contributors"),
];

/// Attributes whose values nobody reads.
const UNREAD: [&str; 10] =
    ["class", "id", "for", "href", "d", "viewBox", "preserveAspectRatio", "rel", "content", "reason"];

/// The literals that read like words, with their lines: outside tests, comments and attributes that nobody reads.
fn texts(source: &str) -> Vec<(usize, String)> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let literals = literals(source).into_iter();
    let read = literals
        .filter(|(at, text)| !UNREAD.contains(&attribute_before(&source[..*at])) && reads_like_words(text));
    read.map(|(at, text)| (source[..at].matches('\n').count() + 1, text.to_owned())).collect()
}

/// The string literals of a source, with their places.
fn literals(source: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let until =
            |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |n| from + n + end.len());
        let hashes = rest.strip_prefix("r").map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
        at += if rest.starts_with("//") {
            until("\n", 0)
        } else if rest.starts_with("/*") {
            until("*/", 0)
        } else if rest.starts_with("r\"") || hashes > 0 && rest[1 + hashes..].starts_with('"') {
            let start = hashes + 2;
            let end = until(&format!("\"{}", "#".repeat(hashes)), start);
            found.push((at, &rest[start..end - 1 - hashes]));
            end
        } else if rest.starts_with('"') {
            let end = end_of_literal(rest);
            found.push((at, &rest[1..end - 1]));
            end
        } else if let Some(escaped) = rest.strip_prefix("'\\") {
            until("'", 2 + escaped.chars().next().map_or(0, char::len_utf8))
        } else {
            let mut chars = rest.chars();
            match (chars.next(), chars.next(), chars.next()) {
                // A quote that is a character is no beginning of a text.
                (Some('\''), Some(c), Some('\'')) => 2 + c.len_utf8(),
                (first, ..) => first.map_or(1, char::len_utf8),
            }
        };
    }
    found
}

fn end_of_literal(rest: &str) -> usize {
    let mut is_escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    end.map_or(rest.len(), |(n, _)| n + 1)
}

/// `class` before the literal of `class="…"`.
fn attribute_before(before: &str) -> &str {
    let Some(before) = before.trim_end().strip_suffix('=') else { return "" };
    let before = before.trim_end();
    let name = before.rfind(|c: char| !c.is_alphanumeric() && !"-_:".contains(c));
    &before[name.map_or(0, |n| n + 1)..]
}

/// Whether it starts with a capital and goes on in small letters, or holds two words beside each other. Tags and what is put in do not count.
fn reads_like_words(literal: &str) -> bool {
    let mut text = literal.replace("\\u{", "{");
    for (open, close) in [('{', '}'), ('<', '>')] {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).map_or(text.len(), |n| start + n + 1);
            text.replace_range(start..end, "·");
        }
    }
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut letters = text.chars();
    let is_sentence =
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
    let is_word = |word: &str| {
        let word = word.trim_start_matches(['“', '(']).trim_end_matches(|c: char| ".,;:!?…”)·".contains(c));
        word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
    };
    let words: Vec<bool> = text.split_whitespace().map(is_word).collect();
    is_sentence || words.windows(2).any(|pair| pair == [true, true])
}

#[test]
fn a_text_in_a_page_is_noticed() {
    let found = |source: &str| texts(source).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    let page = r##"
        /// "Of a comment"
        let quote = '"';
        view! {
            <p class="btn small" id=format!("row-{id}") aria-label="Close">"no checks yet" {words::A} " · "</p>
        }
        let path = ("/t/new", "url", "M3 8h10", "#many [type=reset]", r#"<p class="x y">{}</p>"#);
        still(r#"<h1>Planted here</h1>"#, &[]);
        format!("{count} more trackers\u{2026}");
        #[cfg(test)]
        "In a test"
    "##;
    assert_eq!(
        found(page),
        ["Close", "no checks yet", "<h1>Planted here</h1>", "{count} more trackers\\u{2026}"]
    );
}

//! The names that people may write into their own texts, like `{name}`. A closed set, and nothing but names: template engines in the
//! messages of others have let strangers run programs.

use domain::{Alert, AlertKind};

use crate::wording;

/// A name, what it stands for, and how that is found.
struct Name {
    word: &'static str,
    means: &'static str,
    value: fn(&Alert) -> String,
}

/// All names, in the order in which they are explained.
static NAMES: [Name; 14] = [
    name("title", words::CHANNEL_NAME_TITLE, wording::title),
    name("kind", words::CHANNEL_NAME_KIND, |alert| alert.kind.word().into()),
    name("name", words::CHANNEL_NAME_NAME, |alert| concerned(alert, |it| it.name.clone())),
    name("target", words::CHANNEL_NAME_TARGET, |alert| concerned(alert, |it| it.target.clone())),
    name("group", words::CHANNEL_NAME_GROUP, |alert| concerned(alert, |it| it.group.clone())),
    name("tags", words::CHANNEL_NAME_TAGS, |alert| concerned(alert, |it| it.tags.join(", "))),
    name("cause", words::CHANNEL_NAME_CAUSE, |alert| alert.cause.clone()),
    name("at", words::CHANNEL_NAME_AT, |alert| alert.at.to_string()),
    name("since", words::CHANNEL_NAME_SINCE, |alert| shown(alert.since)),
    name("lasted", words::CHANNEL_NAME_LASTED, |alert| {
        alert.lasted_ms.map(wording::span).unwrap_or_default()
    }),
    name("incident", words::CHANNEL_NAME_INCIDENT, |alert| shown(alert.incident)),
    name("evidence", words::CHANNEL_NAME_EVIDENCE, evidence),
    name("link", words::CHANNEL_NAME_LINK, |alert| alert.link.clone().unwrap_or_default()),
    name("acknowledge", words::CHANNEL_NAME_ACKNOWLEDGE, |alert| {
        alert.acknowledge.clone().unwrap_or_default()
    }),
];

const fn name(word: &'static str, means: &'static str, value: fn(&Alert) -> String) -> Name {
    Name { word, means, value }
}

/// All names that may stand in people's own texts, each with what it stands for.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.iter().map(|name| (name.word, name.means))
}

fn concerned(alert: &Alert, value: fn(&domain::Concerned) -> String) -> String {
    alert.tracker.as_ref().map(value).unwrap_or_default()
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn evidence(alert: &Alert) -> String {
    let seen = alert.evidence.iter().map(|(what, value)| format!("{what}: {value}"));
    seen.chain(alert.lines.iter().cloned()).collect::<Vec<_>>().join("\n")
}

/// A text of somebody's own, whose names are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnText(String);

impl OwnText {
    /// The most characters of an own text.
    pub(crate) const LIMIT: usize = 4_000;

    /// Checks that all names are known. What is wrong is said as a sentence without its full stop.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > Self::LIMIT {
            return Err(words::channel_text_long(Self::LIMIT));
        }
        match unknown(text) {
            Some(word) => Err(Self::no_name(word)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// What to say of a name that is none.
    pub(crate) fn no_name(word: &str) -> String {
        let known: Vec<String> = names().map(|(word, _)| format!("{{{word}}}")).collect();
        words::channel_text_no_name(known.join(" "), wording::cut(word, 40))
    }

    /// As it was written.
    pub(crate) fn source(&self) -> &str {
        &self.0
    }

    /// The own text of a channel, filled in, if it has one that fits: it is made for what happens to a tracker, and for trying it.
    pub(crate) fn for_alert(own: Option<&Self>, alert: &Alert) -> Option<String> {
        let fits = alert.tracker.is_some() || alert.kind == AlertKind::Test;
        own.filter(|_| fits).map(|own| own.fill(alert))
    }

    /// With every name replaced by what it stands for, once: what stands there is never searched for names again. Not escaped for
    /// anything yet.
    pub(crate) fn fill(&self, alert: &Alert) -> String {
        fill(&self.0, alert)
    }
}

/// See [`OwnText::fill`]. Names that are not known stay as they are.
pub(crate) fn fill(text: &str, alert: &Alert) -> String {
    let value = |word: &str| NAMES.iter().find(|name| name.word == word).map(|name| (name.value)(alert));
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Plain(text) => (*text).to_owned(),
        Piece::Name(word) => value(word).unwrap_or_else(|| format!("{{{word}}}")),
    };
    pieces(text).iter().map(piece).collect()
}

/// The first name in a text that is none.
pub(crate) fn unknown(text: &str) -> Option<&str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Name(word) if NAMES.iter().all(|name| name.word != word) => Some(word),
        _ => None,
    })
}

enum Piece<'a> {
    Plain(&'a str),
    Name(&'a str),
}

/// A name is letters in braces; any other brace is a brace.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut plain = 0;
    while let Some(open) = rest.get(plain..).and_then(|tail| tail.find('{')).map(|at| at + plain) {
        let inside = rest.get(open + 1..).unwrap_or_default();
        let length = inside.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(inside.len());
        match inside.split_at_checked(length) {
            Some((word, after)) if !word.is_empty() && after.starts_with('}') => {
                found.push(Piece::Plain(rest.get(..open).unwrap_or_default()));
                found.push(Piece::Name(word));
                rest = after.get(1..).unwrap_or_default();
                plain = 0;
            }
            _ => plain = open + 1,
        }
    }
    found.push(Piece::Plain(rest));
    found
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn alert(cause: &str) -> Alert {
        Alert {
            key: String::new(),
            thread: String::new(),
            kind: AlertKind::Down,
            tracker: None,
            incident: Some(12),
            at: Timestamp(0),
            since: None,
            lasted_ms: None,
            cause: cause.to_owned(),
            evidence: Vec::new(),
            lines: Vec::new(),
            link: None,
            acknowledge: None,
        }
    }

    #[test]
    fn a_name_is_letters_in_braces() {
        for (text, filled) in [
            ("", ""),
            ("{cause}", "why"),
            ("{{cause}}", "{why}"),
            ("{cause}{cause", "why{cause"),
            ("{ cause}", "{ cause}"),
            ("{cause }{incident}", "{cause }12"),
            ("}{", "}{"),
            ("{\u{e9}}{cause}\u{e9}", "{\u{e9}}why\u{e9}"),
            ("{}{1}{a-b}", "{}{1}{a-b}"),
            ("{since}", ""),
        ] {
            assert_eq!(OwnText::parse(text).unwrap().fill(&alert("why")), filled, "{text}");
        }
        for (text, word) in
            [("{a}", "a"), ("{cause}{Cause}", "Cause"), ("{{x_y}}", "x_y"), ("{constructor}", "constructor")]
        {
            assert!(
                OwnText::parse(text).unwrap_err().starts_with(&format!("{{{word}}} is no name")),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole_text(text in "[{}a-c\u{e9} ]{0,30}") {
            let again: String = pieces(&text).iter().map(|piece| match piece {
                Piece::Plain(text) => (*text).to_owned(),
                Piece::Name(word) => format!("{{{word}}}"),
            }).collect();
            prop_assert_eq!(again, text);
        }

        /// Whatever a name stands for comes out as it is, once.
        #[test]
        fn what_is_filled_in_is_not_read_again(cause in "[{}a-z\u{e9} ]{0,30}|\\{(cause|name)\\}") {
            let filled = OwnText::parse("<{cause}>{cause}").unwrap().fill(&alert(&cause));
            prop_assert_eq!(filled, format!("<{cause}>{cause}"));
        }
    }
}

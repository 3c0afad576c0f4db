//! What people read, whatever the channel: the title of a message, its facts, its times. No channel has words of its own.

use domain::{Alert, AlertKind, Timestamp};

/// The most characters of each line of a message. What is longer is cut off, and says so.
const LINE: usize = 500;
/// The most characters of a title.
const TITLE: usize = 300;

/// A message in words: each of them is one line of plain text, not escaped for anything yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// What happened to whom: `Down: shop`.
    pub(crate) title: String,
    /// Why; empty where nothing is known.
    pub(crate) cause: String,
    /// What it is, and what it was.
    pub(crate) facts: Vec<(String, String)>,
    /// What a digest puts together.
    pub(crate) lines: Vec<String>,
    /// The page that says more.
    pub(crate) link: Option<String>,
    /// The page where who reads it says that they know of it.
    pub(crate) acknowledge: Option<String>,
}

impl Words {
    /// Puts a message into words.
    pub(crate) fn of(alert: &Alert) -> Self {
        let mut facts = Vec::new();
        let mut fact = |what: &str, value: String| {
            if !value.is_empty() {
                facts.push((what.to_owned(), value));
            }
        };
        if let Some(tracker) = &alert.tracker {
            fact(words::ALERT_TARGET, tracker.target.clone());
            fact(words::ALERT_GROUP, tracker.group.clone());
            fact(words::ALERT_TAGS, tracker.tags.join(", "));
        }
        fact(words::ALERT_SINCE, alert.since.map(moment).unwrap_or_default());
        fact(words::ALERT_LASTED, alert.lasted_ms.map(span).unwrap_or_default());
        if alert.since != Some(alert.at) {
            fact(words::ALERT_AT, moment(alert.at));
        }
        for (what, value) in &alert.evidence {
            fact(what, value.clone());
        }
        Self {
            title: cut(&title(alert), TITLE),
            cause: alert.cause.clone(),
            facts,
            lines: alert.lines.clone(),
            link: alert.link.clone(),
            acknowledge: alert.acknowledge.clone(),
        }
    }

    /// The pages that it leads to, each with what is there.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let all = [(words::ALERT_DETAILS, &self.link), (words::KNOWN_SAY, &self.acknowledge)];
        all.into_iter().filter_map(|(what, link)| Some((what, link.as_ref()?)))
    }

    /// Everything below the title, line by line, without the links.
    pub(crate) fn below(&self) -> Vec<String> {
        let cause = Some(format!("{}.", self.cause)).filter(|_| !self.cause.is_empty());
        let facts = self.facts.iter().map(|(what, value)| format!("{what}: {value}"));
        cause.into_iter().chain(self.lines.iter().cloned()).chain(facts).collect()
    }
}

/// What happened to whom, in one line: `Up again after 4 min 12 s: shop`.
pub(crate) fn title(alert: &Alert) -> String {
    let after = |plain: &str, with: fn(String) -> String, lasted: Option<u64>| match lasted {
        Some(ms) => with(span(ms)),
        None => plain.to_owned(),
    };
    let so_far =
        alert.since.map(|since| u64::try_from(alert.at.since(since).as_millis()).unwrap_or(u64::MAX));
    let what = match alert.kind {
        AlertKind::Down => words::ALERT_DOWN.to_owned(),
        AlertKind::StillDown => after(words::ALERT_STILL_DOWN, words::alert_still_down_after, so_far),
        AlertKind::Recovered => after(words::ALERT_RECOVERED, words::alert_recovered_after, alert.lasted_ms),
        AlertKind::WasDown => after(words::ALERT_WAS_DOWN, words::alert_was_down_for, alert.lasted_ms),
        AlertKind::Flapping => words::ALERT_FLAPPING.to_owned(),
        AlertKind::Blind => words::ALERT_BLIND.to_owned(),
        AlertKind::Seeing => words::ALERT_SEEING.to_owned(),
        AlertKind::Digest => words::alert_digest(alert.lines.len()),
        AlertKind::Test => words::ALERT_TEST.to_owned(),
    };
    match &alert.tracker {
        Some(tracker) => words::alert_about(&tracker.name, what),
        None => what,
    }
}

/// How bad it is, for services that want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Somebody has to look.
    Bad,
    /// It is over.
    Good,
    /// It is neither.
    Neutral,
}

/// How bad it is that this happened.
pub(crate) fn mood(kind: AlertKind) -> Mood {
    match kind {
        AlertKind::Down | AlertKind::StillDown | AlertKind::Flapping | AlertKind::Blind => Mood::Bad,
        AlertKind::Recovered | AlertKind::WasDown | AlertKind::Seeing => Mood::Good,
        AlertKind::Digest | AlertKind::Test => Mood::Neutral,
    }
}

/// A time of the day and its day: `2026-11-23 14:03:10 UTC`.
fn moment(at: Timestamp) -> String {
    let (year, month, day) = at.date();
    format!("{year:04}-{month:02}-{day:02} {} UTC", at.clock_time())
}

/// A length in its two largest units: `4 min 12 s`.
pub(crate) fn span(ms: u64) -> String {
    let secs = ms / 1_000;
    let unit = |n: u64, with: fn(u64) -> String| (n, with(n));
    let units = [
        unit(secs / 86_400, words::duration_d),
        unit(secs / 3_600 % 24, words::duration_h),
        unit(secs / 60 % 60, words::duration_min),
        unit(secs % 60, words::duration_s),
    ];
    let shown = units.into_iter().skip_while(|(n, _)| *n == 0).take(2).filter(|(n, _)| *n > 0);
    let shown: Vec<String> = shown.map(|(_, text)| text).collect();
    if shown.is_empty() { words::ALERT_NO_TIME.to_owned() } else { shown.join(" ") }
}

/// The same message with each of its texts on one line of bounded length, without characters that steer a terminal, a header or
/// the direction of text. What a channel gets is always tidy: rows that were written into the database by hand are not.
pub(crate) fn tidy(alert: &Alert) -> Alert {
    let mut alert = alert.clone();
    for id in [&mut alert.key, &mut alert.thread] {
        id.retain(|c| c.is_ascii_alphanumeric() || c == '-');
        id.truncate(100);
    }
    if let Some(tracker) = &mut alert.tracker {
        for text in [&mut tracker.name, &mut tracker.target, &mut tracker.group] {
            *text = line(text);
        }
        tracker.tags = tracker.tags.iter().take(20).map(|tag| line(tag)).collect();
    }
    alert.cause = line(&alert.cause);
    alert.evidence = alert.evidence.iter().take(10).map(|(what, value)| (line(what), line(value))).collect();
    alert.lines = alert.lines.iter().take(50).map(|text| line(text)).collect();
    alert.link = alert.link.filter(|link| is_web(link));
    alert.acknowledge = alert.acknowledge.filter(|link| is_web(link));
    alert
}

/// A link that is one: of the web, and of characters that no format takes for its own.
fn is_web(link: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"'`|\\{}^*".contains(c);
    (link.starts_with("https://") || link.starts_with("http://")) && link.chars().all(plain)
}

fn line(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let plain: String = text.chars().map(|c| if steers(c) { ' ' } else { c }).collect();
    cut(plain.trim(), LINE)
}

/// At most this many characters, the last of them `…` when something was cut off.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept + "…"
}

/// The most that a service takes of a text. Which characters it counts, it seldom says: counted as UTF-16, there are the most.
pub(crate) const UTF16: fn(&str) -> usize = |text| text.encode_utf16().count();
/// The same, of a service that counts bytes.
pub(crate) const BYTES: fn(&str) -> usize = str::len;

/// The escaped lines that fit, and then `…` if some did not. A line is whole or absent: half an escape could mean something.
pub(crate) fn fitting(
    lines: impl IntoIterator<Item = String>,
    most: usize,
    count: fn(&str) -> usize,
) -> String {
    let mut all = String::new();
    let mut used = 0;
    for line in lines {
        let length = count(&line) + 1;
        // There is always room for a line break and the mark.
        if used + length + 4 > most {
            all.push_str("\n…");
            break;
        }
        if !all.is_empty() {
            all.push('\n');
        }
        all.push_str(&line);
        used += length;
    }
    all.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use domain::{Concerned, TrackerId};

    use super::*;

    #[test]
    fn lengths_have_one_or_two_units() {
        for (ms, text) in [
            (0, "less than 1 s"),
            (999, "less than 1 s"),
            (1_000, "1 s"),
            (252_000, "4 min 12 s"),
            (240_000, "4 min"),
            (3_601_000, "1 h"),
            (3_900_000, "1 h 5 min"),
            (90_061_000, "1 d 1 h"),
            (u64::MAX, "213503982334 d 14 h"),
        ] {
            assert_eq!(span(ms), text);
        }
    }

    #[test]
    fn titles_say_what_happened_to_whom() {
        let tracker = |name: &str| Concerned {
            id: TrackerId(1),
            name: name.to_owned(),
            target: String::new(),
            group: String::new(),
            tags: Vec::new(),
        };
        let mut alert = Alert {
            key: String::new(),
            thread: String::new(),
            kind: AlertKind::Down,
            tracker: Some(tracker("shop")),
            incident: None,
            at: Timestamp(3_900_000),
            since: Some(Timestamp(0)),
            lasted_ms: Some(252_000),
            cause: String::new(),
            evidence: Vec::new(),
            lines: vec![String::new(); 3],
            link: None,
            acknowledge: None,
        };
        for (kind, text) in [
            (AlertKind::Down, "Down: shop"),
            (AlertKind::StillDown, "Still down after 1 h 5 min: shop"),
            (AlertKind::Recovered, "Up again after 4 min 12 s: shop"),
            (AlertKind::WasDown, "Was down for 4 min 12 s, up again: shop"),
            (AlertKind::Flapping, "Goes up and down: shop"),
            (AlertKind::Test, "A test of this channel: shop"),
        ] {
            alert.kind = kind;
            assert_eq!(title(&alert), text);
        }
        (alert.tracker, alert.since, alert.lasted_ms) = (None, None, None);
        for (kind, text) in [
            (AlertKind::StillDown, "Still down"),
            (AlertKind::Recovered, "Up again"),
            (AlertKind::WasDown, "Was down, up again"),
            (AlertKind::Blind, "This location sees nothing"),
            (AlertKind::Seeing, "This location sees again"),
            (AlertKind::Digest, "3 things happened"),
            (AlertKind::Test, "A test of this channel"),
        ] {
            alert.kind = kind;
            assert_eq!(title(&alert), text);
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out_by_the_line() {
        let lines = || ["12345".to_owned(), "67890".to_owned(), "x".to_owned()];
        assert_eq!(fitting(lines(), 100, UTF16), "12345\n67890\nx");
        assert_eq!(fitting(lines(), 12, UTF16), "12345\n…");
        assert_eq!(fitting(lines(), 3, BYTES), "…");
        assert_eq!(cut("12345", 5), "12345");
        assert_eq!(cut("123456", 5), "1234…");
    }
}

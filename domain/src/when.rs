//! Moments as people and programs write them.

use jiff::Timestamp as Instant;

use crate::{Timestamp, parse_length};

/// A moment from 1970 on: RFC 3339 with any offset (`2026-11-23T14:03:00Z`), milliseconds since 1970, `now`, or a length
/// before it (`-24h`, `-7d`). `None` for anything else.
pub fn parse_time(text: &str, now: Timestamp) -> Option<Timestamp> {
    const LIMIT: usize = 40;
    let text = text.trim();
    if text.len() > LIMIT {
        return None;
    }
    let time = match text {
        "now" => now,
        _ => match text.strip_prefix('-') {
            Some(length) => {
                Timestamp(now.0.checked_sub(i64::try_from(parse_length(length)?.as_millis()).ok()?)?)
            }
            None => match text.parse() {
                Ok(ms) => Timestamp(ms),
                Err(_) => Timestamp(written(text)?.as_millisecond()),
            },
        },
    };
    (time.0 >= 0).then_some(time)
}

/// The `+` of an offset that nobody encoded arrives as a space.
fn written(text: &str) -> Option<Instant> {
    let with_plus = || text.rsplit_once(' ').map(|(time, offset)| format!("{time}+{offset}"));
    text.parse().ok().or_else(|| with_plus()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_435_200_000);

    #[test]
    fn moments_are_read_as_people_write_them() {
        for (text, shown) in [
            ("2026-11-23T14:03:00Z", "2026-11-23T14:03:00.000Z"),
            ("2026-11-23T14:03:00.25+01:00", "2026-11-23T13:03:00.250Z"),
            ("2026-11-23T14:03:00 01:00", "2026-11-23T13:03:00.000Z"),
            ("2026-11-23t14:03:00-05:30", "2026-11-23T19:33:00.000Z"),
            ("1795435200001", "2026-11-23T12:00:00.001Z"),
            ("0", "1970-01-01T00:00:00.000Z"),
            ("now", "2026-11-23T12:00:00.000Z"),
            ("-24h", "2026-11-22T12:00:00.000Z"),
            ("-7d", "2026-11-16T12:00:00.000Z"),
            (" -1h 30m ", "2026-11-23T10:30:00.000Z"),
        ] {
            assert_eq!(parse_time(text, NOW).map(|time| time.to_string()).as_deref(), Some(shown), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_from_1970_on_is_refused() {
        for text in [
            "",
            "soon",
            "-",
            "-5",
            "--5h",
            "-60y",
            "2026-11-23",
            "2026-11-23T14:03:00",
            "2026-13-23T14:03:00Z",
            "1969-12-31T23:59:59Z",
            "-20000000d",
            "9223372036854775808",
            &"1".repeat(100),
        ] {
            assert_eq!(parse_time(text, NOW), None, "{text}");
        }
    }
}

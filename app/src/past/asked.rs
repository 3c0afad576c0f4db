//! Reading what an address asks for, and the moment that a person names.

use domain::Timestamp;

/// What the query of an address says of a name.
pub fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    let (_, value) = pairs.find(|(other, _)| other == name)?;
    (!value.is_empty()).then(|| value.into_owned())
}

/// What is said to who named no moment.
pub const NO_MOMENT: &str = words::PAST_NO_MOMENT;

/// The moment that was typed; none when nothing was.
///
/// Milliseconds since 1970, or a date and a time of day as in RFC 3339. Where the seconds or the whole time of day are left
/// out, the end of that minute or day is meant, so that what happened in it is seen.
pub fn moment(typed: &str) -> Result<Option<Timestamp>, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let ms = if typed.bytes().all(|byte| byte.is_ascii_digit()) { typed.parse().ok() } else { civil(typed) };
    // To the year 9999, like RFC 3339.
    ms.filter(|ms| (0..253_402_300_800_000).contains(ms)).map(Timestamp).map(Some).ok_or(NO_MOMENT)
}

/// `2026-11-23`, `2026-11-23T14:03`, `2026-11-23 14:03:10Z`, `2026-11-23T14:03:10.123`.
fn civil(typed: &str) -> Option<i64> {
    let typed = typed.strip_suffix(['Z', 'z']).unwrap_or(typed).trim_end();
    let (date, time) = typed.split_once(['T', 't', ' ', '+', '_']).unwrap_or((typed, ""));
    let mut parts = date.split('-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let midnight = day_number(year, month, day) * DAY_MS;
    let (read_year, read_month, read_day) = Timestamp(midnight).date();
    let is_a_date = (read_year, i64::from(read_month), i64::from(read_day)) == (year, month, day);
    (is_a_date && parts.next().is_none()).then_some(midnight + end_of_time(time)?)
}

const DAY_MS: i64 = 86_400_000;

/// Milliseconds from midnight to the end of a time of day: of its second, its minute, or of the day.
fn end_of_time(time: &str) -> Option<i64> {
    if time.is_empty() {
        return Some(DAY_MS - 1);
    }
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = clock.split(':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next());
    let rest = match (second, fraction) {
        (None, "") => 59_999,
        (Some(second), "") => second? * 1_000 + 999,
        (Some(second), fraction) => second? * 1_000 + number(&format!("{fraction:0<3}")[..3])?,
        (None, _) => return None,
    };
    let is_a_time = hour < 24 && minute < 60 && rest < 60_000 && parts.next().is_none();
    is_a_time.then_some((hour * 60 + minute) * 60_000 + rest)
}

fn number(digits: &str) -> Option<i64> {
    let is_short = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_short.then(|| digits.parse().ok())?
}

/// Days since 1970, after Howard Hinnant's `days_from_civil`; the way back from [`Timestamp::date`].
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_forms_write_it() {
        let read = |query| value(query, "at");
        assert_eq!(read("reach=7d&at=2026-11-23T14%3A03").as_deref(), Some("2026-11-23T14:03"));
        assert_eq!(read("?at=a+b%2B").as_deref(), Some("a b+"));
        assert_eq!([read(""), read("reach=7d"), read("at"), read("that=5")], [None, None, None, None]);
        assert!(read("at=%ff%00%").is_some());
    }

    #[test]
    fn moments_are_read_as_people_and_programs_write_them() {
        for (typed, read) in [
            ("1795442590123", "2026-11-23T14:03:10.123Z"),
            ("0", "1970-01-01T00:00:00.000Z"),
            ("2026-11-23T14:03", "2026-11-23T14:03:59.999Z"),
            ("2026-11-23 14:03:10Z", "2026-11-23T14:03:10.999Z"),
            ("2026-11-23T14:03:10.5", "2026-11-23T14:03:10.500Z"),
            (" 2024-02-29 ", "2024-02-29T23:59:59.999Z"),
        ] {
            assert_eq!(moment(typed).unwrap().unwrap().to_string(), read, "{typed}");
        }
        assert_eq!(moment(" "), Ok(None));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for typed in [
            "yesterday",
            "-5",
            "99999999999999999999",
            "2026-02-29",
            "2026-13-01",
            "2026-11-23T24:00",
            "2026-11-23T14",
            "2026-11-23T14:03:60",
            "2026-11-23T14:03:10.é",
            "2026-11-23T14:03:1é",
            "2026-11-23-01",
            "1969-12-31T00:00",
            "--T:",
            "<script>",
        ] {
            assert_eq!(moment(typed), Err(NO_MOMENT), "{typed}");
        }
    }
}

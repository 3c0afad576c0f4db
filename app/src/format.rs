//! Numbers and times as people read them. Everything here is the same on the server and in the browser: times are UTC, and
//! nothing depends on a locale.

use std::time::Duration;

use domain::{About, Micros, Timestamp};
pub use words::thousands;

/// What months are called, from January.
pub const MONTHS: [&str; 12] = [
    words::MONTH_JAN,
    words::MONTH_FEB,
    words::MONTH_MAR,
    words::MONTH_APR,
    words::MONTH_MAY,
    words::MONTH_JUN,
    words::MONTH_JUL,
    words::MONTH_AUG,
    words::MONTH_SEP,
    words::MONTH_OCT,
    words::MONTH_NOV,
    words::MONTH_DEC,
];

/// A latency in milliseconds, without its unit: `0.4`, `3.2`, `142`, `1,284`. A fraction is shown only where it is news.
pub fn latency(latency: Micros) -> String {
    let tenths = (latency.0 + 50) / 100;
    if tenths < 100 {
        format!("{}.{}", tenths / 10, tenths % 10)
    } else {
        thousands((latency.0 + 500) / 1_000)
    }
}

/// The same of a number without bounds.
pub fn large(number: u64) -> String {
    match u32::try_from(number) {
        Ok(number) => thousands(number),
        Err(_) => words::million(thousands(number / 1_000_000)),
    }
}

/// What a tracker asks, and whether an earlier one asks the same.
pub fn target(about: &About) -> String {
    match about.duplicate_of {
        Some(id) => words::also_tracker(id, &about.target),
        None => about.target.clone(),
    }
}

/// A duration that a setting has: `800 ms`, `1.5 s`, `10 s`.
pub fn setting(ms: u64) -> String {
    match ms {
        0..1_000 => words::duration_ms(ms),
        _ if ms.is_multiple_of(1_000) => words::duration_s(ms / 1_000),
        _ => words::duration_s(format!("{}.{}", ms / 1_000, ms % 1_000 / 100)),
    }
}

/// How long something lasts, at a glance: `12 s`, `4 min`, `2 h 10 min`, `41 d`.
pub fn at_a_glance(lasting: Duration) -> String {
    let seconds = lasting.as_secs();
    match (seconds / 86_400, seconds / 3_600, seconds / 60) {
        (0, 0, 0) => words::duration_s(seconds),
        (0, 0, minutes) => words::duration_min(minutes),
        (0, hours, minutes) if minutes % 60 > 0 => words::duration_h_min(hours, minutes % 60),
        (0, hours, _) => words::duration_h(hours),
        (days, ..) => words::duration_d(days),
    }
}

/// How long something lasts, in two units: `12 s`, `4 min 12 s`, `2 h 10 min`, `41 d 3 h`.
pub fn in_full(lasting: Duration) -> String {
    let seconds = lasting.as_secs();
    match (seconds / 86_400, seconds / 3_600, seconds / 60) {
        (0, 0, 0) => words::duration_s(seconds),
        (0, 0, minutes) => words::duration_min_s(minutes, seconds % 60),
        (0, hours, minutes) => words::duration_h_min(hours, minutes % 60),
        (days, hours, _) => words::duration_d_h(days, hours % 24),
    }
}

/// `23 Nov, 14:03`.
pub fn day_and_time(at: Timestamp) -> String {
    let (_, month, day) = at.date();
    let (hour, minute, ..) = at.time_of_day();
    let month = MONTHS.get(usize::from(month).saturating_sub(1)).unwrap_or(&"");
    format!("{day} {month}, {hour:02}:{minute:02}")
}

/// Texts with something between them.
pub fn joined(texts: impl Iterator<Item = String>, between: &str) -> String {
    texts.reduce(|all, text| all + between + &text).unwrap_or_default()
}

/// `1 check`, `2 checks`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_show_a_fraction_only_below_ten() {
        for (micros, text) in [
            (0, "0.0"),
            (420, "0.4"),
            (3_249, "3.2"),
            (9_949, "9.9"),
            (9_950, "10"),
            (142_499, "142"),
            (1_284_000, "1,284"),
        ] {
            assert_eq!(latency(Micros(micros)), text);
        }
    }

    #[test]
    fn durations_have_one_or_two_units() {
        for (seconds, glance, full) in [
            (0, "0 s", "0 s"),
            (59, "59 s", "59 s"),
            (252, "4 min", "4 min 12 s"),
            (7_800, "2 h 10 min", "2 h 10 min"),
            (7_200, "2 h", "2 h 0 min"),
            (3_553_200, "41 d", "41 d 3 h"),
        ] {
            assert_eq!(at_a_glance(Duration::from_secs(seconds)), glance);
            assert_eq!(in_full(Duration::from_secs(seconds)), full);
        }
    }

    #[test]
    fn settings_and_days_are_short() {
        assert_eq!([setting(800), setting(1_500), setting(10_000)], ["800 ms", "1.5 s", "10 s"]);
        assert_eq!(day_and_time(Timestamp(1_795_442_590_123)), "23 Nov, 14:03");
    }
}

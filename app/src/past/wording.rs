//! How stretches of time are put into words.

use std::time::Duration;

use domain::{Micros, Period, Reach, Tally, Timestamp, Window};
use leptos::prelude::*;

use crate::{
    format,
    ui::{Nothing, Part, whole},
};

/// A minute of not looking is no news.
const NEWS_MS: u64 = 60_000;

/// How long something lasted, in at most two units: `12 min`, `4 min 12 s`. Never nothing for something.
pub fn lasting(ms: u64) -> String {
    let text = format::in_full(Duration::from_millis(if ms == 0 { 0 } else { ms.max(1_000) }));
    let whole = [" 0 s", " 0 min", " 0 h"].into_iter().find_map(|nothing| text.strip_suffix(nothing));
    whole.map_or_else(|| text.clone(), ToOwned::to_owned)
}

fn roughly(ms: u64) -> String {
    format::at_a_glance(Duration::from_millis(ms))
}

/// Time of which something was learnt.
pub fn observed_ms(tally: &Tally) -> u64 {
    tally.up_ms.saturating_add(tally.degraded_ms).saturating_add(tally.down_ms)
}

/// `4 min 12 s down`, `no time down`; nothing where nothing was observed.
pub fn down_time(tally: &Tally) -> Option<String> {
    match (observed_ms(tally), tally.down_ms) {
        (0, _) => None,
        (_, 0) => Some(words::TRACKER_NO_TIME_DOWN.into()),
        (_, down) => Some(words::past_down(lasting(down))),
    }
}

/// What of the time is outside the ratio: `3 d observed of 30 d`, `2 h not observed`, `4 h paused`.
pub fn coverage(period: &Period) -> Vec<String> {
    let tally = &period.tally;
    let (observed, whole) = (observed_ms(tally), period.window.length_ms());
    let seen = match tally.unknown_ms {
        _ if observed == 0 => Some(words::NOTHING_OBSERVED.into()),
        ..NEWS_MS => None,
        _ if observed < whole / 2 => Some(words::past_observed_of(roughly(observed), length(whole))),
        unknown => Some(words::past_not_observed(roughly(unknown))),
    };
    let told = |ms: u64, words: fn(String) -> String| (ms >= 1_000).then(|| words(roughly(ms)));
    let paused = told(tally.paused_ms, words::past_paused);
    let maintenance = told(tally.maintenance_ms, words::past_in_maintenance);
    [seen, paused, maintenance].into_iter().flatten().collect()
}

/// The length of a window: `24 h`, `30 d`.
fn length(ms: u64) -> String {
    if ms == 86_400_000 { words::PAST_REACH_DAY_SHORT.into() } else { roughly(ms) }
}

/// How far a reach goes, in words.
pub fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Day => words::PAST_REACH_DAY,
        Reach::Week => words::PAST_REACH_WEEK,
        Reach::Month => words::PAST_REACH_MONTH,
        Reach::Quarter => words::PAST_REACH_QUARTER,
        Reach::Year => words::PAST_REACH_YEAR,
    }
}

/// The same, where there is little room.
pub fn reach_in_short(reach: Reach) -> &'static str {
    match reach {
        Reach::Day => words::PAST_REACH_DAY_SHORT,
        Reach::Week => words::PAST_REACH_WEEK_SHORT,
        Reach::Month => words::PAST_REACH_MONTH_SHORT,
        Reach::Quarter => words::PAST_REACH_QUARTER_SHORT,
        Reach::Year => words::PAST_REACH_YEAR_SHORT,
    }
}

/// `23 Nov`.
pub fn day(at: Timestamp) -> String {
    let text = format::day_and_time(at);
    text.split(',').next().unwrap_or_default().to_owned()
}

/// `23 Nov, 14:03:10`, with the year where it is another than `now`'s.
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    let (year, this_year) = (at.date().0, now.date().0);
    let year = if year == this_year { String::new() } else { format!(" {year}") };
    format!("{}{year}, {}", day(at), at.clock_time())
}

/// `23 Nov, 14:00–14:06`, `23 Nov, 14:00 – 24 Nov, 02:00`.
pub fn stretch(window: Window) -> String {
    let (from, to) = (format::day_and_time(window.from), format::day_and_time(window.to));
    if day(window.from) == day(window.to) {
        format!("{from}–{}", to.split(", ").nth(1).unwrap_or_default())
    } else {
        format!("{from} – {to}")
    }
}

/// A percentage with its unit, or that there is none.
pub fn percentage(period: &Period) -> Part {
    let uptime = period.uptime();
    if uptime.is_known() {
        whole(view! {
            {uptime.to_string()}
            <span class="unit">"\u{a0}%"</span>
        })
    } else {
        whole(view! { <Nothing what=words::PAST_UNKNOWN /> })
    }
}

/// A latency with its unit, or that there is none.
pub fn milliseconds(latency: Option<Micros>) -> Part {
    match latency {
        Some(latency) => whole(view! {
            {format::latency(latency)}
            <span class="unit">"\u{a0}ms"</span>
        }),
        None => whole(view! { <Nothing what=words::PAST_NONE /> }),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Counts, Percentiles};

    use super::*;

    const HOUR: u64 = 3_600_000;

    fn period(tally: Tally) -> Period {
        let to = Timestamp(i64::try_from(tally.total_ms()).unwrap());
        let window = Window::new(Timestamp(0), to);
        Period { window, tally, counts: Counts::default(), latency: Percentiles::default() }
    }

    fn told(tally: Tally) -> Vec<String> {
        let period = period(tally);
        down_time(&period.tally).into_iter().chain(coverage(&period)).collect()
    }

    #[test]
    fn time_down_is_told_to_the_second_and_never_as_nothing() {
        assert_eq!(told(Tally { up_ms: HOUR, down_ms: 252_000, ..Tally::default() }), ["4 min 12 s down"]);
        assert_eq!(told(Tally { up_ms: HOUR, down_ms: HOUR / 60 * 12, ..Tally::default() }), ["12 min down"]);
        assert_eq!(told(Tally { up_ms: HOUR, down_ms: 1, ..Tally::default() }), ["1 s down"]);
        assert_eq!(told(Tally { degraded_ms: HOUR, ..Tally::default() }), ["no time down"]);
    }

    #[test]
    fn what_was_not_observed_is_said() {
        let of = |up_ms, unknown_ms, paused_ms| {
            told(Tally { up_ms, unknown_ms, paused_ms, ..Tally::default() }).join(", ")
        };
        assert_eq!(of(0, 24 * HOUR, 0), "nothing observed");
        assert_eq!(of(72 * HOUR, 27 * 24 * HOUR, 0), "no time down, 3 d observed of 30 d");
        assert_eq!(of(2 * HOUR, 22 * HOUR, 0), "no time down, 2 h observed of 24 h");
        assert_eq!(of(23 * HOUR, HOUR, 0), "no time down, 1 h not observed");
        assert_eq!(of(23 * HOUR, 59_000, HOUR), "no time down, 1 h paused");
        assert_eq!(of(0, 0, HOUR), "nothing observed, 1 h paused");
    }

    #[test]
    fn stretches_name_a_day_once() {
        let at = 1_795_442_580_000;
        let told = |length| stretch(Window::new(Timestamp(at), Timestamp(at + length)));
        assert_eq!(told(360_000), "23 Nov, 14:03–14:09");
        assert_eq!(told(86_400_000), "23 Nov, 14:03 – 24 Nov, 14:03");
        let (this, next) = (Timestamp(at), Timestamp(at + 365 * 86_400_000));
        assert_eq!(moment(this, this), "23 Nov, 14:03:00");
        assert_eq!(moment(this, next), "23 Nov 2026, 14:03:00");
    }
}

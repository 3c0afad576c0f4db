//! Round numbers beside the chart: latencies on the left, times below. Pure; whole numbers only.

use domain::{Micros, Reach, Timestamp, Window};

use super::wording;
use crate::format;

/// The latencies that the chart has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// From one line to the next, in microseconds.
    pub step: u64,
    /// Steps from 0 to the top.
    pub steps: u64,
}

/// The height of the drawing, in its own units.
pub const HEIGHT: u64 = 1_000;

impl Scale {
    /// The scale with two to four steps that has room for a latency.
    pub fn up_to(latency: Micros) -> Self {
        let latency = u64::from(latency.0);
        let fits = |step: &u64| latency.div_ceil(*step) <= 4;
        // The last one has room for anything.
        let step = (0..9).flat_map(round_steps).find(fits).unwrap_or(u64::from(u32::MAX));
        Self { step, steps: latency.div_ceil(step).max(2) }
    }

    /// The place of a latency, from the top.
    pub fn y(self, latency: Micros) -> u64 {
        HEIGHT.saturating_sub(u64::from(latency.0) * HEIGHT / (self.step * self.steps))
    }

    /// The words beside the lines, the highest first.
    pub fn labels(self) -> Vec<String> {
        (0..=self.steps).rev().map(|n| self.label(n * self.step)).collect()
    }

    fn label(self, micros: u64) -> String {
        if micros == 0 {
            return "0 ms".into();
        }
        if self.step < 1_000 {
            return format!("{}.{}", micros / 1_000, micros % 1_000 / 100);
        }
        format::thousands(u32::try_from(micros / 1_000).unwrap_or(u32::MAX))
    }
}

/// 1, 2, 5 and from 10 ms on 2½, times 100 µs to the power.
fn round_steps(power: u32) -> impl Iterator<Item = u64> {
    let unit = 10_u64.pow(power + 2);
    let half = (power >= 2).then_some(unit * 5 / 2);
    [unit, unit * 2].into_iter().chain(half).chain([unit * 5])
}

/// A time that is named below the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its place from the left, in hundredths of a per cent.
    pub x: i64,
    /// What it is called.
    pub word: String,
    /// Whether it gives way where there is little room.
    pub is_minor: bool,
}

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The times to name in a window. None so close to an end that its word would leave the chart.
pub fn ticks(window: Window, reach: Reach) -> Vec<Tick> {
    let step = match reach {
        Reach::Day => 3 * HOUR_MS,
        Reach::Week | Reach::Year => DAY_MS,
        Reach::Month => 3 * DAY_MS,
        Reach::Quarter => 10 * DAY_MS,
    };
    let first = window.from.0.div_euclid(step) + 1;
    let all = (first..).map(|n| (n, Timestamp(n * step))).take_while(|(_, at)| *at < window.to);
    let ticks = all.filter_map(|(n, at)| {
        let (_, month, day) = at.date();
        let (word, is_minor) = match reach {
            Reach::Year if day != 1 => return None,
            Reach::Year => (month_word(at), month % 2 == 0),
            Reach::Day if at.0 % DAY_MS != 0 => (clock(at), n % 2 != 0),
            _ => (wording::day(at), n % 2 != 0),
        };
        Some(Tick { x: place(window, at), word, is_minor })
    });
    ticks.filter(|tick| (200..9_800).contains(&tick.x)).collect()
}

/// Where a time stands in a window, in hundredths of a per cent.
pub fn place(window: Window, at: Timestamp) -> i64 {
    let length = i64::try_from(window.length_ms()).unwrap_or(i64::MAX).max(1);
    (at.0 - window.from.0).clamp(0, length) * 10_000 / length
}

/// Hundredths of a per cent, as SVG reads them.
pub fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn clock(at: Timestamp) -> String {
    at.clock_time()[..5].to_owned()
}

/// `Nov`; in January the year.
fn month_word(at: Timestamp) -> String {
    match at.date() {
        (year, 1, _) => year.to_string(),
        _ => wording::day(at).split(' ').nth(1).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_stand_at_round_latencies() {
        for (micros, labels) in [
            (0, "0.2 0.1 0 ms"),
            (350, "0.4 0.3 0.2 0.1 0 ms"),
            (3_900, "4 3 2 1 0 ms"),
            (84_000, "100 75 50 25 0 ms"),
            (101_000, "150 100 50 0 ms"),
            (1_990_000, "2,000 1,500 1,000 500 0 ms"),
            (10_000_000, "10,000 7,500 5,000 2,500 0 ms"),
        ] {
            assert_eq!(Scale::up_to(Micros(micros)).labels().join(" "), labels, "{micros}");
        }
        let highest = Scale::up_to(Micros(u32::MAX));
        assert!(highest.steps <= 4 && highest.y(Micros(u32::MAX)) < HEIGHT);
    }

    #[test]
    fn a_latency_stands_between_its_lines() {
        let scale = Scale::up_to(Micros(84_000));
        assert_eq!([scale.y(Micros(0)), scale.y(Micros(25_000)), scale.y(Micros(100_000))], [1_000, 750, 0]);
        assert_eq!(scale.y(Micros(900_000)), 0, "what is higher leaves the chart at its top");
    }

    #[test]
    fn times_are_named_at_round_times() {
        // 2026-11-23T14:03:10Z
        let now = 1_795_442_590_123;
        let words = |reach: Reach| {
            let from = now - i64::from(reach.days()) * DAY_MS;
            let ticks = ticks(Window::new(Timestamp(from), Timestamp(now)), reach);
            ticks.into_iter().map(|tick| tick.word).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(Reach::Day), "15:00 18:00 21:00 23 Nov 03:00 06:00 09:00 12:00");
        assert!(words(Reach::Week).ends_with("21 Nov 22 Nov 23 Nov"), "{}", words(Reach::Week));
        assert_eq!(words(Reach::Year), "Dec 2026 Feb Mar Apr May Jun Jul Aug Sep Oct Nov");
        assert!((5..12).contains(&words(Reach::Month).matches("Nov").count()));
    }

    #[test]
    fn places_are_hundredths_of_a_per_cent() {
        let window = Window::new(Timestamp(1_000), Timestamp(9_000));
        let at = |ms| percent(place(window, Timestamp(ms)));
        assert_eq!([at(0), at(1_001), at(5_000), at(9_999)], ["0.00%", "0.01%", "50.00%", "100.00%"]);
    }
}

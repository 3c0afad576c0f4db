//! The shapes of the chart, as data of paths and as stretches. Pure.

use std::fmt::Write as _;

use domain::{Micros, Outage, Period, Timestamp, Window};

use super::{
    scale::{Scale, place},
    wording::observed_ms,
};

/// Units from one point to the next.
pub const PITCH: usize = 10;

/// The data of the chart's three paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The middle of the latencies. It breaks where there is none: nothing is interpolated.
    pub p50: String,
    /// From the middle up to where nineteen twentieths are.
    pub band: String,
    /// From there to the slowest.
    pub spikes: String,
}

/// What the points become.
pub fn lines(chart: &[Period], scale: Scale) -> Lines {
    let mut lines = Lines::default();
    let points = chart.iter().map(|period| point(period, scale)).enumerate();
    let points: Vec<(usize, Point)> = points.filter(|(_, point)| *point != Point::Held).collect();
    for run in points.chunk_by(|one, next| one.1 != Point::Break && next.1 != Point::Break) {
        let seen = |(n, point): &(usize, Point)| match point {
            Point::At(heights) => Some((*n, *heights)),
            Point::Held | Point::Break => None,
        };
        draw(&mut lines, &run.iter().filter_map(seen).collect::<Vec<_>>());
    }
    lines
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    At(Heights),
    /// No check was due, but the result of an earlier one held: the line goes on.
    Held,
    /// Nothing good is known.
    Break,
}

/// Of the middle, of the band's end and of the slowest.
type Heights = (u64, u64, u64);

fn point(period: &Period, scale: Scale) -> Point {
    let Some(p50) = period.latency.p50 else {
        let is_up = period.tally.down_ms == 0 && observed_ms(&period.tally) > 0;
        return if is_up { Point::Held } else { Point::Break };
    };
    let p95 = period.latency.p95.unwrap_or(p50).max(p50);
    let max = period.latency.max.unwrap_or(p95).max(p95);
    Point::At((scale.y(p50), scale.y(p95), scale.y(max)))
}

/// Draws points that belong together. The ends reach to the edges of their columns, so that a lonely point is seen.
fn draw(lines: &mut Lines, run: &[(usize, Heights)]) {
    let (Some((first, begin)), Some((last, end))) = (run.first(), run.last()) else { return };
    let (left, right) = (first * PITCH, (last + 1) * PITCH);
    let middle = |n: usize| n * PITCH + PITCH / 2;
    // Writing to a string cannot fail.
    let _ = write!(lines.p50, "M{left} {}", begin.0);
    let _ = write!(lines.band, "M{left} {}", begin.1);
    for (n, (p50, p95, max)) in run {
        let x = middle(*n);
        let _ = write!(lines.p50, "L{x} {p50}");
        let _ = write!(lines.band, "L{x} {p95}");
        if max < p95 {
            let _ = write!(lines.spikes, "M{x} {p95}V{max}");
        }
    }
    let _ = write!(lines.p50, "L{right} {}", end.0);
    let _ = write!(lines.band, "L{right} {}L{right} {}", end.1, end.0);
    for (n, (p50, ..)) in run.iter().rev() {
        let _ = write!(lines.band, "L{} {p50}", middle(*n));
    }
    let _ = write!(lines.band, "L{left} {}z", begin.0);
}

/// A stretch of the chart: where it begins and how wide it is, in hundredths of a per cent.
pub type Stretch = (i64, i64);

/// What is down must be seen, however short.
const LEAST: i64 = 40;

/// Where it was down: the outages that are known, and for what else was down its share of each point.
pub fn down(chart: &[Period], outages: &[Outage], window: Window) -> Vec<Stretch> {
    let known = outages.iter().rev().filter_map(|outage| {
        let until = outage.until.unwrap_or(window.to);
        (until > window.from && outage.from < window.to).then(|| stretch(window, outage.from, until))
    });
    let touched =
        |period: &Period| super::here::first_within(outages, period.window.from, period.window.to).is_some();
    let others = chart.iter().filter(|period| period.tally.down_ms > 0 && !touched(period)).map(|period| {
        let (from, length) = (period.window.from.0, i64::try_from(period.tally.down_ms).unwrap_or(0));
        let spare = i64::try_from(period.window.length_ms()).unwrap_or(0).saturating_sub(length).max(0);
        let from = from + spare / 2;
        stretch(window, Timestamp(from), Timestamp(from + length))
    });
    known.chain(others).collect()
}

/// Where nothing was learnt at all.
pub fn unobserved(chart: &[Period], window: Window) -> Vec<Stretch> {
    let is_unseen = |period: &Period| observed_ms(&period.tally) == 0;
    let runs = chart.chunk_by(|one, next| is_unseen(one) == is_unseen(next));
    let runs = runs.filter(|run| run.first().is_some_and(is_unseen));
    let ends = |run: &[Period]| Some((run.first()?.window.from, run.last()?.window.to));
    runs.filter_map(ends)
        .map(|(from, to)| (place(window, from), place(window, to) - place(window, from)))
        .collect()
}

fn stretch(window: Window, from: Timestamp, until: Timestamp) -> Stretch {
    let (from, until) = (place(window, from), place(window, until));
    let width = (until - from).max(LEAST);
    (from.min(10_000 - width), width)
}

/// The highest end of the band.
pub fn highest(chart: &[Period]) -> Option<Micros> {
    chart.iter().filter_map(|period| period.latency.p95.or(period.latency.p50)).max()
}

/// The time that the chart's columns stand for. All are equally wide, the one that is not over yet too.
pub fn window(chart: &[Period]) -> Window {
    let step = chart.iter().map(|period| period.window.length_ms()).max().unwrap_or(0);
    let step = i64::try_from(step).unwrap_or(0);
    let columns = i64::try_from(chart.len()).unwrap_or(0);
    let from = chart.first().map_or(0, |period| period.window.to.0 - step);
    Window::new(Timestamp(from), Timestamp(from + step * columns))
}

#[cfg(test)]
mod tests {
    use domain::{Counts, Percentiles, Tally};

    use super::*;

    /// Points of a second from letters: `1` to `9` that many tenths of 100 ms, `d` down, `-` up without a
    /// check, `.` nothing known.
    fn points(letters: &str) -> Vec<Period> {
        let point = |(n, letter): (i64, char)| {
            let latency = letter.to_digit(10).map(|tenths| Micros(tenths * 10_000));
            let tally = match letter {
                'd' => Tally { down_ms: 500, up_ms: 500, ..Tally::default() },
                '.' => Tally { unknown_ms: 1_000, ..Tally::default() },
                _ => Tally { up_ms: 1_000, ..Tally::default() },
            };
            let latency = Percentiles { p50: latency, p95: latency, max: latency, ..Percentiles::default() };
            let window = Window::new(Timestamp(n * 1_000), Timestamp((n + 1) * 1_000));
            Period { window, tally, counts: Counts::default(), latency }
        };
        (0..).zip(letters.chars()).map(point).collect()
    }

    fn scale() -> Scale {
        Scale::up_to(Micros(100_000))
    }

    #[test]
    fn the_line_breaks_where_nothing_was_measured() {
        let drawn = lines(&points("15..9"), scale());
        assert_eq!(drawn.p50, "M0 900L5 900L15 500L20 500M40 100L45 100L50 100");
        assert_eq!(drawn.band.matches('z').count(), 2);
        assert_eq!(drawn.spikes, "");
        assert_eq!(lines(&points("...."), scale()), Lines::default());
        assert_eq!(lines(&points("..1.."), scale()).p50, "M20 900L25 900L30 900");
    }

    #[test]
    fn the_line_goes_on_where_checks_are_rarer_than_points() {
        assert_eq!(lines(&points("1--5"), scale()).p50, "M0 900L5 900L35 500L40 500");
        assert_eq!(lines(&points("1d.5"), scale()).p50, "M0 900L5 900L10 900M30 500L35 500L40 500");
        assert_eq!(lines(&points("--d"), scale()), Lines::default());
    }

    #[test]
    fn the_slowest_stands_over_the_band() {
        let mut points = points("11");
        points[1].latency.p95 = Some(Micros(50_000));
        points[1].latency.max = Some(Micros(900_000));
        let drawn = lines(&points, scale());
        assert_eq!(drawn.spikes, "M15 500V0");
        assert_eq!(drawn.band, "M0 900L5 900L15 500L20 500L20 900L15 900L5 900L0 900z");
    }

    #[test]
    fn what_was_down_is_shaded_where_it_was_and_never_too_thin_to_see() {
        let points = points("1d1d......");
        let window = window(&points);
        assert_eq!(down(&points, &[], window), [(1_250, 500), (3_250, 500)]);
        let outage = Outage { from: Timestamp(1_000), until: Some(Timestamp(1_010)), fault: None };
        assert_eq!(down(&points, &[outage], window), [(1_000, 40), (3_250, 500)]);
        let lasting = Outage { from: Timestamp(9_999), until: None, fault: None };
        assert_eq!(down(&[], &[lasting], window), [(9_960, 40)]);
        let before = Outage { from: Timestamp(-9), until: Some(Timestamp(-1)), fault: None };
        assert_eq!(down(&[], &[before], window), []);
    }

    #[test]
    fn stretches_without_news_are_joined() {
        let points = points("..1d.");
        assert_eq!(unobserved(&points, window(&points)), [(0, 4_000), (8_000, 2_000)]);
    }

    #[test]
    fn a_column_that_is_not_over_is_as_wide_as_the_others() {
        let mut points = points("123");
        points[2].window.to = Timestamp(2_100);
        assert_eq!(window(&points), Window::new(Timestamp(0), Timestamp(3_000)));
        assert_eq!(window(&points[2..]), Window::new(Timestamp(2_000), Timestamp(2_100)));
        assert_eq!(window(&[]).length_ms(), 0);
    }
}

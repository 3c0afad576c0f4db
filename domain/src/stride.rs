//! Dividing a stretch of time for a chart: at round times of UTC, into so many parts at most.

use crate::{Timestamp, Window};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Lengths that people read off a clock or a calendar, in milliseconds.
const ROUND: [i64; 24] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    3 * MINUTE,
    5 * MINUTE,
    6 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
];

/// The length of a chart's points. They begin at its multiples, counted from 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stride(i64);

impl Stride {
    /// The smallest round stride that divides the window, which begins in 1970 or later, into at most `points` parts; at least 1.
    /// Above 14 days a stride is twice the one before.
    pub fn dividing(window: Window, points: u16) -> Self {
        let longer = std::iter::successors(ROUND.last().copied(), |stride| stride.checked_mul(2)).skip(1);
        let points = i64::from(points.max(1));
        let fits = |stride: &i64| Self(*stride).parts(window) <= points;
        Self(ROUND.into_iter().chain(longer).find(fits).unwrap_or(i64::MAX))
    }

    /// Its length in whole seconds.
    pub fn as_secs(self) -> i64 {
        self.0 / SECOND
    }

    /// The window's ends and the multiples of the stride between them.
    pub fn edges(self, window: Window) -> Vec<Timestamp> {
        let first = window.from.0.div_euclid(self.0) + 1;
        let inner = (first..).map_while(|n| n.checked_mul(self.0)).map(Timestamp);
        let inner = inner.take_while(|edge| *edge < window.to);
        std::iter::once(window.from).chain(inner).chain([window.to]).collect()
    }

    /// How many multiples of the stride the window touches.
    fn parts(self, window: Window) -> i64 {
        let last = window.to.0.saturating_sub(1).max(window.from.0);
        last.div_euclid(self.0) - window.from.0.div_euclid(self.0) + 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(from: i64, length: i64) -> Window {
        Window::new(Timestamp(from), Timestamp(from + length))
    }

    #[test]
    fn steps_are_round() {
        for (length, points, secs) in [
            (DAY, 240, 360),
            (DAY, 24, 3_600),
            (HOUR, 2_000, 2),
            (SECOND, 2_000, 1),
            (365 * DAY, 241, 2 * 86_400),
            (3_660 * DAY, 300, 14 * 86_400),
            (3_660 * DAY, 200, 28 * 86_400),
        ] {
            assert_eq!(Stride::dividing(window(0, length), points).as_secs(), secs, "{length} {points}");
        }
    }

    #[test]
    fn the_ends_are_those_of_the_window_and_the_rest_is_round() {
        let edges = Stride(MINUTE).edges(window(90_500, 100_000));
        assert_eq!(edges, [90_500, 120_000, 180_000, 190_500].map(Timestamp));
        assert_eq!(Stride(MINUTE).edges(window(60_000, 60_000)), [60_000, 120_000].map(Timestamp));
    }

    proptest! {
        #[test]
        fn never_more_points_than_asked_for_and_no_step_is_needlessly_long(
            from in 0..2_000_000_000_000_i64,
            length in 1..3_660 * DAY,
            points in 1..2_000_u16,
        ) {
            let window = window(from, length);
            let stride = Stride::dividing(window, points);
            let edges = stride.edges(window);
            prop_assert!(edges.len() - 1 <= usize::from(points));
            prop_assert!(edges.windows(2).all(|pair| pair[0] < pair[1] && pair[1].0 - pair[0].0 <= stride.0));
            if let Some(shorter) = ROUND.into_iter().rfind(|shorter| *shorter < stride.0) {
                prop_assert!(Stride(shorter).parts(window) > i64::from(points));
            }
        }
    }
}

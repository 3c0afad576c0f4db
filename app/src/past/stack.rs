//! A day as a stack by share of time. Pure.
//!
//! A failure is always seen: it has a red part over the green, cut off from it and at least an eighth high; so ten seconds
//! are a sliver, and only a day that was all down is all red.

use std::fmt::Write as _;

use domain::{Period, Tally};

use super::wording;

/// Units from one day to the next; 6 are drawn.
pub const PITCH: usize = 8;
/// The height of a day with time down.
pub const FULL: u64 = 32;
/// The height of a day without.
const USUAL: u64 = 26;
/// The least height of a part that must be seen.
const SLIVER: u64 = 4;
/// Between parts.
const CUT: u64 = 2;
/// What is over the cut of a slow part.
const CAP: u64 = 3;
/// Round the hole of paused time.
const RIM: u64 = 3;

/// What a day is made of, from the top: classes of the bar of checks.
fn parts(tally: &Tally) -> Vec<(&'static str, u64)> {
    let seen = wording::observed_ms(tally);
    let rests = tally.paused_ms.saturating_add(tally.maintenance_ms);
    if seen == 0 {
        return vec![if rests > tally.unknown_ms { ("m", 12) } else { ("n", SLIVER) }];
    }
    let height = if tally.down_ms > 0 { FULL } else { USUAL };
    let total = tally.total_ms().max(1);
    let share =
        |ms: u64| u64::try_from(u128::from(height) * u128::from(ms) / u128::from(total)).unwrap_or(height);
    let down = if tally.down_ms > 0 { share(tally.down_ms).max(SLIVER) } else { 0 };
    // What is not a failure may be too small to be seen.
    let if_seen = |height: u64| if height < SLIVER { 0 } else { height };
    let slow = if_seen(share(tally.degraded_ms)).min(height - down);
    let unseen = if_seen(share(tally.unknown_ms.saturating_add(rests))).min(height - down - slow);
    let up = height - down - slow - unseen;
    let unseen = (if rests > tally.unknown_ms { "m" } else { "n" }, unseen);
    [("d", down), ("s", slow), ("u", up), unseen].into_iter().filter(|(_, height)| *height > 0).collect()
}

/// For each kind of part, the data of its path.
pub fn paths(days: &[Period]) -> [(&'static str, String); 5] {
    let mut paths = ["u", "s", "d", "m", "n"].map(|class| (class, String::new()));
    for (n, day) in days.iter().enumerate() {
        let parts = parts(&day.tally);
        let mut y = FULL - parts.iter().map(|(_, height)| height).sum::<u64>().min(FULL);
        for (place, (class, height)) in parts.iter().enumerate() {
            let cut = if place + 1 < parts.len() { CUT.min(height / 2) } else { 0 };
            if let Some((_, path)) = paths.iter_mut().find(|(other, _)| other == class) {
                let (x, height) = (n * PITCH + 1, height - cut);
                if *class == "s" && height > 2 * CAP {
                    // As in the bar of checks: a cut under the top.
                    draw(path, x, y, CAP);
                    draw(path, x, y + CAP + CUT, height - CAP - CUT);
                } else {
                    draw(path, x, y, height);
                }
                if *class == "m" && height > 2 * RIM {
                    // Wound the other way: a hole.
                    let (hole, x) = (height - 2 * RIM, n * PITCH + 3);
                    let _ = write!(path, "M{x} {}v{hole}h2v-{hole}z", y + RIM);
                }
            }
            y += height;
        }
    }
    paths
}

fn draw(path: &mut String, x: usize, y: u64, height: u64) {
    // Writing to a string cannot fail.
    let _ = write!(path, "M{x} {y}h6v{height}h-6z");
}

#[cfg(test)]
mod tests {
    use domain::{Counts, Percentiles, Timestamp, Window};

    use super::*;
    use crate::format;

    const DAY: u64 = 86_400_000;

    fn day(tally: Tally) -> Period {
        let window = Window::new(Timestamp(0), Timestamp(86_400_000));
        Period {
            window,
            tally: tally.filled(DAY),
            counts: Counts::default(),
            latency: Percentiles::default(),
        }
    }

    fn stack(tally: Tally) -> String {
        let parts = parts(&tally.filled(DAY));
        format::joined(parts.into_iter().map(|(class, height)| format!("{class}{height}")), " ")
    }

    #[test]
    fn any_failure_is_seen_and_a_blip_does_not_paint_the_day_red() {
        let of = |down_ms| stack(Tally { up_ms: DAY - down_ms, down_ms, ..Tally::default() });
        assert_eq!(
            [of(0), of(1), of(10_000), of(DAY / 4), of(DAY)],
            ["u26", "d4 u28", "d4 u28", "d8 u24", "d32"]
        );
    }

    #[test]
    fn what_was_not_observed_is_grey_and_paused_days_have_a_shape_of_their_own() {
        assert_eq!(stack(Tally::default()), "n4");
        assert_eq!(stack(Tally { paused_ms: DAY, ..Tally::default() }), "m12");
        assert_eq!(stack(Tally { up_ms: DAY / 2, ..Tally::default() }), "u13 n13");
        assert_eq!(stack(Tally { up_ms: DAY - 60_000, ..Tally::default() }), "u26", "a minute is no news");
        assert_eq!(stack(Tally { degraded_ms: DAY / 2, up_ms: DAY / 2, ..Tally::default() }), "s13 u13");
        assert_eq!(stack(Tally { down_ms: DAY / 2, paused_ms: DAY / 2, ..Tally::default() }), "d16 m16");
    }

    #[test]
    fn parts_stand_on_each_other_with_a_cut_between() {
        let blip = day(Tally { up_ms: DAY - 1, down_ms: 1, ..Tally::default() });
        let drawn = paths(&[day(Tally { up_ms: DAY, ..Tally::default() }), blip]);
        let path = |class| drawn.iter().find(|(other, _)| *other == class).map(|(_, d)| d.as_str()).unwrap();
        assert_eq!(path("u"), "M1 6h6v26h-6zM9 4h6v28h-6z");
        assert_eq!(path("d"), "M9 0h6v2h-6z");
        let slow = paths(&[day(Tally { degraded_ms: DAY, ..Tally::default() })]);
        assert_eq!(slow[1].1, "M1 6h6v3h-6zM1 11h6v21h-6z", "as slow as in the bar of checks");
    }
}

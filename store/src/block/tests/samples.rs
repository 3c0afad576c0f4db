//! Stretches as real trackers have them.

use super::*;

/// Numbers that look random and are the same in each run: xorshift (Marsaglia 2003).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// At least 0, below 1.
    fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX)
    }

    /// Standard normal (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share() * 0.999_999).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound
    }
}

/// Log-normal around 40 ms, one in a hundred ten times as long, at this resolution in microseconds.
pub(super) fn latency(dice: &mut Dice, resolution: u32) -> Micros {
    let tail = if dice.share() < 0.01 { 10.0 } else { 1.0 };
    let us = 40_000.0 * (0.5 * dice.normal()).exp() * tail;
    Micros::from(std::time::Duration::from_secs_f64(us / 1e6)).round_to(resolution)
}

trait Round {
    fn round_to(self, resolution: u32) -> Self;
}

impl Round for Micros {
    fn round_to(self, resolution: u32) -> Self {
        Self(self.0 / resolution * resolution)
    }
}

/// A stretch at a steady interval: late by 0 to 2 ms, one failure in a thousand with two retries.
pub(super) fn stretch(dice: &mut Dice, count: usize, interval_ms: u32, resolution: u32) -> Columns {
    let mut all = Columns::default();
    let mut due = Timestamp(1_790_000_000_123);
    while all.len() < count {
        let late_ms = match dice.below(1_000) {
            0..500 => 0,
            500..850 => 1,
            850..980 => 2,
            more => u32::try_from(more - 970).unwrap(),
        };
        let entry = Entry { due, late_ms, latency: Some(latency(dice, resolution)), ..QUIET };
        let down = Entry { verdict: TOLERATED, fault: Some(17), ..entry };
        if dice.below(1_000) == 0 {
            all.push(down).unwrap();
            all.push(Entry { attempt: 1, ..down }).unwrap();
            all.push(Entry { attempt: 2, verdict: DOWN, ..down }).unwrap();
        } else {
            all.push(entry).unwrap();
        }
        due = Timestamp(due.0 + i64::from(interval_ms));
    }
    all
}

//! Adding up what entries say, by hours, days, or whatever moments divide time.

use crate::{
    Beat, Check, Counts, Held, Holding, Latencies, Micros, Period, Tally, Timekeeper, Timestamp, Window,
};

/// What entries add up to: time, counts and latencies. Rollups of neighbouring stretches can be merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    /// How time was spent, as far as entries tell.
    pub tally: Tally,
    /// The checks that were due.
    pub counts: Counts,
    /// How long the good ones took.
    pub latencies: Latencies,
}

impl Rollup {
    /// Adds what another one holds.
    pub fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        self.counts.merge(&other.counts);
        self.latencies.merge(&other.latencies);
    }

    /// The rollup as a period; what is missing to the window's length is unknown.
    pub fn period(&self, window: Window) -> Period {
        Period {
            window,
            tally: self.tally.filled(window.length_ms()),
            counts: self.counts,
            latency: self.latencies.percentiles(),
        }
    }

    fn count(&mut self, beat: Beat, latency: Option<Micros>) {
        if beat.is_gap {
            return;
        }
        let count = match (beat.is_retry, beat.held) {
            (true, _) => &mut self.counts.retries,
            (false, Held::Up) => &mut self.counts.up,
            (false, Held::Degraded) => &mut self.counts.degraded,
            (false, Held::Down) => &mut self.counts.down,
            (false, Held::Unknown | Held::Paused | Held::Maintenance) => &mut self.counts.unknown,
        };
        *count += 1;
        if let (Held::Up | Held::Degraded, Some(latency)) = (beat.held, latency) {
            self.latencies.record(latency);
        }
    }
}

/// How time is divided.
#[derive(Clone, Debug)]
pub enum Grid {
    /// Into equal parts of this many milliseconds, counted from 1970; at least 1.
    Every(i64),
    /// By these moments, which do not run backwards; what lies outside is left out.
    Edges(Vec<Timestamp>),
}

impl Grid {
    /// Hours of UTC.
    pub const HOURS: Self = Self::Every(3_600_000);
    /// Days of UTC.
    pub const DAYS: Self = Self::Every(86_400_000);

    /// The number of the part that holds a moment, and its window.
    pub fn part(&self, at: Timestamp) -> Option<(i64, Window)> {
        match self {
            Self::Every(length) => {
                let number = at.0.div_euclid(*length);
                let from = number.saturating_mul(*length);
                Some((number, Window { from: Timestamp(from), to: Timestamp(from.saturating_add(*length)) }))
            }
            Self::Edges(edges) => {
                let next = edges.partition_point(|edge| *edge <= at);
                let window = Window { from: *edges.get(next.checked_sub(1)?)?, to: *edges.get(next)? };
                Some((i64::try_from(next).ok()? - 1, window))
            }
        }
    }

    /// The first moment after `at` at which a part begins.
    fn begins_after(&self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(_) => None,
            Self::Edges(edges) => edges.get(edges.partition_point(|edge| *edge <= at)).copied(),
        }
    }
}

/// Adds up a tracker's entries in the order of recording.
#[derive(Clone, Debug)]
pub struct Recount {
    grid: Grid,
    keeper: Timekeeper,
    /// Parts in the order in which they were first met.
    parts: Parts,
}

#[derive(Clone, Debug, Default)]
struct Parts {
    found: Vec<(i64, Rollup)>,
    /// The place of the last one, which is nearly always the next one too.
    last: usize,
}

impl Recount {
    /// Goes on after the entry that was held last, if there was one.
    pub fn after(grid: Grid, holding: Option<Holding>) -> Self {
        Self { grid, keeper: Timekeeper::after(holding), parts: Parts::default() }
    }

    /// Adds an entry whose result holds for at most `limit_ms`; `None`: to the next.
    pub fn add(&mut self, check: &Check, limit_ms: Option<u32>) {
        self.add_beat(Beat::from(check), check.latency, limit_ms);
    }

    /// The same for an entry of which only this is known.
    pub fn add_beat(&mut self, beat: Beat, latency: Option<Micros>, limit_ms: Option<u32>) {
        let Self { grid, keeper, parts } = self;
        keeper.next(beat, limit_ms, |held, window| parts.spend(grid, held, window));
        if let Some((number, _)) = grid.part(beat.due) {
            parts.of(number).count(beat, latency);
        }
    }

    /// Adds the time that the last entry holds until `end`, without ending it.
    pub fn hold_until(&mut self, end: Timestamp) {
        let Self { grid, keeper, parts } = self;
        keeper.until(end, |held, window| parts.spend(grid, held, window));
    }

    /// The last scheduled entry.
    pub fn holding(&self) -> Option<Holding> {
        self.keeper.holding()
    }

    /// The parts that something was known of, by their numbers.
    pub fn into_parts(self) -> Vec<(i64, Rollup)> {
        let mut parts = self.parts.found;
        parts.sort_unstable_by_key(|(number, _)| *number);
        parts
    }
}

impl Parts {
    fn of(&mut self, number: i64) -> &mut Rollup {
        let is_it = |part: Option<&(i64, Rollup)>| part.is_some_and(|(found, _)| *found == number);
        if !is_it(self.found.get(self.last)) {
            let found = self.found.iter().rposition(|(found, _)| *found == number);
            self.last = found.unwrap_or_else(|| {
                self.found.push((number, Rollup::default()));
                self.found.len() - 1
            });
        }
        &mut self.found[self.last].1
    }

    /// Spreads time over the parts it falls into. Parts of which nothing at all is known are left out: a clock that was set by
    /// years must not fill the disk.
    fn spend(&mut self, grid: &Grid, held: Held, window: Window) {
        let mut from = window.from;
        while from < window.to {
            let (number, end) = match grid.part(from) {
                Some((number, part)) => (Some(number), part.to.min(window.to)),
                None => match grid.begins_after(from) {
                    Some(next) => (None, next.min(window.to)),
                    None => return,
                },
            };
            let is_whole = from > window.from && end < window.to;
            if held == Held::Unknown && is_whole {
                // Straight to the part in which the window ends.
                let last = grid.part(Timestamp(window.to.0 - 1)).map_or(window.to, |(_, part)| part.from);
                from = last.max(end);
                continue;
            }
            if let Some(number) = number {
                let ms = u64::try_from(end.0 - from.0).unwrap_or(0);
                self.of(number).tally.add(held, ms);
            }
            from = end;
        }
    }
}

#[cfg(test)]
#[path = "recount_tests.rs"]
mod tests;

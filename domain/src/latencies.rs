//! How latencies are spread: a histogram that can be merged, for percentiles over any stretch of time.
//!
//! The buckets are log-linear, as in `HdrHistogram` (Gil Tene, <https://hdrhistogram.org>): below 16 µs each value has its
//! own, above there are 16 in each octave. So a bucket is at most a sixteenth of its values wide, from a microsecond to 71
//! minutes, and all histograms have the same buckets: merging is adding.

use std::iter;

use crate::{Micros, Percentiles};

/// Buckets of an octave; values below it are exact.
const STEPS: u32 = 16;

/// Latencies, counted by size. Smallest, largest and sum are exact; percentiles are within a sixteenth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    /// The smallest and the largest; absent while nothing is recorded.
    range: Option<(Micros, Micros)>,
    sum_us: u64,
    /// The bucket that `counts` begins with.
    first: usize,
    /// From the first bucket that counts something to the last: a target's latencies lie within a few octaves, so this is
    /// short, and adding two of them is a loop without a branch. Both ends count something, so equal means equal.
    counts: Vec<u32>,
}

impl Latencies {
    /// Counts one latency.
    pub fn record(&mut self, latency: Micros) {
        let bucket = bucket_of(latency);
        self.cover(bucket, bucket);
        if let Some(count) = self.counts.get_mut(bucket - self.first) {
            *count = count.saturating_add(1);
        }
        self.widen(latency, latency);
        self.sum_us = self.sum_us.saturating_add(u64::from(latency.0));
    }

    /// Adds what another histogram counted. The order of merging makes no difference.
    pub fn merge(&mut self, other: &Self) {
        let Some((min, max)) = other.range else { return };
        self.cover(other.first, other.first + other.counts.len() - 1);
        let overlap = self.counts.iter_mut().skip(other.first - self.first);
        for (count, more) in overlap.zip(&other.counts) {
            *count = count.saturating_add(*more);
        }
        self.widen(min, max);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }

    /// How many latencies were recorded; each bucket counts up to four billion.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    /// The smallest latency, exactly.
    pub fn min(&self) -> Option<Micros> {
        self.range.map(|(min, _)| min)
    }

    /// The largest latency, exactly.
    pub fn max(&self) -> Option<Micros> {
        self.range.map(|(_, max)| max)
    }

    /// The sum of all latencies, exactly, in microseconds.
    pub fn sum_us(&self) -> u64 {
        self.sum_us
    }

    /// The arithmetic mean, rounded down.
    pub fn mean(&self) -> Option<Micros> {
        let (min, max) = self.range?;
        let mean = self.sum_us.checked_div(self.count())?;
        Some(Micros(u32::try_from(mean).unwrap_or(u32::MAX)).clamp(min, max))
    }

    /// The percentile by nearest rank: the smallest recorded latency that at least this share does not exceed, within a
    /// sixteenth; the largest at 100 %. Unit: hundredths of a per cent, so `9_990` asks for 99.9 %; more than `10_000` is
    /// the same as `10_000`.
    pub fn percentile(&self, hundredths: u16) -> Option<Micros> {
        let (min, max) = self.range?;
        let count = self.count();
        let rank = (u128::from(count) * u128::from(hundredths)).div_ceil(10_000).max(1);
        if rank >= u128::from(count) {
            return Some(max);
        }
        let mut seen = 0;
        let (bucket, _) = self.buckets().find(|(_, count)| {
            seen += u128::from(*count);
            seen >= rank
        })?;
        Some(middle_of(bucket).clamp(min, max))
    }

    /// The usual percentiles.
    pub fn percentiles(&self) -> Percentiles {
        let at = |hundredths| self.percentile(hundredths);
        Percentiles {
            min: self.min(),
            p50: at(5_000),
            p90: at(9_000),
            p95: at(9_500),
            p99: at(9_900),
            max: self.max(),
        }
    }

    /// The buckets that count something, ascending: number (below 464) and count. With smallest, largest and sum they are
    /// the whole histogram.
    pub fn buckets(&self) -> impl Iterator<Item = (u16, u32)> {
        let numbered = (0_u16..).skip(self.first).zip(self.counts.iter().copied());
        numbered.filter(|(_, count)| *count > 0)
    }

    /// The histogram that has these parts. `None` when no recording gives them: buckets that do not ascend, do not exist or
    /// count nothing, or a smallest or largest latency outside the first or last of them. The sum is believed.
    pub fn from_parts(
        min: Option<Micros>,
        max: Option<Micros>,
        sum_us: u64,
        buckets: impl IntoIterator<Item = (u16, u32)>,
    ) -> Option<Self> {
        let mut buckets = buckets.into_iter();
        let (min, max) = match (min, max) {
            (Some(min), Some(max)) if min <= max => (min, max),
            (None, None) if sum_us == 0 && buckets.next().is_none() => return Some(Self::default()),
            _ => return None,
        };
        let (first, last) = (bucket_of(min), bucket_of(max));
        let mut counts = vec![0; last + 1 - first];
        let mut next = first;
        for (bucket, count) in buckets {
            let bucket = usize::from(bucket);
            let place = counts.get_mut(bucket.checked_sub(first)?)?;
            if bucket < next || count == 0 {
                return None;
            }
            *place = count;
            next = bucket + 1;
        }
        let ends_count =
            [counts.first(), counts.last()].iter().all(|end| end.is_some_and(|count| *count > 0));
        ends_count.then_some(Self { range: Some((min, max)), sum_us, first, counts })
    }

    /// Makes `counts` long enough for these buckets. Whoever calls this counts something in them.
    fn cover(&mut self, first: usize, last: usize) {
        if self.counts.is_empty() {
            self.first = first;
        }
        if first < self.first {
            self.counts.splice(0..0, iter::repeat_n(0, self.first - first));
            self.first = first;
        }
        let needed = last + 1 - self.first;
        if self.counts.len() < needed {
            self.counts.resize(needed, 0);
        }
    }

    fn widen(&mut self, low: Micros, high: Micros) {
        let (min, max) = self.range.unwrap_or((low, high));
        self.range = Some((min.min(low), max.max(high)));
    }
}

/// The bucket of a latency, below 464.
fn bucket_of(latency: Micros) -> usize {
    let us = latency.0;
    if us < STEPS {
        return us as usize;
    }
    let octave = us.ilog2();
    let step = (us >> (octave - 4)) % STEPS;
    ((octave - 3) * STEPS + step) as usize
}

/// The latency in the middle of a bucket.
fn middle_of(bucket: u16) -> Micros {
    let bucket = u32::from(bucket);
    if bucket < STEPS {
        return Micros(bucket);
    }
    let width = 1 << (bucket / STEPS - 1);
    Micros((STEPS + bucket % STEPS) * width + width / 2)
}

#[cfg(test)]
#[path = "latencies/tests.rs"]
mod tests;

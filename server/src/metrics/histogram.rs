//! A histogram with fixed bounds: whole numbers in, so that adding is exact.

use std::marker::PhantomData;

/// The bounds of a histogram and the unit it is shown in.
pub(super) trait Scale<const N: usize> {
    /// Upper bounds, inclusive, rising.
    const BOUNDS: [u64; N];
    /// What is observed, per unit that is shown: 1,000 when milliseconds are shown as seconds.
    const PER_UNIT: u64;
}

#[derive(Debug)]
pub(super) struct Histogram<S, const N: usize> {
    /// Values in each bucket, without those below.
    buckets: [u64; N],
    count: u64,
    sum: u64,
    scale: PhantomData<S>,
}

impl<S, const N: usize> Default for Histogram<S, N> {
    fn default() -> Self {
        Self { buckets: [0; N], count: 0, sum: 0, scale: PhantomData }
    }
}

impl<S: Scale<N>, const N: usize> Histogram<S, N> {
    pub(super) fn observe(&mut self, value: u64) {
        let at = S::BOUNDS.partition_point(|bound| *bound < value);
        if let Some(bucket) = self.buckets.get_mut(at) {
            *bucket += 1;
        }
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
    }

    /// Each bound in the shown unit with the number of values up to it.
    pub(super) fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = S::BOUNDS.iter().map(|bound| shown(*bound, S::PER_UNIT));
        let counts = self.buckets.iter().scan(0, |below, here| {
            *below += here;
            Some(*below)
        });
        bounds.zip(counts)
    }

    /// All values, those over the last bound too.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Their sum in the shown unit.
    pub(super) fn sum(&self) -> f64 {
        shown(self.sum, S::PER_UNIT)
    }
}

#[expect(clippy::cast_precision_loss, reason = "the format of the answer has only floats")]
fn shown(value: u64, per_unit: u64) -> f64 {
    value as f64 / per_unit as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tens;

    impl Scale<2> for Tens {
        const BOUNDS: [u64; 2] = [10, 20];
        const PER_UNIT: u64 = 10;
    }

    #[test]
    fn bounds_are_inclusive_and_what_is_over_the_last_is_counted() {
        let mut histogram = Histogram::<Tens, 2>::default();
        for value in [0, 10, 11, 21] {
            histogram.observe(value);
        }
        assert_eq!(histogram.cumulative().collect::<Vec<_>>(), [(1.0, 2), (2.0, 3)]);
        assert_eq!((histogram.count(), histogram.sum()), (4, 4.2));
    }
}

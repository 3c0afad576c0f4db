//! Stub until the histogram arrives.
use crate::Micros;

/// Latencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies(Vec<Micros>);

impl Latencies {
    /// Records.
    pub fn record(&mut self, latency: Micros) {
        let at = self.0.partition_point(|other| *other <= latency);
        self.0.insert(at, latency);
    }
    /// Merges.
    pub fn merge(&mut self, other: &Self) {
        for latency in &other.0 {
            self.record(*latency);
        }
    }
    /// The shortest.
    pub fn min(&self) -> Option<Micros> {
        self.0.first().copied()
    }
    /// The longest.
    pub fn max(&self) -> Option<Micros> {
        self.0.last().copied()
    }
    /// A percentile.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "stub"
    )]
    pub fn percentile(&self, percent: f64) -> Option<Micros> {
        let rank = (percent / 100.0 * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).copied()
    }
}

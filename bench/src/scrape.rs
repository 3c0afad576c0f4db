//! What the server itself counts.

use std::collections::BTreeMap;

use crate::{Failure, figures::Lateness, http};

/// `/metrics` at one moment.
pub(crate) struct Scrape(BTreeMap<String, f64>);

const LATE: &str = "uptime_check_lateness_seconds_bucket{le=\"";

impl Scrape {
    pub(crate) async fn of(address: &str) -> Result<Self, Failure> {
        let text = http::get(address, "/metrics", "identity").await?.text();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let values = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Ok(Self(values.collect()))
    }

    /// Checks of all outcomes.
    pub(crate) fn checks(&self) -> f64 {
        let all = self.0.iter().filter(|(name, _)| name.starts_with("uptime_checks_total"));
        all.map(|(_, value)| value).sum()
    }

    /// Checks that asked their target; the others are our own trouble and cost next to nothing.
    pub(crate) fn probes(&self) -> f64 {
        let unknown = self.0.get("uptime_checks_total{outcome=\"unknown\"}");
        self.checks() - unknown.copied().unwrap_or_default()
    }

    /// Lateness of the checks since an earlier scrape: bounds of the buckets that hold the quantiles.
    pub(crate) fn lateness_since(&self, earlier: &Self) -> Lateness {
        let mut buckets: Vec<(f64, f64)> = self
            .0
            .iter()
            .filter_map(|(name, count)| {
                let bound = name.strip_prefix(LATE)?.strip_suffix("\"}")?;
                let before = earlier.0.get(name).copied().unwrap_or_default();
                Some((bound.parse().ok()?, count - before))
            })
            .collect();
        buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
        let all = buckets.last().map_or(0.0, |(_, count)| *count);
        let bound_of = |share: f64| {
            let bucket = buckets.iter().find(|(_, count)| *count >= all * share);
            bucket.map_or(f64::INFINITY, |(bound, _)| bound * 1_000.0)
        };
        let within_50 = buckets.iter().find(|(bound, _)| (*bound - 0.05).abs() < 1e-9);
        Lateness {
            p50_ms: bound_of(0.5),
            p99_ms: bound_of(0.99),
            max_ms: bound_of(1.0),
            over_50_ms: all - within_50.map_or(0.0, |(_, count)| *count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrape(counts: [f64; 3]) -> Scrape {
        let bounds = ["0.001", "0.05", "+Inf"];
        Scrape(
            bounds.iter().zip(counts).map(|(bound, count)| (format!("{LATE}{bound}\"}}"), count)).collect(),
        )
    }

    #[test]
    fn an_unknown_check_is_no_probe() {
        let line = |outcome: &str, count| (format!("uptime_checks_total{{outcome=\"{outcome}\"}}"), count);
        let scrape = Scrape([line("up", 7.0), line("down", 2.0), line("unknown", 5.0)].into());
        assert_eq!((scrape.checks(), scrape.probes()), (14.0, 9.0));
    }

    #[test]
    fn quantiles_are_the_bounds_of_their_buckets() {
        let late = scrape([190.0, 200.0, 201.0]).lateness_since(&scrape([100.0, 100.0, 101.0]));
        assert_eq!((late.p50_ms, late.p99_ms, late.max_ms, late.over_50_ms), (1.0, 50.0, 50.0, 0.0));
    }
}

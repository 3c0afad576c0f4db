//! The answers of the archive over entries that lie in memory: the definition that every other implementation must equal.

use domain::{
    CheckPage, CheckQuery, Direction, Grid, Numbered, Order, Outcome, Period, PhaseLatencies, PhaseTime,
    Phases, Recorded, Recount, Rollup, Selection, Tally, Timestamp, Timing, Window,
};

use crate::history::timings::{keep_slowest, touched};

/// The entries of one tracker in the order of recording, each with the longest that it holds.
pub(crate) struct Plain<'a> {
    /// The number of the first entry.
    pub(crate) first: u64,
    /// The entries.
    pub(crate) entries: &'a [Recorded],
    /// The longest that a result holds; `None`: to the next.
    pub(crate) limit_ms: Option<u32>,
}

impl Plain<'_> {
    /// What is known between each edge and the next.
    pub(crate) fn periods(&self, edges: &[Timestamp]) -> Vec<Period> {
        let grid = Grid::Edges(edges.to_vec());
        let mut parts = self.recount(grid, edges.last().copied().unwrap_or_default()).into_iter().peekable();
        let windows = edges.windows(2).zip(0..).map(|(ends, number)| {
            let rollup = parts.next_if(|(found, _)| *found == number).map(|(_, rollup)| rollup);
            rollup.unwrap_or_default().period(Window::new(ends[0], ends[1]))
        });
        windows.collect()
    }

    /// How the time of the last days was spent.
    pub(crate) fn days(&self, last: Timestamp, count: u16) -> Vec<Tally> {
        self.periods(&day_edges(last, count)).into_iter().map(|period| period.tally).collect()
    }

    /// A page of entries.
    pub(crate) fn checks(&self, query: &CheckQuery) -> CheckPage {
        let numbered = self.entries.iter().zip(self.first..);
        let wanted = numbered.filter(|(recorded, number)| {
            let is_after = query.after.is_none_or(|after| match query.order {
                Order::OldestFirst => *number > after,
                Order::NewestFirst => *number < after,
            });
            is_after && query.window.contains(recorded.check.name.due)
        });
        let mut found: Vec<Numbered> = wanted
            .map(|(recorded, number)| Numbered { number, recorded: without_phases(recorded) })
            .collect();
        if query.order == Order::NewestFirst {
            found.reverse();
        }
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        CheckPage { checks: found, more }
    }

    /// The nearest failure.
    pub(crate) fn failure(&self, at: Timestamp, direction: Direction) -> Option<Timestamp> {
        let down = self.entries.iter().filter(|entry| matches!(entry.check.outcome, Outcome::Down(_)));
        let dues = down.map(|entry| entry.check.name.due);
        match direction {
            Direction::Earlier => dues.filter(|due| *due < at).max(),
            Direction::Later => dues.filter(|due| *due > at).min(),
        }
    }

    /// How long each phase took in the hours that a window touches.
    pub(crate) fn phases(&self, window: Window) -> [PhaseTime; 5] {
        let Some((from, to)) = touched(window) else { return Default::default() };
        let mut all = PhaseLatencies::default();
        let timings = self.entries.iter().filter_map(Timing::of).filter(|timing| !timing.failed);
        for timing in timings.filter(|timing| (from..=to).contains(&timing.due.0.div_euclid(3_600_000))) {
            all.record(&timing.phases);
        }
        all.times()
    }

    /// The slowest of those that are kept in full.
    pub(crate) fn slow(&self, window: Window, limit: usize) -> Vec<Timing> {
        let mut selection = Selection::default();
        let timings = self.entries.iter().filter_map(Timing::of);
        let mut found: Vec<Timing> = timings.flat_map(|timing| selection.add(timing)).collect();
        found.extend(selection.open());
        keep_slowest(&mut found, window, limit);
        found
    }

    fn recount(&self, grid: Grid, end: Timestamp) -> Vec<(i64, Rollup)> {
        let mut recount = Recount::after(grid, None);
        for entry in self.entries {
            recount.add(&entry.check, self.limit_ms);
        }
        recount.hold_until(end);
        recount.into_parts()
    }
}

/// An entry as it is listed. Where the time of each check went is not kept with it.
fn without_phases(recorded: &Recorded) -> Recorded {
    let mut listed = recorded.clone();
    listed.check.phases = Phases::NONE;
    listed
}

/// The beginnings of the last days (UTC), and `last`, where the last of them ends.
pub(crate) fn day_edges(last: Timestamp, count: u16) -> Vec<Timestamp> {
    const DAY_MS: i64 = 86_400_000;
    let today = last.0.div_euclid(DAY_MS);
    let starts = (0..i64::from(count)).rev().map(|ago| Timestamp((today - ago) * DAY_MS));
    starts.chain([last]).collect()
}

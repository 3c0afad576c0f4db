//! One page of the list: filtered, sorted and in groups. A walk over the trackers in memory; ten thousand take a few
//! milliseconds.

use std::collections::BTreeMap;

use super::{Entry, LiveView};
use crate::{
    Facets, Head, ListRequest, PAGE_SIZE, Sort, State, Timestamp, Totals, TrackerId, TrackerPage,
    TrackerView, Uptime,
};

/// The most trackers in trouble that are told of beside those on the page.
const ELSEWHERE: usize = 12;

impl LiveView {
    /// What a request asks for.
    pub fn list(&self, request: &ListRequest, now: Timestamp) -> TrackerPage {
        let groups = self.groups();
        let (mut rows, facets) = self.matching(request, &groups);
        rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        let pages = u32::try_from(rows.len().div_ceil(PAGE_SIZE)).unwrap_or(u32::MAX).max(1);
        let page = request.page.clamp(1, pages);
        let matching = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let ids: Vec<TrackerId> =
            rows.iter().skip((page as usize - 1) * PAGE_SIZE).take(PAGE_SIZE).map(|row| row.id).collect();
        let trackers: Vec<TrackerView> = ids.iter().filter_map(|id| self.tracker(*id)).collect();
        let heads = heads(&trackers, &groups);
        let elsewhere = self.elsewhere(&ids);
        let totals = self.totals();
        TrackerPage {
            cursor: self.cursor,
            now,
            totals,
            page,
            pages,
            matching,
            trackers,
            heads,
            elsewhere,
            facets,
        }
    }

    /// All trackers that a request asks for, whichever page it is about.
    pub fn listed(&self, request: &ListRequest) -> Vec<TrackerId> {
        let (mut rows, _) = self.matching(request, &self.groups());
        rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        rows.into_iter().map(|row| row.id).collect()
    }

    /// What each group has, over all of its trackers.
    fn groups(&self) -> BTreeMap<&str, Group> {
        let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
        for (id, entry) in &self.entries {
            let group = groups.entry(&entry.about.value.group).or_default();
            group.totals.count(entry.state());
            let place = entry.place(*id);
            group.first = Some(group.first.map_or(place, |first| first.min(place)));
        }
        // Trouble rises; those without a group stand below the others.
        let mut order: Vec<(u8, bool, Option<i64>, &str)> = groups
            .iter()
            .map(|(name, group)| (group.trouble(), name.is_empty(), group.first, *name))
            .collect();
        order.sort_unstable();
        for (n, (.., name)) in order.into_iter().enumerate() {
            groups.entry(name).and_modify(|group| group.rank = n);
        }
        groups
    }

    fn matching(&self, request: &ListRequest, groups: &BTreeMap<&str, Group>) -> (Vec<Row>, Facets) {
        let words = request.words.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let (mut states, mut tags) = ([0; State::ALL.len()], BTreeMap::<&str, u32>::new());
        let mut rows = Vec::new();
        for (id, entry) in &self.entries {
            let about = &entry.about.value;
            let state = entry.state();
            let is_meant = words.iter().all(|word| entry.text.contains(word))
                && request.tags.iter().all(|tag| about.tags.contains(tag))
                && request.group.as_ref().is_none_or(|group| *group == about.group);
            if !is_meant {
                continue;
            }
            if let Some(count) =
                State::ALL.iter().position(|other| *other == state).and_then(|n| states.get_mut(n))
            {
                *count += 1;
            }
            if request.state.is_none_or(|wanted| wanted == state) {
                about.tags.iter().for_each(|tag| *tags.entry(tag).or_default() += 1);
                let rank = groups.get(about.group.as_str()).map_or(usize::MAX, |group| group.rank);
                rows.push(Row { id: *id, key: entry.key(*id, rank, request.sort) });
            }
        }
        let mut tags: Vec<(String, u32)> =
            tags.into_iter().map(|(tag, count)| (tag.to_owned(), count)).collect();
        tags.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let groups = groups.iter().map(|(name, group)| ((*name).to_owned(), group.totals.trackers)).collect();
        let states = State::ALL.into_iter().zip(states).collect();
        (rows, Facets { states, tags, groups })
    }

    /// The trackers that need somebody and are not among these, without their cells; at most a few.
    fn elsewhere(&self, ids: &[TrackerId]) -> Vec<TrackerView> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        let needs = |state| matches!(state, State::Down | State::Problem);
        let others =
            self.entries.iter().filter(|(id, entry)| needs(entry.state()) && ids.binary_search(id).is_err());
        others
            .take(ELSEWHERE)
            .map(|(id, entry)| TrackerView { cells: Vec::new(), ..entry.view(*id) })
            .collect()
    }
}

#[derive(Default)]
struct Group {
    totals: Totals,
    /// The first place of its trackers.
    first: Option<i64>,
    rank: usize,
}

impl Group {
    /// The less, the higher it stands.
    fn trouble(&self) -> u8 {
        match self.totals {
            Totals { down: 1.., .. } | Totals { broken: 1.., .. } => 0,
            Totals { retrying: 1.., .. } => 1,
            _ => 2,
        }
    }
}

struct Row {
    id: TrackerId,
    key: Key,
}

/// The group's rank, what is sorted by, and what decides between equals.
type Key = (usize, i64, String, i64, TrackerId);

impl Entry {
    pub(super) fn state(&self) -> State {
        let newest = self.cells.newest();
        State::of(&self.about.value, &self.status.value, newest.as_ref().map(|cell| &cell.outcome))
    }

    fn place(&self, id: TrackerId) -> i64 {
        self.about.value.place.unwrap_or(id.0)
    }

    fn key(&self, id: TrackerId, rank: usize, sort: Sort) -> Key {
        let (number, text) = match sort {
            Sort::Place => (0, String::new()),
            Sort::Name => (0, self.about.value.name.to_lowercase()),
            Sort::State => (self.state() as i64, String::new()),
            Sort::Latency => (self.latency().map_or(i64::MAX, |latency| -i64::from(latency)), String::new()),
            Sort::Uptime => (self.uptime(), String::new()),
        };
        (rank, number, text, self.place(id), id)
    }

    /// Of the newest check, if that succeeded.
    fn latency(&self) -> Option<u32> {
        let newest = self.cells.newest()?;
        newest.latency.filter(|_| newest.outcome.is_up() == Some(true)).map(|latency| latency.0)
    }

    /// In millionths; what is unknown comes last.
    fn uptime(&self) -> i64 {
        let interval = self.about.value.interval_ms.map(std::time::Duration::from_millis);
        let Uptime { up_ms, down_ms } = Uptime::over(self.cells.iter(), interval);
        let observed = u128::from(up_ms) + u128::from(down_ms);
        let millionths = (u128::from(up_ms) * 1_000_000).checked_div(observed);
        millionths.and_then(|part| i64::try_from(part).ok()).unwrap_or(i64::MAX)
    }
}

/// One for each group that has rows on the page, in their order.
fn heads(rows: &[TrackerView], groups: &BTreeMap<&str, Group>) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    for row in rows {
        if heads.last().is_none_or(|head| head.name != row.about.group) {
            let totals = groups.get(row.about.group.as_str()).map(|group| group.totals).unwrap_or_default();
            heads.push(Head { name: row.about.group.clone(), totals });
        }
    }
    heads
}

/// What can be found by words: lower case, a line each.
pub(super) fn text(about: &crate::About) -> String {
    let mut text = format!("{}\n{}\n{}", about.name, about.target, about.group);
    for tag in &about.tags {
        text.push('\n');
        text.push_str(tag);
    }
    text.to_lowercase()
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;

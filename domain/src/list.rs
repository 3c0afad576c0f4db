//! Which trackers a list shows, and in which order: all that the address of the list can say.

use crate::{About, Outcome, Reason, Status};

/// How a tracker stands, as lists are filtered and sorted by it. In the order of how much it needs somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It fails.
    Down,
    /// It cannot be checked as it stands.
    Problem,
    /// It failed, not yet believed.
    Retrying,
    /// No check so far.
    Waiting,
    /// A tracker that it depends on is down.
    Blocked,
    /// It works.
    Up,
    /// It is in maintenance.
    Maintenance,
    /// It rests.
    Paused,
}

impl State {
    /// All, in their order.
    pub const ALL: [Self; 8] = [
        Self::Down,
        Self::Problem,
        Self::Retrying,
        Self::Waiting,
        Self::Blocked,
        Self::Up,
        Self::Maintenance,
        Self::Paused,
    ];

    /// What a tracker's settings, its status and its newest entry say together.
    pub fn of(about: &About, status: &Status, newest: Option<&Outcome>) -> Self {
        match status {
            _ if about.problem.is_some() => Self::Problem,
            _ if about.paused.is_some() => Self::Paused,
            _ if about.maintenance.is_some() => Self::Maintenance,
            Status::Down { .. } => Self::Down,
            _ if newest == Some(&Outcome::Unknown(Reason::Blocked)) => Self::Blocked,
            Status::Pending => Self::Waiting,
            Status::Up { .. } => Self::Up,
            Status::Retrying { .. } => Self::Retrying,
        }
    }

    /// Its word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Problem => "problem",
            Self::Retrying => "retrying",
            Self::Waiting => "waiting",
            Self::Blocked => "blocked",
            Self::Up => "up",
            Self::Maintenance => "maintenance",
            Self::Paused => "paused",
        }
    }
}

/// What a list is sorted by, inside each group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The order of favourites.
    #[default]
    Place,
    /// By name, capital letters no other than small ones.
    Name,
    /// What needs somebody first.
    State,
    /// The slowest first.
    Latency,
    /// The worst first.
    Uptime,
}

impl Sort {
    /// All, with what stands for each in an address.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Place, "place"),
        (Self::Name, "name"),
        (Self::State, "state"),
        (Self::Latency, "latency"),
        (Self::Uptime, "uptime"),
    ];

    /// What stands for it in an address.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(sort, _)| *sort == self).map_or("place", |(_, word)| word)
    }
}

/// What a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// Words that have to be in name, target, group or tags.
    pub words: String,
    /// Only those that stand so.
    pub state: Option<State>,
    /// Only those that have all of these tags; at most [`ListRequest::MOST_TAGS`].
    pub tags: Vec<String>,
    /// Only those of this group; the empty one is that of trackers without.
    pub group: Option<String>,
    /// In which order.
    pub sort: Sort,
    /// Whether rows are low.
    pub compact: bool,
    /// Which page, counted from 1; 0 is the first, too.
    pub page: u32,
}

/// What stands in an address for the group of trackers that are in none.
const NO_GROUP: &str = "-";

impl ListRequest {
    /// The most tags that are asked for at once.
    pub const MOST_TAGS: usize = 5;
    /// The most characters that are looked for.
    pub const LONGEST: usize = 100;

    /// Reads the names and values of an address. What is not understood says nothing.
    pub fn of_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut request = Self::default();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "q" => request.words = value.trim().chars().take(Self::LONGEST).collect(),
                "state" => request.state = State::ALL.into_iter().find(|state| state.word() == value),
                "tag" if request.tags.len() < Self::MOST_TAGS && !request.tags.contains(&value) => {
                    request.tags.push(value);
                }
                "group" if value == NO_GROUP => request.group = Some(String::new()),
                "group" => request.group = Some(value),
                "sort" => {
                    let known = Sort::ALL.into_iter().find(|(_, word)| *word == value);
                    request.sort = known.map_or(request.sort, |(sort, _)| sort);
                }
                "density" => request.compact = value == "compact",
                "page" => request.page = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        request
    }

    /// The names and values that say the same; nothing that is the default.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.words.is_empty() {
            pairs.push(("q", self.words.clone()));
        }
        pairs.extend(self.state.map(|state| ("state", state.word().to_owned())));
        pairs.extend(self.tags.iter().map(|tag| ("tag", tag.clone())));
        let group = self.group.as_deref().map(|group| if group.is_empty() { NO_GROUP } else { group });
        pairs.extend(group.map(|group| ("group", group.to_owned())));
        if self.sort != Sort::default() {
            pairs.push(("sort", self.sort.word().to_owned()));
        }
        if self.compact {
            pairs.push(("density", "compact".to_owned()));
        }
        if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        pairs
    }

    /// Whether trackers may be left out.
    pub fn is_filter(&self) -> bool {
        !self.words.is_empty() || self.state.is_some() || !self.tags.is_empty() || self.group.is_some()
    }

    /// The same without what leaves trackers out, on the first page.
    #[must_use]
    pub fn unfiltered(&self) -> Self {
        Self { sort: self.sort, compact: self.compact, ..Self::default() }
    }
}

/// Where a tracker goes in the order of favourites, among those of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// One up.
    Up,
    /// One down.
    Down,
    /// To where another one stands.
    At(crate::TrackerId),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(pairs: &[(&str, &str)]) -> ListRequest {
        ListRequest::of_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn an_address_says_what_is_shown() {
        let pairs = [
            ("q", "api"),
            ("state", "down"),
            ("tag", "prod"),
            ("tag", "eu"),
            ("group", "Home lab"),
            ("sort", "state"),
            ("density", "compact"),
            ("page", "2"),
        ];
        let read = request(&pairs);
        assert_eq!((read.state, read.sort, read.page), (Some(State::Down), Sort::State, 2));
        let written: Vec<(&str, &str)> = Vec::new();
        assert_eq!(
            ListRequest::default().pairs(),
            written.iter().map(|(n, v)| (*n, (*v).to_owned())).collect::<Vec<_>>()
        );
        assert_eq!(read.pairs(), pairs.map(|(name, value)| (name, value.to_owned())));
        assert!(read.is_filter() && !read.unfiltered().is_filter());
        assert_eq!(request(&[("group", "-")]).group.as_deref(), Some(""));
    }

    #[test]
    fn what_is_not_understood_says_nothing() {
        let long = "x".repeat(1_000);
        let read = request(&[
            ("q", "  "),
            ("state", "sideways"),
            ("sort", "x"),
            ("page", "-1"),
            ("tag", ""),
            ("a", "b"),
        ]);
        assert_eq!(read, ListRequest::default());
        assert_eq!(request(&[("q", &long)]).words.len(), ListRequest::LONGEST);
        let tags: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let many: Vec<(&str, &str)> = tags.iter().map(|tag| ("tag", tag.as_str())).collect();
        assert_eq!(request(&many).tags.len(), ListRequest::MOST_TAGS);
    }
}

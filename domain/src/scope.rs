//! Which trackers something is about: a rule of who is told, a maintenance.

use crate::TrackerId;
#[cfg(feature = "server")]
use crate::{FieldError, Invalid, Tags};

/// Trackers by number, group and tag; all trackers when it names none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// By their numbers.
    pub trackers: Vec<TrackerId>,
    /// Those that stand in one of these groups.
    pub groups: Vec<String>,
    /// Those that have one of these tags.
    pub tags: Vec<String>,
}

/// Of whom something may be.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The tracker.
    pub id: TrackerId,
    /// Its group.
    pub group: &'a str,
    /// Its tags.
    pub tags: &'a [String],
}

impl Scope {
    /// Whether it names none, and so is about all.
    pub fn is_everything(&self) -> bool {
        self.trackers.is_empty() && self.groups.is_empty() && self.tags.is_empty()
    }

    /// Whether it is about a tracker.
    pub fn holds(&self, subject: Subject<'_>) -> bool {
        self.is_everything()
            || self.trackers.contains(&subject.id)
            || self.groups.iter().any(|group| group == subject.group)
            || self.tags.iter().any(|tag| subject.tags.contains(tag))
    }
}

#[cfg(feature = "server")]
impl Scope {
    /// Reads lists with commas between. Errors are about `trackers` and `tags`.
    pub fn parse(tags: &str, groups: &str, trackers: &str) -> Result<Self, Invalid> {
        fn parts(text: &str) -> impl Iterator<Item = &str> {
            text.split(',').map(str::trim).filter(|part| !part.is_empty())
        }
        let trackers: Result<Vec<TrackerId>, _> = parts(trackers).map(str::parse).collect();
        let trackers = trackers.map_err(|_| FieldError::new("trackers", words::WHICH_TRACKERS_WRONG));
        match (trackers, Tags::parse_list(tags)) {
            (Ok(trackers), Ok(tags)) => Ok(Self {
                trackers,
                groups: parts(groups).map(ToOwned::to_owned).collect(),
                tags: tags.as_slice().to_vec(),
            }),
            (trackers, tags) => Err(Invalid(trackers.err().into_iter().chain(tags.err()).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_about_what_it_names_or_about_all() {
        let tags = ["prod".to_owned()];
        let subject = Subject { id: TrackerId(7), group: "Home", tags: &tags };
        let holds = |scope: Scope| scope.holds(subject);
        assert!(holds(Scope::default()));
        assert!(holds(Scope { trackers: vec![TrackerId(7)], ..Scope::default() }));
        assert!(holds(Scope { groups: vec!["Home".into()], ..Scope::default() }));
        assert!(holds(Scope { tags: vec!["prod".into()], ..Scope::default() }));
        assert!(!holds(Scope { tags: vec!["test".into()], ..Scope::default() }));
        assert!(!holds(Scope { groups: vec![String::new()], ..Scope::default() }));
    }
}

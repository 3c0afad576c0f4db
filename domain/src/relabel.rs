//! Renaming or removing a tag or a group, wherever a tracker has it.

use crate::{FieldError, Group, Invalid, Label, Labels, NewTracker, Tags};

/// A tag or a group of this name gets another one, or goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relabel {
    from: Name,
    to: Name,
}

/// Tags without any, and the empty group, are none.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Tag(Tags),
    Group(Group),
}

impl Name {
    fn parse(label: Label, text: &str) -> Result<Self, FieldError> {
        match label {
            Label::Tag => Tags::parse([text]).map(Self::Tag),
            Label::Group => Group::parse(text).map(Self::Group),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Tag(tags) => tags.as_slice().first().map_or("", String::as_str),
            Self::Group(group) => group.as_str(),
        }
    }
}

impl Relabel {
    /// Gives `from` the name `to`. The error is about the field `to`.
    pub fn rename(label: Label, from: &str, to: &str) -> Result<Self, Invalid> {
        let wrong = |problem: String| Invalid::one("to", problem);
        let (from, to) = (Name::parse(label, from), Name::parse(label, to));
        let (from, to) = from.and_then(|from| Ok((from, to?))).map_err(|error| wrong(error.problem))?;
        if to.as_str().is_empty() {
            let unnamed = match label {
                Label::Tag => words::RELABEL_TAG_UNNAMED,
                Label::Group => words::RELABEL_GROUP_UNNAMED,
            };
            return Err(wrong(unnamed.to_owned()));
        }
        Ok(Self { from, to })
    }

    /// Takes it away from every tracker.
    pub fn remove(label: Label, name: &str) -> Result<Self, Invalid> {
        let named = |text| Name::parse(label, text).map_err(|error| Invalid(vec![error]));
        Ok(Self { from: named(name)?, to: named("")? })
    }

    /// A tracker after it; nothing when it stays as it is.
    pub fn apply(&self, to: &NewTracker) -> Option<NewTracker> {
        let after = match (&self.from, &self.to) {
            (Name::Tag(from), Name::Tag(new)) => {
                let has = to.tags.as_slice().contains(from.as_slice().first()?);
                // It can only become fewer, so nothing is too many.
                let tags = has.then(|| {
                    to.tags.with(&Tags::default(), from).and_then(|rest| rest.with(new, &Tags::default()))
                });
                NewTracker { tags: tags?.ok()?, ..to.clone() }
            }
            (Name::Group(from), Name::Group(new)) => {
                let has = !from.as_str().is_empty() && to.group == *from;
                NewTracker { group: has.then(|| new.clone())?, ..to.clone() }
            }
            _ => return None,
        };
        (after != *to).then_some(after)
    }

    /// How many trackers have the new name already, when it is another one than the old: then two become one.
    pub fn merges_into<'a>(&self, all: impl IntoIterator<Item = &'a NewTracker>) -> usize {
        if self.from == self.to || self.to.as_str().is_empty() {
            return 0;
        }
        let has = |tracker: &&NewTracker| match &self.to {
            Name::Tag(tags) => tags.as_slice().iter().all(|tag| tracker.tags.as_slice().contains(tag)),
            Name::Group(group) => tracker.group == *group,
        };
        all.into_iter().filter(has).count()
    }

    /// The new name; empty when there is none.
    pub fn to(&self) -> &str {
        self.to.as_str()
    }
}

impl Labels {
    /// Of all trackers.
    pub fn of<'a>(all: impl IntoIterator<Item = &'a NewTracker>) -> Self {
        let mut tags = std::collections::BTreeMap::<&str, usize>::new();
        let mut groups = tags.clone();
        for tracker in all {
            tracker.tags.as_slice().iter().for_each(|tag| *tags.entry(tag).or_default() += 1);
            *groups.entry(tracker.group.as_str()).or_default() += 1;
        }
        groups.remove("");
        let owned = |counts: std::collections::BTreeMap<&str, usize>| {
            counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
        };
        Self { tags: owned(tags), groups: owned(groups) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Draft;

    fn tracker(group: &str, tags: &[&str]) -> NewTracker {
        let tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
        Draft { group: Some(group.into()), tags, ..Draft::of("a.example") }.parse().unwrap()
    }

    #[test]
    fn tags_and_groups_are_renamed_and_taken_away() {
        let before = tracker("Home", &["eu", "prod"]);
        let renamed = |label, from, to| Relabel::rename(label, from, to).unwrap().apply(&before);
        assert_eq!(renamed(Label::Tag, "prod", " Live "), Some(tracker("Home", &["eu", "live"])));
        assert_eq!(renamed(Label::Tag, "prod", "eu"), Some(tracker("Home", &["eu"])));
        assert_eq!(renamed(Label::Tag, "home", "x"), None);
        assert_eq!(renamed(Label::Tag, "prod", "PROD"), None);
        assert_eq!(renamed(Label::Group, "Home", "home"), Some(tracker("home", &["eu", "prod"])));
        assert_eq!(renamed(Label::Group, "home", "x"), None, "groups differ in case");
        let removed = |label, name| Relabel::remove(label, name).unwrap().apply(&before);
        assert_eq!(removed(Label::Tag, "eu"), Some(tracker("Home", &["prod"])));
        assert_eq!(removed(Label::Group, "Home"), Some(tracker("", &["eu", "prod"])));
        assert_eq!((removed(Label::Group, ""), removed(Label::Tag, "")), (None, None));
        let full: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let full = tracker("", &full.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(Relabel::rename(Label::Tag, "7", "seven").unwrap().apply(&full).is_some());
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        for (label, to) in
            [(Label::Tag, ""), (Label::Tag, "a,b"), (Label::Group, " "), (Label::Group, "a\nb")]
        {
            let error = Relabel::rename(label, "a", to).unwrap_err();
            assert_eq!(error.0[0].field, "to", "{to:?}");
        }
    }

    #[test]
    fn two_that_become_one_are_counted() {
        let all = [tracker("Home", &["eu"]), tracker("Home", &["eu", "us"]), tracker("Shop", &[])];
        let merges = |label, from, to| Relabel::rename(label, from, to).unwrap().merges_into(&all);
        assert_eq!((merges(Label::Tag, "us", "EU"), merges(Label::Tag, "us", "asia")), (2, 0));
        assert_eq!((merges(Label::Group, "Home", "Shop"), merges(Label::Group, "Home", "Home")), (1, 0));
        let labels = Labels::of(&all);
        assert_eq!(labels.tags, [("eu".to_owned(), 2), ("us".to_owned(), 1)]);
        assert_eq!(labels.groups, [("Home".to_owned(), 2), ("Shop".to_owned(), 1)]);
    }
}

//! How people sort their trackers: a group each, tags, and a place in the order of favourites.

use std::fmt;

use crate::{FieldError, name::is_deceptive};

/// The group that a tracker stands in; the empty one is none. At most 60 characters on one line, as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group(String);

impl Group {
    /// The most characters of a group's name.
    pub const LIMIT: usize = 60;

    /// Checks a name; the error is about the field `group`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let problem = if text.chars().count() > Self::LIMIT {
            words::field_group_long(Self::LIMIT)
        } else if text.chars().any(is_deceptive) {
            words::FIELD_GROUP_INVISIBLE.to_owned()
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(FieldError::new("group", problem))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The tags of a tracker: at most 20, sorted, each there once. Lower case, because nobody means two things by `Prod` and
/// `prod`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<String>);

impl Tags {
    /// The most tags of a tracker.
    pub const MOST: usize = 20;
    /// The most characters of a tag.
    pub const LIMIT: usize = 30;

    /// Checks tags, one each; the error is about the field `tags`. Empty ones are left out.
    pub fn parse<'a>(tags: impl IntoIterator<Item = &'a str>) -> Result<Self, FieldError> {
        let tags = tags.into_iter().map(str::trim).filter(|tag| !tag.is_empty());
        let tags: Result<Vec<String>, FieldError> = tags.map(parse_tag).collect();
        Self::of(tags?)
    }

    /// Checks tags with commas between them, as people type them.
    pub fn parse_list(text: &str) -> Result<Self, FieldError> {
        Self::parse(text.split(','))
    }

    /// These tags, with others and without some.
    pub fn with(&self, more: &Self, less: &Self) -> Result<Self, FieldError> {
        let all = self.0.iter().chain(&more.0).filter(|tag| !less.0.contains(tag));
        Self::of(all.cloned().collect())
    }

    /// In their order.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    fn of(mut tags: Vec<String>) -> Result<Self, FieldError> {
        tags.sort_unstable();
        tags.dedup();
        if tags.len() > Self::MOST {
            let problem = words::field_tags_many(tags.len(), Self::MOST);
            return Err(FieldError::new("tags", problem));
        }
        Ok(Self(tags))
    }
}

/// With a comma between each two.
impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

fn parse_tag(text: &str) -> Result<String, FieldError> {
    let tag = text.to_lowercase();
    let problem = if tag.chars().count() > Tags::LIMIT {
        words::field_tag_long(Tags::LIMIT)
    } else if tag.contains(',') {
        words::FIELD_TAG_COMMA.to_owned()
    } else if tag.chars().any(is_deceptive) {
        words::FIELD_TAG_INVISIBLE.to_owned()
    } else {
        return Ok(tag);
    };
    Err(FieldError::new("tags", problem))
}

/// Checks a place in the order of favourites: 1 to a thousand million. The error is about the field `place`.
pub(crate) fn parse_place(place: i64) -> Result<i64, FieldError> {
    if (1..=1_000_000_000).contains(&place) {
        Ok(place)
    } else {
        Err(FieldError::new("place", words::FIELD_PLACE_WRONG))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_group_is_trimmed_and_may_be_none() {
        assert_eq!(Group::parse("  Home <b>lab</b> ").unwrap().as_str(), "Home <b>lab</b>");
        assert_eq!(Group::parse("  ").unwrap(), Group::default());
        assert!(Group::parse(&"x".repeat(60)).is_ok());
        for text in [&"x".repeat(61), "a\nb", "a\u{202E}b"] {
            assert_eq!(Group::parse(text).unwrap_err().field, "group", "{text:?}");
        }
    }

    #[test]
    fn tags_are_lower_case_sorted_and_unique() {
        let tags = Tags::parse_list(" Prod, api,,prod , ÄÖ").unwrap();
        assert_eq!(tags.to_string(), "api, prod, äö");
        assert_eq!(Tags::parse_list("").unwrap(), Tags::default());
    }

    #[test]
    fn tags_that_would_break_a_list_are_refused() {
        let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
        assert!(Tags::parse(many[1..].iter().map(String::as_str)).is_ok());
        for tags in [vec!["a,b"], vec!["a\0"], many.iter().map(String::as_str).collect()] {
            assert_eq!(Tags::parse(tags.clone()).unwrap_err().field, "tags", "{tags:?}");
        }
        assert!(Tags::parse_list(&"x".repeat(31)).is_err());
    }

    #[test]
    fn tags_are_added_and_taken_away() {
        let tags = |text| Tags::parse_list(text).unwrap();
        assert_eq!(tags("a, b").with(&tags("c, a"), &tags("b, x")).unwrap(), tags("a, c"));
        assert_eq!(tags("a").with(&tags("b"), &tags("b")).unwrap(), tags("a"), "taking away is stronger");
    }

    #[test]
    fn places_have_bounds() {
        assert_eq!((parse_place(1), parse_place(1_000_000_000)), (Ok(1), Ok(1_000_000_000)));
        assert!([0, -1, i64::MAX].iter().all(|place| parse_place(*place).is_err()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(texts in prop::collection::vec(".{0,12}", 0..30)) {
            if let Ok(tags) = Tags::parse(texts.iter().map(String::as_str)) {
                prop_assert_eq!(Tags::parse_list(&tags.to_string()).unwrap(), tags.clone());
                prop_assert!(tags.as_slice().is_sorted_by(|a, b| a < b));
            }
        }
    }
}

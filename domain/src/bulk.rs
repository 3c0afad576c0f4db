//! One edit of many trackers: read from a form, tried out, and taken back.

use std::collections::BTreeMap;

use crate::{
    Draft, FieldError, Invalid, NewTracker, Policy, Preview, PreviewLine, Tags, Target, Tracker,
    labels::parse_place,
};

/// The settings that an edit of many names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkDraft {
    draft: Draft,
    add: Tags,
    less: Tags,
    /// The fields that are changed, as forms call them.
    fields: Vec<&'static str>,
}

impl BulkDraft {
    /// What can be changed of many at once, as forms and errors call it.
    pub const FIELDS: [&'static str; 10] = [
        "every",
        "deadline",
        "expect",
        "retries",
        "retry",
        "successes",
        "slow",
        "group",
        "add_tags",
        "remove_tags",
    ];

    /// Reads a form. Its fields named `set` say what is changed; what the others hold does not count.
    pub fn of_fields(fields: &[(String, String)]) -> Result<Self, Invalid> {
        let is_set = |name: &str| fields.iter().any(|(field, value)| field == "set" && value == name);
        let value = |name: &str| {
            let found = fields.iter().rev().find(|(field, _)| field == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let chosen = Self::FIELDS.into_iter().filter(|name| is_set(name));
        let pairs: Vec<(String, String)> =
            chosen.clone().map(|name| (name.to_owned(), value(name))).collect();
        let (add, less) = (
            tags("add_tags", is_set("add_tags"), &value),
            tags("remove_tags", is_set("remove_tags"), &value),
        );
        // What a form says of tags is not what it says of one tracker's.
        let draft = Draft { http: None, ..Draft::of_fields(&pairs, &nobody()?) };
        let problems = draft.apply(&nobody()?).err().into_iter().flat_map(|invalid| invalid.0);
        let problems: Vec<FieldError> = problems.chain(add.clone().err()).chain(less.clone().err()).collect();
        match (add, less) {
            (Ok(add), Ok(less)) if problems.is_empty() => {
                Ok(Self { draft, add, less, fields: chosen.collect() })
            }
            _ => Err(Invalid(problems)),
        }
    }

    /// Whether it names anything.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// A tracker after the edit. A problem that only this one has begins with its name.
    pub fn apply(&self, to: &NewTracker) -> Result<NewTracker, Invalid> {
        let named = |error: FieldError| FieldError {
            problem: format!("{}: {}", to.shown_name(), error.problem),
            ..error
        };
        let edited =
            self.draft.apply(to).map_err(|invalid| Invalid(invalid.0.into_iter().map(named).collect()))?;
        let tags = edited.tags.with(&self.add, &self.less);
        let tags =
            tags.map_err(|error| Invalid(vec![named(FieldError { field: "add_tags".into(), ..error })]))?;
        Ok(NewTracker { tags, ..edited })
    }

    /// What it would change.
    pub fn preview<'a>(&self, trackers: impl IntoIterator<Item = &'a Tracker>) -> Result<Preview, Invalid> {
        let mut preview = Preview::default();
        let mut lines: BTreeMap<(usize, String, String), usize> = BTreeMap::new();
        for tracker in trackers {
            let settings = &tracker.settings;
            let after = self.apply(settings)?;
            preview.trackers.push((tracker.id, settings.shown_name().to_string()));
            preview.changed += usize::from(after != *settings);
            let (before, after) = (settings.fields(), after.fields());
            for (n, (old, new)) in before.iter().zip(&after).enumerate().filter(|(_, (old, new))| old != new)
            {
                *lines.entry((n, old.1.clone(), new.1.clone())).or_default() += 1;
            }
        }
        let names = nobody()?.fields();
        preview.lines = lines
            .into_iter()
            .filter_map(|((n, before, after), trackers)| {
                Some(PreviewLine { field: names.get(n)?.0.clone(), before, after, trackers })
            })
            .collect();
        Ok(preview)
    }
}

fn tags(name: &'static str, is_set: bool, value: &impl Fn(&str) -> String) -> Result<Tags, FieldError> {
    let text = if is_set { value(name) } else { String::new() };
    Tags::parse_list(&text).map_err(|error| FieldError { field: name.into(), ..error })
}

/// A tracker to try settings on.
fn nobody() -> Result<NewTracker, Invalid> {
    let target = Target::parse("http://example.org").map_err(|error| Invalid(vec![error]))?;
    Ok(NewTracker::of(target))
}

impl NewTracker {
    /// These settings without the change that made `after` of `before`. What was changed again since then stays.
    #[must_use]
    pub fn without(self, before: &Self, after: &Self) -> Self {
        let policy = self.policy;
        Self {
            name: back(self.name, &before.name, &after.name),
            group: back(self.group, &before.group, &after.group),
            tags: back(self.tags, &before.tags, &after.tags),
            place: back(self.place, &before.place, &after.place),
            target: back(self.target, &before.target, &after.target),
            http: back(self.http, &before.http, &after.http),
            schedule: back(self.schedule, &before.schedule, &after.schedule),
            expect: back(self.expect, &before.expect, &after.expect),
            deadline: back(self.deadline, &before.deadline, &after.deadline),
            paused: back(self.paused, &before.paused, &after.paused),
            parent: back(self.parent, &before.parent, &after.parent),
            policy: Policy {
                retries: back(policy.retries, &before.policy.retries, &after.policy.retries),
                retry_after: back(policy.retry_after, &before.policy.retry_after, &after.policy.retry_after),
                successes: back(policy.successes, &before.policy.successes, &after.policy.successes),
                slow_after: back(policy.slow_after, &before.policy.slow_after, &after.policy.slow_after),
                upside_down: back(policy.upside_down, &before.policy.upside_down, &after.policy.upside_down),
            },
        }
    }
}

fn back<T: PartialEq + Clone>(now: T, before: &T, after: &T) -> T {
    if now == *after { before.clone() } else { now }
}

/// The places that trackers get when one of them goes to where another stands. `order` are ids and places as they are, in their
/// order; the answer has those that change. Places are handed round, so nobody outside of the list is passed.
pub fn rearranged<T: Copy + PartialEq>(order: &[(T, i64)], from: usize, to: usize) -> Vec<(T, i64)> {
    let to = to.min(order.len().saturating_sub(1));
    let mut ids: Vec<T> = order.iter().map(|(id, _)| *id).collect();
    if from >= ids.len() {
        return Vec::new();
    }
    let moved = ids.remove(from);
    ids.insert(to, moved);
    let mut last = i64::MIN;
    let places = order.iter().map(|(_, place)| {
        // Two of the same place would not keep their new order.
        last = (*place).max(last.saturating_add(1));
        last
    });
    let all = ids.into_iter().zip(places).zip(order);
    all.filter(|(new, old)| new != *old)
        .map(|(new, _)| new)
        .filter(|(_, place)| parse_place(*place).is_ok())
        .collect()
}

#[cfg(test)]
#[path = "bulk_tests.rs"]
mod tests;

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{Timestamp, TrackerId};

fn tracker(id: i64, every: &str, tags: &str) -> Tracker {
    let draft = Draft {
        every: Some(every.into()),
        tags: Some(tags.split(',').map(ToOwned::to_owned).collect()),
        ..Draft::of(format!("{id}.example"))
    };
    Tracker::new(TrackerId(id), draft.parse().unwrap(), Timestamp(0))
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn draft(pairs: &[(&str, &str)]) -> BulkDraft {
    BulkDraft::of_fields(&fields(pairs)).unwrap()
}

#[test]
fn only_what_is_chosen_is_changed_and_alike_changes_are_one_line() {
    let trackers = [tracker(1, "60s", "prod"), tracker(2, "60s", ""), tracker(3, "30s", "")];
    let edit = draft(&[("set", "every"), ("every", "30s"), ("retries", "9"), ("group", "x")]);
    let preview = edit.preview(&trackers).unwrap();
    assert_eq!((preview.trackers.len(), preview.changed), (3, 2));
    let line = PreviewLine { field: "every".into(), before: "1m".into(), after: "30s".into(), trackers: 2 };
    assert_eq!(preview.lines, [line]);
    assert_eq!(edit.apply(&trackers[2].settings).unwrap(), trackers[2].settings);
    assert!(draft(&[("every", "30s")]).is_empty());
}

#[test]
fn tags_are_added_to_those_that_are_there() {
    let edit = draft(&[
        ("set", "add_tags"),
        ("add_tags", "EU, api"),
        ("set", "remove_tags"),
        ("remove_tags", "prod"),
    ]);
    let after = edit.apply(&tracker(1, "1s", "prod,web").settings).unwrap();
    assert_eq!(after.tags.to_string(), "api, eu, web");
}

#[test]
fn problems_name_their_field_and_where_it_matters_the_tracker() {
    let wrong = [
        ("set", "every"),
        ("every", "0"),
        ("set", "add_tags"),
        ("add_tags", "a\u{202E}"),
        ("set", "retries"),
    ];
    let problems = BulkDraft::of_fields(&fields(&wrong)).unwrap_err();
    let names: Vec<&str> = problems.0.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(names, ["every", "retries", "add_tags"]);
    let full = tracker(1, "1s", &(0..20).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let problem = draft(&[("set", "add_tags"), ("add_tags", "more")]).preview([&full]).unwrap_err();
    assert_eq!(problem.0[0].field, "add_tags");
    assert!(problem.0[0].problem.starts_with("1.example: "), "{problem}");
}

#[test]
fn an_edit_is_taken_back_and_what_came_later_stays() {
    let before = tracker(1, "60s", "prod").settings;
    let after =
        draft(&[("set", "every"), ("every", "30s"), ("set", "slow"), ("slow", "1s")]).apply(&before).unwrap();
    assert_eq!(after.clone().without(&before, &after), before);
    let later = draft(&[("set", "slow"), ("slow", "2s")]).apply(&after).unwrap();
    let undone = later.without(&before, &after);
    assert_eq!(undone.schedule, before.schedule);
    assert_eq!(undone.policy.slow_after, Some(Duration::from_secs(2)));
}

#[test]
fn places_are_handed_round() {
    let order = [('a', 1), ('b', 4), ('c', 9)];
    assert_eq!(rearranged(&order, 2, 1), [('c', 4), ('b', 9)]);
    assert_eq!(rearranged(&order, 0, 2), [('b', 1), ('c', 4), ('a', 9)]);
    assert_eq!(rearranged(&order, 1, 1), []);
    assert_eq!(rearranged(&order, 0, 99), rearranged(&order, 0, 2));
    assert_eq!(rearranged(&[('a', 3), ('b', 3)], 1, 0), [('b', 3), ('a', 4)]);
    assert_eq!(rearranged::<char>(&[], 0, 0), []);
}

proptest! {
    #[test]
    fn an_order_becomes_what_was_asked_for(places in prop::collection::btree_set(1..1_000_i64, 1..20), from in 0..20_usize, to in 0..20_usize) {
        let order: Vec<(usize, i64)> = places.into_iter().enumerate().collect();
        let (from, to) = (from % order.len(), to % order.len());
        let mut wanted: Vec<usize> = (0..order.len()).collect();
        let moved = wanted.remove(from);
        wanted.insert(to, moved);
        let mut after: BTreeMap<usize, i64> = order.iter().copied().collect();
        after.extend(rearranged(&order, from, to));
        let mut sorted: Vec<(i64, usize)> = after.into_iter().map(|(id, place)| (place, id)).collect();
        sorted.sort_unstable();
        prop_assert_eq!(sorted.into_iter().map(|(_, id)| id).collect::<Vec<_>>(), wanted);
    }
}

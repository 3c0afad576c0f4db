use proptest::prelude::*;

use super::*;
use crate::{About, Cell, Fault, FaultKind, Micros, Outcome, Status};

fn about(name: &str, group: &str, tags: &[&str]) -> About {
    About {
        name: name.into(),
        target: format!("https://{}.example/", name.to_lowercase()),
        group: group.into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        interval_ms: Some(1_000),
        ..About::default()
    }
}

fn cell(due: i64, up: bool, latency: u32) -> Cell {
    let outcome = if up { Outcome::Up } else { Outcome::Down(Fault::new(FaultKind::Refused, "")) };
    Cell { due: Timestamp(due), attempt: 0, outcome, latency: Some(Micros(latency)), retrying: false }
}

/// Four in two groups and one in none: 4 is down.
fn some() -> LiveView {
    let mut view = LiveView::new(1);
    let all = [
        ("Shop", "Production", &["prod", "web"][..]),
        ("api", "Production", &["prod"]),
        ("Wiki", "Home", &["web"]),
        ("NAS", "Home", &[]),
        ("Loose", "", &[]),
    ];
    for (n, (name, group, tags)) in (1..).zip(all) {
        let id = TrackerId(n);
        view.set_about(id, about(name, group, tags));
        view.set_status(id, Status::Up { since: Timestamp(0) });
        view.push(id, cell(0, n != 3, 10));
        view.push(id, cell(1_000, n != 4, 100 * u32::try_from(n).unwrap()));
    }
    view.set_status(
        TrackerId(4),
        Status::Down { since: Timestamp(0), fault: Fault::new(FaultKind::Refused, "") },
    );
    view
}

fn ids(view: &LiveView, request: &ListRequest) -> Vec<i64> {
    view.list(request, Timestamp(0)).trackers.iter().map(|tracker| tracker.id.0).collect()
}

#[test]
fn groups_in_trouble_rise_and_those_without_a_group_stand_last() {
    let page = some().list(&ListRequest::default(), Timestamp(0));
    assert_eq!(page.trackers.iter().map(|tracker| tracker.id.0).collect::<Vec<_>>(), [3, 4, 1, 2, 5]);
    let heads: Vec<(&str, u32, u32)> =
        page.heads.iter().map(|head| (head.name.as_str(), head.totals.up, head.totals.trackers)).collect();
    assert_eq!(heads, [("Home", 1, 2), ("Production", 2, 2), ("", 1, 1)]);
    assert_eq!((page.matching, page.elsewhere), (5, vec![]));
}

#[test]
fn every_filter_leaves_out_what_it_says() {
    let view = some();
    let of = |words: &str, state, tags: &[&str], group: Option<&str>| ListRequest {
        words: words.into(),
        state,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        group: group.map(ToOwned::to_owned),
        ..ListRequest::default()
    };
    for (request, expect) in [
        (of("SHOP", None, &[], None), &[1][..]),
        (of("example nas", None, &[], None), &[4]),
        (of("home", None, &[], None), &[3, 4]),
        (of("web", None, &[], None), &[3, 1]),
        (of("nothing", None, &[], None), &[]),
        (of("", Some(State::Down), &[], None), &[4]),
        (of("", Some(State::Paused), &[], None), &[]),
        (of("", None, &["web"], None), &[3, 1]),
        (of("", None, &["web", "prod"], None), &[1]),
        (of("", None, &[], Some("Home")), &[3, 4]),
        (of("", None, &[], Some("")), &[5]),
        (of("wiki", Some(State::Down), &[], None), &[]),
    ] {
        assert_eq!(ids(&view, &request), expect, "{request:?}");
    }
}

#[test]
fn rows_are_sorted_inside_their_groups() {
    let mut view = some();
    let sorted = |view: &LiveView, sort| ids(view, &ListRequest { sort, ..ListRequest::default() });
    assert_eq!(sorted(&view, Sort::Name), [4, 3, 2, 1, 5]);
    assert_eq!(sorted(&view, Sort::State), [4, 3, 1, 2, 5]);
    assert_eq!(sorted(&view, Sort::Latency), [3, 4, 2, 1, 5]);
    assert_eq!(sorted(&view, Sort::Uptime), [3, 4, 1, 2, 5]);
    let listed = view.totals().listed;
    view.begin_commit();
    view.set_about(TrackerId(2), About { place: Some(1), ..about("api", "Production", &["prod"]) });
    view.set_about(TrackerId(1), About { place: Some(2), ..about("Shop", "Production", &["prod", "web"]) });
    assert_eq!(sorted(&view, Sort::Place), [3, 4, 2, 1, 5]);
    assert!(view.totals().listed > listed, "browsers read the list anew");
}

#[test]
fn facets_count_what_a_filter_would_leave() {
    let request = ListRequest { state: Some(State::Up), tags: vec!["web".into()], ..ListRequest::default() };
    let page = some().list(&request, Timestamp(0));
    let down = page.facets.states.iter().find(|(state, _)| *state == State::Down).unwrap();
    let up = page.facets.states.iter().find(|(state, _)| *state == State::Up).unwrap();
    assert_eq!((up.1, down.1), (2, 0), "the state that is asked for hides no other");
    assert_eq!(page.facets.tags, [("web".to_owned(), 2), ("prod".to_owned(), 1)]);
    assert_eq!(
        page.facets.groups,
        [(String::new(), 1), ("Home".to_owned(), 2), ("Production".to_owned(), 2)]
    );
    let elsewhere: Vec<i64> = page.elsewhere.iter().map(|tracker| tracker.id.0).collect();
    assert_eq!(elsewhere, [4], "what is down is told of, shown or not");
    assert!(page.elsewhere[0].cells.is_empty());
}

proptest! {
    /// Pages hold what matches, each once, and nothing else; groups are not torn apart.
    #[test]
    fn pages_together_are_what_matches(count in 0..250_i64, groups in 1..5_i64, sort in 0..5_usize, state in any::<bool>()) {
        let mut view = LiveView::new(1);
        for n in 0..count {
            view.set_about(TrackerId(n), About { paused: (n % 3 == 0).then(crate::Rest::default), ..about(&(n * 7 % 13).to_string(), &(n % groups).to_string(), &[]) });
        }
        let state = state.then_some(State::Paused);
        let mut request = ListRequest { sort: Sort::ALL[sort].0, state, ..ListRequest::default() };
        let (mut seen, mut last) = (Vec::new(), None);
        for page in 1.. {
            request.page = page;
            let shown = view.list(&request, Timestamp(0));
            prop_assert!(shown.trackers.len() <= PAGE_SIZE);
            for tracker in &shown.trackers {
                let is_new = last.as_ref() != Some(&tracker.about.group);
                prop_assert!(!is_new || !seen.iter().any(|(_, group)| *group == tracker.about.group));
                last = Some(tracker.about.group.clone());
                seen.push((tracker.id.0, tracker.about.group.clone()));
            }
            if page >= shown.pages {
                prop_assert_eq!(shown.matching as usize, seen.len());
                break;
            }
        }
        let mut found: Vec<i64> = seen.into_iter().map(|(id, _)| id).collect();
        found.sort_unstable();
        let wanted: Vec<i64> = (0..count).filter(|n| state.is_none() || n % 3 == 0).collect();
        prop_assert_eq!(found, wanted);
    }
}

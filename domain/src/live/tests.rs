use proptest::prelude::*;

use super::*;
use crate::{Fault, FaultKind, ListRequest, Outcome};

fn id(n: i64) -> TrackerId {
    TrackerId(n)
}

fn about(name: &str) -> About {
    About { name: name.into(), ..About::default() }
}

fn cell(due: i64, up: bool) -> Cell {
    let outcome = if up { Outcome::Up } else { Outcome::Down(Fault::new(FaultKind::Refused, "")) };
    Cell { due: Timestamp(due), attempt: 0, outcome, latency: None, retrying: false }
}

/// What a browser holds: it knows the rules of `TrackerView::apply`, and nothing else.
#[derive(Default)]
struct Browser {
    cursor: Option<Cursor>,
    trackers: BTreeMap<TrackerId, TrackerView>,
}

impl Browser {
    fn poll(&mut self, view: &LiveView, visible: &[TrackerId]) {
        let request = LiveRequest { cursor: self.cursor, visible: visible.to_vec() };
        let answer = view.answer(&request, Timestamp(0));
        for change in answer.changes {
            match change {
                Change::Whole(tracker) => {
                    self.trackers.insert(tracker.id, tracker);
                }
                Change::Delta(delta) => self.trackers.get_mut(&delta.id).unwrap().apply(delta),
                Change::Gone(gone) => {
                    self.trackers.remove(&gone);
                }
            }
        }
        self.cursor = Some(answer.cursor);
    }
}

#[test]
fn a_cursor_of_another_run_gets_everything() {
    let mut view = LiveView::new(7);
    view.begin_commit();
    view.set_about(id(1), about("one"));
    let request = LiveRequest { cursor: Some(Cursor { boot: 6, commit: 1 }), visible: vec![id(1)] };
    assert!(matches!(view.answer(&request, Timestamp(0)).changes[..], [Change::Whole(_)]));
}

#[test]
fn a_cursor_from_the_future_gets_everything() {
    let mut view = LiveView::new(7);
    view.set_about(id(1), about("one"));
    let request = LiveRequest { cursor: Some(Cursor { boot: 7, commit: 9 }), visible: vec![id(1)] };
    assert!(matches!(view.answer(&request, Timestamp(0)).changes[..], [Change::Whole(_)]));
}

#[test]
fn without_news_an_answer_is_empty() {
    let mut view = LiveView::new(7);
    view.begin_commit();
    view.set_about(id(1), about("one"));
    view.push(id(1), cell(1, true));
    let request = LiveRequest {
        cursor: Some(view.answer(&LiveRequest::default(), Timestamp(0)).cursor),
        visible: vec![id(1)],
    };
    assert_eq!(view.answer(&request, Timestamp(0)).changes, []);
}

#[test]
fn the_newest_checks_are_at_most_sixty_and_leave_removed_trackers_out() {
    let mut view = LiveView::new(7);
    view.set_about(id(1), about("one"));
    view.set_about(id(2), about("two"));
    for n in 0..70 {
        view.push(id(n % 2 + 1), cell(n, n % 2 == 0));
    }
    assert_eq!(view.newest().count(), SHOWN_CHECKS);
    view.remove(id(2));
    assert!(view.newest().all(|up| up));
    assert_eq!(view.newest().count(), SHOWN_CHECKS / 2);
}

#[test]
fn a_page_that_does_not_exist_is_the_last_one() {
    let mut view = LiveView::new(7);
    for n in 0..150 {
        view.set_about(id(n), about("some"));
    }
    let page = view.list(&ListRequest { page: 9, ..ListRequest::default() }, Timestamp(0));
    assert_eq!((page.page, page.pages, page.trackers.len()), (2, 2, 50));
    assert_eq!(LiveView::new(7).list(&ListRequest::default(), Timestamp(0)).pages, 1);
}

#[derive(Clone, Debug)]
enum Act {
    Commit,
    About(i64, u8),
    Status(i64, i64),
    Push(i64, bool, u8),
    Remove(i64),
    Poll,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Commit),
        1 => (0..4_i64, 0..3_u8).prop_map(|(id, name)| Act::About(id, name)),
        1 => (0..4_i64, 0..3_i64).prop_map(|(id, since)| Act::Status(id, since)),
        4 => (0..4_i64, any::<bool>(), 1..80_u8).prop_map(|(id, up, times)| Act::Push(id, up, times)),
        1 => (0..4_i64).prop_map(Act::Remove),
        2 => Just(Act::Poll),
    ]
}

proptest! {
    /// Snapshot + deltas = newer snapshot, whatever happens between the polls.
    #[test]
    fn a_browser_that_polls_sees_what_a_new_one_sees(acts in proptest::collection::vec(act(), 0..60)) {
        let visible: Vec<TrackerId> = (0..4).map(id).collect();
        let (mut view, mut follower, mut due) = (LiveView::new(1), Browser::default(), 0);
        for act in acts.into_iter().chain([Act::Poll]) {
            match act {
                Act::Commit => {}
                Act::About(n, name) => view.set_about(id(n), about(&name.to_string())),
                Act::Status(n, since) => view.set_status(id(n), Status::Up { since: Timestamp(since) }),
                Act::Push(n, up, times) => for _ in 0..times {
                    due += 1;
                    view.push(id(n), cell(due, up));
                },
                Act::Remove(n) => view.remove(id(n)),
                Act::Poll => {
                    follower.poll(&view, &visible);
                    let mut newcomer = Browser::default();
                    newcomer.poll(&view, &visible);
                    prop_assert_eq!(&follower.trackers, &newcomer.trackers);
                }
            }
            // A commit is visible as a whole: nothing is added to one that a browser may have seen.
            view.begin_commit();
        }
    }
}

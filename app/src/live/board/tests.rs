use domain::{About, Cell, Fault, FaultKind, Outcome, Status, TrackerDelta};

use super::*;

fn view(id: i64) -> TrackerView {
    let about = About { name: format!("tracker {id}"), ..About::default() };
    TrackerView {
        id: TrackerId(id),
        about,
        status: Status::Up { since: Timestamp(0) },
        flapping: false,
        cells: Vec::new(),
    }
}

fn page(ids: &[i64], listed: u64) -> TrackerPage {
    TrackerPage {
        cursor: Cursor { boot: 1, commit: listed },
        now: Timestamp(1_000),
        totals: Totals { listed, ..Totals::default() },
        page: 1,
        pages: 1,
        matching: 0,
        heads: Vec::new(),
        elsewhere: Vec::new(),
        facets: domain::Facets::default(),
        trackers: ids.iter().copied().map(view).collect(),
    }
}

fn of_list(page: TrackerPage) -> (Board, Receiver<()>) {
    Board::of_list(page, "q=a".into(), Look::default())
}

fn answer(commit: u64, listed: u64, changes: Vec<Change>) -> LiveAnswer {
    let totals = Totals { listed, ..Totals::default() };
    LiveAnswer {
        cursor: Cursor { boot: 1, commit },
        now: Timestamp(2_000),
        totals,
        changes,
        version: String::new(),
        trouble: None,
    }
}

fn ids(board: Board) -> Vec<i64> {
    board.rows.with_untracked(|rows| rows.iter().map(|row| row.id.0).collect())
}

fn down(id: i64) -> Change {
    let cell = Cell {
        due: Timestamp(1_500),
        attempt: 0,
        outcome: Outcome::Down(Fault::new(FaultKind::Refused, "")),
        latency: None,
        retrying: false,
    };
    let status = Status::Down { since: Timestamp(1_500), fault: Fault::new(FaultKind::Refused, "") };
    Change::Delta(TrackerDelta {
        id: TrackerId(id),
        status: Some(status),
        flapping: None,
        about: None,
        cells: vec![cell],
    })
}

#[test]
fn an_answer_changes_its_trackers_and_moves_the_cursor() {
    let owner = Owner::new();
    owner.set();
    let (board, _woken) = of_list(page(&[1, 2, 3], 3));
    assert_eq!(
        board.apply(0, answer(4, 3, vec![down(2), Change::Gone(TrackerId(3))])),
        Some(Timestamp(2_000))
    );
    assert_eq!(ids(board), [1, 2]);
    let rows = board.rows.get_untracked();
    assert_eq!(rows[1].view.with_untracked(|view| view.cells.len()), 1);
    assert_eq!(board.said.get_untracked(), "tracker 2 is down.");
    assert_eq!(board.requests(), [(Some(Cursor { boot: 1, commit: 4 }), vec![TrackerId(1), TrackerId(2)])]);
    assert_eq!(board.relist(), Some(None));
}

#[test]
fn a_list_that_changed_is_read_anew_and_rows_that_stay_keep_their_signals() {
    let owner = Owner::new();
    owner.set();
    let (board, _woken) = of_list(page(&[1, 2], 2));
    let first = board.rows.get_untracked()[0].view.clone();
    board.apply(0, answer(5, 5, vec![]));
    assert_eq!(board.relist(), Some(Some("q=a".into())));
    board.replace(page(&[1, 4], 5));
    assert_eq!((ids(board), board.relist()), (vec![1, 4], Some(None)));
    first.update(|view| view.about.paused = Some(domain::Rest::default()));
    assert!(board.rows.get_untracked()[0].view.with_untracked(|view| view.about.paused.is_some()));
}

#[test]
fn another_run_of_the_server_is_read_anew_too() {
    let owner = Owner::new();
    owner.set();
    let (board, _woken) = of_list(page(&[1], 1));
    board.apply(0, LiveAnswer { cursor: Cursor { boot: 2, commit: 1 }, ..answer(1, 1, vec![]) });
    assert_eq!(board.relist(), Some(Some("q=a".into())));
}

#[test]
fn what_stands_around_the_rows_is_asked_for_when_counts_change() {
    let owner = Owner::new();
    owner.set();
    let (board, _woken) = of_list(page(&[1], 1));
    let answered = |commit, totals| {
        let heard = LiveAnswer { totals, ..answer(commit, 1, vec![]) };
        board.apply(0, heard);
        board.now.set(Some(Timestamp(i64::try_from(commit).unwrap() * 1_000)));
    };
    let down = Totals { listed: 1, down: 1, ..Totals::default() };
    answered(2, down);
    assert_eq!(board.ask_around(), None, "not so soon");
    answered(9, Totals { newest: Some(Timestamp(5)), ..down });
    assert_eq!(board.ask_around().as_deref(), Some("q=a"));
    answered(19, Totals { newest: Some(Timestamp(6)), ..down });
    assert_eq!(board.ask_around(), None, "a check is no news");
}

#[test]
fn a_board_that_is_gone_is_left_alone() {
    let owner = Owner::new();
    let (board, mut woken) = owner.with(|| of_list(page(&[1], 1)));
    owner.cleanup();
    assert_eq!(board.apply(0, answer(2, 1, vec![down(1)])), None);
    assert_eq!(board.relist(), None);
    assert!(board.requests().is_empty());
    board.wake();
    board.tick(0);
    // The loop hears that the channel is closed, and ends.
    assert!(woken.try_recv().is_err());
}

#[test]
fn several_changes_make_one_sentence() {
    let news = |name: &str, kind| News { name: name.into(), kind };
    let both = [news("web", Kind::Up), news("api", Kind::Down), news("new", Kind::Pending)];
    assert_eq!(sentence(&both).unwrap(), "api is down. 1 more changed.");
    assert_eq!(sentence(&[news("new", Kind::Retrying)]), None);
}

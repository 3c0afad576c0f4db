//! Following the server: one loop polls, and writes what it hears into signals, one for each tracker, so that only what
//! changed is rendered again.
//!
//! The loop runs in a browser only, while the page is visible. It ends with the document, or when the owner of the board is gone:
//! the board has the sending end of the channel that wakes the loop, and the loop ends with the channel.

mod board;
mod pulse;

pub(crate) use board::set_if_new;
pub use board::{Board, Look, Row};
pub use pulse::Link;

use domain::{Cursor, TrackerId, VISIBLE_LIMIT};
use futures::{
    StreamExt as _,
    channel::mpsc::Receiver,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{ApiError, api, ask::ask, list};
use pulse::PATIENCE_MS;

/// In a browser, keeps a board up to date from now on.
pub fn follow(board: Board, woken: Receiver<()>) {
    let mut woken = Some(woken);
    Effect::new(move |_| {
        let Some(woken) = woken.take() else { return };
        board.watch(local_ms());
        spawn_local(async move {
            // It ends with nothing, when the page is gone.
            let _ = poll(board, woken).await;
        });
        // They stay as long as the document.
        window_event_listener_untyped("visibilitychange", move |_| board.wake());
        window_event_listener(ev::online, move |_| board.wake());
        set_interval(move || board.tick(local_ms()), std::time::Duration::from_secs(1));
    });
}

/// Ends with nothing, when the page is gone.
async fn poll(board: Board, mut woken: Receiver<()>) -> Option<std::convert::Infallible> {
    loop {
        if is_hidden() || board.paused.try_get_untracked()? {
            woken.next().await?;
            board.watch(local_ms());
            continue;
        }
        let wait = jittered(round(board).await?, js_sys::Math::random());
        if let Either::Right((None, _)) = select(TimeoutFuture::new(wait), woken.next()).await {
            return None;
        }
    }
}

/// One round. Returns how long to wait for the next one; nothing when the page is gone.
async fn round(board: Board) -> Option<u32> {
    board.asking(local_ms())?;
    let heard = match board.relist()? {
        Some(query) => patiently(ask(api::ListTrackers { query })).await.map(|page| board.replace(page)),
        None => poll_visible(board).await,
    };
    let wait = match heard {
        Ok(Some(server)) => board.answered(server, local_ms()),
        Ok(None) => None,
        Err(error) => {
            // It goes on asking: who signs in in another tab finds everything here as it was.
            if error == ApiError::SignIn {
                board.trouble.set(error.sentence());
            }
            board.failed(error, local_ms())
        }
    };
    if let Some(query) = board.ask_around()
        && let Ok(around) = patiently(ask(api::AroundList { query })).await
    {
        list::around::show(board, around);
    }
    // A list that turned out to be old is read at once.
    if board.relist()?.is_some() {
        wait.map(|wait| if wait == pulse::EVERY_MS { 0 } else { wait })
    } else {
        wait
    }
}

async fn poll_visible(board: Board) -> Result<Option<domain::Timestamp>, ApiError> {
    let mut newest = None;
    for (n, (cursor, visible)) in board.requests().into_iter().enumerate() {
        let answer = patiently(ask(api::Live { cursor, visible })).await?;
        board.compare(served_version().as_deref(), &answer.version);
        newest = board.apply(n, answer);
    }
    Ok(newest)
}

/// Requests for at most [`VISIBLE_LIMIT`] trackers each, with the cursor that belongs to each; one even for none, because
/// the totals are news too.
fn chunks(visible: &[TrackerId], cursors: &[Option<Cursor>]) -> Vec<(Option<Cursor>, Vec<TrackerId>)> {
    if visible.is_empty() {
        return vec![(cursors.first().copied().flatten(), Vec::new())];
    }
    let cursors = cursors.iter().copied().chain(std::iter::repeat(None));
    visible.chunks(VISIBLE_LIMIT).zip(cursors).map(|(ids, cursor)| (cursor, ids.to_vec())).collect()
}

/// A request that hangs is an error.
async fn patiently<T>(request: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    match select(std::pin::pin!(request), TimeoutFuture::new(PATIENCE_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(ApiError::Unreachable),
    }
}

/// A wait that is up to a tenth shorter or longer, so that browsers do not all ask at the same moment.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0.9 and 1.1 of a wait in ms"
)]
fn jittered(wait: u32, chance: f64) -> u32 {
    (f64::from(wait) * (0.9 + 0.2 * chance)).round() as u32
}

/// The version that the page was served with.
fn served_version() -> Option<String> {
    document().document_element()?.get_attribute("data-version")
}

/// Whether the server has another client than this page.
fn is_other(served: Option<&str>, running: &str) -> bool {
    served.is_some_and(|served| !running.is_empty() && served != running)
}

/// Whether nobody can see the page.
pub fn is_hidden() -> bool {
    document().visibility_state() != web_sys::VisibilityState::Visible
}

/// The browser's wall clock. Not its monotonic one, which in some browsers stands still while the machine sleeps.
#[expect(clippy::cast_possible_truncation, reason = "a whole number of milliseconds far below 2^53")]
fn local_ms() -> i64 {
    js_sys::Date::now() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_bounded_and_keep_their_cursors() {
        let ids: Vec<TrackerId> = (1..=250).map(TrackerId).collect();
        let cursor = |commit| Some(Cursor { boot: 1, commit });
        let requests = chunks(&ids, &[cursor(7), cursor(8)]);
        assert_eq!(requests.iter().map(|(_, ids)| ids.len()).collect::<Vec<_>>(), [100, 100, 50]);
        assert_eq!(
            requests.iter().map(|(cursor, _)| *cursor).collect::<Vec<_>>(),
            [cursor(7), cursor(8), None]
        );
    }

    #[test]
    fn browsers_do_not_ask_in_step() {
        assert_eq!([0.0, 0.5, 1.0].map(|chance| jittered(1_000, chance)), [900, 1_000, 1_100]);
        assert_eq!(jittered(0, 0.7), 0);
    }

    #[test]
    fn another_version_is_noticed() {
        assert!(is_other(Some("1"), "2"));
        assert!(!is_other(Some("1"), "1"));
        assert!(!is_other(None, "2"), "nobody said which this is");
        assert!(!is_other(Some("pkg"), ""));
    }

    #[test]
    fn an_empty_page_still_asks_for_the_totals() {
        let cursor = Some(Cursor { boot: 1, commit: 7 });
        assert_eq!(chunks(&[], &[cursor]), [(cursor, vec![])]);
        assert_eq!(chunks(&[], &[]), [(None, vec![])]);
    }
}

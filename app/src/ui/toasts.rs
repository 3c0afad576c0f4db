//! What was just done, and how to undo it. At the bottom, at most three; no toast for what checks show.

use domain::TrackerId;
use leptos::{prelude::*, task::spawn_local};

use super::{
    Change, Icon, Part,
    list::{Entry, entries},
};

/// The toasts of this document; by context.
#[derive(Clone, Copy)]
pub struct Toasts {
    shelf: RwSignal<Shelf>,
}

/// Seconds for which a toast stays.
const STAY_S: u32 = 15;
/// The most that are shown.
const MOST: usize = 3;

impl Toasts {
    /// To be called once, in a browser.
    pub fn provide() {
        let toasts = Self { shelf: RwSignal::new(Shelf::default()) };
        provide_context(toasts);
        let age = move || {
            if toasts.shelf.with_untracked(|shelf| !shelf.toasts.is_empty()) && !is_in_use() {
                toasts.shelf.update(Shelf::age);
            }
        };
        set_interval(age, std::time::Duration::from_secs(1));
    }

    /// The document's.
    pub fn of_document() -> Self {
        use_context().unwrap_or_else(|| Self { shelf: RwSignal::new(Shelf::default()) })
    }

    /// Says what was done with a tracker of this name, where that can be taken back.
    pub fn offer_undo(self, done: Change, id: TrackerId, name: &str) {
        let (said, undo) = match done {
            Change::Pause => (words::tracker_is_paused(name), Change::Resume),
            Change::Delete => (words::tracker_is_deleted(name), Change::Restore),
            Change::Resume | Change::Restore | Change::Check => return,
        };
        self.shelf.update(|shelf| shelf.put(said, Some((undo, id))));
    }

    /// How many changes were taken back. Tracks them.
    pub fn undone(self) -> usize {
        self.shelf.with(|shelf| shelf.undone)
    }

    fn close(self, number: u32) {
        self.shelf.update(|shelf| shelf.drop(number));
    }

    fn undo(self, number: u32, (change, id): (Change, TrackerId)) {
        self.close(number);
        spawn_local(async move {
            let answer = change.send(id).await;
            self.shelf.update(|shelf| match answer {
                Ok(()) => shelf.undone += 1,
                Err(error) => shelf.put(words::not_undone(error.sentence()), None),
            });
        });
    }
}

/// Whether somebody is about to use a toast: then all stay.
fn is_in_use() -> bool {
    matches!(document().query_selector(".toast:hover, .toast:focus-within"), Ok(Some(_)))
}

/// The name of the place in the document where toasts stand.
pub const PLACE: &str = "dock";

/// The toasts, for that place.
pub fn cards() -> Part {
    let toasts = Toasts::of_document();
    entries(move || {
        let card = |toast: &Toast| {
            let toast = toast.clone();
            Entry::new(toast.number.into(), 0, move || card(toast, toasts))
        };
        toasts.shelf.with(|shelf| shelf.toasts.iter().map(card).collect())
    })
}

fn card(toast: Toast, toasts: Toasts) -> impl IntoView {
    let number = toast.number;
    let undo = toast.undo.map(|undo| {
        view! {
            <button class="btn small" type="button" on:click=move |_| toasts.undo(number, undo)>
                {words::UNDO}
            </button>
        }
    });
    view! {
        <div class="toast">
            <span>{toast.text}</span>
            {undo}
            <button class="btn icon small" type="button" aria-label=words::CLOSE on:click=move |_| toasts.close(number)>
                <Icon name="#i-x" />
            </button>
        </div>
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    number: u32,
    text: String,
    /// What takes it back. Without, it says that something failed, and stays until it is closed.
    undo: Option<(Change, TrackerId)>,
    age_s: u32,
}

#[derive(Debug, Default)]
struct Shelf {
    /// Oldest first.
    toasts: Vec<Toast>,
    /// How many changes were taken back.
    undone: usize,
}

impl Shelf {
    fn put(&mut self, text: String, undo: Option<(Change, TrackerId)>) {
        let number = self.toasts.last().map_or(0, |last| last.number + 1);
        self.toasts.push(Toast { number, text, undo, age_s: 0 });
        let surplus = self.toasts.len().saturating_sub(MOST);
        self.toasts.drain(..surplus);
    }

    fn drop(&mut self, number: u32) {
        self.toasts.retain(|toast| toast.number != number);
    }

    fn age(&mut self) {
        self.toasts.iter_mut().for_each(|toast| toast.age_s += 1);
        self.toasts.retain(|toast| toast.undo.is_none() || toast.age_s < STAY_S);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(shelf: &Shelf) -> Vec<&str> {
        shelf.toasts.iter().map(|toast| toast.text.as_str()).collect()
    }

    #[test]
    fn the_newest_three_stay_for_their_time() {
        let mut shelf = Shelf::default();
        for text in ["a", "b", "c", "d"] {
            shelf.put(text.into(), Some((Change::Resume, TrackerId(1))));
        }
        assert_eq!(texts(&shelf), ["b", "c", "d"]);
        shelf.drop(2);
        assert_eq!(texts(&shelf), ["b", "d"]);
        (1..STAY_S).for_each(|_| shelf.age());
        assert_eq!(shelf.toasts.len(), 2);
        shelf.age();
        assert!(shelf.toasts.is_empty());
    }

    #[test]
    fn a_failure_stays_until_it_is_closed() {
        let mut shelf = Shelf::default();
        shelf.put("no".into(), None);
        (0..1_000).for_each(|_| shelf.age());
        assert_eq!(texts(&shelf), ["no"]);
    }
}

//! What was just done, and how to undo it. At the bottom, across pages, at most three; no toast for what checks show.

use domain::TrackerId;
use leptos::{either::Either, prelude::*};

use super::Icon;
use crate::api::{RestoreTracker, ResumeTracker};

/// The toasts of this document; by context.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Shelf>,
    /// Whether somebody is about to use one: then all stay.
    held: RwSignal<bool>,
    restore: ServerAction<RestoreTracker>,
    resume: ServerAction<ResumeTracker>,
}

/// What takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Undo {
    /// Restore a deleted tracker.
    Restore(TrackerId),
    /// Wake a paused tracker.
    Resume(TrackerId),
    /// Nothing: it says that something failed, and stays until it is closed.
    Failed,
}

/// Seconds for which a toast stays.
const STAY_S: u32 = 15;
/// The most that are shown.
const MOST: usize = 3;

impl Toasts {
    /// To be called once, at the root.
    pub fn provide() {
        let toasts = Self {
            shown: RwSignal::new(Shelf::default()),
            held: RwSignal::new(false),
            restore: ServerAction::new(),
            resume: ServerAction::new(),
        };
        provide_context(toasts);
        Effect::new(move |_| {
            let failed = |answer: Option<Result<(), crate::ApiError>>| matches!(answer, Some(Err(_)));
            if failed(toasts.restore.value().get()) || failed(toasts.resume.value().get()) {
                toasts.say("That could not be undone.".into(), Undo::Failed);
            }
        });
        Effect::new(move |_| {
            let second = std::time::Duration::from_secs(1);
            let clock = set_interval_with_handle(
                move || {
                    if !toasts.held.get_untracked()
                        && toasts.shown.with_untracked(|shelf| !shelf.0.is_empty())
                    {
                        toasts.shown.update(Shelf::age);
                    }
                },
                second,
            );
            on_cleanup(move || clock.into_iter().for_each(|clock| clock.clear()));
        });
    }

    /// Says what was done.
    pub fn say(self, text: String, undo: Undo) {
        self.shown.update(|shelf| shelf.put(text, undo));
    }

    /// How many changes were taken back. Tracks them.
    pub fn undone(self) -> usize {
        self.restore.version().get() + self.resume.version().get()
    }

    fn undo(self, toast: &Toast) {
        self.shown.update(|shelf| shelf.drop(toast.number));
        self.held.set(false);
        match toast.undo {
            Undo::Restore(id) => drop(self.restore.dispatch(RestoreTracker { id })),
            Undo::Resume(id) => drop(self.resume.dispatch(ResumeTracker { id })),
            Undo::Failed => {}
        }
    }
}

/// The place of the toasts; once a document.
#[component]
pub fn Dock() -> impl IntoView {
    let Some(toasts) = use_context::<Toasts>() else { return Either::Left(()) };
    Either::Right(view! {
        <div
            class="dock"
            role="status"
            on:pointerenter=move |_| toasts.held.set(true)
            on:pointerleave=move |_| toasts.held.set(false)
            on:focusin=move |_| toasts.held.set(true)
            on:focusout=move |_| toasts.held.set(false)
        >
            <For each=move || toasts.shown.get().0 key=|toast| toast.number let:toast>
                <Card toast toasts />
            </For>
        </div>
    })
}

#[component]
fn Card(toast: Toast, toasts: Toasts) -> impl IntoView {
    let number = toast.number;
    let text = toast.text.clone();
    let can_undo = toast.undo != Undo::Failed;
    let toast = StoredValue::new(toast);
    view! {
        <div class="toast">
            <span>{text}</span>
            {can_undo.then(|| {
                view! {
                    <button class="btn small" type="button" on:click=move |_| toast.with_value(|toast| toasts.undo(toast))>
                        "Undo"
                    </button>
                }
            })}
            <button
                class="btn icon small"
                type="button"
                aria-label="Close"
                on:click=move |_| {
                    toasts.held.set(false);
                    toasts.shown.update(|shelf| shelf.drop(number));
                }
            >
                <Icon name="#i-x" />
            </button>
        </div>
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    number: u32,
    text: String,
    undo: Undo,
    age_s: u32,
}

/// Toasts, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shelf(Vec<Toast>);

impl Shelf {
    fn put(&mut self, text: String, undo: Undo) {
        let number = self.0.last().map_or(0, |last| last.number + 1);
        self.0.push(Toast { number, text, undo, age_s: 0 });
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    fn drop(&mut self, number: u32) {
        self.0.retain(|toast| toast.number != number);
    }

    fn age(&mut self) {
        self.0.iter_mut().for_each(|toast| toast.age_s += 1);
        self.0.retain(|toast| toast.undo == Undo::Failed || toast.age_s < STAY_S);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(shelf: &Shelf) -> Vec<&str> {
        shelf.0.iter().map(|toast| toast.text.as_str()).collect()
    }

    #[test]
    fn the_newest_three_stay_for_their_time() {
        let mut shelf = Shelf::default();
        for text in ["a", "b", "c", "d"] {
            shelf.put(text.into(), Undo::Resume(TrackerId(1)));
        }
        assert_eq!(texts(&shelf), ["b", "c", "d"]);
        shelf.drop(2);
        assert_eq!(texts(&shelf), ["b", "d"]);
        (1..STAY_S).for_each(|_| shelf.age());
        assert_eq!(shelf.0.len(), 2);
        shelf.age();
        assert!(shelf.0.is_empty());
    }

    #[test]
    fn a_failure_stays_until_it_is_closed() {
        let mut shelf = Shelf::default();
        shelf.put("no".into(), Undo::Failed);
        (0..1_000).for_each(|_| shelf.age());
        assert_eq!(texts(&shelf), ["no"]);
    }
}

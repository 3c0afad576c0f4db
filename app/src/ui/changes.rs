//! The forms that change something. They are plain forms; with script they are sent without leaving the page.
//!
//! Not Leptos's `ActionForm`: that brings a reader of forms, an action and four signals for each server function.

use domain::TrackerId;
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use server_fn::ServerFn;

use super::{Icon, Part, Toasts, part, still, whole};
use crate::{
    ApiError,
    api::{AddTracker, CheckNow, DeleteTracker, PauseTracker, RestoreTracker, ResumeTracker},
    ask,
    backend::FailedForm,
    list::many,
    live::Board,
};

/// What can be done with one tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Let it rest.
    Pause,
    /// Wake it.
    Resume,
    /// Remove it.
    Delete,
    /// Take the removal back.
    Restore,
    /// Check it beside its schedule.
    Check,
}

impl Change {
    const ALL: [Self; 5] = [Self::Pause, Self::Resume, Self::Delete, Self::Restore, Self::Check];

    /// Where its form is posted to.
    pub fn path(self) -> &'static str {
        match self {
            Self::Pause => PauseTracker::PATH,
            Self::Resume => ResumeTracker::PATH,
            Self::Delete => DeleteTracker::PATH,
            Self::Restore => RestoreTracker::PATH,
            Self::Check => CheckNow::PATH,
        }
    }

    /// Icon and word of its button.
    fn face(self) -> (Option<&'static str>, &'static str) {
        match self {
            Self::Pause => (Some("#i-pause"), words::PAUSE),
            Self::Resume => (Some("#i-play"), words::RESUME),
            Self::Delete => (Some("#i-trash"), words::DELETE),
            Self::Restore => (None, words::UNDO),
            Self::Check => (Some("#i-retry"), words::CHECK_NOW),
        }
    }

    /// Asks the server for it.
    pub async fn send(self, id: TrackerId) -> Result<(), ApiError> {
        ask::send(self.path(), "id", &id.to_string()).await
    }
}

/// What was changed from a page, and what became of it.
#[derive(Clone, Copy)]
pub struct Changes {
    answers: RwSignal<Answers>,
    toasts: Toasts,
}

#[derive(Default)]
struct Answers {
    /// How many there were.
    count: usize,
    /// What was done last, unless it failed.
    done: Option<Change>,
    /// Why the newest change of a tracker failed.
    problem: Option<String>,
    /// Why adding failed.
    add_problem: Option<String>,
    /// Whether the answer to adding is still to come.
    is_adding: bool,
    /// What was typed into the box that adds trackers, when that failed without script.
    kept: String,
}

/// What a form that failed without script left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    kept: String,
    add_problem: Option<String>,
    problem: Option<String>,
}

impl Failed {
    /// What is to be said of this form.
    pub fn of(form: &FailedForm) -> Self {
        if form.action == AddTracker::PATH {
            let kept = form.value("url").unwrap_or_default().to_owned();
            Self { kept, add_problem: form.error.at("url"), problem: None }
        } else if Change::ALL.iter().any(|change| change.path() == form.action)
            || [many::PATH, many::UNDO_PATH].contains(&form.action.as_str())
        {
            Self { problem: Some(form.error.sentence()), ..Self::default() }
        } else {
            Self::default()
        }
    }
}

impl Changes {
    /// The changes of a page that may be the answer to a form that failed.
    pub fn of_page(failed: Failed) -> Self {
        let Failed { kept, add_problem, problem } = failed;
        Self {
            answers: RwSignal::new(Answers { problem, add_problem, kept, ..Answers::default() }),
            toasts: Toasts::of_document(),
        }
    }

    /// Keeps a board true to what is changed here; what was done is handed on.
    pub fn refresh(self, board: Board, on_done: impl Fn(Change) + 'static) {
        Effect::new(move |before: Option<(usize, usize)>| {
            let counts = (self.answers.with(|answers| answers.count), self.toasts.undone());
            if let Some(before) = before.filter(|before| *before != counts) {
                board.refresh();
                if before.0 != counts.0 {
                    self.answers.with_untracked(|answers| answers.done).into_iter().for_each(&on_done);
                }
            }
            counts
        });
    }

    /// Changes a tracker of this name, and offers to undo it. The button says that it is busy until then.
    fn make(self, change: Change, id: TrackerId, name: String, button: Option<web_sys::HtmlElement>) {
        let busy = move |is_busy: bool| {
            if let Some(button) = &button {
                // Not `disabled`, which would lose the focus.
                drop(button.set_attribute("aria-busy", if is_busy { "true" } else { "false" }));
            }
        };
        busy(true);
        spawn_local(async move {
            let answer = change.send(id).await;
            busy(false);
            if answer.is_ok() {
                self.toasts.offer_undo(change, id, &name);
            }
            self.note(|answers| {
                answers.done = answer.is_ok().then_some(change);
                answers.problem = answer.err().map(|error| error.sentence());
            });
        });
    }

    /// Adds a tracker for each line, and empties the field they were typed into.
    pub fn add(self, field: web_sys::HtmlTextAreaElement) {
        // A second Enter before the answer would add everything twice.
        if self.answers.with_untracked(|answers| answers.is_adding) {
            return;
        }
        self.answers.update(|answers| answers.is_adding = true);
        spawn_local(async move {
            let answer = ask::send(AddTracker::PATH, "url", &field.value()).await;
            if answer.is_ok() {
                field.set_value("");
            }
            self.note(|answers| {
                answers.done = None;
                answers.is_adding = false;
                answers.add_problem = answer.err().and_then(|error| error.at("url"));
            });
        });
    }

    /// The page may be gone when an answer comes.
    fn note(self, answer: impl FnOnce(&mut Answers)) {
        self.answers.try_update(|answers| {
            answers.count += 1;
            answer(answers);
        });
    }

    /// What was typed into the box that adds trackers, when that failed without script.
    pub fn kept_targets(self) -> String {
        self.answers.with_untracked(|answers| answers.kept.clone())
    }

    /// What was done last, unless it failed.
    pub fn last_done(self) -> Option<Change> {
        self.answers.with(|answers| answers.done)
    }

    /// What is wrong with what was typed there.
    pub fn add_problem(self) -> Option<String> {
        self.answers.with(|answers| answers.add_problem.clone())
    }

    /// Whether the answer to adding is still to come.
    pub fn is_adding(self) -> bool {
        self.answers.with(|answers| answers.is_adding)
    }
}

/// The form and the button of a change.
#[component]
pub fn ChangeForm(
    /// What its button does.
    change: Change,
    /// With which tracker.
    id: TrackerId,
    /// How the tracker is called.
    #[prop(into)]
    name: Signal<String>,
    /// Of this page.
    changes: Changes,
    /// The look of the button.
    class: &'static str,
) -> impl IntoView {
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        changes.make(change, id, name.get_untracked(), event.submitter());
    };
    let (icon, word) = change.face();
    whole(view! {
        <form action=change.path() method="post" on:submit=send>
            <input type="hidden" name="id" value=id.to_string() />
            <button class=class type="submit">
                {icon.map(|icon| view! { <Icon name=icon /> })}
                {word}
            </button>
        </form>
    })
}

/// The button that lets a tracker rest, or wakes it.
#[component]
pub fn PauseOrResume(
    /// Which tracker.
    id: TrackerId,
    /// How it is called.
    name: Memo<String>,
    /// Whether it rests.
    paused: Memo<bool>,
    /// Of this page.
    changes: Changes,
    /// The look of the button.
    class: &'static str,
) -> impl IntoView {
    part(move || {
        let change = if paused.get() { Change::Resume } else { Change::Pause };
        view! { <ChangeForm change id name changes class /> }
    })
}

/// The link to the page that lets it rest for a time.
pub fn pause_for(id: TrackerId, back: &str) -> Part {
    whole(view! {
        <a class="item" href=format!("/pause?id={id}{back}")>
            <Icon name="#i-pause" />
            {words::PAUSE_FOR}
        </a>
    })
}

/// Says why a button did nothing.
#[component]
pub fn FormProblem(
    /// Of this page.
    changes: Changes,
) -> impl IntoView {
    part(move || {
        changes.answers.with(|answers| answers.problem.clone()).map(|sentence| {
            view! {
                <p class="notice is-down" role="alert">
                    <Icon name="#i-alert" />
                    <span>{still(&["<b>", words::NOT_DONE, "</b>"])} {sentence}</span>
                </p>
            }
        })
    })
}

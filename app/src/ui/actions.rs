//! The forms that change something. They are plain forms; with script they are sent without leaving the page.

use domain::TrackerId;
use leptos::prelude::*;
use server_fn::ServerFn;

use crate::{
    ApiError,
    api::{AddTracker, DeleteTracker, PauseTracker, RestoreTracker, ResumeTracker},
    backend::{self, FailedForm},
    ui::{Icon, Toasts, Undo},
};

/// What can be changed on a page, and what became of it.
#[derive(Clone, Copy)]
pub struct Actions {
    /// Adds trackers.
    pub add: ServerAction<AddTracker>,
    /// Lets one rest.
    pub pause: ServerAction<PauseTracker>,
    /// Wakes one.
    pub resume: ServerAction<ResumeTracker>,
    /// Removes one.
    pub delete: ServerAction<DeleteTracker>,
    /// Takes a removal back, where the page itself offers it.
    pub restore: ServerAction<RestoreTracker>,
    /// The form without script that this page answers.
    failed: StoredValue<Option<FailedForm>>,
}

impl Actions {
    /// The actions of a page. To be called once a page, in the same place on both sides.
    pub fn of_page() -> Self {
        Self {
            add: ServerAction::new(),
            pause: ServerAction::new(),
            resume: ServerAction::new(),
            delete: ServerAction::new(),
            restore: ServerAction::new(),
            failed: StoredValue::new(backend::failed_form()),
        }
    }

    /// How many changes were answered. Tracks all of them.
    pub fn answered(self) -> usize {
        self.add.version().get()
            + self.pause.version().get()
            + self.resume.version().get()
            + self.delete.version().get()
            + self.restore.version().get()
            + use_context::<Toasts>().map_or(0, Toasts::undone)
    }

    /// Offers to undo what was done with a tracker, each time it is done. To be called once for each tracker that a page
    /// shows.
    pub fn offer_undo(self, id: TrackerId, name: Memo<String>) {
        let Some(toasts) = use_context::<Toasts>() else { return };
        let is_asked = StoredValue::new((false, false));
        Effect::new(move |_| {
            let asked = (
                self.pause.input().with(|input| input.as_ref().is_some_and(|input| input.id == id)),
                self.delete.input().with(|input| input.as_ref().is_some_and(|input| input.id == id)),
            );
            let was = is_asked.get_value();
            is_asked.set_value(asked);
            let name = name.get_untracked();
            if was.0 && !asked.0 && self.pause.value().with_untracked(|value| matches!(value, Some(Ok(())))) {
                toasts.say(format!("{name} is paused."), Undo::Resume(id));
            }
            if was.1 && !asked.1 && self.delete.value().with_untracked(|value| matches!(value, Some(Ok(()))))
            {
                toasts.say(format!("{name} is deleted."), Undo::Restore(id));
            }
        });
    }

    /// What was typed into the box that adds trackers, when that failed without script.
    pub fn kept_targets(self) -> Option<String> {
        let kept = |form: &FailedForm| form.value("url").map(ToOwned::to_owned);
        self.failed.with_value(|failed| {
            failed.as_ref().filter(|form| form.action == AddTracker::PATH).and_then(kept)
        })
    }

    /// What is wrong with what was typed there.
    pub fn add_problem(self) -> Option<String> {
        self.problem_of(self.add, AddTracker::PATH).and_then(|error| error.at("url"))
    }

    /// What went wrong with the buttons of a tracker.
    pub fn button_problem(self) -> Option<ApiError> {
        self.problem_of(self.pause, PauseTracker::PATH)
            .or_else(|| self.problem_of(self.resume, ResumeTracker::PATH))
            .or_else(|| self.problem_of(self.delete, DeleteTracker::PATH))
            .or_else(|| self.problem_of(self.restore, RestoreTracker::PATH))
    }

    /// The newest answer counts; before any, the form that was posted without script.
    fn problem_of<F>(self, action: ServerAction<F>, path: &str) -> Option<ApiError>
    where
        F: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
        F::Output: Send + Sync + 'static,
    {
        if action.version().get() > 0 {
            return action
                .value()
                .with(|value| value.as_ref().and_then(|answer| answer.as_ref().err().cloned()));
        }
        let error = |form: &FailedForm| (form.action == path).then(|| form.error.clone());
        self.failed.with_value(|failed| failed.as_ref().and_then(error))
    }
}

/// Says why a button did nothing.
#[component]
pub fn FormProblem(
    /// Of this page.
    actions: Actions,
) -> impl IntoView {
    let problem = Memo::new(move |_| actions.button_problem().map(|error| error.sentence()));
    move || {
        problem.get().map(|sentence| {
            view! {
                <p class="notice is-down" role="alert">
                    <Icon name="#i-alert" />
                    <span><b>"Not done. "</b> {sentence}</span>
                </p>
            }
        })
    }
}

//! A test of what stands in the form: its steps as they come, what became of each expectation, and the answer.
//!
//! The server makes all of it anew for each step, as one piece of HTML; so what a browser without script gets is the last of
//! those pieces.

mod answer;
mod steps;

use domain::{Evidence, Judged, Micros, Outcome, Phases, Progress};
use leptos::prelude::*;

use super::TEST_PATH;
use crate::{
    format,
    past::failure::inert,
    ui::{Icon, Part, whole},
};

/// What is known of a test so far.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// What is to be said before.
    remarks: Vec<String>,
    heard: Vec<Progress>,
    end: Option<End>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct End {
    /// The verdict, by the policy as well.
    pub outcome: Outcome,
    /// From the start of the probe to its verdict.
    pub latency: Option<Micros>,
    /// Where the time went.
    pub phases: Phases,
    /// What was seen.
    pub evidence: Option<Evidence>,
}

impl Trial {
    /// A test that has not begun, with what is to be said before.
    pub fn of(remarks: Vec<String>) -> Self {
        Self { remarks, ..Self::default() }
    }

    /// Takes over what the probe tells.
    pub fn hear(&mut self, progress: Progress) {
        self.heard.push(progress);
    }

    /// Takes over the verdict.
    pub fn end(&mut self, end: End) {
        self.end = Some(end);
    }

    fn judged(&self) -> Option<&Judged> {
        self.heard.iter().rev().find_map(|progress| match progress {
            Progress::Judged(judged) => Some(judged),
            _ => None,
        })
    }

    /// The piece of HTML that says it.
    pub fn html(&self) -> String {
        let steps = steps::lines(self);
        let remarks: Vec<_> =
            self.remarks.iter().map(|said| view! { <p class="muted">{inert(said)}</p> }).collect();
        let all = view! {
            {remarks}
            {self.verdict()}
            <ol class="steps" aria-label=words::TRIAL_STEPS>
                {steps}
            </ol>
            {answer::answer(self)}
        };
        all.to_html().replace("<!>", "")
    }

    fn verdict(&self) -> Part {
        let Some(end) = &self.end else {
            return whole(view! { <p class="verdict muted">{words::TRIAL_ASKING}</p> });
        };
        let took = |latency| words::trial_took(format!("{} ms", format::latency(latency)));
        let took = end.latency.map(took).unwrap_or_default();
        let (class, icon, text) = match &end.outcome {
            Outcome::Up => ("is-up", "#i-up", words::trial_up(took)),
            Outcome::Degraded(fault) => ("is-slow", "#i-slow", words::trial_degraded(fault, took)),
            Outcome::Down(fault) => ("is-down", "#i-down", words::trial_down(fault)),
            Outcome::Unknown(reason) => ("is-none", "#i-alert", words::trial_unknown(reason.sentence())),
        };
        let anyway = matches!(end.outcome, Outcome::Down(_) | Outcome::Unknown(_)).then(|| {
            let word = if matches!(end.outcome, Outcome::Down(_)) {
                words::TRIAL_SAVE_ANYWAY_DOWN
            } else {
                words::TRIAL_SAVE_ANYWAY
            };
            whole(view! {
                <button class="btn small" type="submit" form=super::FORM>
                    {word}
                </button>
            })
        });
        whole(view! {
            <div class=format!("verdict {class}")>
                <p>
                    <Icon name=icon />
                    <span>{inert(&text)}</span>
                </p>
                {anyway}
            </div>
        })
    }
}

/// A button that writes something into the form, and asks again. `name` is `fix` for `FIELD=TEXT`, or `add` for an expectation more.
fn writes(name: &'static str, value: String, class: &'static str, label: Part) -> Part {
    // Expectations have whatever is not seen written as an escape; nothing else is put into anybody's field.
    if inert(&value) != value {
        return label;
    }
    whole(view! {
        <button class=class type="submit" form=super::FORM formaction=TEST_PATH name=name value=value>
            {label}
        </button>
    })
}

//! A field of a plain form, with its label, its help and its problem.

use leptos::prelude::*;

use super::{Icon, Part, whole};

/// How a field is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// One line.
    Text,
    /// One line that nobody else should read.
    Password,
    /// A code that is typed once.
    Code,
    /// One of these: value and words.
    Choice(Vec<(&'static str, String)>),
    /// Yes or no: `true` or `false`.
    Tick,
}

/// A field before it is shown.
#[must_use]
#[derive(Clone, Debug)]
pub struct Input {
    name: &'static str,
    label: &'static str,
    kind: InputKind,
    hint: &'static str,
    value: String,
    problem: Option<String>,
    complete: &'static str,
    is_required: bool,
}

impl Input {
    /// A field of this name, as errors call it.
    pub fn new(name: &'static str, label: &'static str, kind: InputKind) -> Self {
        Self {
            name,
            label,
            kind,
            hint: "",
            value: String::new(),
            problem: None,
            complete: "off",
            is_required: false,
        }
    }

    /// One line of text.
    pub fn text(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, InputKind::Text)
    }

    /// With what stands in it.
    pub fn value(self, value: &str) -> Self {
        Self { value: value.to_owned(), ..self }
    }

    /// With what helps to fill it.
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// With what is wrong with it.
    pub fn problem(self, problem: Option<String>) -> Self {
        Self { problem, ..self }
    }

    /// With what a browser may fill in: a word of HTML's `autocomplete`.
    pub fn complete(self, complete: &'static str) -> Self {
        Self { complete, ..self }
    }

    /// A form is not sent without it.
    pub fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// The field. Its id begins with the name of its form, so that forms of one page may have fields of the same name.
    pub fn view(self, form: &str) -> Part {
        let id = format!("{form}-{}", self.name);
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint"));
        let wrong = self.problem.is_some().then(|| format!("{id}-problem"));
        let described_by = crate::format::joined(wrong.iter().chain(&hint).cloned(), " ");
        let described_by = Some(described_by).filter(|ids| !ids.is_empty());
        let problem = self.problem.clone().zip(wrong).map(|(problem, id)| {
            view! {
                <p class="error" id=id role="alert">
                    <Icon name="#i-alert" />
                    <span>{problem}</span>
                </p>
            }
        });
        let hint = hint.map(|id| view! { <p class="hint" id=id>{self.hint}</p> });
        let label = view! { <label for=id.clone()>{self.label}</label> };
        let is_tick = self.kind == InputKind::Tick;
        let input = self.input(id, described_by);
        if is_tick {
            whole(view! { <div class="field check">{input} {label} {problem} {hint}</div> })
        } else {
            whole(view! { <div class="field">{label} {input} {problem} {hint}</div> })
        }
    }

    fn input(self, id: String, described_by: Option<String>) -> Part {
        let Self { name, value, complete, is_required, .. } = self;
        let invalid = self.problem.map(|_| "true");
        match self.kind {
            InputKind::Choice(choices) => {
                let options: Vec<_> = choices
                    .into_iter()
                    .map(|(word, text)| {
                        let is_chosen = word == value;
                        view! { <option value=word selected=is_chosen>{text}</option> }
                    })
                    .collect();
                whole(view! {
                    <select id=id name=name aria-invalid=invalid aria-describedby=described_by>{options}</select>
                })
            }
            InputKind::Tick => whole(view! {
                <span class="box">
                    <input
                        type="checkbox"
                        id=id
                        name=name
                        value="true"
                        checked=value == "true"
                        aria-invalid=invalid
                        aria-describedby=described_by
                    />
                </span>
            }),
            InputKind::Password => secret(
                whole(view! {
                    <input
                        type="password"
                        id=id.clone()
                        name=name
                        required=is_required
                        maxlength="1024"
                        autocomplete=complete
                        autocapitalize="off"
                        spellcheck="false"
                        aria-invalid=invalid
                        aria-describedby=described_by
                    />
                }),
                id,
            ),
            kind => {
                let mode = match kind {
                    // Recovery codes have letters, so no keyboard of digits.
                    InputKind::Code => Some("text"),
                    _ => None,
                };
                whole(view! {
                    <input
                        type="text"
                        id=id
                        name=name
                        value=value
                        inputmode=mode
                        required=is_required
                        maxlength="1024"
                        autocomplete=complete
                        autocapitalize="off"
                        spellcheck="false"
                        aria-invalid=invalid
                        aria-describedby=described_by
                    />
                })
            }
        }
    }
}

/// A field that hides what is typed, with the button that shows it. That is the page's script's: without, it would do nothing.
pub(crate) fn secret(field: Part, id: String) -> Part {
    whole(view! {
        <span class="secret">
            {field}
            <button type="button" class="btn reveal" hidden aria-pressed="false" aria-controls=id>
                "Show"
                <span class="vh">" password"</span>
            </button>
        </span>
    })
}

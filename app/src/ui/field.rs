//! A field of a plain form, with its label, its help and its problem. The one way to draw them; on the server only.

use leptos::prelude::*;

use super::{Icon, Part, part, whole};

/// How a field is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// One line.
    Text,
    /// A few letters.
    Short,
    /// A few letters, with what is usual to choose from.
    Presets(&'static [&'static str]),
    /// So many lines.
    Lines(u8),
    /// One line that nobody else should read.
    Password,
    /// A code that is typed once.
    Code,
    /// One of these: value and words.
    Choice(Vec<(String, String)>),
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
    placeholder: Option<String>,
    problem: Option<String>,
    complete: &'static str,
    is_required: bool,
    is_disabled: bool,
    is_told_above: bool,
}

/// The ids of a field's element and of what is said about it, as HTML refers to them.
struct Ids {
    own: String,
    described_by: Option<String>,
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
            placeholder: None,
            problem: None,
            complete: "off",
            is_required: false,
            is_disabled: false,
            is_told_above: false,
        }
    }

    /// One line of text.
    pub fn text(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, InputKind::Text)
    }

    /// With these to choose from: values and words.
    pub fn choices(self, choices: Vec<(String, String)>) -> Self {
        Self { kind: InputKind::Choice(choices), ..self }
    }

    /// With what stands in it.
    pub fn value(self, value: &str) -> Self {
        Self { value: value.to_owned(), ..self }
    }

    /// With what an empty one means, greyed.
    pub fn placeholder(self, placeholder: Option<String>) -> Self {
        Self { placeholder, ..self }
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

    /// Whether it can be changed; what cannot is not sent.
    pub fn disabled(self, is_disabled: bool) -> Self {
        Self { is_disabled, ..self }
    }

    /// In a form that tells all problems above its fields, so that they are not read out twice.
    pub fn told_above(self) -> Self {
        Self { is_told_above: true, ..self }
    }

    /// The field. Its id begins with the name of its form, so that forms of one page may have fields of the same name.
    pub fn view(self, form: &str) -> Part {
        let id = format!("{form}-{}", self.name.replace('.', "-"));
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint"));
        let wrong = self.problem.is_some().then(|| format!("{id}-problem"));
        let described_by = crate::format::joined(wrong.iter().chain(&hint).cloned(), " ");
        let described_by = Some(described_by).filter(|ids| !ids.is_empty());
        let role = (!self.is_told_above).then_some("alert");
        let problem = self.problem.clone().zip(wrong).map(|(problem, id)| {
            view! {
                <p class="error" id=id role=role>
                    <Icon name="#i-alert" />
                    <span>{problem}</span>
                </p>
            }
        });
        let hint = hint.map(|id| view! { <p class="hint" id=id>{self.hint}</p> });
        let label = view! { <label for=id.clone()>{self.label}</label> };
        let is_tick = self.kind == InputKind::Tick;
        let input = self.input(Ids { own: id, described_by });
        if is_tick {
            whole(view! { <div class="field check">{input} {label} {problem} {hint}</div> })
        } else {
            whole(view! { <div class="field">{label} {input} {problem} {hint}</div> })
        }
    }

    fn input(self, ids: Ids) -> Part {
        match &self.kind {
            InputKind::Choice(choices) => self.choice(choices, ids),
            InputKind::Tick => self.tick(ids),
            InputKind::Lines(rows) => self.lines(*rows, ids),
            InputKind::Presets(presets) => {
                let list = format!("{}-list", ids.own);
                let options: Vec<_> =
                    presets.iter().map(|preset| view! { <option value=*preset></option> }).collect();
                let line = self.line("text", Some(list.clone()), ids);
                whole(view! { {line} <datalist id=list>{options}</datalist> })
            }
            InputKind::Password => {
                let id = ids.own.clone();
                secret(self.line("password", None, ids), id)
            }
            InputKind::Text | InputKind::Short | InputKind::Code => self.line("text", None, ids),
        }
    }

    fn line(&self, looks: &'static str, list: Option<String>, ids: Ids) -> Part {
        // Recovery codes have letters, so no keyboard of digits.
        let mode = (self.kind == InputKind::Code).then_some("text");
        let is_short = matches!(self.kind, InputKind::Short | InputKind::Presets(_));
        whole(view! {
            <input
                type=looks
                id=ids.own
                name=self.name
                value=printable(&self.value)
                placeholder=self.placeholder.clone()
                list=list
                class=is_short.then_some("short")
                inputmode=mode
                required=self.is_required
                disabled=self.is_disabled
                autocomplete=self.complete
                autocapitalize=(looks == "text").then_some("off")
                spellcheck="false"
                aria-invalid=self.invalid()
                aria-describedby=ids.described_by
            />
        })
    }

    fn lines(&self, rows: u8, ids: Ids) -> Part {
        whole(view! {
            <textarea
                id=ids.own
                name=self.name
                rows=rows.to_string()
                placeholder=self.placeholder.clone()
                disabled=self.is_disabled
                spellcheck="false"
                autocapitalize="off"
                aria-invalid=self.invalid()
                aria-describedby=ids.described_by
                inner_html=escaped(&self.value)
            ></textarea>
        })
    }

    fn choice(&self, choices: &[(String, String)], ids: Ids) -> Part {
        let option = |(word, text): &(String, String)| {
            view! { <option value=word.clone() selected=*word == self.value>{text.clone()}</option> }
        };
        let options: Vec<_> = choices.iter().map(option).collect();
        whole(view! {
            <select
                id=ids.own
                name=self.name
                disabled=self.is_disabled
                aria-invalid=self.invalid()
                aria-describedby=ids.described_by
            >
                {options}
            </select>
        })
    }

    /// A box that is not ticked is not sent; the hidden field before it says so.
    fn tick(&self, ids: Ids) -> Part {
        whole(view! {
            <span class="box">
                <input type="hidden" name=self.name value="false" />
                <input
                    type="checkbox"
                    id=ids.own
                    name=self.name
                    value="true"
                    checked=self.value == "true"
                    aria-invalid=self.invalid()
                    aria-describedby=ids.described_by
                />
            </span>
        })
    }

    fn invalid(&self) -> Option<&'static str> {
        self.problem.as_ref().map(|_| "true")
    }
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !"\t\r\n".contains(c) { '\u{FFFD}' } else { c }).collect()
}

/// Text as the content of a textarea, which drops a first line break.
fn escaped(text: &str) -> String {
    let text = part::escaped(&printable(text));
    if text.starts_with(['\n', '\r']) { format!("\n{text}") } else { text }
}

/// A field that hides what is typed, with the button that shows it. That is the page's script's: without, it would do nothing.
pub(crate) fn secret(field: Part, id: String) -> Part {
    whole(view! {
        <span class="secret">
            {field}
            <button type="button" class="btn reveal" hidden aria-pressed="false" aria-controls=id>
                {words::SHOW}
                <span class="vh">{words::SHOW_PASSWORD}</span>
            </button>
        </span>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_leave_its_field() {
        assert_eq!(escaped("</textarea><b>&\u{1b}"), "&lt;/textarea&gt;&lt;b&gt;&amp;\u{FFFD}");
        assert_eq!(escaped("\na"), "\n\na");
    }
}

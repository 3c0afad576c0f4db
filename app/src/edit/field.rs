//! One field of the form, with its label, its help and its problem.

use leptos::prelude::*;

use super::Form;
use crate::ui::{Icon, Part, field::secret, whole};

/// What a field is, beside its value.
pub(super) struct Field {
    /// As errors call it.
    pub(super) name: &'static str,
    /// For people.
    pub(super) label: &'static str,
    /// What may stand in it.
    pub(super) hint: &'static str,
    pub(super) kind: Kind,
}

/// How a field is filled.
pub(super) enum Kind {
    /// One line.
    Line,
    /// A few letters.
    Short,
    /// A few letters, with what is usual to choose from.
    Presets(&'static [&'static str]),
    /// One line that nobody else should read.
    Secret,
    /// So many lines.
    Lines(u8),
    /// One of these words, each with what it means.
    Choice(&'static [(&'static str, &'static str)]),
    /// Yes or no.
    Check,
}

/// The id of a field's element.
pub(super) fn id_of(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

/// What is said about a field.
struct Said {
    id: String,
    value: String,
    /// What stands there greyed while it is empty.
    placeholder: Option<String>,
    invalid: Option<&'static str>,
    described_by: Option<String>,
}

impl Field {
    pub(super) fn view(&self, form: &Form) -> Part {
        let (id, problem) = (id_of(self.name), form.problem(self.name));
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint"));
        let described_by = problem.iter().map(|_| format!("{id}-problem")).chain(hint.clone());
        let described_by = crate::format::joined(described_by, " ");
        let said = Said {
            id: id.clone(),
            value: self.shown(form),
            placeholder: self.placeholder(form),
            invalid: problem.as_ref().map(|_| "true"),
            described_by: Some(described_by).filter(|ids| !ids.is_empty()),
        };
        let problem = problem.map(|problem| {
            view! {
                <p class="error" id=format!("{id}-problem")>
                    <Icon name="#i-alert" />
                    <span>{problem}</span>
                </p>
            }
        });
        let hint = hint.map(|id| view! { <p class="hint" id=id>{self.hint}</p> });
        let (before, after) = match self.kind {
            Kind::Check => (Some(self.input(said)), Some(self.label(&id))),
            _ => (Some(self.label(&id)), Some(self.input(said))),
        };
        let class = if matches!(self.kind, Kind::Check) { "field check" } else { "field" };
        whole(view! { <div class=class>{before} {after} {problem} {hint}</div> })
    }

    /// What stands in it. What is as usual is not repeated: it stands there greyed.
    fn shown(&self, form: &Form) -> String {
        let value = form.value(self.name);
        let is_usual = self.is_inherited() && value == form.default_of(self.name);
        if is_usual { String::new() } else { value.to_owned() }
    }

    fn placeholder(&self, form: &Form) -> Option<String> {
        let usual = form.default_of(self.name);
        (self.is_inherited() && !usual.is_empty()).then(|| format!("{usual} (default)"))
    }

    /// Whether it may be left empty to follow a default.
    fn is_inherited(&self) -> bool {
        matches!(self.kind, Kind::Line | Kind::Short | Kind::Presets(_) | Kind::Lines(_))
    }

    fn label(&self, id: &str) -> Part {
        whole(view! { <label for=id.to_owned()>{self.label}</label> })
    }

    fn input(&self, said: Said) -> Part {
        let Said { id, value, placeholder, invalid, described_by } = said;
        let name = self.name;
        match self.kind {
            Kind::Lines(rows) => whole(view! {
                <textarea
                    id=id
                    name=name
                    rows=rows.to_string()
                    placeholder=placeholder
                    spellcheck="false"
                    autocapitalize="off"
                    aria-invalid=invalid
                    aria-describedby=described_by
                    inner_html=escaped(&value)
                ></textarea>
            }),
            Kind::Choice(choices) => {
                let option = |(word, text): &(&'static str, &'static str)| {
                    view! { <option value=*word selected=*word == value>{*text}</option> }
                };
                let options: Vec<_> = choices.iter().map(option).collect();
                whole(view! {
                    <select id=id name=name aria-invalid=invalid aria-describedby=described_by>
                        {options}
                    </select>
                })
            }
            // A box that is not ticked is not sent; the hidden field before it says so.
            Kind::Check => whole(view! {
                <span class="box">
                    <input type="hidden" name=name value="false" />
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
            Kind::Line | Kind::Short | Kind::Presets(_) | Kind::Secret => {
                let kind = if matches!(self.kind, Kind::Secret) { "password" } else { "text" };
                // Browsers offer passwords of their own otherwise.
                let complete = if kind == "password" { "new-password" } else { "off" };
                let presets = if let Kind::Presets(presets) = self.kind { presets } else { &[] };
                let list = (!presets.is_empty()).then(|| format!("{id}-list"));
                let options: Vec<_> =
                    presets.iter().map(|preset| view! { <option value=*preset></option> }).collect();
                let options = list.clone().map(|list| view! { <datalist id=list>{options}</datalist> });
                let shown_by = (kind == "password").then(|| id.clone());
                let input = whole(view! {
                    <input
                        type=kind
                        id=id
                        name=name
                        value=printable(&value)
                        placeholder=placeholder
                        list=list
                        class=matches!(self.kind, Kind::Short | Kind::Presets(_)).then_some("short")
                        autocomplete=complete
                        autocapitalize="off"
                        spellcheck="false"
                        aria-invalid=invalid
                        aria-describedby=described_by
                    />
                    {options}
                });
                match shown_by {
                    Some(id) => secret(input, id),
                    None => input,
                }
            }
        }
    }
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !"\t\r\n".contains(c) { '\u{FFFD}' } else { c }).collect()
}

/// Text as the content of a textarea, which drops a first line break.
fn escaped(text: &str) -> String {
    let text = printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if text.starts_with(['\n', '\r']) { format!("\n{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_leave_its_field() {
        assert_eq!(escaped("</textarea><b>&\u{1b}"), "&lt;/textarea&gt;&lt;b&gt;&amp;\u{FFFD}");
        assert_eq!(escaped("\na"), "\n\na");
        assert_eq!(id_of("http.tls.key"), "f-http-tls-key");
    }
}

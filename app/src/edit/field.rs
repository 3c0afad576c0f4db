//! One field of the form: what it is, and how it is drawn.

use super::Form;
use crate::ui::{Input, InputKind, Part};

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
    /// Another tracker, or none.
    Tracker,
}

/// What ids of this form's fields begin with.
const FORM: &str = "f";

/// The id of a field's element.
pub(super) fn id_of(name: &str) -> String {
    format!("{FORM}-{}", name.replace('.', "-"))
}

impl Field {
    pub(super) fn view(&self, form: &Form) -> Part {
        let input = self.input();
        let input = match self.kind {
            Kind::Tracker => input.choices(form.parents.clone()),
            Kind::Choice(choices) => input.choices(self.offered(choices, form)),
            _ => input,
        };
        input
            .value(&self.shown(form))
            .placeholder(self.placeholder(form))
            .problem(form.problem(self.name))
            .told_above()
            .view(FORM)
    }

    /// The field without what stands in it.
    pub(crate) fn input(&self) -> Input {
        let kind = match self.kind {
            Kind::Line => InputKind::Text,
            Kind::Short => InputKind::Short,
            Kind::Presets(presets) => InputKind::Presets(presets),
            Kind::Secret => InputKind::Password,
            Kind::Lines(rows) => InputKind::Lines(rows),
            Kind::Check => InputKind::Tick,
            // Which there are, the form knows.
            Kind::Tracker => InputKind::Choice(Vec::new()),
            Kind::Choice(choices) => InputKind::Choice(choices.iter().map(owned).collect()),
        };
        let input = Input::new(self.name, self.label, kind).hint(self.hint);
        // Browsers offer passwords of their own otherwise.
        if matches!(self.kind, Kind::Secret) { input.complete("new-password") } else { input }
    }

    /// What can be chosen of a target of this kind, and what was chosen all the same, which is wrong then and said to be.
    fn offered(&self, choices: &[(&str, &str)], form: &Form) -> Vec<(String, String)> {
        let (kind, chosen) = (form.kind(), form.value(self.name));
        let is_offered = |word: &str| {
            let has_field = kind.takes(self.name);
            !has_field || word == chosen || kind.takes(&format!("{}.{word}", self.name))
        };
        choices.iter().filter(|(word, _)| is_offered(word)).map(owned).collect()
    }

    /// What stands in it. What is as usual is not repeated: it stands there greyed.
    fn shown(&self, form: &Form) -> String {
        let value = form.value(self.name);
        let is_usual = self.is_inherited() && value == form.default_of(self.name);
        if is_usual { String::new() } else { value.to_owned() }
    }

    fn placeholder(&self, form: &Form) -> Option<String> {
        let usual = form.default_of(self.name);
        (self.is_inherited() && !usual.is_empty()).then(|| words::default_value(usual))
    }

    /// Whether it may be left empty to follow a default.
    fn is_inherited(&self) -> bool {
        matches!(self.kind, Kind::Line | Kind::Short | Kind::Presets(_) | Kind::Lines(_))
    }
}

fn owned((word, text): &(&str, &str)) -> (String, String) {
    ((*word).to_owned(), (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_no_dots() {
        assert_eq!(id_of("http.tls.key"), "f-http-tls-key");
    }
}

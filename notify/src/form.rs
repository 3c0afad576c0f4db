//! The fields of a form, read one by one; what is wrong with each is kept until all were read.

use domain::{ChannelField, ChannelInput, FieldError, Invalid, Secret};

use crate::names::OwnText;

/// What somebody filled in.
pub(crate) struct Form<'a> {
    fields: &'a [(String, String)],
    errors: Vec<FieldError>,
}

impl<'a> Form<'a> {
    pub(crate) fn new(fields: &'a [(String, String)]) -> Self {
        Self { fields, errors: Vec::new() }
    }

    /// What stands in a field, trimmed; nothing where it is absent.
    pub(crate) fn text(&self, name: &str) -> &'a str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// What stands in the field of a secret, where the mask stands for what was there before. Empty for none. Who calls gives what
    /// was there before only if it would go to the same server as before: otherwise it could be sent to anybody.
    pub(crate) fn secret(&mut self, name: &'static str, before: Option<&Secret>) -> Secret {
        match (self.text(name), before) {
            (Secret::MASK, Some(before)) => before.clone(),
            (Secret::MASK, None) => {
                self.wrong(name, words::CHANNEL_SECRET_ELSEWHERE);
                Secret::new("")
            }
            (text, _) => Secret::new(text),
        }
    }

    /// What stands in the field of a secret, all of whose characters must be right. What is kept is right already.
    pub(crate) fn secret_of(
        &mut self,
        name: &'static str,
        before: Option<&Secret>,
        is_right: impl Fn(&str) -> bool,
        problem: &str,
    ) -> Secret {
        let secret = self.secret(name, before);
        if self.text(name) != Secret::MASK && !is_right(secret.expose()) {
            self.wrong(name, problem);
        }
        secret
    }

    /// A text of somebody's own, if there is one.
    pub(crate) fn own_text(&mut self, name: &'static str) -> Option<OwnText> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        OwnText::parse(text).map_err(|problem| self.wrong(name, problem)).ok()
    }

    /// Notes what is wrong with a field.
    pub(crate) fn wrong(&mut self, name: &'static str, problem: impl Into<String>) {
        self.errors.push(FieldError::new(name, problem));
    }

    /// What was made of the fields, if nothing was wrong with them.
    pub(crate) fn done<T>(self, made: Option<T>) -> Result<T, Invalid> {
        match made {
            Some(made) if self.errors.is_empty() => Ok(made),
            // Nothing is made only where something is wrong; who reads a form without saying so would be caught here.
            None if self.errors.is_empty() => Err(Invalid::one("kind", words::CHANNEL_NONE)),
            _ => Err(Invalid(self.errors)),
        }
    }
}

/// A field that must be filled.
pub(crate) fn field(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    input: ChannelInput,
) -> ChannelField {
    ChannelField { name, label, hint, input, is_optional: false }
}

/// A field that may stay empty.
pub(crate) fn optional(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    input: ChannelInput,
) -> ChannelField {
    ChannelField { name, label, hint, input, is_optional: true }
}

/// The field for a text of one's own.
pub(crate) fn own_text_field() -> ChannelField {
    let hint = words::CHANNEL_TEXT_HINT;
    optional("text", words::CHANNEL_TEXT, hint, ChannelInput::Lines)
}

/// How settings are written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// For people: secrets are masked.
    Masked,
    /// For the disk: secrets in the clear.
    Clear,
}

impl Show {
    /// A secret, or what stands for it. One that is empty hides nothing.
    pub(crate) fn secret(self, secret: &Secret) -> String {
        match self {
            Self::Masked if !secret.expose().is_empty() => Secret::MASK.to_owned(),
            _ => secret.expose().to_owned(),
        }
    }
}

/// An own text as its field shows it.
pub(crate) fn source(text: Option<&OwnText>) -> String {
    text.map(|text| text.source().to_owned()).unwrap_or_default()
}

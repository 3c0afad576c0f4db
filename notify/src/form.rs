//! The fields of a form, read one by one; what is wrong with each is kept until all were read.

use domain::{FieldError, Invalid, Secret};

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

    /// What stands in a field that must not be empty.
    pub(crate) fn needed(&mut self, name: &'static str, what: &str) -> &'a str {
        let text = self.text(name);
        if text.is_empty() {
            self.wrong(name, format!("{what} is needed"));
        }
        text
    }

    /// What stands in the field of a secret, where the mask stands for what was there before. Empty for none.
    pub(crate) fn secret(&mut self, name: &'static str, before: Option<&Secret>) -> Secret {
        match (self.text(name), before) {
            (Secret::MASK, Some(before)) => before.clone(),
            (Secret::MASK, None) => {
                self.wrong(name, "the mask stands for nothing here: fill it in again");
                Secret::new("")
            }
            (text, _) => Secret::new(text),
        }
    }

    /// Notes what is wrong with a field.
    pub(crate) fn wrong(&mut self, name: &'static str, problem: impl Into<String>) {
        self.errors.push(FieldError::new(name, problem));
    }

    /// What was made of the fields, if nothing was wrong with them.
    pub(crate) fn done<T>(self, made: T) -> Result<T, Invalid> {
        if self.errors.is_empty() { Ok(made) } else { Err(Invalid(self.errors)) }
    }
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

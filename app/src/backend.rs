//! The only door to the server. What stands behind it is given by context, so that nothing in this crate knows a database
//! or a web framework; in a browser the context is empty and nobody knocks.

use domain::ports::Services;
use leptos::prelude::use_context;

use crate::ApiError;

/// A form that was posted without script and failed. The server renders the form's page again with this in context, so
/// that what was typed is kept and the error stands at its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedForm {
    /// The path of the page that the form is on.
    pub page: String,
    /// The path that the form was posted to.
    pub action: String,
    /// What was given, field by field.
    pub values: Vec<(String, String)>,
    /// Why it failed; nothing in particular when it was sent to be looked at only.
    pub error: ApiError,
    /// What is shown beside the form, as HTML that was made here: what became of a test.
    pub panel: Option<String>,
}

impl FailedForm {
    /// What was given for a field; of a name that is there twice, the last counts.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.values.iter().rev().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }
}

/// What the pages may ask.
pub fn services() -> Result<Services, ApiError> {
    use_context::<Services>().ok_or(ApiError::Internal)
}

/// Whether this is compiled for the server. What follows from it is compiled on both sides, and costs the client nothing.
pub const IS_SERVER: bool = cfg!(feature = "ssr");

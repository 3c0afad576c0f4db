//! Getting in: the page that makes the first administrator, and the one to sign in. Plain forms, rendered on the server only.

pub mod set_up;
pub mod sign_in;

use domain::access::Viewer;
use serde::{Deserialize, Serialize};

use crate::backend::FailedForm;

/// Makes the first administrator.
pub const SET_UP: &str = "/api/set_up";
/// Name and password.
pub const SIGN_IN: &str = "/api/sign_in";
/// The second factor.
pub const SECOND_FACTOR: &str = "/api/second_factor";
/// Ends the session.
pub const SIGN_OUT: &str = "/api/sign_out";

/// The page to sign in.
pub const SIGN_IN_PAGE: &str = "/login";
/// The page that makes the first administrator.
pub const SET_UP_PAGE: &str = "/setup";

/// What a page is asked for with, beside its address.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
    /// Who asks.
    pub viewer: Viewer,
    /// The form whose answer the page is, if it is one that failed.
    pub failed: Option<FailedForm>,
    /// What a form made that is shown once.
    pub shown: Option<Shown>,
    /// The form that was sent without a session, to go on with after signing in.
    pub resume: Option<Resume>,
    /// Whether there is a page of the parts that pages are made of.
    pub shows_parts: bool,
}

/// What a form made that is shown once, in the page that answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// The password was right; a second factor is needed.
    SecondFactor {
        /// Stands for the password.
        ticket: String,
    },
    /// A token.
    Token {
        /// What its owner calls it.
        name: String,
        /// The token itself.
        secret: String,
    },
    /// Recovery codes.
    Codes(Vec<String>),
    /// The new password of an account.
    Password {
        /// The password itself.
        secret: String,
    },
}

/// A form that was sent when nobody was signed in any more. It travels in the form to sign in, and comes back after that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// The page that the form was on.
    pub page: String,
    /// Where it was sent to.
    pub action: String,
    /// What was typed.
    pub values: Vec<(String, String)>,
}

/// How the fields of [`Resume`] are called in the form to sign in.
const PAGE: &str = "resume-page";
const ACTION: &str = "resume-action";
const VALUE: &str = "resume-value-";

impl Resume {
    /// As fields of a form.
    pub fn fields(&self) -> Vec<(String, String)> {
        let values = self.values.iter().map(|(name, value)| (format!("{VALUE}{name}"), value.clone()));
        [(PAGE.to_owned(), self.page.clone()), (ACTION.to_owned(), self.action.clone())]
            .into_iter()
            .chain(values)
            .collect()
    }

    /// From the fields of a form, if they are there.
    pub fn of(fields: &[(String, String)]) -> Option<Self> {
        let field =
            |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        let values = fields
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(VALUE)?.to_owned(), value.clone())));
        Some(Self { page: field(PAGE)?, action: field(ACTION)?, values: values.collect() })
    }
}

/// A path of this server to go on to, or its first page: never another server's.
pub fn path_here(text: &str) -> &str {
    // Browsers leave tabs and line breaks out, and read `\` as `/`: what looks like a path would lead elsewhere.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && text.starts_with('/') && !text.starts_with("//") { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_survives_signing_in() {
        let resume = Resume {
            page: "/t/3/edit".into(),
            action: "/api/edit_tracker".into(),
            values: vec![("name".into(), "Shop & more".into()), ("name".into(), "again".into())],
        };
        assert_eq!(Resume::of(&resume.fields()), Some(resume));
        assert_eq!(Resume::of(&[("name".into(), "Ada".into())]), None);
    }

    #[test]
    fn a_path_never_leads_elsewhere() {
        assert_eq!(path_here("/t/3?reach=7d"), "/t/3?reach=7d");
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\r\nb",
            "/\t/evil.example",
            "t/3",
            "/ü",
        ] {
            assert_eq!(path_here(bad), "/", "{bad:?}");
        }
    }
}

//! The probe of `imap` targets: greeting, capabilities, a login if there is one; encrypted from the start or on the way.

use async_trait::async_trait;
use domain::Outcome;

use crate::{
    line::ask::{Ask, Line},
    talk::imap,
};

pub(crate) struct Imap;

#[async_trait]
impl Ask for Imap {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let login = line.login()?;
        line.converse(&imap::Ask { login: login.as_ref() }).await
    }
}

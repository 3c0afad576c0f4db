//! The probe of `pop3` targets: greeting, capabilities, a login if there is one; encrypted from the start or on the way.

use async_trait::async_trait;
use domain::Outcome;

use crate::{
    line::ask::{Ask, Line},
    talk::pop3,
};

pub(crate) struct Pop3;

#[async_trait]
impl Ask for Pop3 {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let login = line.login()?;
        line.converse(&pop3::Ask { login: login.as_ref() }).await
    }
}

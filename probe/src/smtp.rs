//! The probe of `smtp` targets: greeting, capabilities, a login if there is one; encrypted from the start or on the way. No mail is sent.

use async_trait::async_trait;
use domain::Outcome;

use crate::{
    line::ask::{Ask, Line},
    talk::{Name, smtp},
};

pub(crate) struct Smtp;

#[async_trait]
impl Ask for Smtp {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let (name, login) = (own_name(), line.login()?);
        line.converse(&smtp::Ask { name: &name, login: login.as_ref() }).await
    }
}

/// How this machine introduces itself: by its own name, where that can be a name in the mail.
fn own_name() -> Name {
    let uname = rustix::system::uname();
    let own = uname.nodename().to_str().ok().filter(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
    });
    own.and_then(|name| Name::new(name).ok()).unwrap_or_else(Name::local)
}

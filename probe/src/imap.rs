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
        let mut connection = line.connect().await?;
        let heard = if line.plan.target.is_starttls() {
            let begun = imap::before_tls(&mut connection.stream).await;
            let begun = begun.map_err(|error| line.broken(&error))?;
            connection = line.encrypt(connection).await?;
            imap::after_tls(&mut connection.stream, begun, login.as_ref()).await
        } else {
            imap::ask(&mut connection.stream, login.as_ref()).await
        };
        let heard = heard.map_err(|error| line.broken(&error))?;
        line.heard(connection, heard).await
    }
}

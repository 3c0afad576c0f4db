//! The probe of `ssh` targets: the server introduces itself (RFC 4253, section 4.2). Nobody signs in.

use async_trait::async_trait;
use domain::Outcome;

use crate::{
    line::ask::{Ask, Line},
    talk::ssh,
};

pub(crate) struct Ssh;

#[async_trait]
impl Ask for Ssh {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let mut connection = line.connect().await?;
        let heard = ssh::ask(&mut connection.stream).await.map_err(|error| line.broken(&error))?;
        line.heard(connection, heard).await
    }
}

//! The probe of `redis` targets: a login if there is one, and a ping that has to be answered.

use async_trait::async_trait;
use domain::Outcome;

use crate::{
    line::ask::{Ask, Line},
    talk::redis,
};

pub(crate) struct Redis;

#[async_trait]
impl Ask for Redis {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let login = line.login()?;
        let mut connection = line.connect().await?;
        let heard = redis::ask(&mut connection.stream, login.as_ref()).await;
        let heard = heard.map_err(|error| line.broken(&error))?;
        line.heard(connection, heard).await
    }
}

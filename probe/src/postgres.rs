//! The probe of `postgres` targets: a login, and a query that has to be answered.

use async_trait::async_trait;
use domain::Outcome;

use crate::{
    line::ask::{Ask, Line},
    talk::postgres,
};

pub(crate) struct Postgres;

/// Who asks where nobody is named: the role that every cluster has.
const USER: &str = "postgres";

#[async_trait]
impl Ask for Postgres {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let login = line.login_or(USER)?;
        let (database, query) = (line.name()?, line.query()?);
        let ask = postgres::Ask { login: &login, database: database.as_ref(), query: &query };
        line.converse(&ask).await
    }
}

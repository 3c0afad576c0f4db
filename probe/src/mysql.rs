//! The probe of `mysql` targets, MariaDB among them: a login, and a query that has to be answered.

use async_trait::async_trait;
use domain::Outcome;

use crate::{
    line::ask::{Ask, Line},
    talk::mysql,
};

pub(crate) struct Mysql;

/// Who asks where nobody is named.
const USER: &str = "root";

#[async_trait]
impl Ask for Mysql {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let login = line.login_or(USER)?;
        let (database, query) = (line.name()?, line.query()?);
        let ask = mysql::Ask { login: &login, database: database.as_ref(), query: &query };
        line.converse(&ask).await
    }
}

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
        let mut connection = line.connect().await?;
        let heard = if line.plan.target.is_starttls() {
            let hello = mysql::before_tls(&mut connection.stream).await;
            let hello = hello.map_err(|error| line.broken(&error))?;
            connection = line.encrypt(connection).await?;
            mysql::after_tls(&mut connection.stream, hello, &ask).await
        } else {
            mysql::ask(&mut connection.stream, &ask).await
        };
        let heard = heard.map_err(|error| line.broken(&error))?;
        line.heard(connection, heard).await
    }
}

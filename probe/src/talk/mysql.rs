//! MySQL, MariaDB, and what speaks like them: a login and one query.

mod hello;
mod packet;
mod sign_in;

pub use self::hello::Hello;
use self::packet::{Cut, Packet, error, receive, receive_first, send};
use super::{Heard, Io, Login, Name, Query, Talk, TalkError, Wire};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who asks.
    pub login: &'a Login,
    /// Which database, if any.
    pub database: Option<&'a Name>,
    /// What is asked of it. It is sent as it is, so what it changes is changed.
    pub query: &'a Query,
}

/// The most columns that a result has.
const COLUMNS: u64 = 4_096;
const OK: u8 = 0;
const FAILED: u8 = 0xff;
const END: u8 = 0xfe;
/// In place of a number of columns: the server wants a file of this machine. In place of a field: NULL.
const ABSENT: u8 = 0xfb;
const QUIT: u8 = 1;
const QUERY: u8 = 3;

impl Talk for Ask<'_> {
    type Begun = Hello;

    const NAME: &'static str = "MySQL";

    async fn begin<S: Io>(&self, wire: &mut Wire<'_, S>) -> Result<Hello, TalkError> {
        let first = receive_first(wire).await?;
        if first.body.first() == Some(&FAILED) {
            return Err(error(wire, &first.body));
        }
        Hello::parse(wire, &first.body).ok_or_else(|| wire.strange(&first.body))
    }

    async fn agree<S: Io>(&self, wire: &mut Wire<'_, S>, hello: Hello) -> Result<Hello, TalkError> {
        let Some((hello, request)) = hello.encrypted() else { return Err(TalkError::NoEncryption) };
        send(wire, 1, &request).await?;
        Ok(hello)
    }

    /// Signs in and asks. Tells version, rows and field.
    async fn finish<S: Io>(&self, mut wire: Wire<'_, S>, hello: Hello) -> Result<Heard, TalkError> {
        wire.hide(self.login.password());
        sign_in::sign_in(&mut wire, &hello, self).await?;
        let mut heard = Heard { version: Some(hello.version), ..Heard::default() };
        send(&mut wire, 0, &[&[QUERY], self.query.as_str().as_bytes()].concat()).await?;
        rows(&mut wire, &mut heard).await?;
        // Its length, its number, and itself.
        wire.part(&[1, 0, 0, 0, QUIT]).await;
        Ok(heard)
    }
}

/// Counts what the query gives.
async fn rows<S: Io>(wire: &mut Wire<'_, S>, heard: &mut Heard) -> Result<(), TalkError> {
    let Packet { body, .. } = receive(wire).await?;
    let columns = match body.first() {
        Some(&OK) => {
            heard.rows = Some(0);
            return Ok(());
        }
        Some(&FAILED) => return Err(error(wire, &body)),
        Some(&ABSENT) => return Err(wire.strange(&body)),
        _ => Cut(&body).number().filter(|columns| *columns <= COLUMNS).ok_or_else(|| wire.strange(&body))?,
    };
    for _ in 0..columns {
        receive(wire).await?;
    }
    if !receive(wire).await?.is_end() {
        return Err(wire.strange(b""));
    }
    let mut rows = 0_u64;
    loop {
        let row = receive(wire).await?;
        if row.is_end() {
            heard.rows = Some(rows);
            return Ok(());
        }
        if row.body.first() == Some(&FAILED) {
            return Err(error(wire, &row.body));
        }
        if rows == 0 && row.body.first() != Some(&ABSENT) {
            heard.field = Cut(&row.body).text().map(|field| wire.text(field, Heard::BANNER));
        }
        rows += 1;
    }
}

#[cfg(test)]
mod tests;

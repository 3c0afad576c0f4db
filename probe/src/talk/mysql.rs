//! MySQL, MariaDB, and what speaks like them: a login and one query.

mod hello;
mod packet;
mod sign_in;

use tokio::io::{AsyncRead, AsyncWrite};

pub use self::hello::Hello;
use self::packet::{Cut, Packet, error, receive, receive_first, send};
use super::{Heard, Login, Name, Query, TalkError, wire::Wire};

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

const NAME: &str = "MySQL";
/// The most columns that a result has.
const COLUMNS: u64 = 4_096;
const OK: u8 = 0;
const FAILED: u8 = 0xff;
const END: u8 = 0xfe;
/// In place of a number of columns: the server wants a file of this machine. In place of a field: NULL.
const ABSENT: u8 = 0xfb;
const QUIT: u8 = 1;
const QUERY: u8 = 3;

/// Hears how the server introduces itself and asks for encryption. Afterwards the stream is encrypted by the caller, and
/// [`after_tls`] follows.
pub async fn before_tls<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> Result<Hello, TalkError> {
    let mut wire = Wire::new(stream, NAME);
    let hello = hello(&mut wire).await?;
    let Some((hello, request)) = hello.encrypted() else { return Err(TalkError::NoEncryption) };
    send(&mut wire, 1, &request).await?;
    wire.end_in_clear()?;
    Ok(hello)
}

/// The rest of what [`ask`] says, once the stream is encrypted.
pub async fn after_tls<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    hello: Hello,
    ask: &Ask<'_>,
) -> Result<Heard, TalkError> {
    rest(Wire::new(stream, NAME), hello, ask).await
}

/// The whole conversation in the clear. Tells version, rows and field.
pub async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    ask: &Ask<'_>,
) -> Result<Heard, TalkError> {
    let mut wire = Wire::new(stream, NAME);
    let hello = hello(&mut wire).await?;
    rest(wire, hello, ask).await
}

async fn hello<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<'_, S>) -> Result<Hello, TalkError> {
    let first = receive_first(wire).await?;
    if first.body.first() == Some(&FAILED) {
        return Err(error(wire, &first.body));
    }
    Hello::parse(wire, &first.body).ok_or_else(|| wire.strange(&first.body))
}

async fn rest<S: AsyncRead + AsyncWrite + Unpin>(
    mut wire: Wire<'_, S>,
    hello: Hello,
    ask: &Ask<'_>,
) -> Result<Heard, TalkError> {
    wire.hide(ask.login.password());
    sign_in::sign_in(&mut wire, &hello, ask).await?;
    let mut heard = Heard { version: Some(hello.version), ..Heard::default() };
    send(&mut wire, 0, &[&[QUERY], ask.query.as_str().as_bytes()].concat()).await?;
    rows(&mut wire, &mut heard).await?;
    // Its length, its number, and itself.
    wire.part(&[1, 0, 0, 0, QUIT]).await;
    Ok(heard)
}

/// Counts what the query gives.
async fn rows<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<'_, S>,
    heard: &mut Heard,
) -> Result<(), TalkError> {
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

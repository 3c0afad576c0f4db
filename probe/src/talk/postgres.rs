//! PostgreSQL, and what speaks like it (protocol 3.0): a login and one query.

mod message;
mod scram;
mod sign_in;

use self::message::{Message, Report, build, receive};
use super::{Heard, Io, Login, Name, Query, Talk, TalkError, Wire};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who asks. Without a password, only a server that wants none lets in.
    pub login: &'a Login,
    /// Which database; without one, the database with the name of the user.
    pub database: Option<&'a Name>,
    /// What is asked of it. It is sent as it is, so what it changes is changed.
    pub query: &'a Query,
}

/// Version 3.0.
const VERSION: u32 = 3 << 16;
const WANTS_TLS: u32 = 80_877_103;

impl Talk for Ask<'_> {
    /// The server says nothing first.
    type Begun = ();

    const NAME: &'static str = "PostgreSQL";

    async fn begin<S: Io>(&self, _: &mut Wire<'_, S>) -> Result<(), TalkError> {
        Ok(())
    }

    async fn agree<S: Io>(&self, wire: &mut Wire<'_, S>, (): ()) -> Result<(), TalkError> {
        wire.send(&[8_u32.to_be_bytes(), WANTS_TLS.to_be_bytes()].concat()).await?;
        match wire.array().await? {
            [b'S'] => Ok(()),
            [b'N'] => Err(TalkError::NoEncryption),
            // An error too: what it says is not encrypted, and so could be anybody's (CVE-2024-10977).
            said => Err(wire.strange(&said)),
        }
    }

    /// Signs in and asks. Tells version, role, rows and field.
    async fn finish<S: Io>(&self, mut wire: Wire<'_, S>, (): ()) -> Result<Heard, TalkError> {
        wire.hide(self.login.password());
        wire.send(&startup(self)).await?;
        sign_in::sign_in(&mut wire, self.login).await?;
        let mut heard = ready(&mut wire).await?;
        wire.send(&build(b'Q', &[self.query.as_str().as_bytes(), b"\0"])).await?;
        rows(&mut wire, &mut heard).await?;
        wire.part(&build(b'X', &[])).await;
        Ok(heard)
    }
}

fn startup(ask: &Ask<'_>) -> Vec<u8> {
    let database = ask.database.map_or(ask.login.user(), Name::as_str);
    let mut body = VERSION.to_be_bytes().to_vec();
    for text in ["user", ask.login.user(), "database", database, "application_name", "uptime-tracker"] {
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    body.push(0);
    // The only message without a kind.
    build(0, &[&body]).split_off(1)
}

/// Waits until the server takes a query, and learns meanwhile what it tells of itself.
async fn ready<S: Io>(wire: &mut Wire<'_, S>) -> Result<Heard, TalkError> {
    let mut heard = Heard::default();
    loop {
        match receive(wire, b"SKNZE").await? {
            Message { kind: b'Z', .. } => return Ok(heard),
            Message { kind: b'E', body } => return Err(Report::of(&body).error(wire)),
            Message { kind: b'S', body } => {
                let mut texts = body.split(|byte| *byte == 0);
                match (texts.next(), texts.next()) {
                    (Some(b"server_version"), Some(version)) => {
                        heard.version = Some(wire.text(version, Heard::VERSION));
                    }
                    // Since version 14.
                    (Some(b"in_hot_standby"), Some(follows)) => {
                        heard.role = Some(if follows == b"on" { "standby" } else { "primary" }.into());
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// Counts what the query gives, until the server takes another one.
async fn rows<S: Io>(wire: &mut Wire<'_, S>, heard: &mut Heard) -> Result<(), TalkError> {
    let mut rows = 0_u64;
    loop {
        match receive(wire, b"TDCIZENSA").await? {
            Message { kind: b'Z', .. } => {
                heard.rows = Some(rows);
                return Ok(());
            }
            Message { kind: b'E', body } => return Err(Report::of(&body).error(wire)),
            Message { kind: b'D', body } => {
                if rows == 0 {
                    heard.field = first_field(&body).map(|field| wire.text(field, Heard::BANNER));
                }
                rows += 1;
            }
            _ => {}
        }
    }
}

/// After the number of fields, each field is its length and its bytes; NULL has a negative length.
fn first_field(row: &[u8]) -> Option<&[u8]> {
    let (length, rest) = row.get(2..)?.split_first_chunk()?;
    rest.get(..usize::try_from(i32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests;

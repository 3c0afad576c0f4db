//! What servers have in common that a [conversation](crate::talk) is held with: who signs in, encryption on the way, and the verdict.

use std::sync::Arc;

use domain::{Answer, Auth, Fault, FaultKind, Outcome, Phase, Secret, ServerFacts, sent};

use super::{
    ask::{Connection, Line},
    stream::Stream,
    tls,
};
use crate::talk::{Heard, Login, Name, Query, Talk, TalkError};

/// The most of what is heard that is kept as evidence, in characters.
const KEPT: usize = 4_096;

impl Line<'_> {
    /// Who signs in, if anybody does.
    pub(crate) fn login(&self) -> Result<Option<Login>, Outcome> {
        let Some(Auth::Basic { user, password }) = &self.plan.http.auth else { return Ok(None) };
        Login::new(user.clone(), password.clone()).map(Some).map_err(|_| unsendable())
    }

    /// Who signs in where somebody has to; this one without a password when nobody is named.
    pub(crate) fn login_or(&self, user: &str) -> Result<Login, Outcome> {
        let nobody = || Login::new(user, Secret::new("")).map_err(|_| unsendable());
        self.login()?.map_or_else(nobody, Ok)
    }

    /// The name behind the host.
    pub(crate) fn name(&self) -> Result<Option<Name>, Outcome> {
        self.plan.target.name().map(Name::new).transpose().map_err(|_| unsendable())
    }

    /// What is asked of a database.
    pub(crate) fn query(&self) -> Result<Query, Outcome> {
        let Some(text) = &self.plan.http.body else { return Ok(Query::default()) };
        let text = sent(text).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        Query::new(text).map_err(|_| unsendable())
    }

    /// A conversation to its end, encrypted from its first byte, on the way, or not at all, as the target's scheme says.
    pub(crate) async fn converse(&mut self, talk: &impl Talk) -> Result<Outcome, Outcome> {
        let mut connection = self.connect().await?;
        let heard = if self.plan.target.is_starttls() {
            let begun = talk.before_tls(&mut connection.stream).await.map_err(|error| self.broken(&error))?;
            connection = self.encrypt(connection).await?;
            talk.after_tls(&mut connection.stream, begun).await
        } else {
            talk.ask(&mut connection.stream).await
        };
        let heard = heard.map_err(|error| self.broken(&error))?;
        self.heard(connection, heard).await
    }

    /// What a conversation without an end means.
    pub(crate) fn broken(&self, error: &TalkError) -> Outcome {
        error.outcome(self.trace.phase)
    }

    /// Encrypts a connection on which both sides agreed to.
    async fn encrypt(&mut self, connection: Connection) -> Result<Connection, Outcome> {
        let place = self.place()?;
        let Stream::Plain(tcp) = connection.stream else { return Ok(connection) };
        self.trace.enter(Phase::Tls);
        let options = &self.plan.http.tls;
        let setup = self.shared.encryption.setup(options, &[]).map_err(Outcome::Down)?;
        let name = tls::name(options.server_name.as_deref(), &place);
        let (stream, shown) = tls::encrypt(&setup, name, tcp, self.trace).await?;
        self.trace.seen.tls = Some(Arc::clone(&shown));
        self.trace.enter_knowing(Phase::FirstByte, || shown.in_short());
        Ok(Connection { stream: Stream::Tls(Box::new(stream)), ..connection })
    }

    /// The verdict on what was heard to the end.
    pub(crate) async fn heard(&mut self, connection: Connection, heard: Heard) -> Result<Outcome, Outcome> {
        self.trace.enter_knowing(Phase::Body, || in_short(&heard));
        self.trace.stop_here();
        self.trace.seen.body = lines(&heard).chars().take(KEPT).collect::<String>().into_bytes();
        let server = ServerFacts {
            version: heard.version.as_deref(),
            role: heard.role.as_deref(),
            capabilities: &heard.capabilities,
            rows: heard.rows,
            value: heard.field.as_deref(),
        };
        let banner = heard.banner.as_deref().map(str::as_bytes);
        let outcome = self.judge(&Answer { banner, server: Some(&server), ..Answer::default() });
        connection.leave().await;
        Ok(outcome)
    }
}

fn unsendable() -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Protocol, words::DETAIL_LOGIN_UNSENDABLE))
}

/// What a server says of itself, in a few words.
fn in_short(heard: &Heard) -> String {
    let said = heard.banner.as_ref().or(heard.version.as_ref());
    said.map(|said| said.chars().take(80).collect()).unwrap_or_default()
}

/// Everything that was heard, as evidence.
fn lines(heard: &Heard) -> String {
    let rows = heard.rows.map(|rows| rows.to_string());
    let one = [
        ("banner", heard.banner.as_deref()),
        ("version", heard.version.as_deref()),
        ("role", heard.role.as_deref()),
        ("rows", rows.as_deref()),
        ("value", heard.field.as_deref()),
    ];
    let one = one.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
    let all = heard.capabilities.iter().map(|capability| format!("capability: {capability}"));
    one.chain(all).collect::<Vec<_>>().join("\n")
}

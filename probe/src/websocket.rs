//! The probe of `ws` and `wss` targets (RFC 6455): an upgrade that has to be answered as it should, maybe a message that is sent, maybe
//! messages that are expected.
//!
//! Upgraded is up, unless something is expected of a `message`. Then messages are read until all that is expected holds, the other side
//! closes, 4 KiB or 256 messages have come, or the deadline passes, as with the banner of [`crate::tcp`].

use std::time::Duration;

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Answer, Expectations, Fault, FaultKind, Judgement, Outcome, Phase, sent};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
        SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{timeout, timeout_at},
};

use self::frame::{BINARY, CLOSE, Event, Frames, PONG, TEXT, Wrong, frame};
use crate::{
    fault,
    http::upgrade,
    line::{
        ask::{Ask, Line},
        stream::Stream,
    },
    talk::chance::random,
};

mod frame;

/// How long who watches waits for a message of which nothing is expected.
const LOOK_ON: Duration = Duration::from_secs(1);
/// How long the other side gets to take our leave; less is left of no deadline for it.
const LEAVE: Duration = Duration::from_millis(50);
/// The most messages that are looked at: what is expected is judged after each.
const MOST: u16 = 256;
/// The end of a conversation that was as it should be.
const NORMAL: [u8; 2] = 1_000_u16.to_be_bytes();
/// What a key is answered with (section 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

pub(crate) struct WebSocket;

/// A connection on which both sides agreed on frames.
struct Socket {
    stream: Stream,
    frames: Frames,
    /// How many messages have come.
    messages: u16,
}

/// Why no more is read for now.
enum Heard {
    /// A message has come to its end.
    Message,
    /// As much has come as is looked at.
    Full,
    /// The other side has said all that it will, and maybe why.
    Closed(Option<(u16, String)>),
    /// The deadline.
    Late,
}

#[async_trait]
impl Ask for WebSocket {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let connection = line.connect().await?;
        let mut socket = Socket::open(line, connection.stream).await?;
        if let Some(text) = &line.plan.http.body {
            let message = sent(text).unwrap_or_default();
            let opcode = if std::str::from_utf8(&message).is_ok() { TEXT } else { BINARY };
            socket.send(opcode, &message).await?;
        }
        let outcome = if line.plan.expect.needs_messages() {
            socket.listen(line).await?
        } else {
            line.trace.stop_here();
            if line.trace.watcher.is_some() {
                let mut messages = None;
                let _ = timeout(LOOK_ON, socket.hear(&mut messages)).await;
                line.trace.seen.body = messages.unwrap_or_default();
            }
            line.judge(&Answer::default())
        };
        socket.leave(line.trace.left()).await;
        Ok(outcome)
    }
}

impl Socket {
    /// Agrees on frames (section 4.1).
    async fn open(line: &mut Line<'_>, stream: Stream) -> Result<Self, Outcome> {
        let nonce: [u8; 16] = random().map_err(|error| line.broken(&error))?;
        let key = STANDARD.encode(nonce);
        let value = HeaderValue::try_from(&key).map_err(|_| wrong(words::DETAIL_HEADER_UNSENDABLE))?;
        let mut wanted = None;
        let upgraded = upgrade(line, stream, |headers| {
            wanted = headers.get(SEC_WEBSOCKET_PROTOCOL).cloned();
            headers.remove(SEC_WEBSOCKET_EXTENSIONS);
            headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            headers.insert(SEC_WEBSOCKET_KEY, value);
        })
        .await?;
        agrees(&upgraded.headers, &key, wanted.as_ref()).map_err(wrong)?;
        line.trace.enter_knowing(Phase::Body, || upgraded.status.to_string());
        Ok(Self { stream: upgraded.stream, frames: Frames::after(upgraded.ahead.into()), messages: 0 })
    }

    async fn send(&mut self, opcode: u8, payload: &[u8]) -> Result<(), Outcome> {
        let mask = random().map_err(|error| error.outcome(Phase::Body))?;
        let frame = frame(opcode, payload, mask);
        let told = async { self.stream.write_all(&frame).await.and(self.stream.flush().await) }.await;
        told.map_err(|error| fault::io(&error, Phase::Body))
    }

    /// Reads messages until they decide.
    async fn listen(&mut self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let mut messages = None;
        let end = loop {
            let heard = timeout_at(line.trace.until, self.hear(&mut messages)).await;
            let heard = heard.unwrap_or(Ok(Heard::Late))?;
            line.trace.seen.body = messages.clone().unwrap_or_default();
            let answer = line.answer(&answer(messages.as_deref()), line.trace.seen.tls.as_deref());
            match heard {
                Heard::Message if line.plan.expect.judge(&answer) != Judgement::Met => {}
                end => break end,
            }
        };
        let outcome = line.judge(&answer(messages.as_deref()));
        Ok(match (outcome, end) {
            (Outcome::Down(_), Heard::Closed(why)) if messages.is_none() => {
                Outcome::Down(Fault::new(FaultKind::Closed, why.map(closed).unwrap_or_default()))
            }
            (Outcome::Down(_), Heard::Late) if messages.is_none() => line.trace.deadline(),
            (outcome, _) => outcome,
        })
    }

    /// Reads until a message has ended or there is nothing more to wait for. Pings are answered on the way.
    async fn hear(&mut self, messages: &mut Option<Vec<u8>>) -> Result<Heard, Outcome> {
        loop {
            while let Some(event) = self.frames.next().map_err(|error| wrong(detail(error)))? {
                match event {
                    Event::Begin => begin(messages),
                    Event::Piece(bytes) => messages.get_or_insert_default().extend(bytes),
                    Event::End => return Ok(self.count()),
                    Event::Ping(payload) => self.send(PONG, &payload).await?,
                    Event::Close(why) => return Ok(Heard::Closed(why)),
                }
                if let Some(all) = messages.as_mut().filter(|all| all.len() >= Expectations::MESSAGES_LIMIT) {
                    all.truncate(Expectations::MESSAGES_LIMIT);
                    return Ok(Heard::Full);
                }
            }
            let mut bytes = [0; 1_024];
            match self.stream.read(&mut bytes).await {
                Ok(0) if self.frames.is_between() => return Ok(Heard::Closed(None)),
                Ok(0) => return Err(wrong(words::DETAIL_ENDED_EARLY)),
                Ok(read) => self.frames.add(&bytes[..read]),
                Err(error) => return Err(fault::io(&error, Phase::Body)),
            }
        }
    }

    fn count(&mut self) -> Heard {
        self.messages = self.messages.saturating_add(1);
        if self.messages < MOST { Heard::Message } else { Heard::Full }
    }

    /// Takes leave as the protocol wants it, if so much time is left.
    async fn leave(mut self, left: Duration) {
        if left > 3 * LEAVE && matches!(timeout(LEAVE, self.send(CLOSE, &NORMAL)).await, Ok(Ok(()))) {
            self.stream.see_off(LEAVE).await;
        }
    }
}

/// A line feed stands between two messages.
fn begin(messages: &mut Option<Vec<u8>>) {
    match messages {
        None => *messages = Some(Vec::new()),
        Some(all) => all.push(b'\n'),
    }
}

fn answer(messages: Option<&[u8]>) -> Answer<'_> {
    Answer { messages, ..Answer::default() }
}

/// Whether an answer that upgrades is one to this request (section 4.1).
fn agrees(headers: &HeaderMap, key: &str, wanted: Option<&HeaderValue>) -> Result<(), &'static str> {
    let names = |name: HeaderName| {
        let texts = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
        texts.flat_map(|text| text.split(',')).map(str::trim)
    };
    let is_upgrade = names(UPGRADE).any(|name| name.eq_ignore_ascii_case("websocket"))
        && names(CONNECTION).any(|name| name.eq_ignore_ascii_case("upgrade"));
    let offered = wanted.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_offered = |name: &str| offered.split(',').any(|offer| offer.trim() == name);
    if !is_upgrade
        || names(SEC_WEBSOCKET_EXTENSIONS).next().is_some()
        || !names(SEC_WEBSOCKET_PROTOCOL).all(is_offered)
    {
        return Err(words::DETAIL_WEBSOCKET_UPGRADE);
    }
    if names(SEC_WEBSOCKET_ACCEPT).eq([accept(key).as_str()]) {
        Ok(())
    } else {
        Err(words::DETAIL_WEBSOCKET_ACCEPT)
    }
}

fn accept(key: &str) -> String {
    STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{GUID}").as_bytes()))
}

fn closed((code, why): (u16, String)) -> String {
    if why.is_empty() {
        words::detail_websocket_closed(code)
    } else {
        words::detail_websocket_closed_why(code, why)
    }
}

fn detail(error: Wrong) -> &'static str {
    match error {
        Wrong::Frame => words::DETAIL_WEBSOCKET_FRAME,
        Wrong::Text => words::DETAIL_WEBSOCKET_TEXT,
    }
}

fn wrong(detail: &str) -> Outcome {
    Outcome::Down(Fault::new(FaultKind::Protocol, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn told(changes: &[(&'static str, &'static str)]) -> Result<(), &'static str> {
        let mut headers = HeaderMap::new();
        let right = [
            ("upgrade", "WebSocket"),
            ("connection", "keep-alive, Upgrade"),
            ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ];
        for (name, value) in right.iter().chain(changes) {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        agrees(&headers, KEY, Some(&HeaderValue::from_static("chat, superchat")))
    }

    #[test]
    fn an_answer_has_to_fit_the_request() {
        assert_eq!(told(&[]), Ok(()), "the example of section 1.3");
        assert_eq!(told(&[("sec-websocket-protocol", "superchat")]), Ok(()));
        for (name, value) in [
            ("upgrade", "h2c"),
            ("connection", "close"),
            ("sec-websocket-extensions", "permessage-deflate"),
            ("sec-websocket-protocol", "mqtt"),
        ] {
            assert_eq!(told(&[(name, value)]), Err(words::DETAIL_WEBSOCKET_UPGRADE), "{name}");
        }
        let accept = told(&[("sec-websocket-accept", "c3pPLMBiTxaQ9kYGzzhZRbK+xOo=")]);
        assert_eq!(accept, Err(words::DETAIL_WEBSOCKET_ACCEPT));
    }
}

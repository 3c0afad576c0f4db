//! Protocols that begin with a request of HTTP: it is sent as one for a page would be, over a connection that somebody else opened.

use bytes::Bytes;
use domain::{Fault, FaultKind, Outcome, Phase};
use http::{HeaderMap, Response, StatusCode};

use super::{
    hop::{Extra, Hop},
    link::{Link, LinkError},
};
use crate::{
    fault,
    line::{ask::Line, seen::Met, stream::Stream},
};

/// A connection on which another protocol is spoken from here on.
pub(crate) struct Upgraded {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) stream: Stream,
    /// What was read of it already.
    pub(crate) ahead: Bytes,
}

/// Asks for another protocol (RFC 9110, section 7.8); the closure says in the headers for which. Every answer but 101 is a fault.
pub(crate) async fn upgrade(
    line: &mut Line<'_>,
    stream: Stream,
    say: impl FnOnce(&mut HeaderMap),
) -> Result<Upgraded, Outcome> {
    let hop = Hop::beginning(line.plan, line.shared, None, say).map_err(Outcome::Down)?;
    let mut asked = Link::http1(stream);
    let answer = asked.send(hop.request(false, &Extra::default())).await;
    let answer = answer.map_err(|error| fault::outcome(&error, Phase::FirstByte))?;
    note(line, &answer);
    let (head, _) = answer.into_parts();
    if head.status != StatusCode::SWITCHING_PROTOCOLS {
        let detail = words::fault_wanted_got(head.status.to_string(), "101");
        return Err(Outcome::Down(Fault::new(FaultKind::Status(head.status.as_u16()), detail)));
    }
    let (stream, ahead) =
        asked.into_upgraded().ok_or_else(|| fault::outcome(&LinkError::Ended, Phase::FirstByte))?;
    Ok(Upgraded { status: head.status, headers: head.headers, stream, ahead })
}

/// What was answered to a call.
pub(crate) struct Called {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// At most [`BODY`] of it.
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: HeaderMap,
}

/// The longest answer to a call that is read, in bytes.
const BODY: usize = 4 << 10;

/// Posts this there over HTTP/2, and reads the answer to its end.
pub(crate) async fn call(
    line: &mut Line<'_>,
    stream: Stream,
    path: &'static str,
    body: Vec<u8>,
    say: impl FnOnce(&mut HeaderMap),
) -> Result<Called, Outcome> {
    let hop =
        Hop::beginning(line.plan, line.shared, Some((path, body.into())), say).map_err(Outcome::Down)?;
    let failed = |error: LinkError, phase| fault::outcome(&error, phase);
    let mut asked = Link::http2(stream).await.map_err(|error| failed(error, Phase::FirstByte))?;
    let answer = asked.send(hop.request(true, &Extra::default())).await;
    let answer = answer.map_err(|error| failed(error, Phase::FirstByte))?;
    note(line, &answer);
    let (head, mut incoming) = answer.into_parts();
    line.trace.enter_knowing(Phase::Body, || head.status.to_string());
    let (mut body, mut trailers) = (Vec::new(), HeaderMap::new());
    while let Some(frame) = asked.frame(&mut incoming).await {
        match frame.map_err(|error| failed(error, Phase::Body))?.into_data() {
            Ok(data) => body.extend_from_slice(&data),
            Err(frame) => trailers = frame.into_trailers().unwrap_or_default(),
        }
        if body.len() > BODY {
            return Err(Outcome::Down(Fault::new(FaultKind::Protocol, words::DETAIL_TALK_LONG)));
        }
    }
    Ok(Called { status: head.status, headers: head.headers, body, trailers })
}

/// Notes the head of an answer.
fn note<B>(line: &mut Line<'_>, answer: &Response<B>) {
    let seen = &mut line.trace.seen;
    let met = Met { addresses: seen.addresses.clone(), peer: seen.peer, tls: seen.tls.clone() };
    seen.take_head(answer, &met);
}

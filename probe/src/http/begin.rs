//! Protocols that begin with a request of HTTP: it is sent as one for a page would be, over a connection that somebody else opened.

use bytes::Bytes;
use domain::{Fault, FaultKind, Outcome, Phase};
use http::{HeaderMap, Method, StatusCode};

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
    let hop = Hop::beginning(line.plan, line.shared, Method::GET, say).map_err(Outcome::Down)?;
    let mut asked = Link::http1(stream);
    let answer = asked.send(hop.request(false, &Extra::default())).await;
    let answer = answer.map_err(|error| fault::outcome(&error, Phase::FirstByte))?;
    let seen = &mut line.trace.seen;
    let met = Met { addresses: seen.addresses.clone(), peer: seen.peer, tls: seen.tls.clone() };
    seen.take_head(&answer, &met);
    let (head, _) = answer.into_parts();
    if head.status != StatusCode::SWITCHING_PROTOCOLS {
        let detail = words::fault_wanted_got(head.status.to_string(), "101");
        return Err(Outcome::Down(Fault::new(FaultKind::Status(head.status.as_u16()), detail)));
    }
    let (stream, ahead) =
        asked.into_upgraded().ok_or_else(|| fault::outcome(&LinkError::Ended, Phase::FirstByte))?;
    Ok(Upgraded { status: head.status, headers: head.headers, stream, ahead })
}

//! The probe of `grpc` and `grpcs` targets: the question of the [health protocol] whether a service serves, or the server as a whole.
//!
//! [health protocol]: https://github.com/grpc/grpc/blob/master/doc/health-checking.md

use async_trait::async_trait;
use domain::{Answer, Fault, FaultKind, Outcome};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, TE},
};
use percent_encoding::percent_decode;

use self::message::{answer_of, question};
use crate::{
    http::{Called, call},
    line::ask::{Ask, Line},
};

mod message;

/// What is called.
const CHECK: &str = "/grpc.health.v1.Health/Check";

pub(crate) struct Grpc;

#[async_trait]
impl Ask for Grpc {
    async fn ask(&self, line: &mut Line<'_>) -> Result<Outcome, Outcome> {
        let service = line.plan.target.name().unwrap_or_default();
        let connection = line.connect_offering(&[b"h2"]).await?;
        let called = call(line, connection.stream, CHECK, question(&service), |headers| {
            headers.remove(ACCEPT);
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
            headers.insert(TE, HeaderValue::from_static("trailers"));
        })
        .await?;
        line.trace.stop();
        let serving = serving(&called).map_err(Outcome::Down)?;
        line.trace.seen.body = format!("serving: {serving}").into_bytes();
        Ok(line.judge(&Answer { serving: Some(&serving), ..Answer::default() }))
    }
}

/// What the answer says, or why it is none.
fn serving(called: &Called) -> Result<String, Fault> {
    if called.status != StatusCode::OK {
        let detail = words::fault_wanted_got(called.status.to_string(), "200");
        return Err(Fault::new(FaultKind::Status(called.status.as_u16()), detail));
    }
    let is_grpc = |kind: &HeaderValue| kind.as_bytes().starts_with(b"application/grpc");
    // Where there is nothing but trailers, they are the head.
    let said = [&called.trailers, &called.headers].into_iter().find(|said| said.contains_key("grpc-status"));
    let (Some(said), true) = (said, called.headers.get(CONTENT_TYPE).is_some_and(is_grpc)) else {
        return Err(wrong());
    };
    match said.get("grpc-status").map(HeaderValue::as_bytes) {
        Some(b"0") => answer_of(&called.body).ok_or_else(wrong),
        code => Err(refused(&String::from_utf8_lossy(code.unwrap_or_default()), said)),
    }
}

/// A call that was understood and refused.
fn refused(code: &str, said: &HeaderMap) -> Fault {
    let known = code.parse::<usize>().ok().and_then(|code| CODES.get(code));
    let name = known.map_or_else(|| words::detail_grpc_code(code), |name| (*name).to_owned());
    let why = said.get("grpc-message").map(HeaderValue::as_bytes).unwrap_or_default();
    let why = percent_decode(why).decode_utf8_lossy();
    let kind = match name.as_str() {
        "PERMISSION_DENIED" | "UNAUTHENTICATED" => FaultKind::SignIn,
        _ => FaultKind::NotServing,
    };
    Fault::new(kind, if why.is_empty() { name } else { format!("{name}: {why}") })
}

fn wrong() -> Fault {
    Fault::new(FaultKind::Protocol, words::detail_talk_silent("gRPC"))
}

/// The names of the codes, by number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

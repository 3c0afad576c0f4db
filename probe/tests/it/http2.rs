//! HTTP/2, where the server offers it.

use bytes::Bytes;
use domain::{FaultKind, Outcome, Phase};
use h2::{Reason, server::SendResponse};
use http::Response;

use super::{
    server::Server,
    tls::{Authority, acceptor},
    verdict::{Asker, PATIENT, SHORT, ask_with, kind, plan},
};

/// What a server does with a request.
#[derive(Clone, Copy)]
enum Act {
    Answer(u16),
    AnswerAndLeave,
    Stall,
    StallInBody,
    Break,
    /// Says that it has not looked at the request.
    Refuse,
    /// The same, but only on the first connection.
    RefuseOnce,
}

async fn serve(authority: &Authority, act: Act) -> Server {
    let acceptor = acceptor(authority.server("localhost"), &[b"h2"]);
    Server::start(move |number, stream| {
        let acceptor = acceptor.clone();
        let act = if matches!(act, Act::RefuseOnce) && number > 0 { Act::Answer(200) } else { act };
        async move {
            let stream = acceptor.accept(stream).await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            let mut held = Vec::new();
            while let Some(Ok((_, respond))) = connection.accept().await {
                held.push(reply(respond, act));
                if matches!(act, Act::AnswerAndLeave) {
                    connection.graceful_shutdown();
                }
            }
        }
    })
    .await
}

/// What has to live on for a request to stay unanswered.
type Held = (SendResponse<Bytes>, Option<h2::SendStream<Bytes>>);

fn reply(mut respond: SendResponse<Bytes>, act: Act) -> Held {
    let head = |status| Response::builder().status(status).body(()).unwrap();
    let mut body = None;
    match act {
        Act::Answer(status) => drop(respond.send_response(head(status), true).unwrap()),
        Act::AnswerAndLeave => drop(respond.send_response(head(200), true).unwrap()),
        Act::Stall => {}
        Act::StallInBody => body = Some(respond.send_response(head(200), false).unwrap()),
        Act::Break => respond.send_reset(Reason::INTERNAL_ERROR),
        Act::Refuse | Act::RefuseOnce => respond.send_reset(Reason::REFUSED_STREAM),
    }
    (respond, body)
}

async fn ask(act: Act) -> Outcome {
    let authority = Authority::new();
    let server = serve(&authority, act).await;
    let deadline = match act {
        Act::Stall | Act::StallInBody => SHORT,
        _ => PATIENT,
    };
    let finding = ask_with(&authority.prober(), server.https(), "200", deadline).await;
    finding.outcome
}

#[tokio::test]
async fn answers_are_judged_alike() {
    assert_eq!(ask(Act::Answer(200)).await, Outcome::Up);
    assert_eq!(kind(ask(Act::Answer(503)).await), FaultKind::Status(503));
}

#[tokio::test]
async fn deadlines_name_the_phase() {
    let outcome = ask(Act::Stall).await;
    assert_eq!(kind(outcome), FaultKind::Timeout(Phase::FirstByte));
    let outcome = ask(Act::StallInBody).await;
    assert_eq!(kind(outcome), FaultKind::Timeout(Phase::Body));
}

#[tokio::test]
async fn a_stream_that_is_reset_is_a_fault_of_the_protocol() {
    assert_eq!(kind(ask(Act::Break).await), FaultKind::Protocol);
}

#[tokio::test]
async fn a_request_that_was_not_looked_at_is_sent_once_more() {
    assert_eq!(ask(Act::RefuseOnce).await, Outcome::Up);
    let authority = Authority::new();
    let server = serve(&authority, Act::Refuse).await;
    let finding = ask_with(&authority.prober(), server.https(), "200", PATIENT).await;
    assert_eq!((kind(finding.outcome), server.accepted()), (FaultKind::Protocol, 2));
}

#[tokio::test]
async fn a_connection_that_the_server_leaves_is_no_fault() {
    let authority = Authority::new();
    let server = serve(&authority, Act::AnswerAndLeave).await;
    let mut asker = Asker::new(&authority.prober(), plan(server.https(), "200"));
    for n in 0..20 {
        assert_eq!(asker.ask().await, Outcome::Up, "probe {n}");
    }
}

//! What is kept of what was seen.

use std::sync::{Arc, Mutex};

use domain::{Evidence, FaultKind, Outcome, Phase, Progress, Review};
use tokio::io::AsyncWriteExt;

use super::{
    server::{OK, Server, recording, redirect, request},
    verdict::{Asker, kind, plan, prober},
};

#[tokio::test]
async fn an_answer_is_seen_in_full() {
    let (server, _requests) = recording(OK).await;
    let from = Server::answering(redirect(301, &server.url("/end"))).await;
    let mut asker = Asker::new(&prober(), plan(from.url("/"), "200"));
    assert_eq!(asker.ask().await, Outcome::Up);
    let evidence = asker.evidence();
    let wanted = Evidence {
        url: server.url("/end"),
        redirects: vec![from.url("/")],
        peer: Some(server.address.to_string()),
        phases: evidence.phases,
        version: Some("HTTP/1.1".into()),
        status: Some(200),
        headers: vec![("content-length".into(), "2".into())],
        body: Some("ok".into()),
        ..Evidence::default()
    };
    assert_eq!(evidence, wanted);
}

#[tokio::test]
async fn the_last_good_answer_is_remembered_beside_the_newest() {
    let server = Server::start(|n, mut stream| async move {
        request(&mut stream).await;
        let status = if n == 0 { "200 OK" } else { "500 Oops" };
        let answer = format!("HTTP/1.1 {status}\r\nx-n: {n}\r\ncontent-length: 4\r\n\r\nno {n}");
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    assert_eq!(asker.session().last_good(), None);
    assert_eq!(asker.ask().await, Outcome::Up);
    asker.session().remember();
    assert_eq!(asker.evidence().body.as_deref(), Some("no 0"));
    assert_eq!(asker.session().last_good().unwrap().body.as_deref(), Some("no 0"));
    for n in 1..3 {
        assert_eq!(kind(asker.ask().await), FaultKind::Status(500));
        let newest = asker.evidence();
        assert_eq!((newest.status, newest.body), (Some(500), Some(format!("no {n}"))));
        let good = asker.session().last_good().unwrap();
        assert_eq!((good.status, good.body.as_deref()), (Some(200), Some("no 0")));
    }
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let lines = format!("x: {}\r\n", "é".repeat(400)).repeat(90);
    let answer = format!("HTTP/1.1 200 OK\r\n{lines}content-length: 9000\r\n\r\n{}", "b".repeat(9_000));
    let server = Server::answering(answer).await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    assert_eq!(kind(asker.ask().await), FaultKind::HeadersTooLarge);

    let lines = format!("x: {}\r\n", "é".repeat(400)).repeat(60);
    let answer = format!("HTTP/1.1 200 OK\r\n{lines}content-length: 9000\r\n\r\n{}", "b".repeat(9_000));
    let server = Server::answering(answer).await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    assert_eq!(asker.ask().await, Outcome::Up);
    let evidence = asker.evidence();
    assert_eq!(evidence.headers.len(), 50);
    assert!(evidence.headers.iter().all(|(_, value)| value.chars().count() <= 500));
    assert_eq!(evidence.body.unwrap().len(), Evidence::BODY_LIMIT);
}

#[tokio::test]
async fn what_could_not_be_reached_is_named() {
    let server = Server::answering(OK).await;
    let (address, url) = (server.address, server.url("/"));
    drop(server);
    tokio::task::yield_now().await;
    let mut asker = Asker::new(&prober(), plan(&url, "200"));
    assert_eq!(kind(asker.ask().await), FaultKind::Refused);
    let evidence = asker.evidence();
    assert_eq!((evidence.url, evidence.peer, evidence.status), (url, Some(address.to_string()), None));
}

#[tokio::test]
async fn who_watches_is_told_each_step_and_sees_all_of_an_answer_that_its_head_decides() {
    let (server, _requests) = recording(OK).await;
    let from = Server::answering(redirect(301, &server.url("/end"))).await;
    let mut asker = Asker::new(&prober(), plan(from.url("/"), "404\nbody contains OK"));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let memory = Arc::clone(&heard);
    asker.session().watch(Arc::new(move |progress| memory.lock().unwrap().push(progress)));
    assert_eq!(kind(asker.ask().await), FaultKind::Status(200));
    let heard = heard.lock().unwrap().clone();
    let told: Vec<String> = heard
        .iter()
        .map(|progress| match progress {
            Progress::Asking(url) => format!("asking {url}"),
            Progress::Passed { phase: Phase::Connect, what, .. } => format!("connected to {what}"),
            Progress::Passed { phase, what, .. } => format!("{}: {what}", phase.word()),
            Progress::Judged(judged) => format!("judged {} bytes", judged.size),
        })
        .collect();
    let wanted = [
        format!("asking {}", from.url("/")),
        format!("connected to {}", from.address),
        format!("first_byte: HTTP/1.1 301 Moved Permanently to {}", server.url("/end")),
        format!("asking {}", server.url("/end")),
        format!("connected to {}", server.address),
        "first_byte: HTTP/1.1 200 OK".to_owned(),
        "judged 2 bytes".to_owned(),
    ];
    assert_eq!(told, wanted);
    let Some(Progress::Judged(judged)) = heard.last() else { panic!("{heard:?}") };
    assert_eq!(judged.reviewed.iter().map(|one| one.verdict).collect::<Vec<_>>(), [Review::Down; 2]);
    assert_eq!(judged.reviewed[0].fixes[0].label, "Accept 200");
    assert_eq!(judged.reviewed[1].fixes[1].label, "Use “ok”");
}

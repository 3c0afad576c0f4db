//! Where the time goes. Lower bounds only: nothing says how fast a machine is.

use std::time::Duration;

use domain::{Micros, Outcome, Phase};
use tokio::{io::AsyncWriteExt, time::sleep};

use super::{
    server::{OK, Server, request, until_closed},
    tls::{Authority, acceptor},
    verdict::{Asker, PATIENT, SHORT, plan, prober},
};

const WAIT: Duration = Duration::from_millis(60);

fn least() -> Micros {
    Micros::from(Duration::from_millis(50))
}

#[tokio::test]
async fn each_phase_is_timed() {
    let authority = Authority::new();
    let acceptor = acceptor(authority.server("localhost"), &[b"http/1.1"]);
    let server = Server::start(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            sleep(WAIT).await;
            let mut stream = acceptor.accept(stream).await.unwrap();
            while !request(&mut stream).await.is_empty() {
                sleep(WAIT).await;
                stream.write_all(&OK[..OK.len() - 1]).await.unwrap();
                stream.flush().await.unwrap();
                sleep(WAIT).await;
                stream.write_all(b"k").await.unwrap();
                stream.flush().await.unwrap();
            }
        }
    })
    .await;
    let mut asker = Asker::new(&authority.prober(), plan(server.https(), "200"));
    let fresh = asker.finding(PATIENT).await;
    assert_eq!(fresh.outcome, Outcome::Up);
    let phases: Vec<Phase> = fresh.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, Phase::ALL);
    for phase in [Phase::Tls, Phase::FirstByte, Phase::Body] {
        assert!(fresh.phases.get(phase).unwrap() >= least(), "{phase:?}: {fresh:?}");
    }
    let sum: u32 = fresh.phases.iter().map(|(_, took)| took.0).sum();
    assert!(sum <= fresh.latency.unwrap().0, "{fresh:?}");
    assert_eq!(asker.evidence().phases, fresh.phases);

    let kept = asker.finding(PATIENT).await;
    let phases: Vec<Phase> = kept.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::FirstByte, Phase::Body], "a kept connection is there already");
}

#[tokio::test]
async fn an_address_takes_no_look_up_and_a_failure_has_its_time() {
    let server = Server::start(|_, mut stream| async move { until_closed(&mut stream).await }).await;
    let mut asker = Asker::new(&prober(), plan(server.url("/"), "200"));
    let finding = asker.finding(SHORT).await;
    let phases: Vec<Phase> = finding.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::Connect, Phase::FirstByte]);
    assert!(finding.phases.get(Phase::FirstByte).unwrap() >= least(), "{finding:?}");
}

#[tokio::test]
async fn phases_and_the_total_can_be_judged() {
    let server = Server::start(|_, mut stream| async move {
        request(&mut stream).await;
        sleep(WAIT).await;
        let _ = stream.write_all(OK).await;
    })
    .await;
    for (expect, is_up) in
        [("total > 50ms; first_byte > 50ms", true), ("total < 50ms", false), ("dns < 1ms", true)]
    {
        let outcome = Asker::new(&prober(), plan(server.url("/"), expect)).ask().await;
        assert_eq!(outcome.is_up(), Some(is_up), "{expect}: {outcome:?}");
    }
}

//! Targets with several addresses.

use std::{net::IpAddr, sync::Arc};

use domain::{Family, FaultKind, Outcome};
use tokio::net::TcpListener;

use super::{
    names::prober_knowing,
    server::{OK, Server, request, until_closed},
    verdict::{Asker, SHORT, fault, with},
};

fn addresses() -> Arc<[IpAddr]> {
    Arc::from([IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2])])
}

fn asker(server: &Server, family: Family) -> Asker {
    let url = format!("http://name.test:{}/", server.address.port());
    Asker::new(&prober_knowing(|_| Ok(addresses())), with(url, |http| http.family = family))
}

#[tokio::test]
async fn one_address_that_answers_is_enough() {
    let server = Server::answering(OK).await;
    assert_eq!(asker(&server, Family::Auto).ask().await, Outcome::Up);
}

#[tokio::test]
async fn every_address_has_to_answer_where_that_is_asked() {
    let server = Server::answering(OK).await;
    let mut asker = asker(&server, Family::Every);
    let found = fault(asker.ask().await);
    assert_eq!(found.kind, FaultKind::Addresses);
    assert_eq!(found.detail, "1 of 2 addresses fail: 127.0.0.2: connection refused");
    let evidence = asker.evidence();
    let verdicts = [("127.0.0.1", "up"), ("127.0.0.2", "connection refused")];
    assert_eq!(evidence.verdicts, verdicts.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(evidence.addresses, ["127.0.0.1", "127.0.0.2"]);
    assert!(evidence.peer.unwrap().starts_with("127.0.0.2:"), "the one that fails is shown");
}

#[tokio::test]
async fn all_addresses_that_answer_are_up() {
    let server = Server::answering(OK).await;
    let second = TcpListener::bind(("127.0.0.2", server.address.port())).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = second.accept().await {
            request(&mut stream).await;
            tokio::io::AsyncWriteExt::write_all(&mut stream, OK).await.unwrap();
        }
    });
    let mut asker = asker(&server, Family::Every);
    for _ in 0..3 {
        let finding = asker.finding(super::verdict::PATIENT).await;
        assert_eq!(finding.outcome, Outcome::Up);
        assert!(!finding.phases.is_none());
    }
    assert_eq!(asker.evidence().verdicts.len(), 2);
}

/// The deadline is one for all, so it cannot tell them apart any more; it says what the target's fault is.
#[tokio::test]
async fn an_address_that_stalls_is_down_at_the_deadline() {
    let server = Server::start(|_, mut stream| async move { until_closed(&mut stream).await }).await;
    let found = fault(asker(&server, Family::Every).finding(SHORT).await.outcome);
    assert_eq!(found.kind, FaultKind::Addresses, "{found}");
    assert!(found.detail.contains("127.0.0.1: timeout while waiting for the first byte"), "{found}");
}

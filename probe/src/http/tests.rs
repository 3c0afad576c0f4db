//! What needs a name server that can be told what to say.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use domain::{Reason, Target};

use super::*;

type Lookup = Result<Arc<[SocketAddr]>, LookupError>;

async fn probe(target: &str, lookup: impl Fn(&str) -> Lookup + Send + Sync + 'static) -> Finding {
    let tls = tls::only(std::iter::empty()).unwrap();
    let prober = HttpProber::assemble("0", &tls, &Resolver::new(lookup)).unwrap();
    let request = ProbeRequest {
        target: Target::parse(target).unwrap(),
        expect: Expectations::default(),
        deadline: Duration::from_millis(300),
    };
    prober.probe(&request).await
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_fault() {
    let finding = probe("http://name.test/", |_| Err(LookupError::Missing)).await;
    let fault = Fault::new(FaultKind::Dns, "no such host");
    assert_eq!(finding.outcome, Outcome::Down(fault));
    assert!(finding.latency.is_some());
}

#[tokio::test]
async fn a_name_server_without_an_answer_leaves_the_target_unknown() {
    let finding = probe("http://name.test/", |_| Err(LookupError::Unanswered)).await;
    assert_eq!(finding.outcome, Outcome::Unknown(Reason::Resolver));
    assert_eq!(finding.latency, None);
}

#[tokio::test]
async fn a_name_server_that_hangs_leaves_the_target_unknown() {
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let hang = move |_: &str| {
        let _ = wait.lock().unwrap().recv();
        Err(LookupError::Unanswered)
    };
    let finding = probe("http://name.test/", hang).await;
    assert_eq!(finding.outcome, Outcome::Unknown(Reason::Resolver));
    drop(release);
}

#[tokio::test]
async fn an_address_needs_no_name_server() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("https://{}/", listener.local_addr().unwrap());
    let finding = probe(&target, |_| Err(LookupError::Missing)).await;
    let fault = Fault::new(FaultKind::Timeout(Phase::Connect), "");
    assert_eq!(finding.outcome, Outcome::Down(fault));
}

#[tokio::test]
async fn the_port_of_the_url_is_asked() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let finding = probe(&format!("http://name.test:{port}/"), |_| {
        Ok(Arc::from([SocketAddr::from(([127, 0, 0, 1], 0))]))
    })
    .await;
    let fault = Fault::new(FaultKind::Timeout(Phase::FirstByte), "");
    assert_eq!(finding.outcome, Outcome::Down(fault));
}

//! Names, where a name server can be told what to say.

use std::{net::IpAddr, sync::Arc, time::Duration};

use domain::{Family, Fault, FaultKind, Finding, Outcome, Phase, Reason};
use probe::{LookupAnswer, LookupError, Probers, Settings};

use super::verdict::{Asker, ask_with, kind, prober, with};

pub(super) fn prober_knowing(lookup: impl Fn(&str) -> LookupAnswer + Send + Sync + 'static) -> Probers {
    Probers::with(Settings { lookup: Some(Arc::new(lookup)), ..Settings::new("0") }).unwrap()
}

async fn probe(target: &str, lookup: impl Fn(&str) -> LookupAnswer + Send + Sync + 'static) -> Finding {
    ask_with(&prober_knowing(lookup), target, "200", Duration::from_millis(300)).await
}

fn here() -> Arc<[IpAddr]> {
    Arc::from([IpAddr::from([127, 0, 0, 1])])
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_fault() {
    let finding = probe("http://name.test/", |_| Err(LookupError::Missing)).await;
    assert_eq!(finding.outcome, Outcome::Down(Fault::new(FaultKind::Dns, "no such host")));
    assert!(finding.phases.get(Phase::Resolve).is_some());
}

#[tokio::test]
async fn a_name_server_without_an_answer_leaves_the_target_unknown() {
    let finding = probe("http://name.test/", |_| Err(LookupError::Unanswered)).await;
    assert_eq!(finding.outcome, Outcome::Unknown(Reason::Resolver));
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
    assert_eq!(kind(finding.outcome), FaultKind::Timeout(Phase::Tls));
}

#[tokio::test]
async fn the_port_of_the_url_is_asked() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let finding = probe(&format!("http://name.test:{port}/"), |_| Ok(here())).await;
    assert_eq!(kind(finding.outcome), FaultKind::Timeout(Phase::FirstByte));
}

#[tokio::test]
async fn a_family_that_a_name_does_not_have_is_a_fault_of_the_name() {
    let prober = prober_knowing(|_| Ok(here()));
    let outcome = Asker::new(&prober, with("http://name.test/", |http| http.family = Family::V6)).ask().await;
    assert_eq!(outcome, Outcome::Down(Fault::new(FaultKind::Dns, "no IPv6 address")));
}

/// Answers questions over UDP: `name.test` is this machine, `none.test` does not exist, and nothing else is answered.
async fn name_server() -> std::net::SocketAddr {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut question = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question).await {
            let name_end = 12 + question[12..length].iter().position(|byte| *byte == 0).unwrap() + 1;
            let asked = &question[..name_end + 4];
            let is_a = question[name_end + 1] == 1;
            let name = String::from_utf8_lossy(&question[12..name_end]).to_lowercase();
            let (code, answers) = match &*name {
                "\u{4}name\u{4}test\0" => (0, u8::from(is_a)),
                "\u{4}none\u{4}test\0" => (3, 0),
                _ => continue,
            };
            let mut answer = asked.to_vec();
            answer[2..12].copy_from_slice(&[0x81, 0x80 | code, 0, 1, 0, answers, 0, 0, 0, 0]);
            if answers == 1 {
                answer.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 127, 0, 0, 1]);
            }
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_tracker_may_have_name_servers_of_its_own() {
    let servers = vec![name_server().await];
    let (server, _) = super::server::recording(super::server::OK).await;
    let port = server.address.port();
    let asker = |name: &str| {
        let plan = with(format!("http://{name}.test:{port}/"), |http| http.resolvers.clone_from(&servers));
        Asker::new(&prober(), plan)
    };
    let mut good = asker("name");
    assert_eq!(good.ask().await, Outcome::Up);
    assert_eq!(good.evidence().addresses, ["127.0.0.1"]);
    assert_eq!(kind(asker("none").ask().await), FaultKind::Dns);
    let silent = asker("silent").finding(Duration::from_millis(300)).await;
    assert_eq!(silent.outcome, Outcome::Unknown(Reason::Resolver));
}

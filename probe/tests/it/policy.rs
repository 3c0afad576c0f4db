//! Addresses that are not asked.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::{EgressPolicy, Outcome, Proxy, ProxyKind, Reason};
use probe::{Probers, Settings};

use super::{
    server::{OK, Server, recording, redirect},
    verdict::{Asker, PATIENT, ask, ask_with, plan, prober, with},
};

fn prober_with(
    policy: EgressPolicy,
    lookup: impl Fn(usize) -> Vec<IpAddr> + Send + Sync + 'static,
) -> Probers {
    let asked = AtomicUsize::new(0);
    let lookup = Arc::new(move |_: &str| Ok(Arc::from(lookup(asked.fetch_add(1, SeqCst)))));
    Probers::with(Settings { policy, lookup: Some(lookup), ..Settings::new("0") }).unwrap()
}

#[tokio::test]
async fn metadata_services_are_never_asked() {
    for host in [
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "0.0.0.0",
        "2852039166",
    ] {
        assert_eq!(ask(format!("http://{host}/")).await, Outcome::Unknown(Reason::Policy), "{host}");
    }
    let prober = prober_with(EgressPolicy::SelfHosted, |_| vec!["169.254.169.254".parse().unwrap()]);
    let finding = ask_with(&prober, "http://metadata.test/", "200", PATIENT).await;
    assert_eq!(finding.outcome, Outcome::Unknown(Reason::Policy));
}

#[tokio::test]
async fn a_redirect_does_not_lead_to_them() {
    let server = Server::answering(redirect(302, "http://169.254.169.254/latest/meta-data/")).await;
    assert_eq!(ask(server.url("/")).await, Outcome::Unknown(Reason::Policy));
}

#[tokio::test]
async fn public_only_means_public_only() {
    let server = Server::answering(OK).await;
    let prober = prober_with(EgressPolicy::PublicOnly, |_| vec![[127, 0, 0, 1].into()]);
    for url in [server.url("/"), format!("http://name.test:{}/", server.address.port())] {
        let finding = ask_with(&prober, url, "200", PATIENT).await;
        assert_eq!(finding.outcome, Outcome::Unknown(Reason::Policy));
    }
    let proxy = Proxy {
        kind: ProxyKind::Http,
        host: "127.0.0.1".into(),
        port: server.address.port(),
        credentials: None,
    };
    let outcome = Asker::new(&prober, with("http://name.test/", |http| http.proxy = Some(proxy))).ask().await;
    assert_eq!(outcome, Outcome::Unknown(Reason::Policy));
    let outcome =
        Asker::new(&prober, with("http://name.test/", |http| http.resolvers = vec![server.address]))
            .ask()
            .await;
    assert_eq!(outcome, Outcome::Unknown(Reason::Policy));
    assert_eq!(server.accepted(), 0);
}

/// Each connection goes to an address that was judged, whatever the name server says the next time.
#[tokio::test]
async fn a_name_that_changes_its_mind_opens_no_window() {
    let server = Server::answering(OK).await;
    let public: IpAddr = [192, 0, 2, 1].into();
    let prober = prober_with(EgressPolicy::PublicOnly, move |n| {
        if n % 2 == 0 { vec![[127, 0, 0, 1].into()] } else { vec![[127, 0, 0, 1].into(), public] }
    });
    let url = format!("http://name.test:{}/", server.address.port());
    for _ in 0..50 {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
        let finding = ask_with(&prober, &url, "200", Duration::from_millis(20)).await;
        assert_ne!(finding.outcome, Outcome::Up);
    }
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn a_proxy_is_not_asked_for_them_either() {
    let (proxy, mut asked) = recording(OK).await;
    let through = Proxy {
        kind: ProxyKind::Http,
        host: "127.0.0.1".into(),
        port: proxy.address.port(),
        credentials: None,
    };
    let plan = with("http://169.254.169.254/", |http| http.proxy = Some(through));
    assert_eq!(Asker::new(&prober(), plan).ask().await, Outcome::Unknown(Reason::Policy));
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_want_of_descriptors_is_ours() {
    let server =
        Server::start(|_, mut stream| async move { super::server::until_closed(&mut stream).await }).await;
    let prober = Arc::new(Probers::with(Settings { descriptors: 1, ..Settings::new("0") }).unwrap());
    let mut first = Asker::new(&prober, plan(server.url("/"), "200"));
    let holding = tokio::spawn(async move { first.ask().await });
    while server.accepted() == 0 {
        tokio::task::yield_now().await;
    }
    let mut second = Asker::new(&prober, plan(server.url("/"), "200"));
    let finding = second.finding(Duration::from_millis(100)).await;
    assert_eq!(finding.outcome, Outcome::Unknown(Reason::FileDescriptors));
    holding.abort();
}

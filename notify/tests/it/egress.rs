//! Addresses that are not asked, by whatever name.

use domain::EgressPolicy;
use notify::Class;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{
    double::Double,
    samples::{HTTP, at, channel, down, sender, sender_of},
    smtp::{Identity, Smtp},
};

const SAID: &str = "the service is at an address that this server must not ask";

#[tokio::test]
async fn metadata_services_are_never_asked() {
    for kind in HTTP {
        for base in [
            "http://169.254.169.254",
            "http://[fd00:ec2::254]",
            "http://2852039166",
            "http://[::ffff:a9fe:a9fe]",
        ] {
            let error = sender().send(&at(kind, base), &down()).await.unwrap_err();
            assert_eq!((error.said.as_str(), error.class), (SAID, Class::Refused), "{kind} {base}");
        }
    }
}

/// The name is looked up, and what it is found to be is judged.
#[tokio::test]
async fn private_addresses_are_asked_only_where_that_is_allowed() {
    for kind in HTTP {
        let double = Double::kind().await;
        let by_name = double.base.replace("127.0.0.1", "localhost");
        for base in [&double.base, &by_name] {
            let error = sender_of(EgressPolicy::PublicOnly).send(&at(kind, base), &down()).await.unwrap_err();
            assert_eq!((error.said.as_str(), error.class), (SAID, Class::Refused), "{kind} {base}");
        }
        assert!(double.asked().is_empty(), "{kind}");
        sender().send(&at(kind, &by_name), &down()).await.unwrap();
        double.only();
    }
}

/// Nobody may listen in on what is sent, and no setting leaves that out.
#[tokio::test]
async fn certificates_are_checked() {
    let identity = Identity::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let acceptor = TlsAcceptor::from(identity.server());
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            assert!(acceptor.accept(stream).await.is_err(), "nobody talks to a stranger");
        }
    });
    for kind in HTTP {
        let error = sender().send(&at(kind, &base), &down()).await.unwrap_err();
        assert_eq!(error.said, "the certificate of the service is not trusted", "{kind}");
        assert_eq!(error.class, Class::Later(None), "{kind}");
    }
    assert!(!server.is_finished());
    server.abort();

    let talks_plainly = Smtp::kind().await;
    let plain = format!("https://127.0.0.1:{}", talks_plainly.port);
    let error = sender().send(&at("webhook", &plain), &down()).await.unwrap_err();
    assert_eq!(error.said, "no encryption was agreed on with the service");
}

#[tokio::test]
async fn mail_goes_to_no_address_that_is_forbidden() {
    for (policy, host) in [
        (EgressPolicy::SelfHosted, "169.254.169.254"),
        (EgressPolicy::PublicOnly, "127.0.0.1"),
        (EgressPolicy::PublicOnly, "localhost"),
        (EgressPolicy::PublicOnly, "[::1]"),
    ] {
        let mail = channel(
            "mail",
            &[
                ("host", host),
                ("security", "none"),
                ("port", "9"),
                ("from", "a@example.com"),
                ("to", "b@example.com"),
            ],
        );
        let error = sender_of(policy).send(&mail, &down()).await.unwrap_err();
        assert_eq!((error.said.as_str(), error.class), (SAID, Class::Refused), "{host}");
    }
}

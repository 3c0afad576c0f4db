//! What each channel sends, whole. These are promises: receivers read them.

use std::fmt::Write;

use super::{
    double::{Asked, Double},
    samples::{HTTP, at, channel, digest, down, recovered, sender},
    smtp::Smtp,
};

fn shown(asked: &Asked, base: &str) -> String {
    let mut text = format!("{}\n", asked.line);
    for (name, value) in &asked.headers {
        if !["host", "content-length", "accept"].contains(&name.as_str()) {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    let json = serde_json::to_string_pretty(&asked.json()).unwrap();
    let version = concat!("uptime-tracker/", env!("CARGO_PKG_VERSION"));
    format!("{text}\n{json}\n")
        .replace(base, "https://service.example")
        .replace(version, "uptime-tracker/VERSION")
}

#[tokio::test]
async fn payloads_are_what_the_documentation_says() {
    for kind in HTTP {
        for (name, alert) in [("down", down()), ("recovered", recovered()), ("digest", digest())] {
            let double = Double::kind().await;
            sender().send(&at(kind, &double.base), &alert).await.unwrap();
            insta::assert_snapshot!(format!("{kind}_{name}"), shown(&double.only(), &double.base));
        }
    }
}

#[tokio::test]
async fn mails_are_what_the_documentation_says() {
    for (name, alert) in [("down", down()), ("recovered", recovered()), ("digest", digest())] {
        let server = Smtp::kind().await;
        let port = server.port.to_string();
        let mail = channel(
            "mail",
            &[
                ("host", "127.0.0.1"),
                ("security", "none"),
                ("port", &port),
                ("from", "Uptime Tracker <alerts@example.com>"),
                ("to", "ops@example.com\nboss@example.net"),
            ],
        );
        let receipt = sender().send(&mail, &alert).await.unwrap();
        assert_eq!(receipt.said, "250 2.0.0 Ok: queued");
        insta::assert_snapshot!(format!("mail_{name}"), server.message());
        sender().send(&mail, &alert).await.unwrap();
        let messages = server.messages();
        assert_eq!(messages[0], messages[1], "sent again, it is the same mail");
        assert!(server.said().contains("RCPT TO:<boss@example.net>"), "{}", server.said());
    }
}

/// A receiver that checks signatures as the specification says.
#[tokio::test]
async fn webhooks_are_signed() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use ring::hmac;

    let double = Double::kind().await;
    sender().send(&at("webhook", &double.base), &down()).await.unwrap();
    let asked = double.only();
    let header = |name| asked.header(name).unwrap();
    assert_eq!((header("webhook-id"), header("webhook-timestamp")), ("inst-12-down", "1795442600"));
    let signed = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), asked.body);
    let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signature = STANDARD.decode(header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes(), &signature).unwrap();
}

/// What opens in `PagerDuty` is closed by the same key; what never was open wakes nobody.
#[tokio::test]
async fn events_open_and_close() {
    use domain::AlertKind::{Blind, Digest, Down, Flapping, Recovered, Seeing, StillDown, Test, WasDown};

    for (kinds, path, action) in [
        (vec![Down, StillDown, Flapping, Blind, Test], "/v2/enqueue", Some("trigger")),
        (vec![Recovered, Seeing], "/v2/enqueue", Some("resolve")),
        (vec![WasDown, Digest], "/v2/change/enqueue", None),
    ] {
        for kind in kinds {
            let double = Double::kind().await;
            let mut alert = down();
            alert.kind = kind;
            sender().send(&at("pagerduty", &double.base), &alert).await.unwrap();
            let asked = double.only();
            assert_eq!(asked.line, format!("POST {path} HTTP/1.1"), "{kind:?}");
            assert_eq!(asked.json()["event_action"].as_str(), action, "{kind:?}");
            let key = action.map(|_| "inst-12");
            assert_eq!(asked.json()["dedup_key"].as_str(), key, "{kind:?}");
        }
    }
}

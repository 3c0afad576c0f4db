//! Where secrets are, and where not.

use domain::Secret;
use notify::{Channel, kinds};

use super::samples::{CANARIES, HTTP, at, channel, fields, settings};

const BASE: &str = "https://service.example";
const MAIL: [(&str, &str); 6] = [
    ("host", "mail.example.com"),
    ("security", "starttls"),
    ("user", "alerts"),
    ("password", "canarymail"),
    ("from", "alerts@example.com"),
    ("to", "ops@example.com"),
];

fn all() -> Vec<Channel> {
    HTTP.iter().map(|kind| at(kind, BASE)).chain([channel("mail", &MAIL)]).collect()
}

#[test]
fn secrets_are_neither_printed_nor_shown() {
    for channel in all() {
        let seen = format!("{channel:?} {:?}", channel.fields());
        for canary in CANARIES.iter().chain(&["canarymail", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]) {
            assert!(!seen.contains(canary), "{}: {seen}", channel.kind());
        }
        assert!(seen.contains(Secret::MASK), "{seen}");
    }
}

#[test]
fn what_is_kept_is_the_same_channel() {
    for channel in all() {
        assert_eq!(Channel::from_json(&channel.to_json()).unwrap(), channel);
    }
    let error =
        Channel::from_json("{\"kind\":\"slack\",\"settings\":{\"url\":\"canaryslack\"}}").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    let error = Channel::from_json("canary").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn what_is_masked_stays_what_it_was() {
    for channel in all() {
        let again = Channel::parse(channel.kind(), &channel.fields(), Some(&channel)).unwrap();
        assert_eq!(again, channel, "{}", channel.kind());
        assert_eq!(again.to_json(), channel.to_json(), "{}", channel.kind());
    }
}

#[test]
fn a_mask_stands_for_nothing_where_nothing_was() {
    for channel in all() {
        for before in [None, Some(&at("slack", BASE)), Some(&at("ntfy", BASE))] {
            if before.is_none_or(|before| before.kind() != channel.kind()) {
                let error = Channel::parse(channel.kind(), &channel.fields(), before).unwrap_err();
                assert!(!error.0.is_empty());
            }
        }
    }
}

/// Otherwise whoever may edit a channel could have its secrets sent to a server of their own.
#[test]
fn a_secret_that_is_kept_stays_with_its_server() {
    for kind in HTTP.iter().filter(|kind| !["slack", "discord"].contains(kind)) {
        let channel = at(kind, BASE);
        let moved: Vec<(String, String)> = channel
            .fields()
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                "server" => (name, "https://evil.example".to_owned()),
                "url" => (name, "https://evil.example/hook".to_owned()),
                _ => (name, value),
            })
            .collect();
        let error = Channel::parse(kind, &moved, Some(&channel)).unwrap_err();
        assert!(error.0.iter().all(|error| error.problem.contains("fill it in again")), "{kind}: {error}");
    }
    let mail = channel("mail", &MAIL);
    let mut moved = mail.fields();
    moved[0].1 = "evil.example".into();
    assert_eq!(Channel::parse("mail", &moved, Some(&mail)).unwrap_err().0[0].field, "password");
}

#[test]
fn what_is_wrong_is_said_without_secrets() {
    for kind in HTTP {
        let wrong: Vec<(String, String)> = settings(kind, "ftp://canary")
            .into_iter()
            .map(|(name, value)| (name, format!("{value}\u{7}canary")))
            .collect();
        let error = Channel::parse(kind, &wrong, None).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

/// Every field that a form shows is read, and every error names a field that a form shows.
#[test]
fn forms_and_settings_have_the_same_fields() {
    let channels = all();
    assert_eq!(kinds().len(), channels.len());
    for kind in kinds() {
        let channel = channels.iter().find(|channel| channel.kind() == kind.word).unwrap();
        let shown: Vec<&str> = kind.fields.iter().map(|field| field.name).collect();
        let known: Vec<String> = channel.fields().into_iter().map(|(name, _)| name).collect();
        assert_eq!(shown, known, "{}", kind.word);
        let error = Channel::parse(kind.word, &fields(&[]), None).unwrap_err();
        let needed: Vec<&str> =
            kind.fields.iter().filter(|field| !field.is_optional).map(|field| field.name).collect();
        let named: Vec<&str> = error.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, needed, "{}", kind.word);
    }
}

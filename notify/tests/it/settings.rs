//! Settings that are wrong, and what is said of them; and that documentation and code have the same names.

use notify::{Channel, kinds, names};
use proptest::prelude::*;

use super::samples::{fields, settings};

const MAIL: [(&str, &str); 4] =
    [("host", "mail.example.com"), ("security", "tls"), ("from", "a@example.com"), ("to", "b@example.com")];

/// Settings that are right but for one.
fn with(kind: &str, name: &str, value: &str) -> Vec<(String, String)> {
    let mut right = if kind == "mail" { fields(&MAIL) } else { settings(kind, "https://service.example") };
    right.retain(|(known, _)| known != name);
    right.push((name.to_owned(), value.to_owned()));
    right
}

#[test]
fn what_is_wrong_is_named() {
    for (kind, name, values) in [
        ("slack", "url", vec!["", "hooks.slack.com/x", "ftp://a/b", "https://u:p@a/b", "•••", "https://"]),
        ("slack", "text", vec!["{nam}", "{Name}", "{__proto__}", "hello {evidence} {x}"]),
        ("discord", "url", vec!["javascript:alert(1)"]),
        ("telegram", "token", vec!["", "abc", "1:", ":a", "1:a/../b", "1:a b", "1:a?x"]),
        ("telegram", "chat", vec!["", "0", "name", "@", "@a/b", "1.5"]),
        ("telegram", "topic", vec!["0", "-1", "x"]),
        ("telegram", "server", vec!["api.telegram.org", "https://a/?x", "file:///etc"]),
        ("ntfy", "topic", vec!["", "a b", "a/b", "ä"]),
        ("ntfy", "token", vec!["a b", "a\nb"]),
        ("pagerduty", "key", vec!["", "short", "canarypagerdutycanarypagerduty3!"]),
        ("webhook", "secret", vec!["secret", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!"]),
        (
            "webhook",
            "headers",
            vec![
                "Authorization",
                "a b: c",
                "Host: x",
                "content-length: 1",
                "Webhook-Id: 1",
                "a: b\na: c",
                "a: \u{1}",
            ],
        ),
        ("webhook", "body", vec!["{", "{name}", "{\"a\": {name}}", "{\"a\": \"{nam}\"}", "[\"{x}\"]"]),
        ("mail", "host", vec!["", "a b", "a/b", "mail.example.com:25"]),
        ("mail", "security", vec!["", "ssl"]),
        ("mail", "port", vec!["0", "65536", "x"]),
        ("mail", "user", vec![]),
        ("mail", "from", vec!["", "alerts", "a@", "A <a@b\r\nBcc: x@y>", "<>", "j\u{fc}rgen@example.com"]),
        (
            "mail",
            "to",
            vec!["", "a@example.com, b@example.com", "a@example.com\nb", &"a@example.com\n".repeat(21)],
        ),
        ("mail", "authority", vec!["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]),
    ] {
        for value in values {
            let error = Channel::parse(kind, &with(kind, name, value), None);
            let error = error.map(|channel| channel.to_json()).unwrap_err();
            assert_eq!(error.0.len(), 1, "{kind} {name} {value:?}: {error}");
            assert_eq!(error.0[0].field, name, "{kind} {value:?}: {error}");
        }
    }
    assert_eq!(Channel::parse("pigeon", &[], None).unwrap_err().0[0].field, "kind");
}

#[test]
fn what_is_right_is_taken() {
    for (kind, name, values) in [
        ("slack", "text", vec!["", "{name} is {kind}", "{ } {} {{title}} {1}"]),
        ("telegram", "chat", vec!["@channel_1", "42", "-1001234567890"]),
        ("telegram", "topic", vec!["", "7"]),
        ("telegram", "server", vec!["", "http://bots.lan:8081/base/"]),
        ("webhook", "headers", vec!["", "A: b\n\n b-C :  d e "]),
        ("webhook", "body", vec!["", "null", "\"{title}\"", "{\"a\": {}}"]),
        ("mail", "host", vec!["localhost", "192.0.2.1", "[2001:db8::1]", "bücher.example"]),
        ("mail", "port", vec!["", "2525"]),
        ("mail", "from", vec!["Alerts, all of them <a@b.example>", "\"Q\" <a@b.example>", "a@[127.0.0.1]"]),
        ("mail", "to", vec!["a@example.com\n\n B. <b@example.com>"]),
    ] {
        for value in values {
            let channel = Channel::parse(kind, &with(kind, name, value), None);
            let channel = channel.unwrap_or_else(|error| panic!("{kind} {name} {value:?}: {error}"));
            assert_eq!(Channel::from_json(&channel.to_json()).unwrap(), channel, "{kind} {name} {value:?}");
        }
    }
}

#[test]
fn passwords_need_encryption_and_a_user() {
    let field = |more: &[(&str, &str)]| {
        let mut all = fields(&MAIL);
        all.retain(|(name, _)| more.iter().all(|(known, _)| known != name));
        all.extend(fields(more));
        let error = Channel::parse("mail", &all, None).unwrap_err();
        error.0.into_iter().map(|error| error.field).collect::<Vec<_>>()
    };
    assert_eq!(field(&[("security", "none"), ("user", "u"), ("password", "p")]), ["security"]);
    assert_eq!(field(&[("user", "u")]), ["password"]);
    assert_eq!(field(&[("password", "p")]), ["user"]);
}

#[test]
fn the_documentation_knows_every_kind_field_and_name() {
    let text = include_str!("../../../docs/alerts.md");
    for kind in kinds() {
        assert!(text.contains(&format!("## {}", kind.title)), "{} is missing", kind.title);
        for field in kind.fields {
            assert!(
                text.contains(&format!("| `{}` |", field.name)),
                "{} of {} is missing",
                field.name,
                kind.word
            );
        }
    }
    for (name, means) in names() {
        assert!(
            text.contains(&format!("| `{{{name}}}` | {means} |")),
            "{name} is missing, or means something else"
        );
    }
}

proptest! {
    /// Whatever people write, it is refused by name, or taken and kept as it is.
    #[test]
    fn own_texts_are_refused_or_kept(text in "[{}a-z_ \n\u{e9}]{0,40}|(\\{(name|title|x)\\}| ){0,6}") {
        let fields = with("slack", "text", &text);
        match Channel::parse("slack", &fields, None) {
            Ok(channel) => {
                let kept = channel.fields().into_iter().find(|(name, _)| name == "text").unwrap().1;
                prop_assert_eq!(kept, text.trim());
            }
            Err(error) => {
                prop_assert_eq!(&error.0[0].field, "text");
                prop_assert!(text.contains('{'), "only names can be wrong");
            }
        }
    }

    /// No settings make anything fall over.
    #[test]
    fn nothing_that_is_typed_makes_anything_fall_over(kind in 0_usize..7, values in prop::collection::vec("\\PC{0,30}", 9)) {
        let kind = &kinds()[kind];
        let names = kind.fields.iter().map(|field| field.name.to_owned());
        let fields: Vec<(String, String)> = names.zip(values).collect();
        if let Ok(channel) = Channel::parse(kind.word, &fields, None) {
            prop_assert_eq!(Channel::from_json(&channel.to_json()).unwrap(), channel);
        }
    }
}

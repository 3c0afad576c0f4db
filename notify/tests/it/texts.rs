//! Texts that try to be markup, mentions, headers or names, in every channel.

use serde_json::Value;

use super::{
    double::{Asked, Double},
    samples::{HTTP, at, channel, down, hostile, recovered, sender, settings, with_own_text},
    smtp::Smtp,
};

const OWN: &str = "{title} {name} {target} {group} {tags} {cause} {evidence}";

/// What a channel sends of a hostile message: in its own words, or in somebody's.
async fn sent(kind: &str, own: Option<&str>) -> Asked {
    let double = Double::kind().await;
    let channel = match own {
        Some(own) => with_own_text(kind, &double.base, own),
        None => at(kind, &double.base),
    };
    sender().send(&channel, &hostile()).await.unwrap();
    double.only()
}

#[tokio::test]
async fn texts_are_no_headers() {
    for kind in HTTP {
        let asked = sent(kind, None).await;
        assert_eq!(asked.header("x-evil"), None, "{kind}");
        assert!(asked.line.starts_with("POST /"), "{kind}");
        assert_eq!(asked.header("user-agent"), Some(concat!("uptime-tracker/", env!("CARGO_PKG_VERSION"))));
    }
}

#[tokio::test]
async fn links_are_addresses_or_absent() {
    for kind in HTTP {
        assert!(!sent(kind, None).await.body.contains("status.example"), "{kind}");
    }
}

#[tokio::test]
async fn slack_sees_no_mentions() {
    for own in [None, Some(OWN)] {
        let json = sent("slack", own).await.json();
        let texts = json.to_string();
        assert!(texts.contains("&lt;!channel&gt;"), "{texts}");
        assert!(!texts.contains('<') && !texts.contains('>'), "{texts}");
        assert!(json["blocks"].as_array().unwrap().iter().all(|block| block["text"]["verbatim"] == true));
    }
}

#[tokio::test]
async fn discord_mentions_nobody() {
    for own in [None, Some(OWN)] {
        let json = sent("discord", own).await.json();
        assert_eq!(json["allowed_mentions"], serde_json::json!({ "parse": [] }));
        let content = json["content"].as_str().unwrap();
        assert!(content.contains(r"\*\<!channel\> \@everyone \<script\>alert\(1\)\</script\>"), "{content}");
        assert!(content.contains(r"\_\[a\]\(b\)"), "{content}");
    }
}

#[tokio::test]
async fn telegram_sees_no_tags() {
    for own in [None, Some(OWN)] {
        let json = sent("telegram", own).await.json();
        let text = json["text"].as_str().unwrap();
        assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{text}");
        let left = text.replace("<b>", "").replace("</b>", "");
        assert!(!left.contains('<'), "{text}");
    }
}

#[tokio::test]
async fn ntfy_gets_titles_of_one_line() {
    let json = sent("ntfy", None).await.json();
    let title = json["title"].as_str().unwrap();
    assert!(title.starts_with("Down: *<!channel> @everyone") && !title.contains(['\r', '\n']), "{title}");
}

#[tokio::test]
async fn what_stands_for_a_name_is_not_searched_for_names() {
    for kind in ["slack", "discord", "telegram", "ntfy"] {
        let text = strings(&sent(kind, Some("{name}")).await.json());
        assert!(text.contains("{target}"), "{kind}: {text}");
        assert!(!text.contains('\u{202E}'), "{kind}");
    }
}

#[tokio::test]
async fn an_own_body_is_json_whatever_names_stand_for() {
    let double = Double::kind().await;
    let mut settings = settings("webhook", &double.base);
    let body = r#"{"text": "{title}\n{evidence}", "n": 1, "deep": [{"at": "{at}", "brace": "{ {} {1} {{name}}"}], "{name}": null}"#;
    settings.push(("body".into(), body.into()));
    let hook = notify::Channel::parse("webhook", &settings, None).unwrap();
    sender().send(&hook, &hostile()).await.unwrap();
    let json = double.only().json();
    assert!(json["text"].as_str().unwrap().starts_with("Down: *<!channel> @everyone <script>"), "{json}");
    assert_eq!(json["deep"][0]["at"], "2026-11-23T14:03:10.123Z");
    assert!(json["deep"][0]["brace"].as_str().unwrap().starts_with("{ {} {1} {*<!channel>"), "{json}");
    assert_eq!(json["{name}"], Value::Null, "members keep their names");
}

/// An own text is about a tracker; what is about none keeps our words.
#[tokio::test]
async fn own_texts_say_what_happened() {
    for kind in ["slack", "discord", "telegram", "ntfy"] {
        let double = Double::kind().await;
        let channel = with_own_text(kind, &double.base, "{kind} {incident} {lasted} {since}");
        sender().send(&channel, &recovered()).await.unwrap();
        let text = strings(&double.only().json()).replace('\\', "");
        assert!(text.contains("recovered 12 4 min 12 s 2026-11-23T14:02:10.000Z"), "{kind}: {text}");

        let double = Double::kind().await;
        let channel = with_own_text(kind, &double.base, "mine");
        sender().send(&channel, &super::samples::digest()).await.unwrap();
        let text = strings(&double.only().json());
        assert!(!text.contains("mine") && text.contains("2 things happened"), "{kind}: {text}");
    }
}

#[tokio::test]
async fn long_texts_fit_into_what_services_take() {
    let mut alert = down();
    let long = "<&*_\u{1F980}".repeat(2_000);
    alert.tracker.as_mut().unwrap().name.clone_from(&long);
    alert.cause.clone_from(&long);
    alert.evidence = vec![(long.clone(), long.clone()); 30];
    alert.lines = vec![long; 100];
    for kind in HTTP {
        let double = Double::kind().await;
        sender().send(&at(kind, &double.base), &alert).await.unwrap();
        let json = double.only().json();
        let length = |path: &str| json.pointer(path).unwrap().as_str().unwrap().encode_utf16().count();
        match kind {
            "slack" => assert!(length("/blocks/0/text/text") <= 3_000),
            "discord" => assert!(length("/content") <= 2_000 && length("/embeds/0/description") <= 4_096),
            "telegram" => assert!(length("/text") <= 4_096),
            "ntfy" => assert!(json["message"].as_str().unwrap().len() <= 4_096 && length("/title") <= 400),
            "pagerduty" => assert!(length("/payload/summary") <= 2_048),
            _ => assert!(double.only().body.len() < 200_000),
        }
    }
}

#[tokio::test]
async fn mail_has_no_headers_but_ours() {
    let server = Smtp::kind().await;
    let port = server.port.to_string();
    let mail = channel(
        "mail",
        &[
            ("host", "127.0.0.1"),
            ("security", "none"),
            ("port", &port),
            ("from", "Café, the <alerts@example.com>"),
            ("to", "a@example.com\nBob B. <b@example.com>"),
        ],
    );
    sender().send(&mail, &hostile()).await.unwrap();
    let message = server.message();
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    assert!(head.lines().all(|line| !line.to_lowercase().starts_with("x-evil")), "{head}");
    assert!(head.lines().any(|line| line == "Message-ID: <keyX-Evil1@example.com>"), "{head}");
    let html = body.split("text/html").nth(1).unwrap().replace("=\r\n", "").replace("=3D", "=");
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !html.contains("<script"), "{html}");
}

/// All texts of some JSON, one after the other.
fn strings(json: &Value) -> String {
    match json {
        Value::String(text) => format!("{text}\n"),
        Value::Array(items) => items.iter().map(strings).collect(),
        Value::Object(members) => members.values().map(strings).collect(),
        _ => String::new(),
    }
}

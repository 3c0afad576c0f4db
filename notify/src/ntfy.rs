//! ntfy, on its public server or on one's own.

use std::time::Duration;

use domain::{Alert, AlertKind, ChannelInput, ChannelKind, Secret};
use serde_json::{Value, json};
use url::Url;

use crate::{
    Receipt, Sender, Undelivered,
    channel::Kind,
    form::{self, Form, Show, field, optional},
    names::OwnText,
    post::{Answer, Post, Reason, quoted},
    wording::{BYTES, Mood, Words, cut, fitting, mood},
};

/// The public one.
const SERVER: &str = "https://ntfy.sh";
/// The most bytes of a message; ntfy makes a file of what is longer.
const MESSAGE: usize = 4_096;
/// The most characters of a title.
const TITLE: usize = 200;

/// A topic of ntfy. Whoever knows its name can read it, and write into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ntfy {
    topic: Secret,
    token: Secret,
    server: Url,
    text: Option<OwnText>,
}

impl Kind for Ntfy {
    const WORD: &'static str = "ntfy";
    const PACE: Duration = Duration::from_millis(100);

    fn describe() -> ChannelKind {
        ChannelKind {
            word: Self::WORD,
            title: "ntfy",
            help: words::CHANNEL_NTFY_HELP,
            fields: vec![
                field("topic", words::CHANNEL_TOPIC, words::CHANNEL_NTFY_TOPIC_HINT, ChannelInput::Secret),
                optional(
                    "token",
                    words::CHANNEL_NTFY_TOKEN,
                    words::CHANNEL_NTFY_TOKEN_HINT,
                    ChannelInput::Secret,
                ),
                form::own_text_field(),
                optional(
                    "server",
                    words::CHANNEL_SERVER,
                    words::CHANNEL_NTFY_SERVER_HINT,
                    ChannelInput::Text,
                ),
            ],
        }
    }

    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Option<Self> {
        let server = form.server("server", SERVER);
        let kept = before.filter(|before| Some(&before.server) == server.as_ref());
        let topic =
            form.secret_of("topic", kept.map(|kept| &kept.topic), is_topic, words::CHANNEL_NTFY_TOPIC_WRONG);
        let token = form.secret_of(
            "token",
            kept.map(|kept| &kept.token),
            |token| token.len() <= 200 && token.chars().all(|c| c.is_ascii_graphic()),
            words::CHANNEL_NTFY_TOKEN_WRONG,
        );
        let text = form.own_text("text");
        Some(Self { topic, token, server: server?, text })
    }

    fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
        vec![
            ("topic", show.secret(&self.topic)),
            ("token", show.secret(&self.token)),
            ("text", form::source(self.text.as_ref())),
            ("server", self.server.to_string()),
        ]
    }

    async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered> {
        let post = Post::json(self.server.clone(), &self.payload(alert)).bearer(&self.token);
        sender.post(post, |answer| self.reason(answer)).await
    }
}

impl Ntfy {
    /// As JSON: in the other way that ntfy offers, titles are headers, in which a line break would begin another one.
    fn payload(&self, alert: &Alert) -> Value {
        let words = Words::of(alert);
        let own = OwnText::for_alert(self.text.as_ref(), alert);
        let message = match own {
            Some(own) => fitting(own.lines().map(str::to_owned), MESSAGE, BYTES),
            None => fitting(words.below(), MESSAGE, BYTES),
        };
        let (tag, priority) = match (alert.kind, mood(alert.kind)) {
            (AlertKind::Flapping, _) => ("warning", 3),
            (_, Mood::Bad) => ("rotating_light", 4),
            (_, Mood::Good) => ("white_check_mark", 3),
            (_, Mood::Neutral) => ("information_source", 3),
        };
        let mut payload = json!({
            "topic": self.topic.expose(),
            "title": cut(&words.title, TITLE),
            "message": message,
            "priority": priority,
            "tags": [tag],
        });
        if let Some(link) = words.link {
            payload["click"] = link.into();
        }
        if let Some(link) = words.acknowledge {
            payload["actions"] = json!([{ "action": "view", "label": words::KNOWN_SAY, "url": link }]);
        }
        payload
    }

    fn reason(&self, answer: &Answer) -> Reason {
        let json = answer.json().unwrap_or_default();
        let said = json.get("error").and_then(Value::as_str).unwrap_or_default();
        Reason { said: quoted(said, &[self.token.clone(), self.topic.clone()]), wait: None }
    }
}

fn is_topic(topic: &str) -> bool {
    (1..=64).contains(&topic.len())
        && topic.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

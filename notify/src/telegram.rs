//! Telegram, by a bot.

use std::time::Duration;

use domain::{Alert, ChannelInput, ChannelKind, Secret};
use serde_json::{Value, json};
use url::Url;

use crate::{
    Receipt, Sender, Undelivered,
    channel::Kind,
    form::{self, Form, Show, field, optional},
    names::OwnText,
    place::below,
    post::{Answer, Post, Reason, quoted, seconds},
    wording::{UTF16, Words, fitting},
};

/// Where bots live.
const SERVER: &str = "https://api.telegram.org";
/// The most characters of a message. Telegram counts them without markup, so this errs to the safe side.
const MESSAGE: usize = 4_096;

/// A bot that writes into a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Telegram {
    token: Secret,
    chat: String,
    topic: Option<u32>,
    server: Url,
    text: Option<OwnText>,
}

impl Kind for Telegram {
    const WORD: &'static str = "telegram";
    const PACE: Duration = Duration::from_secs(1);

    fn describe() -> ChannelKind {
        ChannelKind {
            word: Self::WORD,
            title: "Telegram",
            help: words::CHANNEL_TELEGRAM_HELP,
            fields: vec![
                field(
                    "token",
                    words::CHANNEL_TELEGRAM_TOKEN,
                    words::CHANNEL_TELEGRAM_TOKEN_HINT,
                    ChannelInput::Secret,
                ),
                field(
                    "chat",
                    words::CHANNEL_TELEGRAM_CHAT,
                    words::CHANNEL_TELEGRAM_CHAT_HINT,
                    ChannelInput::Text,
                ),
                optional(
                    "topic",
                    words::CHANNEL_TOPIC,
                    words::CHANNEL_TELEGRAM_TOPIC_HINT,
                    ChannelInput::Text,
                ),
                form::own_text_field(),
                optional(
                    "server",
                    words::CHANNEL_SERVER,
                    words::CHANNEL_TELEGRAM_SERVER_HINT,
                    ChannelInput::Text,
                ),
            ],
        }
    }

    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Option<Self> {
        let server = form.server("server", SERVER);
        let kept =
            before.filter(|before| Some(&before.server) == server.as_ref()).map(|before| &before.token);
        let token = form.secret_of("token", kept, is_token, words::CHANNEL_TELEGRAM_TOKEN_WRONG);
        let chat = form.text("chat").to_owned();
        if !is_chat(&chat) {
            form.wrong("chat", words::CHANNEL_TELEGRAM_CHAT_WRONG);
        }
        let topic = match form.text("topic") {
            "" => None,
            text => {
                let topic = text.parse::<u32>().ok().filter(|topic| *topic > 0);
                if topic.is_none() {
                    form.wrong("topic", words::CHANNEL_TELEGRAM_TOPIC_WRONG);
                }
                topic
            }
        };
        let text = form.own_text("text");
        Some(Self { token, chat, topic, server: server?, text })
    }

    fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
        vec![
            ("token", show.secret(&self.token)),
            ("chat", self.chat.clone()),
            ("topic", self.topic.map(|topic| topic.to_string()).unwrap_or_default()),
            ("text", form::source(self.text.as_ref())),
            ("server", self.server.to_string()),
        ]
    }

    async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered> {
        let url = below(&self.server, &[&format!("bot{}", self.token.expose()), "sendMessage"]);
        sender.post(Post::json(url, &self.payload(alert)), |answer| self.reason(answer)).await
    }
}

impl Telegram {
    fn payload(&self, alert: &Alert) -> Value {
        let words = Words::of(alert);
        let own = OwnText::for_alert(self.text.as_ref(), alert);
        let lines = own.map_or_else(|| ours(&words), |own| own.lines().map(escape).collect());
        let mut payload = json!({
            "chat_id": self.chat,
            "text": fitting(lines, MESSAGE, UTF16),
            "parse_mode": "HTML",
            "link_preview_options": { "is_disabled": true },
        });
        if let Some(topic) = self.topic {
            payload["message_thread_id"] = topic.into();
        }
        payload
    }

    fn reason(&self, answer: &Answer) -> Reason {
        let json = answer.json().unwrap_or_default();
        let said = json.get("description").and_then(Value::as_str).unwrap_or_default();
        let wait = json.pointer("/parameters/retry_after").and_then(Value::as_f64).and_then(seconds);
        Reason { said: quoted(said, std::slice::from_ref(&self.token)), wait }
    }
}

/// Our own words, line by line.
fn ours(words: &Words) -> Vec<String> {
    let title = format!("<b>{}</b>", escape(&words.title));
    let links = words.links().map(|(what, link)| format!("<a href=\"{}\">{what}</a>", escape(link)));
    [title].into_iter().chain(links).chain(words.below().iter().map(|line| escape(line))).collect()
}

/// It becomes a part of an address.
fn is_token(token: &str) -> bool {
    token.split_once(':').is_some_and(|(bot, key)| {
        let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !bot.is_empty()
            && bot.chars().all(|c| c.is_ascii_digit())
            && !key.is_empty()
            && key.chars().all(is_key)
    }) && token.len() <= 200
}

fn is_chat(chat: &str) -> bool {
    match chat.strip_prefix('@') {
        Some(name) => {
            (1..=100).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        }
        None => chat.parse::<i64>().is_ok_and(|chat| chat != 0),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

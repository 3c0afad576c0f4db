//! Slack, by an incoming webhook.

use std::time::Duration;

use domain::{Alert, ChannelInput, ChannelKind};
use serde_json::{Value, json};

use crate::{
    Receipt, Sender, Undelivered,
    channel::Kind,
    form::{self, Form, Show, field},
    names::OwnText,
    place::SecretUrl,
    post::{Answer, Post, Reason, quoted},
    wording::{UTF16, Words, fitting},
};

/// The most characters of a section's text.
const SECTION: usize = 3_000;

/// An incoming webhook of Slack. Its address is its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slack {
    url: SecretUrl,
    text: Option<OwnText>,
}

impl Kind for Slack {
    const WORD: &'static str = "slack";
    const PACE: Duration = Duration::from_secs(1);

    fn describe() -> ChannelKind {
        ChannelKind {
            word: Self::WORD,
            title: "Slack",
            help: words::CHANNEL_SLACK_HELP,
            fields: vec![
                field(
                    "url",
                    words::CHANNEL_WEBHOOK_ADDRESS,
                    words::CHANNEL_SLACK_URL_HINT,
                    ChannelInput::Text,
                ),
                form::own_text_field(),
            ],
        }
    }

    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Option<Self> {
        let text = form.own_text("text");
        Some(Self { url: SecretUrl::parse(form, "url", before.map(|before| &before.url))?, text })
    }

    fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
        vec![("url", self.url.show(show)), ("text", form::source(self.text.as_ref()))]
    }

    async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered> {
        let post = Post::json(self.url.expose().clone(), &self.payload(alert));
        sender.post(post, |answer| self.reason(answer)).await
    }
}

impl Slack {
    fn payload(&self, alert: &Alert) -> Value {
        let words = Words::of(alert);
        let title = escape(&words.title);
        let lines = match OwnText::for_alert(self.text.as_ref(), alert) {
            Some(own) => own.lines().map(escape).collect(),
            None => {
                [vec![format!("*{title}*")], words.below().iter().map(|line| escape(line)).collect()].concat()
            }
        };
        // Verbatim: Slack finds no channels, people or addresses of its own in it.
        let section = |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } });
        let mut blocks = vec![section(fitting(lines, SECTION, UTF16))];
        blocks.extend(words.links().map(|(what, link)| section(format!("<{}|{what}>", escape(link)))));
        json!({ "text": title, "blocks": blocks })
    }

    /// Slack says what is wrong in one word, like `no_service`. Anything else is not Slack's, and is not repeated.
    fn reason(&self, answer: &Answer) -> Reason {
        let text = answer.text();
        let is_word = text.len() <= 40 && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let said = if is_word { quoted(text, &self.url.secrets()) } else { String::new() };
        Reason { said, wait: None }
    }
}

/// What stands for something in Slack's texts, mentions among it, begins with `<` or `&`.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! Discord, by a webhook of a channel.

use std::time::Duration;

use domain::{Alert, ChannelInput, ChannelKind, Secret};
use serde_json::{Value, json};

use crate::{
    Receipt, Sender, Undelivered,
    channel::Kind,
    form::{self, Form, Show, field},
    names::OwnText,
    place::SecretUrl,
    post::{Answer, Post, Reason, quoted, seconds},
    wording::{Mood, UTF16, Words, fitting, mood},
};

/// The most characters of what stands above, and of what stands in the box.
const CONTENT: usize = 2_000;
const DESCRIPTION: usize = 4_000;

/// A webhook of Discord. Its address is its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Discord {
    url: SecretUrl,
    text: Option<OwnText>,
}

impl Kind for Discord {
    const WORD: &'static str = "discord";
    const PACE: Duration = Duration::from_secs(1);

    fn describe() -> ChannelKind {
        ChannelKind {
            word: Self::WORD,
            title: "Discord",
            help: words::CHANNEL_DISCORD_HELP,
            fields: vec![
                field(
                    "url",
                    words::CHANNEL_WEBHOOK_ADDRESS,
                    words::CHANNEL_DISCORD_URL_HINT,
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
        let secrets = self.url.secrets();
        let post = Post::json(self.url.expose().clone(), &self.payload(alert));
        sender.post(post, |answer| reason(answer, &secrets)).await
    }
}

impl Discord {
    fn payload(&self, alert: &Alert) -> Value {
        // Whatever a text says, nobody is mentioned.
        let nobody = json!({ "parse": [] });
        if let Some(own) = OwnText::for_alert(self.text.as_ref(), alert) {
            return json!({ "content": fitting(own.lines().map(escape), CONTENT, UTF16), "allowed_mentions": nobody });
        }
        let words = Words::of(alert);
        let color = match mood(alert.kind) {
            Mood::Bad => 0x00c4_2b1c,
            Mood::Good => 0x002e_7d32,
            Mood::Neutral => 0x0060_7d8b,
        };
        let mut embed = json!({
            "description": fitting(words.below().iter().map(|line| escape(line)), DESCRIPTION, UTF16),
            "color": color,
            "timestamp": alert.at.to_string(),
        });
        if let Some(link) = words.link {
            // A title is what an address hangs on.
            embed["title"] = words::ALERT_DETAILS.into();
            embed["url"] = link.into();
        }
        if let Some(link) = words.acknowledge {
            embed["fields"] = json!([{ "name": words::KNOWN_SAY, "value": link }]);
        }
        let content = fitting([escape(&words.title)], CONTENT, UTF16);
        json!({ "content": content, "embeds": [embed], "allowed_mentions": nobody })
    }
}

/// Everything that Markdown could take for its own, by a backslash; so addresses make no links either, but are still read.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if "\\*_~|`>#[]()<:@-+.".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn reason(answer: &Answer, secrets: &[Secret]) -> Reason {
    let json = answer.json().unwrap_or_default();
    let said = json.get("message").and_then(Value::as_str).unwrap_or_default();
    let wait = json.get("retry_after").and_then(Value::as_f64).and_then(seconds);
    Reason { said: quoted(said, secrets), wait }
}

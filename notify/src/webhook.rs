//! Any program that takes a request, signed by the [Standard Webhooks](https://www.standardwebhooks.com) specification.

mod body;
mod headers;
mod signature;

use std::time::Duration;

use domain::{Alert, ChannelInput, ChannelKind};
use reqwest::header::HeaderName;

use self::{body::OwnBody, headers::Headers, signature::Key};
use crate::{
    Receipt, Sender, Undelivered,
    channel::Kind,
    form::{Form, Show, field, optional},
    place::SecretUrl,
    post::{Post, Reason},
};

/// What a receiver may need to know before it reads the body; the names of the specification.
const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// A receiver of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    url: SecretUrl,
    key: Option<Key>,
    headers: Headers,
    body: Option<OwnBody>,
}

impl Kind for Webhook {
    const WORD: &'static str = "webhook";
    const PACE: Duration = Duration::from_millis(100);

    fn describe() -> ChannelKind {
        ChannelKind {
            word: Self::WORD,
            title: words::CHANNEL_WEBHOOK,
            help: words::CHANNEL_WEBHOOK_HELP,
            fields: vec![
                field("url", words::CHANNEL_WEBHOOK_URL, "https://example.com/alerts", ChannelInput::Text),
                optional(
                    "secret",
                    words::CHANNEL_WEBHOOK_SECRET,
                    words::CHANNEL_WEBHOOK_SECRET_HINT,
                    ChannelInput::Secret,
                ),
                optional(
                    "headers",
                    words::CHANNEL_WEBHOOK_HEADERS,
                    words::CHANNEL_WEBHOOK_HEADERS_HINT,
                    ChannelInput::Lines,
                ),
                optional(
                    "body",
                    words::CHANNEL_WEBHOOK_BODY,
                    words::CHANNEL_WEBHOOK_BODY_HINT,
                    ChannelInput::Lines,
                ),
            ],
        }
    }

    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Option<Self> {
        let url = SecretUrl::parse(form, "url", before.map(|before| &before.url));
        let kept = before.filter(|before| url.as_ref().is_some_and(|url| url.is_beside(&before.url)));
        let key = Key::parse(form, "secret", kept.and_then(|kept| kept.key.as_ref()));
        let headers = Headers::parse(form, "headers", kept.map(|kept| &kept.headers));
        let body = OwnBody::parse(form, "body");
        Some(Self { url: url?, key, headers, body })
    }

    fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
        vec![
            ("url", self.url.show(show)),
            ("secret", self.key.as_ref().map(|key| key.show(show)).unwrap_or_default()),
            ("headers", self.headers.show(show)),
            ("body", self.body.as_ref().map(|body| body.source().to_owned()).unwrap_or_default()),
        ]
    }

    async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered> {
        // What the receiver says is not repeated: it would let whoever edits channels read answers from inside the network.
        sender
            .post(self.request(alert, sender.clock.now().as_ms().div_euclid(1_000)), |_| Reason::default())
            .await
    }
}

impl Webhook {
    /// The request of this second (Unix time): it is signed anew whenever it is tried.
    fn request(&self, alert: &Alert, now: i64) -> Post {
        let body = match &self.body {
            Some(own) => own.fill(alert),
            None => body::ours(alert),
        };
        let mut post = Post::json(self.url.expose().clone(), &body);
        for (name, value) in self.headers.iter() {
            post = post.header(name.clone(), value.expose());
        }
        post = post.header(ID, &alert.key).header(TIMESTAMP, &now.to_string());
        match &self.key {
            Some(key) => {
                let signature = key.sign(&alert.key, now, post.body());
                post.header(SIGNATURE, &signature)
            }
            None => post,
        }
    }
}

//! Slack, by an incoming webhook.

use std::time::Duration;

use domain::{Alert, ChannelField, ChannelInput, ChannelKind, Secret};

use crate::{
    Pace, Receipt, Sender, Undelivered,
    channel::Kind,
    form::{Form, Show},
};

/// An incoming webhook of Slack. Its address is its password.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slack {
    url: Secret,
}

impl Kind for Slack {
    const WORD: &'static str = "slack";
    const PACE: Pace = Pace { burst: 3, every: Duration::from_secs(1) };

    fn describe() -> ChannelKind {
        ChannelKind {
            word: Self::WORD,
            title: "Slack",
            help: "An incoming webhook of your workspace.",
            fields: vec![ChannelField {
                name: "url",
                label: "Webhook address",
                hint: "https://hooks.slack.com/services/…",
                input: ChannelInput::Secret,
                is_optional: false,
            }],
        }
    }

    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Self {
        form.needed("url", "the address of the webhook");
        Self { url: form.secret("url", before.map(|before| &before.url)) }
    }

    fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
        vec![("url", show.secret(&self.url))]
    }

    async fn send(&self, _: &Sender, _: &Alert) -> Result<Receipt, Undelivered> {
        Err(Undelivered::refused("this channel cannot send yet"))
    }
}

//! A channel: where messages go, and the registry of all kinds.

use std::{collections::BTreeMap, time::Duration};

use domain::{Alert, ChannelKind, Invalid};
use serde::{Deserialize, Serialize};

use crate::{
    Receipt, Sender, Undelivered,
    discord::Discord,
    form::{Form, Show},
    mail::Mail,
    ntfy::Ntfy,
    pagerduty::PagerDuty,
    slack::Slack,
    telegram::Telegram,
    webhook::Webhook,
};

/// What every kind of channel can do. One file each; its line in the registry below is all that knows of it.
pub(crate) trait Kind: Sized {
    /// Its word on disk and in addresses.
    const WORD: &'static str;
    /// The time between two messages that it takes at least.
    const PACE: Duration;

    /// What its form asks for.
    fn describe() -> ChannelKind;
    /// Reads a form. What is wrong is noted there; what is returned is then not used, or nothing.
    fn parse(form: &mut Form<'_>, before: Option<&Self>) -> Option<Self>;
    /// Its settings by the names of its form.
    fn settings(&self, show: Show) -> Vec<(&'static str, String)>;
    /// Sends a message.
    async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered>;
}

/// Where messages go. Its settings are known to be right; `Debug` shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel(Of);

/// What was kept of a channel cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It is not what [`Channel::to_json`] writes. The text is left out: it holds secrets.
    #[error("{}", words::CHANNEL_BROKEN)]
    Unreadable,
    /// It is, but this version does not take the settings.
    #[error("{}", words::channel_broken_wrong(.0))]
    Wrong(#[from] Invalid),
}

/// What is kept on disk.
#[derive(Serialize, Deserialize)]
struct Kept {
    kind: String,
    settings: BTreeMap<String, String>,
}

/// The registry: each line names a kind, in the order in which people are offered them.
macro_rules! registry {
    ($($kind:ident,)+) => {
        #[derive(Clone, Debug, PartialEq, Eq)]
        enum Of {
            $($kind($kind),)+
        }

        /// All kinds, in the order in which people are offered them.
        pub fn kinds() -> Vec<ChannelKind> {
            vec![$($kind::describe(),)+]
        }

        impl Channel {
            /// Reads the fields of a form, names and values as they came. A secret that is still masked keeps its value of `before`.
            /// Errors name the field.
            pub fn parse(kind: &str, fields: &[(String, String)], before: Option<&Self>) -> Result<Self, Invalid> {
                let mut form = Form::new(fields);
                let made = match kind {
                    $($kind::WORD => {
                        let before = match before {
                            Some(Self(Of::$kind(before))) => Some(before),
                            _ => None,
                        };
                        $kind::parse(&mut form, before).map(Of::$kind)
                    })+
                    _ => return Err(Invalid::one("kind", words::CHANNEL_KIND_UNKNOWN)),
                };
                form.done(made).map(Self)
            }

            /// Its word on disk and in addresses: `webhook`.
            pub fn kind(&self) -> &'static str {
                match &self.0 {
                    $(Of::$kind(_) => $kind::WORD,)+
                }
            }

            /// The time between two messages that it takes at least.
            pub fn pace(&self) -> Duration {
                match &self.0 {
                    $(Of::$kind(_) => $kind::PACE,)+
                }
            }

            fn settings(&self, show: Show) -> Vec<(&'static str, String)> {
                match &self.0 {
                    $(Of::$kind(channel) => channel.settings(show),)+
                }
            }

            pub(crate) async fn send(&self, sender: &Sender, alert: &Alert) -> Result<Receipt, Undelivered> {
                match &self.0 {
                    $(Of::$kind(channel) => channel.send(sender, alert).await,)+
                }
            }
        }
    };
}

registry! {
    Mail,
    Slack,
    Discord,
    Telegram,
    Ntfy,
    PagerDuty,
    Webhook,
}

impl Channel {
    /// As its form shows it: secrets are masked.
    pub fn fields(&self) -> Vec<(String, String)> {
        self.settings(Show::Masked).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// What is kept on disk, as JSON, with secrets in the clear.
    pub fn to_json(&self) -> String {
        let settings = self.settings(Show::Clear).into_iter().map(|(name, value)| (name.to_owned(), value));
        let kept = Kept { kind: self.kind().to_owned(), settings: settings.collect() };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// Reads what was kept.
    pub fn from_json(text: &str) -> Result<Self, Broken> {
        let kept: Kept = serde_json::from_str(text).map_err(|_| Broken::Unreadable)?;
        let fields: Vec<(String, String)> = kept.settings.into_iter().collect();
        Ok(Self::parse(&kept.kind, &fields, None)?)
    }
}

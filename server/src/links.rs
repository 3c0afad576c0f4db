//! The addresses of this installation that messages lead to. Some may be followed without an account: they are signed, for one incident, one
//! channel and some days.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Alert, ChannelId, IncidentId, Timestamp};
use ring::hmac;

/// Makes addresses, and reads those that it made. Cheap to clone.
#[derive(Clone)]
pub struct Links {
    /// How browsers reach this installation, without a slash at its end, if somebody said so.
    base: Option<String>,
    key: hmac::Key,
}

/// How long a signed address can be used: as long as somebody may still read an old message.
const LASTS: Duration = Duration::from_hours(24 * 7);

impl Links {
    /// Addresses below `base`, signed with a key that is used for nothing else.
    pub fn new(base: Option<String>, key: &[u8]) -> Self {
        Self { base, key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// How browsers reach this installation.
    pub(crate) fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// The page that says more of what a message tells.
    pub(crate) fn more(&self, alert: &Alert) -> Option<String> {
        let base = self.base()?;
        Some(match (alert.incident, &alert.tracker) {
            (Some(incident), _) => format!("{base}/incidents/{incident}"),
            (None, Some(tracker)) => format!("{base}/t/{}", tracker.id),
            (None, None) => format!("{base}/"),
        })
    }

    /// The page where who got a message says that they know of it. `at` is when that happened which it tells.
    pub(crate) fn acknowledge(
        &self,
        incident: IncidentId,
        channel: ChannelId,
        at: Timestamp,
    ) -> Option<String> {
        let until = at.plus(LASTS);
        let tag = hmac::sign(&self.key, signed(incident, channel, until).as_bytes());
        let (base, page, signature) = (self.base()?, app::known::PAGE, URL_SAFE_NO_PAD.encode(tag));
        Some(format!(
            "{base}{page}?incident={}&channel={}&until={until}&signature={signature}",
            incident.0,
            channel.0,
            until = until.0
        ))
    }

    /// The incident and the channel of a signed address, by its query as names and values; nothing when it is not ours or too old.
    pub(crate) fn read(&self, query: &[(String, String)], now: Timestamp) -> Option<(IncidentId, ChannelId)> {
        let text =
            |name: &str| query.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let number = |name: &str| text(name)?.parse::<i64>().ok();
        let (incident, channel) = (IncidentId(number("incident")?), ChannelId(number("channel")?));
        let until = Timestamp(number("until")?);
        let signature = URL_SAFE_NO_PAD.decode(text("signature")?).ok()?;
        // In constant time.
        hmac::verify(&self.key, signed(incident, channel, until).as_bytes(), &signature).ok()?;
        (now < until).then_some((incident, channel))
    }
}

/// What is signed. The first word says for what, so that no signature can be used for something else.
fn signed(incident: IncidentId, channel: ChannelId, until: Timestamp) -> String {
    format!("acknowledge\n{}\n{}\n{}", incident.0, channel.0, until.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_435_200_000);

    fn links(key: u8) -> Links {
        Links::new(Some("https://status.example".into()), &[key; 32])
    }

    fn query(url: &str) -> Vec<(String, String)> {
        serde_urlencoded::from_str(url.split_once('?').unwrap().1).unwrap()
    }

    #[test]
    fn what_was_signed_is_read_until_it_is_too_old() {
        let url = links(1).acknowledge(IncidentId(7), ChannelId(3), NOW).unwrap();
        assert!(url.starts_with("https://status.example/acknowledge?incident=7&channel=3&until="), "{url}");
        let later = |days: u64| NOW.plus(Duration::from_hours(24 * days));
        assert_eq!(links(1).read(&query(&url), later(6)), Some((IncidentId(7), ChannelId(3))));
        assert_eq!(links(1).read(&query(&url), later(7)), None);
        assert_eq!(links(2).read(&query(&url), NOW), None, "another key");
    }

    #[test]
    fn what_was_changed_is_not_ours() {
        let url = links(1).acknowledge(IncidentId(7), ChannelId(3), NOW).unwrap();
        let fields = query(&url);
        for (n, (name, _)) in fields.iter().enumerate() {
            let mut changed = fields.clone();
            changed[n].1 = if name == "signature" { "AAAA".into() } else { "8".into() };
            assert_eq!(links(1).read(&changed, NOW), None, "{name}");
            changed.remove(n);
            assert_eq!(links(1).read(&changed, NOW), None, "without {name}");
        }
    }

    #[test]
    fn without_a_base_there_is_no_address() {
        let links = Links::new(None, &[1; 32]);
        assert_eq!(links.acknowledge(IncidentId(7), ChannelId(3), NOW), None);
    }
}

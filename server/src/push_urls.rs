//! The URLs that targets call: each is a secret of its own, and none is kept anywhere.
//!
//! A token is the tracker's number and 160 bits of HMAC-SHA256 over it and over when it was added, under a key that is derived from that of the secrets. So a copy
//! of the database tells nobody whom to pretend to be, and who may change a tracker can read its URL again.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Facet, PushUrl, Tracker, TrackerId};
use ring::hmac;
use store::{KeyError, Vault};
use tokio::sync::watch;

use crate::recorder::Roster;

/// Makes the URLs, and finds whose they are. Cheap to clone.
#[derive(Clone)]
pub struct PushUrls {
    /// How this installation is reached, without a slash at its end, if somebody said so.
    base: Option<String>,
    key: hmac::Key,
}

/// Bytes of a token's secret part: 160 bits.
const SECRET: usize = 20;
/// What all of the paths begin with.
pub(crate) const PATH: &str = "/push/";

impl PushUrls {
    /// URLs below `base`, made with a key that is derived from that of the secrets.
    pub fn sealed(base: Option<String>, vault: &Vault) -> Result<Self, KeyError> {
        Ok(Self::new(base, &vault.derive("uptime-tracker push 1")?))
    }

    /// URLs below `base`, made with a key that is used for nothing else.
    pub fn new(base: Option<String>, key: &[u8]) -> Self {
        Self { base, key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// The URL of a tracker whose target calls, or its path where nobody said how this installation is reached; nothing of one that is asked.
    pub fn of(&self, tracker: &Tracker) -> Option<String> {
        let settings = &tracker.settings;
        settings.target.kind().has(Facet::Signals).then(|| {
            let base = self.base.as_deref().unwrap_or_default();
            format!("{base}{PATH}{}-{}", tracker.id, URL_SAFE_NO_PAD.encode(self.tag(tracker)))
        })
    }

    /// The tracker that a token is of, among those that are there.
    pub(crate) fn find(&self, token: &str, roster: &watch::Receiver<Roster>) -> Option<TrackerId> {
        let (id, secret) = token.split_once('-')?;
        let id: TrackerId = id.parse().ok()?;
        let tracker = roster.borrow().get(&id).cloned()?;
        let settings = &tracker.settings;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?;
        let tag = self.tag(&tracker);
        let is_it = settings.target.kind().has(Facet::Signals) && is_equal(&secret, &tag);
        is_it.then_some(id)
    }

    fn tag(&self, tracker: &Tracker) -> [u8; SECRET] {
        let PushUrl(number) = tracker.settings.http.push_url;
        // The same number may be given again where a database is begun anew under the same key.
        let signed = format!("push\n{}\n{}\n{number}", tracker.id, tracker.added_at.0);
        let tag = hmac::sign(&self.key, signed.as_bytes());
        let mut secret = [0; SECRET];
        secret.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        secret
    }
}

/// In constant time.
fn is_equal(given: &[u8], expected: &[u8; SECRET]) -> bool {
    let differs = given.iter().zip(expected).fold(0, |differs, (a, b)| differs | (a ^ b));
    given.len() == SECRET && std::hint::black_box(differs) == 0
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use domain::{Draft, Given, HttpDraft, Timestamp};

    use super::*;

    fn tracker(id: i64, url: &str, number: i64) -> Tracker {
        let http = HttpDraft { push_url: Given::Set(number), ..HttpDraft::default() };
        let http = url.starts_with("push").then_some(http);
        Tracker::new(TrackerId(id), Draft { http, ..Draft::of(url) }.parse().unwrap(), Timestamp(0))
    }

    fn roster(tracker: Tracker) -> watch::Receiver<Roster> {
        watch::channel(Arc::new(BTreeMap::from([(tracker.id, Arc::new(tracker))]))).1
    }

    #[test]
    fn a_url_leads_to_its_tracker_until_it_has_another() {
        let urls = PushUrls::new(Some("https://status.example".into()), &[1; 32]);
        let url = urls.of(&tracker(7, "push://job", 1)).unwrap();
        let token = url.strip_prefix("https://status.example/push/").unwrap();
        assert_eq!(token.len(), 2 + 27, "{token}");
        assert_eq!(urls.find(token, &roster(tracker(7, "push://job", 1))), Some(TrackerId(7)));
        assert_eq!(urls.find(token, &roster(tracker(7, "push://job", 2))), None, "another number");
        assert_eq!(urls.find(token, &roster(tracker(7, "a.example", 1))), None, "another kind");
        assert_eq!(urls.find(token, &roster(tracker(8, "push://job", 1))), None, "gone");
        let other = PushUrls::new(None, &[2; 32]);
        assert_eq!(other.find(token, &roster(tracker(7, "push://job", 1))), None, "another key");
        assert!(other.of(&tracker(7, "push://job", 1)).unwrap().starts_with("/push/7-"));
        assert_eq!(urls.of(&tracker(7, "a.example", 1)), None);
    }

    #[test]
    fn nothing_else_is_found() {
        let urls = PushUrls::new(None, &[1; 32]);
        let here = roster(tracker(7, "push://job", 1));
        let url = urls.of(&tracker(7, "push://job", 1)).unwrap();
        let token = url.strip_prefix(PATH).unwrap();
        for wrong in [
            "",
            "7",
            "7-",
            "-",
            "7-AAAA",
            "x-y",
            &token[..token.len() - 1],
            &format!("{token}A"),
            &format!("8{}", &token[1..]),
        ] {
            assert_eq!(urls.find(wrong, &here), None, "{wrong}");
        }
    }
}

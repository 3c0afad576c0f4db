//! Signatures by Standard Webhooks, symmetric: the receiver knows the same key.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Secret;
use ring::hmac;

use crate::form::{Form, Show};

/// How keys begin.
const PREFIX: &str = "whsec_";

/// A key of 24 to 64 bytes, as it is written.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key(Secret);

impl Key {
    /// Reads a field that may be empty.
    pub(super) fn parse(form: &mut Form<'_>, name: &'static str, before: Option<&Self>) -> Option<Self> {
        let is_right =
            |text: &str| text.is_empty() || bytes(text).is_some_and(|bytes| (24..=64).contains(&bytes.len()));
        let problem = words::CHANNEL_WEBHOOK_SECRET_WRONG;
        let secret = form.secret_of(name, before.map(|before| &before.0), is_right, problem);
        Some(secret).filter(|secret| !secret.expose().is_empty()).map(Self)
    }

    pub(super) fn show(&self, show: Show) -> String {
        show.secret(&self.0)
    }

    /// Signs what is sent at this second.
    pub(super) fn sign(&self, id: &str, now: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes(self.0.expose()).unwrap_or_default());
        let mut signing = hmac::Context::with_key(&key);
        signing.update(format!("{id}.{now}.").as_bytes());
        signing.update(body);
        format!("v1,{}", STANDARD.encode(signing.sign()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.strip_prefix(PREFIX)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let key = Key(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}

//! Keeping secrets out of what is shown.

use std::{borrow::Cow, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Auth, HeaderValue, Plan, Progress, Secret, Watcher};

/// Knows what must not be shown of one tracker.
pub(crate) struct Redactor(Vec<String>);

impl Redactor {
    /// Shorter secrets are masked where they stand alone; within other text they would mask half of it.
    const LEAST: usize = 4;

    pub(crate) fn of(plan: &Plan, token: Option<&str>) -> Self {
        let http = &plan.http;
        let headers = http.headers.iter().filter_map(|line| match &line.value {
            HeaderValue::Secret(secret) => Some(secret.expose().to_owned()),
            HeaderValue::Plain(_) => None,
        });
        let auth = match &http.auth {
            Some(Auth::Basic { user, password }) => pair(user, password),
            Some(Auth::Bearer { token }) => vec![token.expose().into()],
            Some(Auth::OAuth2 { client_id, client_secret, .. }) => pair(client_id, client_secret),
            None => vec![],
        };
        let proxy = http.proxy.as_ref().and_then(|proxy| proxy.credentials.as_ref());
        let proxy = proxy.map(|(user, password)| pair(user, password)).unwrap_or_default();
        let token = token.map(|token| token.trim_start_matches("Bearer ").to_owned());
        let all = headers.chain(auth).chain(proxy).chain(token);
        let mut all: Vec<String> = all.filter(|secret| !secret.is_empty()).collect();
        // The longest first: one may contain another.
        all.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(all)
    }

    /// A watcher that hears no secrets. What is judged has been masked where it was put together.
    pub(crate) fn watching(self, watcher: Watcher) -> Watcher {
        Arc::new(move |progress| match progress {
            Progress::Passed { phase, took, what } => {
                watcher(Progress::Passed { phase, took, what: self.clean(&what) });
            }
            Progress::Asking(url) => watcher(Progress::Asking(self.clean(&url))),
            judged @ Progress::Judged(_) => watcher(judged),
        })
    }

    /// The text with secrets masked.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut clean = Cow::Borrowed(text);
        for secret in &self.0 {
            if secret == clean.as_ref() {
                return Secret::MASK.into();
            }
            if secret.len() >= Self::LEAST && clean.contains(secret.as_str()) {
                clean = Cow::Owned(clean.replace(secret.as_str(), Secret::MASK));
            }
        }
        clean.into_owned()
    }

    /// The value of a header of an answer. What a cookie holds is a secret of the target's.
    pub(crate) fn header(&self, name: &str, value: &str) -> String {
        match (name, value.split_once('=')) {
            ("set-cookie", Some((cookie, rest))) => {
                let attributes = rest.split_once(';').map(|(_, attributes)| format!(";{attributes}"));
                format!("{cookie}={}{}", Secret::MASK, attributes.unwrap_or_default())
            }
            ("set-cookie", None) => Secret::MASK.into(),
            _ => self.clean(value),
        }
    }
}

fn pair(user: &str, secret: &Secret) -> Vec<String> {
    vec![secret.expose().into(), STANDARD.encode(format!("{user}:{}", secret.expose()))]
}

//! Sending by HTTP, and what the answers mean.

mod answer;
mod trouble;

use std::time::Duration;

use domain::Secret;
use reqwest::{
    Response,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

pub(crate) use self::{
    answer::{Answer, Reason, quoted, seconds},
    trouble::{chain, forbidden, network, too_late},
};
use crate::{Receipt, Sender, Undelivered, egress};

/// How long until an answer begins: to look up the name, to connect, to encrypt, to be answered.
pub(crate) const FIRST: Duration = Duration::from_secs(10);
/// How long for the whole.
pub(crate) const WHOLE: Duration = Duration::from_secs(30);
/// The most bytes that are read of an answer.
const MOST: usize = 64 * 1024;

/// A request to a service.
pub(crate) struct Post {
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Post {
    /// A request with this JSON.
    pub(crate) fn json(url: Url, body: &Value) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        Self { url, headers, body: body.to_string().into_bytes() }
    }

    /// What is sent.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// With a header more. A value that no header may have is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }

    /// With who asks, if there is a token.
    pub(crate) fn bearer(self, token: &Secret) -> Self {
        match token.expose() {
            "" => self,
            token => self.header(reqwest::header::AUTHORIZATION, &format!("Bearer {token}")),
        }
    }
}

impl Sender {
    /// Sends a request and judges the answer. `reason` finds in an answer what the service says is wrong, and how long to wait.
    pub(crate) async fn post(
        &self,
        post: Post,
        reason: impl Fn(&Answer) -> Reason,
    ) -> Result<Receipt, Undelivered> {
        if !egress::may_ask(self.egress, post.url.host().as_ref()) {
            return Err(trouble::forbidden());
        }
        let request = self.client.post(post.url).headers(post.headers).body(post.body);
        let response = match timeout(FIRST, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(trouble::of(&error)),
            Err(_) => return Err(trouble::too_late()),
        };
        let answer = read(response).await;
        answer.judge(&reason(&answer))
    }
}

impl Sender {
    /// Asks an address, which may be a password itself, and says whether it answered well. What it answers is not read.
    pub async fn ping(&self, url: &Secret) -> Result<Receipt, Undelivered> {
        let Ok(url) = Url::parse(url.expose()) else {
            return Err(Undelivered::refused(words::SENDING_NO_ADDRESS));
        };
        if !egress::may_ask(self.egress, url.host().as_ref()) {
            return Err(trouble::forbidden());
        }
        match timeout(FIRST, self.client.get(url).send()).await {
            Ok(Ok(response)) if response.status().is_success() => {
                Ok(Receipt { said: response.status().to_string() })
            }
            Ok(Ok(response)) => Err(Undelivered::later(words::sending_answered(response.status()))),
            Ok(Err(error)) => Err(trouble::of(&error)),
            Err(_) => Err(trouble::too_late()),
        }
    }
}

/// Reads what fits. An answer that breaks off is judged by what came: the status says whether the message was taken.
async fn read(mut response: Response) -> Answer {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (wait, date) = (header(RETRY_AFTER), header(DATE));
    let status = response.status();
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MOST - body.len();
        body.extend(chunk.iter().take(room));
        if body.len() == MOST {
            break;
        }
    }
    Answer { status, wait: wait.and_then(|wait| answer::wait(&wait, date.as_deref())), body }
}

//! Signing in with a client's credentials (RFC 6749, section 4.4).

use std::time::Duration;

use domain::{Auth, Expectations, Fault, FaultKind, Outcome, Phase};
use http::HeaderValue;
use hyper::body::Body;
use serde::Deserialize;
use tokio::time::Instant;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::{
    dial,
    hop::{Extra, Hop, Ready, basic, bearer},
};
use crate::{fault, line::trace::Trace};

/// How long a token is used that does not say how long it is good, and the longest that any is used.
const USUAL: u64 = 300;
const LONGEST: u64 = 86_400;
/// How long before its end a token is no longer used.
const MARGIN: u64 = 10;
/// The most that is read of an answer with a token.
const LIMIT: usize = 64 << 10;

/// A token, and until when it is good.
pub(super) struct Token {
    header: HeaderValue,
    until: Instant,
}

/// What a token endpoint answers. Anything else in it is ignored.
#[derive(Deserialize)]
struct Grant {
    access_token: String,
    token_type: Option<String>,
    expires_in: Option<f64>,
}

impl Token {
    pub(super) fn header(&self) -> &HeaderValue {
        &self.header
    }

    pub(super) fn is_good(&self) -> bool {
        Instant::now() < self.until
    }

    /// Fetches one. The time counts, but in no phase.
    pub(super) async fn fetch(ready: &Ready, trace: &mut Trace) -> Result<Self, Outcome> {
        let Some(Auth::OAuth2 { token_url, client_id, client_secret, scopes }) = &ready.plan.http.auth else {
            return Err(failed(words::DETAIL_SIGN_IN_NO_CREDENTIALS));
        };
        // The names are encoded before they are joined (section 2.3.1).
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let who = basic(&encoded(client_id), &encoded(client_secret.expose())).map_err(Outcome::Down)?;
        let hop = Hop::form(token_url.as_url(), &ready.shared, who, form(scopes)).map_err(Outcome::Down)?;
        let answer = exchange(ready, &hop, trace).await?;
        Self::read(&answer)
    }

    fn read(answer: &[u8]) -> Result<Self, Outcome> {
        let grant: Grant =
            serde_json::from_slice(answer).map_err(|_| failed(words::DETAIL_SIGN_IN_NO_TOKEN))?;
        if grant.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(failed(words::DETAIL_SIGN_IN_NO_BEARER));
        }
        let seconds = match grant.expires_in {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates, and is bounded"
            )]
            Some(seconds) => (seconds as u64).min(LONGEST),
            None => USUAL,
        };
        let header = bearer(&grant.access_token).map_err(|_| failed(words::DETAIL_SIGN_IN_UNSENDABLE))?;
        Ok(Self { header, until: Instant::now() + Duration::from_secs(seconds.saturating_sub(MARGIN)) })
    }
}

fn form(scopes: &str) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if !scopes.is_empty() {
        form.append_pair("scope", scopes);
    }
    form.finish()
}

/// Posts the form over a connection of its own and reads the answer.
async fn exchange(ready: &Ready, hop: &Hop, trace: &mut Trace) -> Result<Vec<u8>, Outcome> {
    let mut kept = Box::pin(dial::dial(ready, hop, None, trace)).await?;
    let extra = Extra { proxy: kept.proxy.as_ref(), is_absolute: kept.is_absolute, ..Extra::default() };
    let request = hop.request(kept.link.is_http2(), &extra);
    let answer = kept.link.send(request).await;
    let answer = answer.map_err(|error| fault::outcome(&error, Phase::FirstByte))?;
    trace.enter(Phase::Body);
    let status = answer.status();
    if !status.is_success() {
        return Err(failed(&words::detail_sign_in_status(status)));
    }
    let (mut incoming, mut body) = (answer.into_body(), Vec::new());
    while !incoming.is_end_stream()
        && let Some(frame) = kept.link.frame(&mut incoming).await
    {
        let frame = frame.map_err(|error| fault::outcome(&error, Phase::Body))?;
        body.extend_from_slice(frame.data_ref().map(AsRef::as_ref).unwrap_or_default());
        if body.len() > LIMIT.min(Expectations::BODY_LIMIT) {
            return Err(failed(words::DETAIL_SIGN_IN_LONG));
        }
    }
    Ok(body)
}

fn failed(detail: &str) -> Outcome {
    Outcome::Down(Fault::new(FaultKind::SignIn, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read() {
        let good = Token::read(br#"{"access_token":"t","token_type":"Bearer","expires_in":3600,"more":[]}"#);
        assert!(good.is_ok_and(|token| token.is_good() && token.header == "Bearer t"));
        for (answer, is_good) in [
            (r#"{"access_token":"t"}"#, true),
            (r#"{"access_token":"t","expires_in":1e308}"#, true),
            (r#"{"access_token":"t","expires_in":-1}"#, false),
            (r#"{"access_token":"t","expires_in":5}"#, false),
        ] {
            assert_eq!(Token::read(answer.as_bytes()).unwrap().is_good(), is_good, "{answer}");
        }
        for answer in
            ["", "null", "{}", r#"{"access_token":"a\nb"}"#, r#"{"access_token":"t","token_type":"mac"}"#]
        {
            assert!(Token::read(answer.as_bytes()).is_err(), "{answer}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(bytes: Vec<u8>, token: String, seconds: f64) {
            let _ = Token::read(&bytes);
            let text = serde_json::json!({ "access_token": token, "expires_in": seconds }).to_string();
            let _ = Token::read(text.as_bytes());
        }
    }
}

//! The client's way to the server. Not the one of `server_fn`, which knows much that is not needed here: streams, redirects,
//! other formats.

use leptos::{
    prelude::window,
    wasm_bindgen::{JsCast as _, JsValue},
};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::ServerFn;
use wasm_bindgen_futures::JsFuture;

use crate::{ApiError, json};

/// Asks what a function of [`crate::api`] answers.
pub(crate) async fn ask<F>(question: F) -> Result<F::Output, ApiError>
where
    F: ServerFn + Serialize,
    F::Output: DeserializeOwned,
{
    let answer = post(F::PATH, "application/json", json::write(&question)).await?;
    json::read(&answer).map_err(|_| ApiError::Unreadable)
}

/// Sends a form with one field.
pub(crate) async fn send(path: &str, field: &str, value: &str) -> Result<(), ApiError> {
    let value = String::from(js_sys::encode_uri_component(value));
    post(path, "application/x-www-form-urlencoded", format!("{field}={value}")).await.map(drop)
}

async fn post(path: &str, kind: &str, body: String) -> Result<String, ApiError> {
    let (is_good, answer) = fetch(path, kind, body).await.map_err(|_| ApiError::Unreachable)?;
    if is_good { Ok(answer) } else { Err(json::read(&answer).unwrap_or(ApiError::Unreadable)) }
}

/// Whether it went well, and the answer's text.
async fn fetch(path: &str, kind: &str, body: String) -> Result<(bool, String), JsValue> {
    let headers = web_sys::Headers::new()?;
    headers.set("content-type", kind)?;
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&body.into());
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await?;
    let response: web_sys::Response = response.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.ok(), text.as_string().unwrap_or_default()))
}

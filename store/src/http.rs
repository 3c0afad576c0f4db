//! How targets are asked, as the column `http` of `trackers` has it: JSON with the secrets in the clear.

use domain::{HttpDraft, HttpOptions, Invalid, Secrets};

/// The options as JSON; empty for the defaults.
pub(crate) fn column(options: &HttpOptions) -> String {
    if *options == HttpOptions::default() {
        return String::new();
    }
    // What a draft holds are texts, numbers and lists of them, which always can be written.
    serde_json::to_string(&options.draft(Secrets::Clear)).unwrap_or_default()
}

/// What a column says, before it is known to be right. The message of serde may repeat a secret, so it is not passed on.
pub(crate) fn draft(text: &str) -> Result<HttpDraft, Invalid> {
    if text.trim().is_empty() {
        return Ok(HttpDraft::default());
    }
    serde_json::from_str(text).map_err(|error| {
        Invalid::one(
            "http",
            format!("no options in JSON, from line {} column {} on", error.line(), error.column()),
        )
    })
}

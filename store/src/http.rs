//! How targets are asked, as the column `http` of `trackers` has it: JSON whose secrets are sealed.

use domain::{HttpDraft, HttpOptions, Invalid, Secret, Secrets};

use crate::{
    StoreError,
    vault::{Place, Vault},
};

/// The options of a tracker as JSON; empty for the defaults.
pub(crate) fn column(options: &HttpOptions, vault: &Vault, row: i64) -> Result<String, StoreError> {
    if *options == HttpOptions::default() {
        return Ok(String::new());
    }
    sealed(options.draft(Secrets::Clear), vault, row)
}

/// A draft as JSON, its secrets sealed for this row.
pub(crate) fn sealed(mut draft: HttpDraft, vault: &Vault, row: i64) -> Result<String, StoreError> {
    let mut failed = None;
    draft.each_secret(|field, secret| match vault.seal(secret, place(row, field)) {
        Ok(text) => *secret = Secret::new(text),
        Err(error) => failed = Some(error),
    });
    if let Some(error) = failed {
        return Err(error);
    }
    // What a draft holds are texts, numbers and lists of them, which always can be written.
    Ok(serde_json::to_string(&draft).unwrap_or_default())
}

/// What the column of a tracker says, before it is known to be right. A secret that cannot be opened is [`Secret::sealed`].
pub(crate) fn draft(text: &str, vault: &Vault, row: i64) -> Result<HttpDraft, Invalid> {
    let mut draft = clear_draft(text)?;
    draft.each_secret(|field, secret| *secret = vault.open(secret.expose(), place(row, field)));
    Ok(draft)
}

/// The same with secrets as they are on the disk. The message of serde may repeat a secret, so it is not passed on.
pub(crate) fn clear_draft(text: &str) -> Result<HttpDraft, Invalid> {
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

fn place(row: i64, field: &str) -> Place<'_> {
    Place { table: "trackers", row, field }
}

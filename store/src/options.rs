//! How targets are asked, as the column `http` of `trackers` has it.

use domain::{HttpOptions, Invalid};

/// The options as JSON; empty for the defaults.
pub(crate) fn to_column(_options: &HttpOptions) -> String {
    String::new()
}

/// The options of a column.
pub(crate) fn from_column(text: &str) -> Result<HttpOptions, Invalid> {
    if text.trim().is_empty() {
        return Ok(HttpOptions::default());
    }
    Err(Invalid::one("http", "holds something that cannot be read"))
}

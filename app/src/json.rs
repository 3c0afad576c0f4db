//! JSON, as the client reads and writes it. The server uses `serde_json`.

mod reader;

use serde::{Serialize, de::DeserializeOwned};

use reader::{Reader, Unreadable};

/// As JSON.
pub(crate) fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// From the JSON of our own server.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

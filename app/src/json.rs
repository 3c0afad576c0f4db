//! JSON between browser and server.

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned, de::Error as _};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

/// The same bytes on the wire as `server_fn`'s own `JsonEncoding`. It reads them as text, like Leptos reads the data that
/// comes with a page, so that the client holds one reader for each type and not two.
pub struct JsonText;

/// Arguments and answers as JSON in the body of a `POST`.
pub(crate) type Json = Post<JsonText>;

/// As JSON.
pub(crate) fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// From JSON.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        read(std::str::from_utf8(&bytes).map_err(serde_json::Error::custom)?)
    }
}

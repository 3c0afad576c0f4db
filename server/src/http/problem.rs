//! The one way an error becomes an HTTP answer for programs: `application/problem+json` (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::{Failure, FieldError, Invalid};
use serde::Serialize;

/// A problem as RFC 9457 defines it, with the fields it is about.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    #[serde(skip)]
    code: StatusCode,
    status: u16,
    title: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Problem {
    /// A problem that is about no field.
    pub fn new(code: StatusCode, detail: impl Into<String>) -> Self {
        let title = code.canonical_reason().unwrap_or("Error");
        Self { code, status: code.as_u16(), title, detail: detail.into(), errors: Vec::new() }
    }

    /// Input that breaks rules.
    pub fn invalid(code: StatusCode, invalid: Invalid) -> Self {
        let detail = invalid.to_string();
        Self { errors: invalid.0, ..Self::new(code, detail) }
    }
}

impl From<Failure> for Problem {
    /// Causes are logged where the failure came from; they are never sent.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::new(StatusCode::NOT_FOUND, words::API_NO_TRACKER),
            Failure::Invalid(invalid) => Self::invalid(StatusCode::UNPROCESSABLE_ENTITY, invalid),
            Failure::Unavailable { doing, .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, words::api_unavailable(doing))
            }
            Failure::Internal { doing, .. } => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, words::api_internal(doing))
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.code, Json(self)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, MEDIA_TYPE);
        response
    }
}

/// Whether an answer already says what went wrong.
pub(super) fn is_explained(response: &Response) -> bool {
    let media_type =
        response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.contains("json") || media_type.contains("html")
}

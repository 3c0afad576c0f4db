//! Entity tags: an answer that a client has already is not sent again.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, LINK, VARY,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::Problem;

/// Gives good answers whose body is in memory a strong tag made of what they say, and sends nothing but that to who has it.
/// They may be kept, if each use is asked about first.
pub(super) async fn revalidated(request: Request, next: Next) -> Response {
    let wanted = request.headers().clone();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, words::API_BROKE_OFF).into_response();
    };
    let opaque = opaque_tag(&bytes, parts.headers.get(LINK));
    let known = known_as(&wanted, &opaque);
    let tag = known.clone().or_else(|| HeaderValue::from_str(&format!("\"{opaque}\"")).ok());
    parts.headers.extend(tag.map(|tag| (ETAG, tag)));
    parts.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    parts.headers.insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    if known.is_none() {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// Outside of compression: what was compressed is the same to a reader, but not byte by byte, which a strong tag would say.
pub(super) async fn weakened(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.contains_key(CONTENT_ENCODING)
        && let Some(tag) = headers.get(ETAG).and_then(|tag| tag.to_str().ok())
        && !tag.starts_with("W/")
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}"))
    {
        headers.insert(ETAG, weak);
    }
    response
}

/// How the client names the tag that it has, if it has this one. Weak comparison, as RFC 9110 asks for here.
pub(super) fn known_as(headers: &HeaderMap, opaque: &str) -> Option<HeaderValue> {
    let lists = headers.get_all(IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    let found = lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .find(|tag| *tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"') == opaque)?;
    let tag = if found == "*" { format!("\"{opaque}\"") } else { found.to_owned() };
    HeaderValue::from_str(&tag).ok()
}

/// 128 bits of SHA-256 over the body, and over the link to the next page, which comes and goes beside it.
fn opaque_tag(body: &[u8], link: Option<&HeaderValue>) -> String {
    let mut hash = Sha256::new();
    hash.update(body);
    hash.update(link.map(HeaderValue::as_bytes).unwrap_or_default());
    let start = hash.finalize().first_chunk().copied().unwrap_or_default();
    format!("{:032x}", u128::from_be_bytes(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_has_is_recognised_in_every_form_it_may_say_it() {
        let known = |tag: &'static str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(tag))]);
            known_as(&headers, "abc").map(|tag| tag.to_str().unwrap().to_owned())
        };
        for (tag, name) in [
            (r#"W/"abc""#, r#"W/"abc""#),
            (r#""abc""#, r#""abc""#),
            (r#""x", W/"abc""#, r#"W/"abc""#),
            ("*", r#""abc""#),
        ] {
            assert_eq!(known(tag).as_deref(), Some(name), "{tag}");
        }
        for tag in ["", r#""x""#, r#""abcd""#] {
            assert_eq!(known(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_tag_goes_with_what_is_said_and_with_the_next_page() {
        let link = HeaderValue::from_static("<x>");
        assert_eq!(opaque_tag(b"[]", None), opaque_tag(b"[]", None));
        assert_ne!(opaque_tag(b"[]", None), opaque_tag(b"[1]", None));
        assert_ne!(opaque_tag(b"[]", None), opaque_tag(b"[]", Some(&link)));
        assert_eq!(opaque_tag(b"", None).len(), 32);
    }
}

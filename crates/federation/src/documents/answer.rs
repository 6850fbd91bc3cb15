//! How a document is answered: media type, validator, who may cache it.

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_TYPE, ETAG,
    HeaderMap, IF_NONE_MATCH, LOCATION, VARY,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustine_protocol::vocabulary;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How long a document may be kept by whoever fetched it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Ask again each time; an unchanged one costs a 304. For whatever may change or be erased.
    Never,
    /// For ever. Only for headers of the log, which never change and hold no value (`protocol.md` §3.5).
    Forever,
}

impl Keep {
    fn as_str(self) -> &'static str {
        match self {
            Self::Never => "no-cache",
            Self::Forever => "public, max-age=31536000, immutable",
        }
    }
}

/// An ActivityPub document.
pub fn activity(request: &HttpRequest, document: &Value) -> HttpResponse {
    text(
        request,
        vocabulary::ACTIVITY_JSON,
        document.to_string(),
        Keep::Never,
    )
}

/// Any document that is in memory, with a validator made of its bytes.
pub fn text(request: &HttpRequest, content_type: &str, body: String, keep: Keep) -> HttpResponse {
    let digest = Sha256::digest(body.as_bytes());
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]));
    match unchanged(request, &tag) {
        Some(answer) => answer,
        None => start(&tag, keep)
            .insert_header((CONTENT_TYPE, content_type))
            .body(body),
    }
}

/// 304 where the asker holds the version that `tag` names.
pub fn unchanged(request: &HttpRequest, tag: &str) -> Option<HttpResponse> {
    holds(request.headers(), tag).then(|| {
        let mut response = HttpResponse::NotModified();
        response
            .insert_header((ETAG, tag))
            .insert_header((VARY, "Accept, Accept-Encoding"))
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        response.finish()
    })
}

/// 200 with the headers that all documents have. Anybody may read them from any site, without credentials.
pub fn start(tag: &str, keep: Keep) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, keep.as_str()))
        .insert_header((VARY, "Accept, Accept-Encoding"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((ACCESS_CONTROL_EXPOSE_HEADERS, "ETag"));
    response
}

/// 410 with what remains under an address.
pub fn gone(tombstone: &Value) -> HttpResponse {
    HttpResponse::Gone()
        .insert_header((CONTENT_TYPE, vocabulary::ACTIVITY_JSON))
        .insert_header((CACHE_CONTROL, Keep::Never.as_str()))
        .insert_header((VARY, "Accept, Accept-Encoding"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .body(tombstone.to_string())
}

/// To the address that a document has by its own account.
pub fn elsewhere(url: &str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, url))
        .insert_header((VARY, "Accept"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .finish()
}

/// Weak comparison of `If-None-Match`, as RFC 9110 §13.1.2 wants it for GET.
fn holds(headers: &HeaderMap, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|held| held.trim() == "*" || bare(held) == bare(tag))
}

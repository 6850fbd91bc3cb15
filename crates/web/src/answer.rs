//! HTML answers with the headers that every page has.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

/// Nothing but our own stylesheet and icon; no script at all, no frame, forms only to ourselves.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Who may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Asks again each time; it differs by language and by who looks.
    Check,
    /// Nobody: it is private.
    Never,
}

/// Renders a page. A template that fails is a fault of ours: logged, and answered by 500 without a body.
pub fn html(status: StatusCode, keep: Keep, page: &impl Template) -> HttpResponse {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "A page could not be rendered");
            return HttpResponse::InternalServerError().finish();
        }
    };
    let kept = match keep {
        Keep::Check => "private, no-cache",
        Keep::Never => "no-store",
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        .insert_header((
            header::PERMISSIONS_POLICY,
            "camera=(), geolocation=(), microphone=()",
        ))
        .insert_header((header::CACHE_CONTROL, kept))
        .insert_header((header::VARY, "Accept, Accept-Language, Cookie"))
        .body(body)
}

//! What a handler answers, made on a blocking thread, and the headers that every page has.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use askama::Template;

use crate::failure::Failure;

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

/// An answer that can cross threads.
#[derive(Debug)]
pub struct Answer {
    kind: Kind,
    cookies: Vec<Cookie<'static>>,
}

#[derive(Debug)]
enum Kind {
    Page {
        status: u16,
        keep: Keep,
        html: String,
    },
    See(String),
}

impl Answer {
    /// A page that anybody may read.
    pub fn page(page: &impl Template) -> Result<Self, Failure> {
        Self::with(200, Keep::Check, page)
    }

    /// A page for this reader alone.
    pub fn private(page: &impl Template) -> Result<Self, Failure> {
        Self::with(200, Keep::Never, page)
    }

    /// A page with a status.
    pub fn with(status: u16, keep: Keep, page: &impl Template) -> Result<Self, Failure> {
        let html = page.render()?;
        Ok(Self {
            kind: Kind::Page { status, keep, html },
            cookies: Vec::new(),
        })
    }

    /// "See there": after a form, so that loading again does not send again.
    pub fn see(path: impl Into<String>) -> Self {
        Self {
            kind: Kind::See(path.into()),
            cookies: Vec::new(),
        }
    }

    /// The same answer with one more cookie.
    pub fn and_cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// Holds a form that changes something, so the browser needs its cookie.
    pub(crate) fn has_form(&self) -> bool {
        match &self.kind {
            Kind::Page { html, .. } => html.contains("name=\"csrf\""),
            Kind::See(_) => false,
        }
    }

    /// The HTTP answer.
    pub fn into_response(self) -> HttpResponse {
        let mut builder = match &self.kind {
            Kind::Page { status, keep, .. } => page_head(*status, *keep),
            Kind::See(path) => {
                let mut builder = HttpResponse::SeeOther();
                builder
                    .insert_header((header::LOCATION, path.as_str()))
                    .insert_header((header::CACHE_CONTROL, "no-store"));
                builder
            }
        };
        for cookie in self.cookies {
            builder.cookie(cookie);
        }
        match self.kind {
            Kind::Page { html, .. } => builder.body(html),
            Kind::See(_) => builder.finish(),
        }
    }
}

fn page_head(status: u16, keep: Keep) -> actix_web::HttpResponseBuilder {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kept = match keep {
        Keep::Check => "private, no-cache",
        Keep::Never => "no-store",
    };
    let mut builder = HttpResponse::build(status);
    builder
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
        .insert_header((header::VARY, "Accept, Accept-Language, Cookie"));
    builder
}

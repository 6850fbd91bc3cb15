//! What a handler answers, made on a blocking thread, and the headers that every page has.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use askama::Template;

use crate::failure::Failure;

/// Nothing but our own stylesheet and icon; no script at all, no frame, forms only to ourselves. What a page may do
/// beyond it stands in [`Allowed`].
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// What a page may do beyond showing itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Runs our own scripts, from their files, which may ask ourselves; never a script in a page.
    pub scripts: bool,
    /// Shows pictures of this origin: the operator's source of map tiles.
    pub tiles: Option<String>,
}

impl Allowed {
    fn policy(&self) -> String {
        let mut policy = CONTENT_SECURITY_POLICY.to_owned();
        if self.scripts {
            policy.push_str("; script-src 'self'; connect-src 'self'");
        }
        match &self.tiles {
            Some(origin) => policy.replace("img-src 'self'", &format!("img-src 'self' {origin}")),
            None => policy,
        }
    }
}

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
        allowed: Allowed,
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
            kind: Kind::Page {
                status,
                keep,
                html,
                allowed: Allowed::default(),
            },
            cookies: Vec::new(),
        })
    }

    /// The same page, which may do this besides showing itself.
    pub fn and_allow(mut self, more: Allowed) -> Self {
        if let Kind::Page { allowed, .. } = &mut self.kind {
            *allowed = more;
        }
        self
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
            Kind::Page {
                status,
                keep,
                allowed,
                ..
            } => page_head(*status, *keep, allowed),
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

fn page_head(status: u16, keep: Keep, allowed: &Allowed) -> actix_web::HttpResponseBuilder {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kept = match keep {
        Keep::Check => "private, no-cache",
        Keep::Never => "no-store",
    };
    let mut builder = HttpResponse::build(status);
    builder
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, allowed.policy()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_runs_scripts_and_shows_tiles_only_where_it_says_so() {
        assert_eq!(Allowed::default().policy(), CONTENT_SECURITY_POLICY);
        let policy = Allowed {
            scripts: true,
            tiles: Some("https://tiles.example".to_owned()),
        }
        .policy();
        assert!(
            policy.contains("; script-src 'self'; connect-src 'self'"),
            "{policy}"
        );
        assert!(
            policy.contains("img-src 'self' https://tiles.example;"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

//! Why a document is not served, and the status that says so.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, RETRY_AFTER, VARY};
use actix_web::{HttpResponse, ResponseError};
use rustine_store::StoreError;
use serde_json::json;
use tracing::error;

/// Why a document is not served.
#[derive(Debug, thiserror::Error)]
pub enum DocumentProblem {
    /// There is none, or it is not for the asker.
    #[error("there is nothing under this address")]
    NotFound,
    /// There was something, and it has done what it was for.
    #[error("what was under this address is over")]
    Gone,
    /// The address or a parameter has a wrong form; the sentence says which.
    #[error("{0}")]
    Request(&'static str),
    /// It exists, and this instance cannot give it now.
    #[error("{0}")]
    NotNow(&'static str),
    /// What is stored cannot be read.
    #[error("what is stored under this address is damaged")]
    Damaged,
    /// The store failed.
    #[error("the database did not answer")]
    Store(#[from] StoreError),
}

impl ResponseError for DocumentProblem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::Store(StoreError::NotFound) => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Request(_) => StatusCode::BAD_REQUEST,
            Self::Store(StoreError::Full) => StatusCode::INSUFFICIENT_STORAGE,
            Self::NotNow(_) | Self::Store(StoreError::Busy) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Damaged | Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        if status.is_server_error() && !matches!(self, Self::NotNow(_)) {
            let cause: &dyn std::error::Error = self;
            error!(cause = cause.source().map(ToString::to_string), "{self}");
        }
        let mut response = HttpResponse::build(status);
        response
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .insert_header((VARY, "Accept"))
            .content_type("application/problem+json");
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, "30"));
        }
        let title = status.canonical_reason().unwrap_or_default();
        let problem = json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": self.to_string()});
        response.body(problem.to_string())
    }
}

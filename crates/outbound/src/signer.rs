//! The door for HTTP signatures: what a signer sees of a request, and what it adds.

use http::{HeaderName, HeaderValue};
use url::Url;

/// A request about to leave. Every hop of a redirect is shown anew, because host and path are signed.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Where this hop goes, without fragment.
    pub url: &'a Url,
    /// The exact bytes of the body; `None` for a GET.
    pub body: Option<&'a [u8]>,
}

/// Adds header fields to a request: `Date`, `Digest`, `Signature`. It holds its own key and clock.
pub trait Signer: Send + Sync {
    /// The fields to set; they replace fields of the same name. `Host` is set by the client from the URL.
    fn sign(&self, request: Unsigned<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, SignError>;
}

/// The request could not be signed, so it was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SignError(pub String);

//! The only way out: every URL that a node opens goes through [`Client`].
//!
//! What strangers write decides which URLs a federated server opens, so each of them is an attempt to reach
//! the operator's own network until shown otherwise. Three doors stand in the way. The URL itself is checked
//! ([`BadUrl`]): https, port 443, a name and never an address. The addresses behind the name are checked by
//! our own resolver, in the very answer that the socket then uses, so that a second answer cannot differ
//! ([`forbidden`]). And redirects are followed here, one checked hop at a time, never by the HTTP library.
//! Sizes count decompressed bytes; every exchange has an end.
//!
//! This crate knows nothing of ours: signatures come from a [`Signer`], clocks stay outside. It must never
//! fall back to an unguarded client. Start reading at [`Client`], then `resolver` and [`address`].

pub mod address;
mod body;
mod client;
mod error;
pub mod mail;
mod redirect;
mod resolver;
mod settings;
mod signer;
mod target;
mod tls;

pub use address::{AddressRange, Forbidden, InvalidRange, forbidden};
pub use body::Streamed;
pub use bytes::Bytes;
pub use client::{Client, Fetch, Post, Response};
pub use error::{Error, SettingsError};
pub use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
pub use settings::{Limits, Settings};
pub use signer::{SignError, Signer, Unsigned};
pub use target::BadUrl;
pub use url::Url;

#[cfg(test)]
mod tests;

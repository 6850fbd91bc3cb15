//! What can go wrong on the way out, said so that an operator knows what to do about it.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::address::Forbidden;
use crate::resolver::ResolveError;
use crate::signer::SignError;
use crate::target::BadUrl;

/// The settings do not make a client.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// `outbound.ca_file` is unreadable, no PEM, or empty.
    #[error("outbound.ca_file {} cannot be used: {reason}", path.display())]
    CaFile {
        /// As set.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// `outbound.resolve` gives a port 0, or something that is no name.
    #[error("outbound.resolve: {0} = {1} must be a name and an address with a port")]
    Resolve(String, SocketAddr),
    /// The user agent holds line breaks or the like, or the system refused sockets.
    #[error("the outgoing client could not be set up: {0}")]
    Client(String),
}

/// An exchange that did not end in an answer. A status such as 404 is an answer, not an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL itself, or that of a redirect, is not opened. No name was looked up, no socket opened.
    #[error("{url} is not opened: {why}")]
    BadUrl {
        /// Shortened to 200 characters.
        url: String,
        /// The rule.
        why: BadUrl,
    },
    /// Every address behind the name is forbidden. No socket was opened.
    #[error(
        "{host} leads to {address}, {why}, which this server does not open; \
         outbound.allow lists the ranges that it may"
    )]
    ForbiddenAddress {
        /// The name asked for.
        host: String,
        /// One of its addresses.
        address: SocketAddr,
        /// The kind of address.
        why: Forbidden,
    },
    /// The DNS has no address for the name.
    #[error("the name {host} has no address; check its spelling, or this server's DNS")]
    UnknownHost {
        /// The name asked for.
        host: String,
    },
    /// Nobody listens there, or the network refuses.
    #[error("{host} cannot be reached: {reason}")]
    Connect {
        /// The name asked for.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// The TLS handshake failed.
    #[error("no trusted connection to {host}: {reason}; outbound.ca_file adds an authority")]
    Tls {
        /// The name asked for.
        host: String,
        /// What TLS said.
        reason: String,
    },
    /// Connecting, or the whole exchange, took too long.
    #[error("{host} did not answer in full within {} s", after.as_secs_f32())]
    Timeout {
        /// The name asked for.
        host: String,
        /// The limit that ended it.
        after: Duration,
    },
    /// More redirects than the limit.
    #[error("{url} redirects more than {limit} times")]
    TooManyRedirects {
        /// Where the fetch began.
        url: Url,
        /// Redirects that are followed.
        limit: usize,
    },
    /// A redirect to a page of the same chain.
    #[error("{url} redirects in a circle")]
    RedirectLoop {
        /// Where the fetch began.
        url: Url,
    },
    /// A redirect from https to http or back.
    #[error("{url} redirects to another scheme")]
    SchemeChange {
        /// Where the fetch began.
        url: Url,
    },
    /// A redirect whose `Location` is no URL.
    #[error("{url} redirects to something that is no URL")]
    BadRedirect {
        /// Where the fetch began.
        url: Url,
    },
    /// The header fields are larger than the limit.
    #[error("the header of the answer from {host} is larger than {limit} bytes")]
    HeaderTooLarge {
        /// Who answered.
        host: String,
        /// In bytes.
        limit: usize,
    },
    /// The decompressed body is larger than the limit; the rest was not read.
    #[error("the answer from {host} is larger than {limit} bytes")]
    TooLarge {
        /// Who answered.
        host: String,
        /// In bytes, decompressed.
        limit: u64,
    },
    /// A line of a streamed answer is longer than its reader takes.
    #[error("a line of the answer from {host} is longer than {limit} bytes")]
    LineTooLong {
        /// Who answered.
        host: String,
        /// In bytes.
        limit: usize,
    },
    /// A `Content-Encoding` that we never asked for.
    #[error("the answer from {host} is encoded as {encoding:?}, which was not asked for")]
    UnknownEncoding {
        /// Who answered.
        host: String,
        /// As received, shortened.
        encoding: String,
    },
    /// The compressed body is damaged, cut short, or wants too much memory.
    #[error("the answer from {host} cannot be decompressed: {reason}")]
    BadEncoding {
        /// Who answered.
        host: String,
        /// What the decoder said.
        reason: String,
    },
    /// The request could not be signed, so it was not sent.
    #[error("the request to {host} could not be signed: {reason}")]
    Sign {
        /// The name asked for.
        host: String,
        /// What the signer said.
        reason: SignError,
    },
    /// The connection broke, or what came over it was no HTTP.
    #[error("the exchange with {host} broke off: {reason}")]
    Broken {
        /// The name asked for.
        host: String,
        /// What the HTTP library said.
        reason: String,
    },
}

impl Error {
    /// Whether the same request may succeed later without anyone changing a setting or a document.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Timeout { .. }
            | Self::BadEncoding { .. }
            | Self::Broken { .. } => true,
            Self::BadUrl { .. }
            | Self::ForbiddenAddress { .. }
            | Self::TooManyRedirects { .. }
            | Self::RedirectLoop { .. }
            | Self::SchemeChange { .. }
            | Self::BadRedirect { .. }
            | Self::HeaderTooLarge { .. }
            | Self::TooLarge { .. }
            | Self::LineTooLong { .. }
            | Self::UnknownEncoding { .. }
            | Self::Sign { .. } => false,
        }
    }

    pub(crate) fn bad_url(url: &Url, why: BadUrl) -> Self {
        Self::BadUrl {
            url: url.as_str().chars().take(200).collect(),
            why,
        }
    }

    /// Finds the cause of a failed send inside the HTTP library's nested errors.
    pub(crate) fn from_send(error: &reqwest::Error, host: &str, connect_time: Duration) -> Self {
        let host = host.to_owned();
        if let Some(refused) = find::<ResolveError>(error) {
            return match refused {
                ResolveError::Forbidden(address, why) => Self::ForbiddenAddress {
                    host,
                    address: *address,
                    why: *why,
                },
                ResolveError::Unknown(_) => Self::UnknownHost { host },
            };
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return Self::Tls {
                host,
                reason: tls.to_string(),
            };
        }
        if error.is_timeout() {
            return Self::Timeout {
                host,
                after: connect_time,
            };
        }
        let reason = innermost(error);
        if error.is_connect() {
            Self::Connect { host, reason }
        } else {
            Self::Broken { host, reason }
        }
    }

    /// A body that broke off: damaged compression or a lost connection.
    pub(crate) fn from_body(error: &reqwest::Error, host: &str) -> Self {
        let (host, reason) = (host.to_owned(), innermost(error));
        if error.is_decode() {
            Self::BadEncoding { host, reason }
        } else {
            Self::Broken { host, reason }
        }
    }
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An I/O error's `source` skips the very error it wraps.
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| find::<E>(inner));
        if wrapped.is_some() {
            return wrapped;
        }
        next = error.source();
    }
    None
}

/// The last cause: what the system or the parser said, without the library's layers.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

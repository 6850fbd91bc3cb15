//! What the operator sets: who we say we are, what is permitted beyond the public Internet, and the limits.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::address::AddressRange;

/// How the client behaves; the defaults open the public Internet over https and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Sent as `User-Agent`, e.g. `Rustine/0.1 (+https://a.example/)`.
    pub user_agent: String,
    /// `--dev`: names under `.localhost` are 127.0.0.1 and may have http and a port. Nothing else changes.
    pub dev: bool,
    /// `outbound.allow`: ranges that may be opened although they are not public.
    pub allow: Vec<AddressRange>,
    /// `outbound.ca_file`: PEM certificates of authorities trusted besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// `outbound.resolve`: a name that is reached at this address and port, whatever the DNS says, while URL,
    /// certificate and `Host` stay those of the name. Naming an address here permits it.
    pub resolve: Vec<(String, SocketAddr)>,
    /// Sizes and times.
    pub limits: Limits,
}

/// The end of everything: sizes in bytes after decompression, times from the first hop to the last byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To reach a server, TLS included.
    pub connect_time: Duration,
    /// For one exchange, redirects and body included.
    pub total_time: Duration,
    /// For one streamed exchange (logs, snapshots).
    pub stream_time: Duration,
    /// Between two pieces of a streamed body.
    pub idle_time: Duration,
    /// Body of an answer to `get`, unless the fetch names its own.
    pub body_bytes: u64,
    /// Body of a streamed answer, unless the fetch names its own.
    pub stream_bytes: u64,
    /// Names and values of an answer's header fields together.
    pub header_bytes: usize,
    /// Redirects followed for one fetch.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_time: Duration::from_secs(10),
            total_time: Duration::from_secs(20),
            stream_time: Duration::from_secs(600),
            idle_time: Duration::from_secs(30),
            body_bytes: 1 << 20,
            stream_bytes: 256 << 20,
            header_bytes: 64 << 10,
            redirects: 3,
        }
    }
}

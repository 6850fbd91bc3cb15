//! What an operator may set, as the use cases need it. `rustine.toml` mirrors it (`docs/admin/settings.md`).

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

/// Which instances may follow and replicate without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Anyone but blocked domains.
    #[default]
    Open,
    /// Only accepted peers.
    AllowList,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Public address of the instance, without path; part of every id, so it can never change.
    pub origin: Url,
    /// Address and port to listen on.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Name of the instance, for people.
    pub name: String,
    /// `postgres://…`; without it a SQLite file in the data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// For trials on one machine: http, explicit ports, names under `.localhost`.
    #[serde(default)]
    pub dev: bool,
    /// Which instances may follow and replicate without being asked.
    #[serde(default)]
    pub mode: Mode,
    /// The web server.
    #[serde(default)]
    pub server: Server,
    /// The way out.
    #[serde(default)]
    pub outbound: Outbound,
    /// Quotas of proposals (`docs/admin/limits.md`).
    #[serde(default)]
    pub limits: Limits,
    /// What the legal pages say.
    #[serde(default)]
    pub legal: Legal,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<String>,
    /// Threads that answer requests.
    pub workers: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            trusted_proxies: vec!["127.0.0.0/8".into(), "::1/128".into()],
            workers: 2,
        }
    }
}

/// `[outbound]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    /// Address ranges that may be reached although they are not public.
    pub allow: Vec<String>,
    /// Certificates (PEM) to trust beside the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// `name = address:port`: where to connect for a name.
    pub resolve: std::collections::BTreeMap<String, SocketAddr>,
}

/// `[legal]`: what the operator writes for the legal pages; a page says where something is still missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Legal {
    /// Who publishes: name, legal form, registration, postal address.
    pub publisher: String,
    /// Who answers for what is published.
    pub director: String,
    /// Who hosts the server: name and address.
    pub hosting: String,
    /// Where people write to: an address or a telephone number.
    pub contact: String,
    /// By which rules contributions are read.
    pub charter: String,
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Pending proposals of one remote actor.
    pub pending_per_actor: u32,
    /// Pending proposals of one anonymous visitor.
    pub pending_per_visitor: u32,
    /// Pending proposals of all anonymous visitors of one instance.
    pub pending_per_instance_visitors: u32,
    /// Pending proposals of one instance.
    pub pending_per_instance: u32,
    /// Pending proposals on one dataset.
    pub pending_per_dataset: u32,
    /// Seconds between two looks at a pending proposal of ours elsewhere.
    pub proposal_look_seconds: u32,
    /// Rows a file may bring in one import.
    pub import_rows: u64,
    /// Bytes a dataset's log may take as a replica.
    pub replica_bytes: u64,
    /// Entries a dataset's log may have as a replica.
    pub replica_entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pending_per_actor: 20,
            pending_per_visitor: 10,
            pending_per_instance_visitors: 100,
            pending_per_instance: 200,
            pending_per_dataset: 1000,
            proposal_look_seconds: 86_400,
            import_rows: 2_000_000,
            replica_bytes: 8 << 30,
            replica_entries: 1_000_000,
        }
    }
}

impl Settings {
    /// The settings of a fresh instance.
    pub fn new(origin: Url, listen: SocketAddr, name: String) -> Self {
        Self {
            origin,
            listen,
            name,
            database_url: None,
            dev: false,
            mode: Mode::Open,
            server: Server::default(),
            outbound: Outbound::default(),
            limits: Limits::default(),
            legal: Legal::default(),
        }
    }

    /// What is wrong with the settings, in sentences; empty where nothing is.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let origin = &self.origin;
        if origin.path() != "/"
            || origin.query().is_some()
            || origin.fragment().is_some()
            || !origin.username().is_empty()
        {
            problems.push(format!(
                "origin {origin} must be a scheme and a host only, for example https://hub.example"
            ));
        }
        let host = origin.host_str().unwrap_or_default();
        if self.dev {
            if !(host == "localhost" || host.ends_with(".localhost")) {
                problems.push(format!(
                    "with dev, the origin's host must be a name under .localhost, not {host}"
                ));
            }
            if !self.listen.ip().is_loopback() {
                problems.push(format!(
                    "with dev, listen must be a loopback address, not {}",
                    self.listen
                ));
            }
        } else if origin.scheme() != "https" {
            problems.push(format!(
                "origin {origin} must begin with https:// (or use --dev for a trial on one machine)"
            ));
        } else if origin.port().is_some() {
            problems.push(format!(
                "origin {origin} must not name a port: other servers refuse it"
            ));
        }
        if !matches!(origin.host(), Some(url::Host::Domain(_))) {
            problems.push(format!(
                "origin {origin} must name a domain, not an address"
            ));
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 200 {
            problems.push("name must have 1 to 200 characters".to_owned());
        }
        problems
    }
}

//! What an operator may set, as the use cases need it. `rustine.toml` mirrors it (`docs/admin/settings.md`).

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::network;

mod limits;
pub mod mail;
mod places;

pub use limits::{Limits, Rates};
pub use places::{Geocoder, Map, Reading};

/// Which instances may follow and replicate without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Anyone but blocked domains.
    #[default]
    Open,
    /// Only accepted peers; others may ask to become one.
    AllowList,
    /// Only accepted peers, and nobody can ask: ours do.
    Silent,
}

impl Mode {
    /// As it stands in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::AllowList => "allow-list",
            Self::Silent => "silent",
        }
    }

    /// Reads such a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::AllowList, Self::Silent]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }
}

/// How people get accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignUp {
    /// By the command line alone.
    Closed,
    /// By an invitation.
    #[default]
    Invitation,
    /// By a form for everybody, once letters are sent.
    Open,
}

/// `[accounts]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accounts {
    /// How people get accounts.
    pub sign_up: SignUp,
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
    /// How often somebody may come.
    #[serde(default)]
    pub rates: Rates,
    /// What the legal pages say.
    #[serde(default)]
    pub legal: Legal,
    /// How people get accounts.
    #[serde(default)]
    pub accounts: Accounts,
    /// How letters leave.
    #[serde(default)]
    pub mail: mail::Mail,
    /// The ground below maps.
    #[serde(default)]
    pub map: Map,
    /// Where addresses are looked up.
    #[serde(default)]
    pub geocoder: Geocoder,
    /// How rows are shown.
    #[serde(default)]
    pub reading: Reading,
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
    /// Connections at once; beyond, those that wait longest for a sender are closed.
    pub connections: usize,
    /// Connections at once of one address, or of one /64 of IPv6. Those of trusted proxies count for their clients.
    pub connections_per_address: usize,
    /// Seconds that the head of a request may take to arrive.
    pub head_seconds: u32,
    /// Seconds that the body of a request may take to arrive.
    pub body_seconds: u32,
    /// Seconds that a reader may take nothing of an answer.
    pub stalled_seconds: u32,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            trusted_proxies: vec!["127.0.0.0/8".into(), "::1/128".into()],
            workers: 2,
            connections: 8192,
            connections_per_address: 128,
            head_seconds: 10,
            body_seconds: 20,
            stalled_seconds: 60,
        }
    }
}

impl Server {
    fn problems(&self) -> Vec<String> {
        let mut problems = at_least_one(&[
            ("server.workers", self.workers),
            ("server.connections", self.connections),
            (
                "server.connections_per_address",
                self.connections_per_address,
            ),
            ("server.head_seconds", self.head_seconds as usize),
            ("server.body_seconds", self.body_seconds as usize),
            ("server.stalled_seconds", self.stalled_seconds as usize),
        ]);
        // A range that nobody can read would be believed by the operator and by nobody else.
        let unread = self.trusted_proxies.iter();
        problems.extend(unread.filter(|range| !network::is_range(range)).map(|range| {
            format!("server.trusted_proxies must hold addresses or ranges such as 10.0.0.0/8, not {range:?}")
        }));
        problems
    }
}

fn at_least_one(numbers: &[(&str, usize)]) -> Vec<String> {
    let zeros = numbers.iter().filter(|(_, number)| *number == 0);
    zeros
        .map(|(name, _)| format!("{name} must be at least 1"))
        .collect()
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
            rates: Rates::default(),
            legal: Legal::default(),
            accounts: Accounts::default(),
            mail: mail::Mail::default(),
            map: Map::default(),
            geocoder: Geocoder::default(),
            reading: Reading::default(),
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
        problems.extend(self.server.problems());
        problems.extend(self.rates.problems());
        problems.extend(self.mail.problems());
        problems.extend(self.map.problems(self.dev));
        problems.extend(self.geocoder.problems(self.dev));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_zero_and_a_proxy_that_is_no_address_are_told() {
        let origin = Url::parse("https://hub.example").unwrap();
        let mut settings = Settings::new(origin, default_listen(), "Hub".to_owned());
        assert_eq!(settings.problems(), Vec::<String>::new());
        settings
            .server
            .trusted_proxies
            .push("proxy.example".to_owned());
        settings.server.body_seconds = 0;
        settings.rates.domain_burst = 0;
        let said = settings.problems().join("\n");
        for name in ["proxy.example", "server.body_seconds", "rates.domain_burst"] {
            assert!(said.contains(name), "{said}");
        }
        assert_eq!(settings.problems().len(), 3, "{said}");
    }
}

//! What every use case is given: the database, the clock, the source of randomness and the settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustine_domain::ids::{ActorName, DatasetAddress, Host};
use rustine_domain::log::SettlementRules;
use rustine_store::Db;
use url::Url;

use crate::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use crate::datasets::indexes::Wishes;
use crate::erasures::ErasureFile;
use crate::presence::Presence;
use crate::processes::Identity;
use crate::settings::Settings;

/// One running instance, as the use cases see it. Shared as `Arc<App>`.
pub struct App {
    /// The database.
    pub db: Db,
    /// The settings in force.
    pub settings: Settings,
    /// Where the time is read.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes are drawn.
    pub entropy: Arc<dyn Entropy>,
    /// Where erasures are written down beside the database; `None` where there is no data folder, as in a scratch
    /// database.
    pub erasures: Option<ErasureFile>,
    /// Where the file transport leaves letters; `None` where there is no data folder.
    pub mails: Option<PathBuf>,
    /// Indexes that questions would have liked.
    pub wishes: Wishes,
    /// The rules by which forks are judged: the same for everybody who runs what we release.
    pub settlement: SettlementRules,
    /// Whether this process is the one at our address.
    pub presence: Presence,
    /// The name of this process among those on its database.
    pub process: Identity,
    host: Host,
}

impl App {
    /// An instance on the machine's clock and generator.
    ///
    /// # Errors
    /// Where the origin has no host that this node can use.
    pub fn new(db: Db, settings: Settings) -> Result<Self, rustine_domain::ids::InvalidId> {
        Self::with_clock(db, settings, Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// An instance on a given clock and generator.
    ///
    /// # Errors
    /// Where the origin has no host that this node can use.
    pub fn with_clock(
        db: Db,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, rustine_domain::ids::InvalidId> {
        let host = host_of(&settings.origin).parse()?;
        Ok(Self {
            db,
            settings,
            clock,
            entropy,
            erasures: None,
            mails: None,
            wishes: Wishes::default(),
            settlement: SettlementRules::default(),
            presence: Presence::default(),
            process: Identity::default(),
            host,
        })
    }

    /// The same instance, with its erasures and the letters of the file transport in its data folder.
    #[must_use]
    pub fn in_folder(mut self, data: &Path) -> Self {
        self.erasures = Some(ErasureFile::in_folder(data));
        self.mails = Some(data.join("mails"));
        self
    }

    /// Our own `host[:port]`, as it stands in names and ids.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The URL of a local path that begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// `https://host[:port]`, without a trailing slash.
    pub fn origin(&self) -> &str {
        self.settings.origin.as_str().trim_end_matches('/')
    }

    /// The instance actor.
    pub fn instance_actor(&self) -> String {
        self.url("/actor")
    }

    /// The actor of a person of this instance.
    pub fn person(&self, name: &ActorName) -> String {
        self.url(&format!("/users/{name}"))
    }

    /// The actor of a dataset of this instance.
    pub fn dataset_url(&self, name: &ActorName) -> String {
        self.url(&format!("/datasets/{name}"))
    }

    /// A fresh activity id: it ends in a random UUID, never a counter (`protocol.md` §2).
    pub fn activity_id(&self) -> String {
        self.url(&format!("/activities/{}", self.entropy.uuid()))
    }

    /// The local path of one of our URLs; `None` for a URL of another origin.
    pub fn local_path<'a>(&self, url: &'a str) -> Option<&'a str> {
        url.strip_prefix(self.origin())
            .filter(|path| path.starts_with('/'))
    }

    /// `lieux@own.host` means the local dataset `lieux`.
    pub fn normalise(&self, address: &DatasetAddress) -> DatasetAddress {
        let host = address.host.clone().filter(|host| *host != self.host);
        DatasetAddress {
            name: address.name.clone(),
            host,
        }
    }
}

/// `host[:port]` of a URL, the default port left out.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// One of our own ids, or an id that the store keeps because it was read once.
///
/// # Panics
/// Where a stored id is damaged: ids are parsed before they are stored.
pub fn uri(text: &str) -> rustine_protocol::Uri {
    text.parse().expect("ids are parsed before they are stored")
}

//! One instance among others: its way out, its keys ready to sign, and the workers that run beside the server.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use moka::sync::Cache;
use rustine_app::App;
use rustine_app::actors::REFRESH_SECONDS;
use rustine_app::datasets::heir::Heir;
use rustine_app::log::keys::RSA;
use rustine_app::settings::Rates;
use rustine_domain::ids::{DatasetAddress, Host};
use rustine_outbound::Client;
use rustine_store::{RemoteActorRecord, StoreError};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

use crate::actors::{self, ActorError};
use crate::documents::{self, Hold};
use crate::gate::{Buckets, Rate, RateSettings};
use crate::replication::succession::Heard;
use crate::replication::{self, HomeError, LearnError, Remote, Replication};
use crate::signature::{KeyCache, RequestSigner, SigningKey};
use crate::{delivery, inbox};

/// How often a running server looks whether another process wrote to the database.
const LOOK_MS: u64 = 150;
/// Keys of other actors, and keys of ours, kept ready.
const KEYS_KEPT: u64 = 10_000;
/// Actors with a new key that are fetched at once; each may take 15 s.
const ANNOUNCEMENTS: usize = 4;

/// The instance, as the handlers and workers of this crate share it.
pub struct Federation {
    app: Arc<App>,
    remote: Remote,
    pub(crate) keys: KeyCache,
    signers: Cache<String, Arc<SigningKey>>,
    pub(crate) per_address: Buckets<std::net::IpAddr>,
    pub(crate) per_domain: Buckets<String>,
    pub(crate) fetches: Buckets<String>,
    pub(crate) refreshes: Buckets<String>,
    pub(crate) announcements: Semaphore,
    pub(crate) hold: web::Data<Hold>,
    pub(crate) replication: Arc<Replication>,
    pub(crate) work: Notify,
    pub(crate) receiving: inbox::Library,
}

/// Why nothing can be signed in a local actor's name.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no such key, or it is damaged.
    #[error("the key of {0} is missing or damaged: restore a backup")]
    Unusable(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Federation {
    /// Sets everything up; opens no connection.
    ///
    /// # Errors
    /// Where the instance's own key cannot be used.
    pub fn new(app: Arc<App>, client: Client) -> Result<Arc<Self>, KeyError> {
        let rates = RateSettings::from(&app.settings.rates);
        let hold = web::Data::new(Hold::new(app.clock.now()));
        let remote = |weak: &std::sync::Weak<Self>| {
            Remote::new(client.clone(), Some(Arc::new(InstanceSigner(weak.clone()))))
        };
        let federation = Arc::new_cyclic(|weak: &std::sync::Weak<Self>| Self {
            replication: Replication::new(app.clone(), remote(weak), hold.clone().into_inner()),
            app,
            remote: remote(weak),
            keys: KeyCache::new(KEYS_KEPT),
            signers: Cache::new(KEYS_KEPT),
            per_address: Buckets::new(rates.per_address),
            per_domain: Buckets::new(rates.per_domain),
            fetches: Buckets::new(rates.fetches_per_domain),
            refreshes: Buckets::once_in(REFRESH_SECONDS.unsigned_abs()),
            announcements: Semaphore::new(ANNOUNCEMENTS),
            hold,
            work: Notify::new(),
            receiving: inbox::Library::new(),
        });
        federation.signer("/actor")?;
        Ok(federation)
    }

    /// The use cases.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Asks the copies of every dataset that waits for them, once; how many still wait.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn ask_before_signing(&self) -> Result<usize, StoreError> {
        replication::ask::ask_once(&self.app, &self.remote).await
    }

    /// The only way out.
    pub fn client(&self) -> &Client {
        &self.remote.client
    }

    /// The way out for documents, signed by the instance.
    pub(crate) fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Registers inbox and documents. Before the pages: some addresses are both, by `Accept`.
    pub fn routes(self: &Arc<Self>, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::new(self.clone()))
            .app_data(self.hold.clone());
        inbox::routes(config);
        documents::routes(config);
    }

    /// Starts delivery, the inbox worker and replication; they end when `stop` becomes true.
    pub fn spawn(self: &Arc<Self>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        workers.spawn(self.clone().look(stop.clone()));
        workers.spawn(inbox::worker::run(self.clone(), stop.clone()));
        workers.spawn(delivery::worker::run(self.clone(), stop.clone()));
        workers.spawn(self.replication.clone().run(stop.clone()));
        workers.spawn(crate::peering::run(self.clone(), stop.clone()));
        workers.spawn(crate::modlog::run(self.clone(), stop.clone()));
        workers.spawn(crate::queues::run(self.clone(), stop.clone()));
        workers.spawn(crate::presence::watch(self.clone(), stop.clone()));
        let (app, remote) = (self.app.clone(), self.remote.clone());
        workers.spawn(replication::ask::until_all_sign(app, remote, stop.clone()));
        workers
    }

    /// Wakes the workers whenever something was committed, by this process or another.
    async fn look(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut seen = None;
        while !*stop.borrow() {
            let app = self.app.clone();
            let version = blocking(move || app.db.data_version()).await;
            match version {
                Ok(version) if seen != Some(version) => {
                    seen = Some(version);
                    self.work.notify_waiters();
                    self.replication.wake();
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "The database cannot be asked for changes: {error}")
                }
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            }
        }
    }

    /// Signs in the name of a local actor (`/actor`, `/datasets/lieux`, `/users/lea`), now.
    ///
    /// # Errors
    /// Where it has no usable key.
    pub fn signer(&self, actor: &str) -> Result<RequestSigner, KeyError> {
        let key = match self.signers.get(actor) {
            Some(key) => key,
            None => {
                let key = Arc::new(self.load_key(actor)?);
                self.signers.insert(actor.to_owned(), key.clone());
                key
            }
        };
        let key_id = format!("{}#main-key", self.app.url(actor));
        Ok(RequestSigner {
            key,
            key_id,
            now: self.app.clock.now(),
        })
    }

    fn load_key(&self, actor: &str) -> Result<SigningKey, KeyError> {
        let record = self.app.db.read(|tx| tx.find_key(actor, RSA))?;
        let pem = record
            .and_then(|record| record.secret)
            .and_then(|secret| String::from_utf8(secret).ok());
        pem.and_then(|pem| SigningKey::from_pkcs8_pem(&pem).ok())
            .ok_or_else(|| KeyError::Unusable(actor.to_owned()))
    }

    /// The instance actor of a host, fetched anew.
    ///
    /// # Errors
    /// Where it cannot be had or is none.
    pub async fn instance_actor(&self, host: &Host) -> Result<RemoteActorRecord, ActorError> {
        let url = format!("{}://{host}/actor", self.app.settings.origin.scheme());
        actors::fetch(self, &url).await
    }

    /// The actor behind `name@host`, by WebFinger, fetched anew.
    ///
    /// # Errors
    /// Where it cannot be had.
    pub async fn find_actor(
        &self,
        address: &DatasetAddress,
    ) -> Result<RemoteActorRecord, ActorError> {
        actors::find(self, address).await
    }

    /// What an instance has agreed to about a dataset of ours that it may go on with.
    ///
    /// # Errors
    /// Where it has not, or does not answer.
    pub async fn heir(&self, dataset: &DatasetAddress, host: &Host) -> Result<Heir, HomeError> {
        replication::homes::heir(&self.remote, &self.app, dataset, host).await
    }

    /// Asks the other instances who goes on with a dataset whose origin is gone.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn ask_for_successors(&self, dataset: i64) -> Result<Heard, StoreError> {
        replication::succession::ask(&self.remote, &self.app, dataset, &BTreeSet::new()).await
    }

    /// Asks the other copies for lines of a moderation log that we lack, because the origin is silent; how many were had.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn ask_for_moderation_lines(&self, dataset: i64) -> Result<usize, StoreError> {
        crate::modlog::ask_other_copies(&self.remote, &self.app, dataset).await
    }

    /// Makes sure that no other copy holds more of a dataset than ours; who did not answer.
    ///
    /// # Errors
    /// Where one does.
    pub async fn no_copy_holds_more(
        &self,
        address: &DatasetAddress,
    ) -> Result<Vec<String>, HomeError> {
        replication::homes::no_copy_holds_more(&self.remote, &self.app, address).await
    }

    /// What must be known of a dataset before it can be copied.
    ///
    /// # Errors
    /// Where neither its origin nor the named instance tells.
    pub async fn learn(
        self: &Arc<Self>,
        address: &DatasetAddress,
        from: Option<&Host>,
    ) -> Result<rustine_app::replicas::add::Learned, LearnError> {
        let learned = replication::learn(&self.remote, &self.app, address, from).await?;
        if learned.inbox.is_some() {
            // The origin answered: its key is kept, so that its pushes are known at once.
            if let Err(error) = actors::fetch(self, &learned.url).await {
                tracing::info!(%error, "The actor of {address} was not kept: {error}");
            }
        }
        Ok(learned)
    }
}

/// Signs the instance's own GETs, with the time of each.
struct InstanceSigner(std::sync::Weak<Federation>);

impl rustine_outbound::Signer for InstanceSigner {
    fn sign(
        &self,
        request: rustine_outbound::Unsigned<'_>,
    ) -> Result<
        Vec<(rustine_outbound::HeaderName, rustine_outbound::HeaderValue)>,
        rustine_outbound::SignError,
    > {
        let federation = self
            .0
            .upgrade()
            .ok_or_else(|| rustine_outbound::SignError("the server is stopping".into()))?;
        let signer = federation
            .signer("/actor")
            .map_err(|error| rustine_outbound::SignError(error.to_string()))?;
        signer.sign(request)
    }
}

/// Runs what blocks on the database on a thread for it.
///
/// # Panics
/// Where the work itself panicked.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Here rather than in the gate, which knows no settings: the fuzzer takes it without them.
impl From<&Rates> for RateSettings {
    fn from(rates: &Rates) -> Self {
        let rate = |burst, per_minute| Rate { burst, per_minute };
        Self {
            per_address: rate(rates.address_burst, rates.address_per_minute),
            per_domain: rate(rates.domain_burst, rates.domain_per_minute),
            fetches_per_domain: rate(rates.fetches_burst, rates.fetches_per_minute),
        }
    }
}

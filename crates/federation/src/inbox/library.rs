//! The federation library behind our gate: it verifies digest, signature and domains once more, with the actor
//! that we keep, and hands the activity over to be written down.

use std::sync::Arc;

use activitypub_federation::actix_web::inbox::receive_activity;
use activitypub_federation::config::{Data, FederationConfig};
use activitypub_federation::traits::{Activity, Actor, Object};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use async_trait::async_trait;
use rustine_app::actors::key_in_force;
use rustine_domain::checks::Check;
use rustine_store::{RemoteActorRecord, StoreError};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::Url;

use super::Refused;
use crate::gate::{Passed, Step};
use crate::node::{Federation, blocking};

/// What the library carries through its calls.
#[derive(Clone)]
pub struct Shared(Arc<Federation>);

/// Lets the library check an activity that passed the gate, and keeps it.
pub(super) async fn receive(
    federation: &Arc<Federation>,
    request: &HttpRequest,
    body: Bytes,
    passed: Passed,
) -> Result<(), Refused> {
    let config = federation
        .receiving()
        .await
        .map_err(|why| Refused::Later(StatusCode::SERVICE_UNAVAILABLE, why))?;
    let data = config.to_request_data();
    if !Check::Library.stands() {
        let (id, actor) = (passed.id, passed.actor);
        let arrived = Arrived {
            id,
            actor,
            document: passed.activity,
        };
        return arrived.receive(&data).await.map_err(|error| match error {
            LibraryError::Store(error) => error.into(),
            LibraryError::Library(error) => Step::Verification.refuse(error.to_string()).into(),
        });
    }
    let received = receive_activity::<Arrived, Sender, Shared>(request.clone(), body, &data).await;
    match received {
        Ok(_) => Ok(()),
        Err(LibraryError::Store(error)) => Err(error.into()),
        Err(LibraryError::Library(error)) => Err(Step::Verification
            .refuse(format!("{} was refused: {error}", passed.id))
            .into()),
    }
}

impl Federation {
    /// The library's configuration, made once. Our client is the only one it has; in `dev` and on private
    /// networks its own look-ups are off, because the client checks each address when it connects.
    async fn receiving(self: &Arc<Self>) -> Result<&FederationConfig<Shared>, String> {
        self.receiving
            .get_or_try_init(|| async {
                let settings = &self.app().settings;
                let guarded = settings.dev
                    || !settings.outbound.allow.is_empty()
                    || !settings.outbound.resolve.is_empty();
                FederationConfig::builder()
                    .domain(self.app().host().to_string())
                    .app_data(Shared(self.clone()))
                    .debug(guarded)
                    .client(
                        reqwest_middleware::ClientBuilder::new(self.client().transport()).build(),
                    )
                    .http_signature_compat(true)
                    .http_fetch_limit(0)
                    .build()
                    .await
                    .map_err(|error| error.to_string())
            })
            .await
    }
}

/// Kept as a type alias so that the field of [`Federation`] can name it.
pub(crate) type Library = tokio::sync::OnceCell<FederationConfig<Shared>>;

/// What went wrong inside the library's calls.
#[derive(Debug)]
pub enum LibraryError {
    /// One of its own checks.
    Library(activitypub_federation::error::Error),
    /// The store failed.
    Store(StoreError),
}

impl std::fmt::Display for LibraryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Library(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl From<activitypub_federation::error::Error> for LibraryError {
    fn from(error: activitypub_federation::error::Error) -> Self {
        Self::Library(error)
    }
}

impl From<StoreError> for LibraryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// An activity as it arrived. It was parsed strictly by the gate already.
#[derive(Debug, Clone)]
pub struct Arrived {
    id: Url,
    actor: Url,
    document: Value,
}

impl<'de> Deserialize<'de> for Arrived {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Value::deserialize(deserializer)?;
        let url = |member: &str| {
            let text = document[member].as_str().unwrap_or_default();
            text.parse()
                .map_err(|_| serde::de::Error::custom(format!("{member} is no URL")))
        };
        Ok(Self {
            id: url("id")?,
            actor: url("actor")?,
            document,
        })
    }
}

#[async_trait]
impl Activity for Arrived {
    type DataType = Shared;
    type Error = LibraryError;

    fn id(&self) -> &Url {
        &self.id
    }

    fn actor(&self) -> &Url {
        &self.actor
    }

    async fn verify(&self, _: &Data<Shared>) -> Result<(), LibraryError> {
        // The gate compared full origins; the library has compared the domains.
        Ok(())
    }

    /// Durable before the 202; a second arrival of the same id is told the same and does nothing.
    async fn receive(self, data: &Data<Shared>) -> Result<(), LibraryError> {
        let app = data.0.app().clone();
        blocking(move || {
            let kind = self.document["type"].as_str().unwrap_or_default();
            let body = self.document.to_string();
            let id = match Check::Seen.stands() {
                true => self.id.to_string(),
                false => format!("{}#{}", self.id, app.activity_id()),
            };
            app.db.write(|tx| {
                tx.insert_inbox(&id, self.actor.as_str(), kind, &body, app.clock.now())?;
                Ok::<_, StoreError>(())
            })
        })
        .await?;
        data.0.work.notify_waiters();
        Ok(())
    }
}

/// The sender as we keep it. The library finds it fresh, so it never fetches by itself.
#[derive(Debug, Clone)]
pub struct Sender {
    id: Url,
    inbox: Url,
    key_pem: String,
}

/// A document that the library never gets to see.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct NoDocument {}

impl Sender {
    fn of(record: RemoteActorRecord) -> Option<Self> {
        let key_pem = key_in_force(&record).to_owned();
        Some(Self {
            id: record.id.parse().ok()?,
            inbox: record.inbox.parse().ok()?,
            key_pem,
        })
    }
}

#[async_trait]
impl Object for Sender {
    type DataType = Shared;
    type Kind = NoDocument;
    type Error = LibraryError;

    fn id(&self) -> &Url {
        &self.id
    }

    async fn read_from_id(id: Url, data: &Data<Shared>) -> Result<Option<Self>, LibraryError> {
        let app = data.0.app().clone();
        let record = blocking(move || app.db.read(|tx| tx.find_remote_actor(id.as_str()))).await?;
        Ok(record.and_then(Self::of))
    }

    async fn into_json(self, _: &Data<Shared>) -> Result<NoDocument, LibraryError> {
        Ok(NoDocument {})
    }

    async fn verify(_: &NoDocument, _: &Url, _: &Data<Shared>) -> Result<(), LibraryError> {
        Err(never_fetched())
    }

    async fn from_json(_: NoDocument, _: &Data<Shared>) -> Result<Self, LibraryError> {
        Err(never_fetched())
    }
}

fn never_fetched() -> LibraryError {
    StoreError::Other("actors are fetched by our own guarded client only".to_owned()).into()
}

impl Actor for Sender {
    fn public_key_pem(&self) -> &str {
        &self.key_pem
    }

    fn private_key_pem(&self) -> Option<String> {
        None
    }

    fn inbox(&self) -> Url {
        self.inbox.clone()
    }
}

//! Somebody on another server, of whatever make, found by `name@host` for a person who may want to follow.

use rustine_app::blocks;
use rustine_protocol::object::RemoteActor;
use rustine_protocol::object::webfinger::Account;
use rustine_protocol::vocabulary;
use rustine_store::StoreError;
use url::Url;

use crate::actors::{self, ActorError};
use crate::node::{Federation, blocking};

/// Somebody who was found and is kept.
#[derive(Debug, Clone)]
pub struct Anyone {
    /// `name@host`, as the server itself says it.
    pub account: String,
    /// What the document says.
    pub actor: RemoteActor,
    /// How many follow, where the server says so.
    pub followers: Option<i64>,
}

/// Why nobody was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// Not `name@host`.
    #[error("an address is written name@host")]
    NoAddress,
    /// It would be on this instance.
    #[error("this address is of this instance")]
    Here,
    /// Its server does not answer, knows nobody of that name, or its domain is blocked.
    #[error(transparent)]
    Actor(#[from] ActorError),
}

impl Federation {
    /// Finds somebody by WebFinger and keeps the actor. Every request goes through the guarded way out.
    ///
    /// # Errors
    /// [`FindError`]
    pub async fn find_anyone(&self, address: &str) -> Result<Anyone, FindError> {
        let account: Account = address.parse().map_err(|_| FindError::NoAddress)?;
        if account.host == self.app().host().as_str() {
            return Err(FindError::Here);
        }
        Ok(self.find_elsewhere(&account).await?)
    }

    async fn find_elsewhere(&self, account: &Account) -> Result<Anyone, ActorError> {
        let app = self.app().clone();
        let host = account.host.clone();
        let blocked = blocking(move || app.db.read(|tx| blocks::covers(tx, &host))).await;
        if blocked.map_err(|error: StoreError| ActorError::Store(error))? {
            return Err(ActorError::NoActor {
                url: account.to_string(),
                why: "its domain is blocked here".to_owned(),
            });
        }
        let scheme = self.app().settings.origin.scheme();
        let found = actors::look_up(self.remote(), scheme, &account.name, &account.host).await?;
        actors::keep(self.app(), &found).await?;
        let followers = self.count_followers(&found.actor).await;
        Ok(Anyone {
            account: format!("{}@{}", account.name, account.host),
            actor: found.actor,
            followers,
        })
    }

    /// A server that does not say is no error.
    async fn count_followers(&self, actor: &RemoteActor) -> Option<i64> {
        let followers = actor.followers.as_ref()?;
        if !followers.same_origin(&actor.id) {
            return None;
        }
        let url: Url = followers.as_str().parse().ok()?;
        let document = self
            .remote()
            .document(url, vocabulary::ACCEPT_ACTIVITY, "such collection")
            .await
            .ok()?;
        document.value["totalItems"]
            .as_i64()
            .filter(|count| *count >= 0)
    }
}

//! Learning what a dataset is before its log is read: uid, genesis, address (`protocol.md` §3.6, step 1).
//!
//! The origin is asked first. Where it is silent, an instance that the operator named may tell: the operator
//! then trusts it for which log the name stands for, and for nothing else, because the log proves itself.

use rustine_app::App;
use rustine_app::replicas::add::Learned;
use rustine_domain::ids::{DatasetAddress, Host};
use rustine_protocol::object::remote_actor::ActorKind;

use super::fetch::{FetchError, Remote};
use crate::actors::{self, ActorError};

/// Why nothing usable was learned.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// The name has no host, or ours.
    #[error("{0} is a dataset of this instance: name one of another instance, as name@host")]
    Ours(DatasetAddress),
    /// The host answers, but not for this name.
    #[error(
        "{host} answers, but has no dataset {address}: check the spelling of the name, and that the dataset is published"
    )]
    NoDataset {
        /// Who answered.
        host: String,
        /// The dataset asked for.
        address: DatasetAddress,
    },
    /// The name belongs to something that is no dataset of an instance like ours.
    #[error("{address} is not a dataset that can be copied: {why}")]
    NotADataset {
        /// The dataset asked for.
        address: DatasetAddress,
        /// What it is instead.
        why: &'static str,
    },
    /// What came contradicts itself or the question.
    #[error("{host} does not vouch for {address}: {why}")]
    Contradiction {
        /// Who answered.
        host: String,
        /// The dataset asked for.
        address: DatasetAddress,
        /// In words.
        why: String,
    },
    /// Nobody answered.
    #[error(
        "nothing can be learned of {address}: {why}; if the origin is down, name an instance that keeps a copy with --from"
    )]
    Silent {
        /// The dataset asked for.
        address: DatasetAddress,
        /// Of the origin.
        why: FetchError,
    },
    /// Neither the origin nor the named instance answered.
    #[error("nothing can be learned of {address}: {origin}; and {peer}")]
    BothSilent {
        /// The dataset asked for.
        address: DatasetAddress,
        /// Of the origin.
        origin: Box<LearnError>,
        /// Of the named instance.
        peer: Box<LearnError>,
    },
}

/// Learns a dataset from its origin, or else from the log of the instance `from`.
///
/// # Errors
/// [`LearnError`]: sentences for the operator.
pub async fn learn(
    remote: &Remote,
    app: &App,
    address: &DatasetAddress,
    from: Option<&Host>,
) -> Result<Learned, LearnError> {
    let question = Question {
        remote,
        scheme: app.settings.origin.scheme(),
        address,
        host: match app.normalise(address).host {
            Some(host) => host,
            None => return Err(LearnError::Ours(address.clone())),
        },
    };
    let asked = match question.of_origin().await {
        // A closed dataset has no actor any more, and its origin still serves its log.
        Err(error @ LearnError::NoDataset { .. }) => {
            let by_log = question.of_peer(&question.host).await;
            by_log.map_err(|_| error)
        }
        asked => asked,
    };
    let learned = match asked {
        Ok(learned) => learned,
        // Whoever contradicts itself is not silent: its word against a peer's would decide nothing.
        Err(error @ (LearnError::Contradiction { .. } | LearnError::NotADataset { .. })) => {
            return Err(error);
        }
        Err(origin) => {
            let Some(peer) = from else {
                return Err(origin);
            };
            question
                .of_peer(peer)
                .await
                .map_err(|peer| LearnError::BothSilent {
                    address: address.clone(),
                    origin: Box::new(origin),
                    peer: Box::new(peer),
                })?
        }
    };
    Ok(Learned {
        from: from.cloned(),
        ..learned
    })
}

struct Question<'a> {
    remote: &'a Remote,
    scheme: &'a str,
    address: &'a DatasetAddress,
    host: Host,
}

impl Question<'_> {
    /// WebFinger, then the actor; each must confirm the other.
    async fn of_origin(&self) -> Result<Learned, LearnError> {
        let found = actors::look_up(self.remote, self.scheme, &self.address.name, &self.host);
        let found = found.await.map_err(|error| self.not_found(error))?;
        let actor = &found.actor;
        let (Some(uid), Some(genesis), Some(log), ActorKind::Group) =
            (actor.uid, actor.genesis, &actor.log, actor.kind)
        else {
            return Err(LearnError::NotADataset {
                address: self.address.clone(),
                why: "the name belongs to another kind of account",
            });
        };
        if log.as_str() != format!("{}/log", actor.id) {
            return Err(self.contradiction("its log lies at an unknown place"));
        }
        if actor
            .audience
            .as_deref()
            .is_some_and(|word| word != "public")
        {
            return Err(LearnError::NotADataset {
                address: self.address.clone(),
                why: "it is not public",
            });
        }
        Ok(Learned {
            address: self.address.clone(),
            url: actor.id.to_string(),
            uid,
            genesis,
            inbox: Some(actor.delivery_inbox().to_string()),
            from: None,
        })
    }

    /// The head of a copy names the genesis; the first header, whose hash that is, names the uid.
    async fn of_peer(&self, peer: &Host) -> Result<Learned, LearnError> {
        let log =
            super::sources::copy_log(self.scheme, peer, self.address.name.as_str(), &self.host);
        let failed = |why: FetchError| self.silent(why, peer.as_str());
        let head = self.remote.head(&log).await.map_err(failed)?;
        let first = self.remote.header(&log, 0).await.map_err(failed)?;
        let contradiction = |why: &'static str| LearnError::Contradiction {
            host: peer.to_string(),
            address: self.address.clone(),
            why: why.to_owned(),
        };
        let first = first.ok_or_else(|| contradiction("its copy has no first entry"))?;
        if first.hash() != head.genesis {
            return Err(contradiction(
                "its first entry is not the one its head names",
            ));
        }
        Ok(Learned {
            address: self.address.clone(),
            // Its address at birth may be another, if it moved since; the log tells.
            url: format!(
                "{}://{}/datasets/{}",
                self.scheme, self.host, self.address.name
            ),
            uid: first.uid,
            genesis: head.genesis,
            inbox: None,
            from: None,
        })
    }

    fn not_found(&self, error: ActorError) -> LearnError {
        match error {
            ActorError::Fetch { why, .. } => self.silent(why, self.host.as_str()),
            ActorError::NoActor { why, .. } => self.contradiction(why),
            other => self.contradiction(other.to_string()),
        }
    }

    fn silent(&self, why: FetchError, host: &str) -> LearnError {
        let address = self.address.clone();
        match why {
            FetchError::Missing { .. } => LearnError::NoDataset {
                host: host.to_owned(),
                address,
            },
            why => LearnError::Silent { address, why },
        }
    }

    fn contradiction(&self, why: impl Into<String>) -> LearnError {
        LearnError::Contradiction {
            host: self.host.to_string(),
            address: self.address.clone(),
            why: why.into(),
        }
    }
}

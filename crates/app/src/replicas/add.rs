//! An operator adds a copy: the dataset is pinned to its genesis, and the origin is asked to push.

use rustine_domain::ids::{DatasetAddress, DatasetUid, Hash, Host};
use rustine_domain::time::Timestamp;
use rustine_domain::tree;
use rustine_store::{DatasetRecord, ReplicaStateRecord, StoreError};

use super::status::{self, STARTING, Status};
use crate::App;
use crate::actors::inboxes::shared_inbox;
use crate::context::uri;
use crate::follows;

/// What was learned of a dataset before its log was read.
#[derive(Debug, Clone)]
pub struct Learned {
    /// `name@host`.
    pub address: DatasetAddress,
    /// The URL of its actor: every header's `attributedTo`.
    pub url: String,
    /// Its uid.
    pub uid: DatasetUid,
    /// The hash of its genesis: what the copy is pinned to.
    pub genesis: Hash,
    /// Its inbox, where the origin answered.
    pub inbox: Option<String>,
    /// The instance to take the first copy from, where that is not the origin.
    pub from: Option<Host>,
}

/// Why no copy was added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It is our own dataset.
    #[error("{0} is a dataset of this instance: it needs no copy here")]
    Ours(DatasetAddress),
    /// There is a log with this uid here already.
    #[error(
        "this instance holds the uid of {0} already, under the name {1}: another log with it is refused"
    )]
    Held(DatasetAddress, String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a copy, empty at first. A second time changes nothing but where to copy from.
///
/// # Errors
/// [`AddError`]
pub fn add(app: &App, learned: &Learned) -> Result<Status, AddError> {
    let address = app.normalise(&learned.address);
    let Some(host) = address.host.clone() else {
        return Err(AddError::Ours(address));
    };
    app.db.write(|tx| {
        let known = tx.find_dataset_by_uid(learned.uid)?;
        if let Some(other) = known
            .as_ref()
            .filter(|known| known.host != host.as_str() || known.genesis != learned.genesis)
        {
            return Err(AddError::Held(
                address.clone(),
                crate::datasets::find::address(other),
            ));
        }
        let now = app.clock.now();
        let dataset = match known {
            Some(dataset) => dataset,
            None => {
                let mut dataset = DatasetRecord {
                    id: 0,
                    uid: learned.uid,
                    name: address.name.to_string(),
                    host: host.to_string(),
                    url: learned.url.clone(),
                    genesis: learned.genesis,
                    seq: -1,
                    entry: Hash::ZERO,
                    state: tree::empty_root(),
                    chain: String::new(),
                    schema: "{}".to_owned(),
                    schema_hash: Hash::ZERO,
                    policy: None,
                    audience: "public".to_owned(),
                    title: address.name.to_string(),
                    license: None,
                    row_count: 0,
                    rows_version: 0,
                    status: "draft".to_owned(),
                    created: now,
                    updated: now,
                };
                dataset.id = tx.insert_dataset(&dataset)?;
                dataset
            }
        };
        let mut state = tx
            .find_replica_state(dataset.id)?
            .unwrap_or_else(|| state_of(&dataset, STARTING, now));
        if let Some(from) = &learned.from {
            state.named_source = Some(from.to_string());
        }
        tx.put_replica_state(&state)?;
        let inbox = learned
            .inbox
            .clone()
            .unwrap_or_else(|| shared_inbox(app, host.as_str()));
        follows::ask::follow(app, tx, "/actor", &uri(&learned.url), &inbox)?;
        Ok(status::read(tx, &dataset)?)
    })
}

/// How a copy stands of which nobody was asked yet.
pub(crate) fn state_of(dataset: &DatasetRecord, state: &str, now: Timestamp) -> ReplicaStateRecord {
    ReplicaStateRecord {
        dataset: dataset.id,
        state: state.to_owned(),
        origin_seq: None,
        origin_entry: None,
        confirmed_at: None,
        source: None,
        bodies_from: 0,
        cursor: None,
        error: None,
        updated: now,
        named_source: None,
        log_bytes: 0,
        hinted_seq: -1,
        redact_seq: -1,
        attempted_by: String::new(),
        silent_since: None,
    }
}

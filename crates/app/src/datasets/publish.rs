//! Making a dataset public: from here on it can be followed, copied and corrected.

use rustine_domain::ids::DatasetAddress;
use rustine_protocol::activity::{Announce, Envelope};
use rustine_store::{DatasetRecord, StoreError, Tx};

use super::{UnknownDataset, find};
use crate::App;
use crate::context::uri;
use crate::outbox::{self, Outgoing};
use crate::peers;

/// Why a dataset was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is another instance's.
    #[error("{0} belongs to another instance")]
    NotOurs(String),
    /// Nobody would know what they may do with it.
    #[error(
        "the dataset {0} has no licence: import it again with --license, for example --license etalab-2.0"
    )]
    NoLicense(String),
    /// It is closed.
    #[error("the dataset {0} is closed")]
    Closed(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Publishes a dataset of ours and tells accepted peers. A second time changes nothing.
///
/// # Errors
/// [`PublishError`]
pub fn publish(app: &App, address: &DatasetAddress) -> Result<DatasetRecord, PublishError> {
    app.db.write(|tx| {
        let mut dataset = find(app, tx, address)?;
        // The head is written with the rest: nobody may append between reading and writing it.
        tx.lock_dataset(dataset.id)?;
        dataset = tx.load_dataset(dataset.id)?;
        if !dataset.is_local() {
            return Err(PublishError::NotOurs(address.to_string()));
        }
        match dataset.status.as_str() {
            "published" => return Ok(dataset),
            "closed" => return Err(PublishError::Closed(dataset.name)),
            _ => {}
        }
        if dataset.license.as_deref().is_none_or(str::is_empty) {
            return Err(PublishError::NoLicense(dataset.name));
        }
        "published".clone_into(&mut dataset.status);
        tx.update_dataset(&dataset)?;
        announce(app, tx, &dataset)?;
        Ok(dataset)
    })
}

/// Tells accepted peers that a dataset of ours is to be had.
pub(super) fn announce(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<(), StoreError> {
    let url = uri(&dataset.url);
    for peer in tx
        .list_peers()?
        .into_iter()
        .filter(|peer| peer.state == peers::ACCEPTED)
    {
        let envelope = Envelope::new(
            uri(&app.activity_id()),
            uri(&app.instance_actor()),
            uri(&peer.actor),
        );
        let activity = Announce::dataset(envelope, url.clone()).to_json();
        let object_key = format!("announce:{url}");
        let outgoing = Outgoing {
            activity: &activity,
            actor: "/actor",
            object_key: &object_key,
        };
        outbox::send(app, tx, &outgoing, &peer.inbox)?;
    }
    Ok(())
}

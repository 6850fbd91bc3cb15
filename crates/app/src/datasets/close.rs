//! Ending a dataset: the entry `close`, then a Delete with a Tombstone for everybody who follows it.

use rustine_domain::ids::DatasetAddress;
use rustine_domain::log::{EntryDraft, Kind, Meta};
use rustine_protocol::activity::Delete;
use rustine_protocol::object::Tombstone;
use rustine_store::{DatasetRecord, StoreError};
use serde_json::Map;

use super::{UnknownDataset, find};
use crate::App;
use crate::context::uri;
use crate::log::append::{AppendError, append};
use crate::modlog::{self, By, Line};
use crate::outbox::{self, Outgoing};

/// Why a dataset was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is another instance's.
    #[error("{0} belongs to another instance; `rustine replica remove {0}` removes the copy")]
    NotOurs(DatasetAddress),
    /// It is closed already.
    #[error("the dataset {0} is closed already")]
    Closed(String),
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Closes a dataset of ours. `keep` lets copies keep its values.
///
/// # Errors
/// [`CloseError`]
pub fn close(app: &App, address: &DatasetAddress, keep: bool) -> Result<DatasetRecord, CloseError> {
    app.db.write(|tx| {
        let mut dataset = find(app, tx, address)?;
        // The head is written with the rest: nobody may append between reading and writing it.
        tx.lock_dataset(dataset.id)?;
        dataset = tx.load_dataset(dataset.id)?;
        if !dataset.is_local() {
            return Err(CloseError::NotOurs(address.clone()));
        }
        if dataset.status == "closed" {
            return Err(CloseError::Closed(dataset.name));
        }
        let was_public = dataset.status == "published";
        let meta = Meta {
            salt: app.entropy.salt(),
            content: Map::new(),
        };
        let closed = append(
            app,
            tx,
            &mut dataset,
            EntryDraft::new(
                Kind::Close {
                    keep,
                    successor: None,
                },
                meta,
            ),
        )?;
        let entry = (closed.seq, closed.entry);
        modlog::write(
            app,
            tx,
            &dataset,
            &By::operator(),
            Line::Closed { keep, entry },
        )?;
        if was_public {
            let tombstone = Tombstone {
                id: uri(&dataset.url),
                former_type: "Group".to_owned(),
                deleted: app.clock.now(),
            };
            let activity = Delete::dataset(uri(&app.activity_id()), tombstone, keep).to_json();
            let path = format!("/datasets/{}", dataset.name);
            let object_key = format!("log:{}", dataset.uid);
            let outgoing = Outgoing {
                activity: &activity,
                actor: &path,
                object_key: &object_key,
            };
            outbox::send_to_followers(app, tx, &outgoing, &path)?;
        }
        Ok(dataset)
    })
}

//! An operator removes a copy.

use rustine_domain::ids::DatasetAddress;
use rustine_store::StoreError;

use crate::App;
use crate::actors::inboxes::inbox_of;
use crate::datasets::{UnknownDataset, find};
use crate::follows;

/// Why no copy was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is our own dataset.
    #[error("{0} is a dataset of this instance, not a copy: `rustine dataset close` ends it")]
    Ours(DatasetAddress),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes a copy with all its rows, and tells the origin.
///
/// # Errors
/// [`RemoveError`]
pub fn remove(app: &App, address: &DatasetAddress) -> Result<(), RemoveError> {
    app.db.write_alone(|tx| {
        let dataset = find(app, tx, address)?;
        if dataset.is_local() {
            return Err(RemoveError::Ours(address.clone()));
        }
        let inbox = inbox_of(app, tx, &dataset.url, &dataset.host)?;
        follows::ask::unfollow(app, tx, "/actor", &dataset.url, &inbox)?;
        tx.delete_dataset(dataset.id)?;
        Ok(())
    })
}

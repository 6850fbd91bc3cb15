//! Finding a dataset by the address that people type.

use rustine_domain::ids::{DatasetAddress, Host};
use rustine_store::{DatasetRecord, StoreError, Tx};

use crate::App;

/// No such dataset, or the store failed.
#[derive(Debug, thiserror::Error)]
pub enum UnknownDataset {
    /// No dataset has this address here.
    #[error("no dataset {0} on this instance: `rustine dataset list` shows the datasets")]
    Unknown(DatasetAddress),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The dataset with this address: ours, or our copy of another instance's.
///
/// # Errors
/// [`UnknownDataset`]
pub fn find(
    app: &App,
    tx: &mut Tx<'_>,
    address: &DatasetAddress,
) -> Result<DatasetRecord, UnknownDataset> {
    let address = app.normalise(address);
    let host = address.host.as_ref().map_or("", Host::as_str);
    tx.find_dataset_by_name(address.name.as_str(), host)?
        .ok_or(UnknownDataset::Unknown(address))
}

/// The address of a dataset as this instance names it.
pub fn address(dataset: &DatasetRecord) -> String {
    if dataset.is_local() {
        dataset.name.clone()
    } else {
        format!("{}@{}", dataset.name, dataset.host)
    }
}

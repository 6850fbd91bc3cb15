//! Reading patches: lists for moderators, one patch for whoever may see it.

use rustine_domain::ids::{DatasetAddress, PatchId};
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, StoreError};

use crate::App;
use crate::accounts::secret_hash;
use crate::datasets::{UnknownDataset, find};

/// Patches, newest first.
///
/// # Errors
/// Where the dataset is unknown or the store fails.
pub fn list(
    app: &App,
    dataset: Option<&DatasetAddress>,
    status: Option<&str>,
    limit: i64,
) -> Result<Vec<(PatchRecord, DatasetRecord)>, UnknownDataset> {
    app.db.read(|tx| {
        let dataset = dataset.map(|address| find(app, tx, address)).transpose()?;
        let filter = PatchFilter {
            dataset: dataset.map(|dataset| dataset.id),
            statuses: status.map(str::to_owned).into_iter().collect(),
            ..PatchFilter::default()
        };
        let patches = tx.list_patches(&filter, None, limit)?;
        patches
            .into_iter()
            .map(|patch| {
                let dataset = tx.load_dataset(patch.dataset)?;
                Ok((patch, dataset))
            })
            .collect()
    })
}

/// One patch with its dataset.
///
/// # Errors
/// Where the store fails.
pub fn show(app: &App, id: PatchId) -> Result<Option<(PatchRecord, DatasetRecord)>, StoreError> {
    app.db.read(|tx| {
        let Some(patch) = tx.find_patch(id)? else {
            return Ok(None);
        };
        let dataset = tx.load_dataset(patch.dataset)?;
        Ok(Some((patch, dataset)))
    })
}

/// The patch of a private status page.
///
/// # Errors
/// Where the store fails.
pub fn by_token(
    app: &App,
    token: &str,
) -> Result<Option<(PatchRecord, DatasetRecord)>, StoreError> {
    let hash = secret_hash(token);
    app.db.read(|tx| {
        let Some(patch) = tx.find_patch_by_token(&hash)? else {
            return Ok(None);
        };
        let dataset = tx.load_dataset(patch.dataset)?;
        Ok(Some((patch, dataset)))
    })
}

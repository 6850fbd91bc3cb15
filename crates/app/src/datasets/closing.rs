//! Ending an instance with grace: each of its datasets is handed over to somebody who keeps a copy and has agreed, or
//! archived, so that copies keep it as it is. One dataset is one decision; what cannot be done is said and left.

use rustine_domain::ids::{DatasetAddress, Host};
use rustine_store::{DatasetFilter, DatasetRecord, StoreError};

use super::close::{self, CloseError};
use super::heir::Heir;
use super::moving::{self, MoveError};
use super::rotate::RecoveryKey;
use crate::App;

/// A dataset of ours that is still open.
#[derive(Debug, Clone)]
pub struct Open {
    /// The dataset.
    pub dataset: DatasetRecord,
    /// Who keeps a copy, and could go on with it.
    pub copies: Vec<Host>,
}

/// What becomes of one dataset.
pub enum Fate<'a> {
    /// It goes on elsewhere.
    HandOver(&'a RecoveryKey, &'a Heir),
    /// It ends, and copies keep it.
    Archive,
}

/// Why a dataset is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ClosingError {
    /// It could not be handed over.
    #[error(transparent)]
    Move(#[from] MoveError),
    /// It could not be closed.
    #[error(transparent)]
    Close(#[from] CloseError),
}

/// The datasets of this instance that are neither drafts nor closed.
///
/// # Errors
/// Where the store fails.
pub fn open(app: &App) -> Result<Vec<Open>, StoreError> {
    let ours = DatasetFilter {
        local: Some(true),
        ..DatasetFilter::default()
    };
    app.db.read(|tx| {
        let mut all: Vec<Open> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let place = after.as_deref().map(|name| ("", name));
            let page = tx.list_datasets(&ours, place, 200)?;
            let Some(last) = page.last() else {
                return Ok(all);
            };
            after = Some(last.name.clone());
            for dataset in page {
                if matches!(dataset.status.as_str(), "draft" | "closed") {
                    continue;
                }
                let replicas = tx.list_replicas(dataset.id)?.into_iter();
                let copies = replicas.filter_map(|copy| copy.host.parse().ok());
                all.push(Open {
                    copies: copies.collect(),
                    dataset,
                });
            }
        }
    })
}

/// Does what was decided about one dataset.
///
/// # Errors
/// [`ClosingError`]; the dataset is as it was.
pub fn settle(app: &App, dataset: &DatasetAddress, fate: &Fate<'_>) -> Result<(), ClosingError> {
    match fate {
        Fate::HandOver(recovery, heir) => {
            moving::hand_over(app, dataset, recovery, heir)?;
        }
        Fate::Archive => {
            close::close(app, dataset, true)?;
        }
    }
    Ok(())
}

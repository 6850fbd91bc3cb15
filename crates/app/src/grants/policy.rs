//! How many must agree: an entry of the log, which governs the decisions after it (`protocol.md` §3.3).

use rustine_domain::ids::DatasetAddress;
use rustine_domain::log::{EntryDraft, Meta};
use rustine_domain::policy::Policy;
use rustine_domain::review::Role;
use rustine_store::StoreError;
use serde_json::Map;

use crate::App;
use crate::accounts::{Person, roles};
use crate::datasets::{UnknownDataset, find};
use crate::log::append::{AppendError, append};
use crate::modlog::{self, By, Line};
use crate::reviews::count::policy_of;

/// Why the policy stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is a copy.
    #[error("{0} decides on this dataset: its policy is written there")]
    Elsewhere(String),
    /// Neither an operator nor a maintainer.
    #[error("{0} may not change who decides on this dataset: ask an operator")]
    NotAllowed(String),
    /// Numbers that nobody can reach.
    #[error("a quorum is 1 to 100 reviews, from no more instances than that")]
    Numbers,
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The policy in force on a dataset, ours or a copy.
///
/// # Errors
/// [`PolicyError`]
pub fn show(app: &App, address: &DatasetAddress) -> Result<Policy, PolicyError> {
    app.db.read(|tx| Ok(policy_of(&find(app, tx, address)?)))
}

/// Writes a policy; returns the entry. Nothing that waits is decided by that: the next approval counts anew. One that
/// says what holds already is not written again.
///
/// # Errors
/// [`PolicyError`]
pub fn set(
    app: &App,
    by: &Person,
    address: &DatasetAddress,
    wanted: &Policy,
) -> Result<Option<u64>, PolicyError> {
    let policy = Policy::parse(wanted.document()).map_err(|_| PolicyError::Numbers)?;
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        if !dataset.is_local() {
            return Err(PolicyError::Elsewhere(dataset.host));
        }
        if roles::role_on(app, tx, by, dataset.id)? != Role::Maintain {
            return Err(PolicyError::NotAllowed(by.name.clone()));
        }
        tx.lock_dataset(dataset.id)?;
        let mut dataset = tx.load_dataset(dataset.id)?;
        if dataset.policy.is_some() && policy_of(&dataset) == policy {
            return Ok(None);
        }
        let meta = Meta {
            salt: app.entropy.salt(),
            content: Map::new(),
        };
        let draft = EntryDraft::policy(policy.document().clone(), meta);
        let appended = append(app, tx, &mut dataset, draft)?;
        let entry = (appended.seq, appended.entry);
        let line = Line::PolicyChanged { entry };
        modlog::write(app, tx, &dataset, &By::here(Role::Maintain), line)?;
        Ok(Some(appended.seq))
    })
}

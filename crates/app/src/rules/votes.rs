//! Citizens vote on proposals that wait, where an owner turned that on; enough of them accept one as a rule would.
//!
//! Only people with an account on this instance vote, once each: whoever needs no account could vote as often as there
//! are networks.

use rustine_domain::ids::PatchId;
use rustine_domain::patch::Status;
use rustine_domain::rules::{Count, Voted, voted};
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use super::{settings, vote_rules};
use crate::App;
use crate::accounts::Person;
use crate::patches::IN;
use crate::patches::decide::status_of;

/// Most proposals that one turn of the clock accepts, so that it never holds the database for long.
const TURN: usize = 50;

/// Why a vote was not taken.
#[derive(Debug, thiserror::Error)]
pub enum VoteError {
    /// No such proposal, or nobody votes on its dataset.
    #[error("nobody votes on this proposal")]
    Unknown,
    /// It does not wait any more.
    #[error("this proposal is {} already", .0.as_str())]
    Final(Status),
    /// It is the person's own.
    #[error("nobody votes on a proposal of her own")]
    Own,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a vote; a later one of the same person replaces it. Returns true where it was the one that accepted.
///
/// # Errors
/// [`VoteError`]
pub fn vote(app: &App, id: PatchId, by: &Person, agrees: bool) -> Result<bool, VoteError> {
    app.db.write(|tx| {
        let found = tx.find_patch(id)?.filter(|patch| patch.direction == IN);
        let patch = found.ok_or(VoteError::Unknown)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        if !settings(tx, dataset.id)?.votes_on || dataset.status != "published" {
            return Err(VoteError::Unknown);
        }
        let status = status_of(&patch);
        if status != Status::Pending {
            return Err(VoteError::Final(status));
        }
        let own = app.url(&format!("/users/{}", by.name));
        if patch.proposer.as_deref() == Some(own.as_str()) {
            return Err(VoteError::Own);
        }
        tx.put_vote(id, by.id, agrees, app.clock.now())?;
        accept_if_enough(app, tx, dataset, patch)
    })
}

/// The votes on a proposal of people whose accounts are open.
///
/// # Errors
/// Where the store fails.
pub fn count(tx: &mut Tx<'_>, patch: PatchId) -> Result<Count, StoreError> {
    let mut count = Count::default();
    for (voter, agrees) in tx.list_votes(patch)? {
        let user = tx.find_user(voter)?;
        if user.is_none_or(|user| user.disabled) {
            continue;
        }
        match agrees {
            true => count.agree += 1,
            false => count.disagree += 1,
        }
    }
    Ok(count)
}

/// Accepts what has had enough votes and has waited long enough by now; returns how many proposals that were.
///
/// # Errors
/// Where the store fails.
pub fn settle(app: &App) -> Result<usize, StoreError> {
    let waiting: Vec<PatchId> = app.db.read(|tx| {
        let mut found = Vec::new();
        for dataset in tx.list_voting_datasets()? {
            found.extend(tx.list_voted_patches(dataset)?);
        }
        Ok::<_, StoreError>(found)
    })?;
    let mut accepted = 0;
    for id in waiting {
        let done = app.db.write(|tx| {
            let Some(patch) = tx.find_patch(id)? else {
                return Ok(false);
            };
            let dataset = tx.load_dataset(patch.dataset)?;
            accept_if_enough(app, tx, dataset, patch)
        });
        match done {
            Ok(true) => accepted += 1,
            Ok(false) => {}
            Err(VoteError::Store(error)) => return Err(error),
            Err(error) => tracing::info!("{id} waits: {error}"),
        }
        if accepted == TURN {
            break;
        }
    }
    Ok(accepted)
}

fn accept_if_enough(
    app: &App,
    tx: &mut Tx<'_>,
    mut dataset: DatasetRecord,
    patch: PatchRecord,
) -> Result<bool, VoteError> {
    if status_of(&patch) != Status::Pending {
        return Ok(false);
    }
    let rules = vote_rules(&settings(tx, dataset.id)?);
    let waited = app.clock.now().seconds() - patch.created.seconds();
    match voted(rules, count(tx, patch.id)?, waited) {
        Voted::Waits => Ok(false),
        Voted::Accepts => Ok(super::door::accept(app, tx, &mut dataset, patch, None)?),
    }
}

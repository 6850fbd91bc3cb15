//! When an origin is gone and nobody holds its recovery key: nobody may claim its uid, so a successor is another
//! dataset whose genesis names the one that it goes on with (`forkedFrom`). Anybody may make one; several are listed
//! side by side, and the people with the role `maintain` say which one they are for (`protocol.md` §5, "Dead origin").
//!
//! Nothing is decided for anybody: whoever follows or copies the dataset sees successors and votes, and chooses.
//! Start reading at [`make`], then [`vote`].

pub mod learn;
pub mod maintainers;
pub mod make;
pub mod vote;

use std::collections::BTreeMap;

use rustine_domain::ids::DatasetUid;
use rustine_store::{DatasetRecord, StoreError, SuccessorRecord, Tx};

use crate::App;

/// A successor and who is for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The successor.
    pub successor: SuccessorRecord,
    /// How many of the people entitled to it are for this one.
    pub votes: usize,
    /// More than half of them are.
    pub chosen: bool,
}

/// What is known here about who goes on with a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// How many people have a say.
    pub entitled: usize,
    /// The successors: the one with more votes first, then the one known longer.
    pub candidates: Vec<Candidate>,
}

/// Counts: only the votes of people who have the role `maintain` by the log, under the key that it names.
///
/// # Errors
/// Where the store fails.
pub fn count(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<Succession, StoreError> {
    let entitled = maintainers::list(tx, dataset, app.clock.now())?;
    let mut votes: BTreeMap<DatasetUid, usize> = BTreeMap::new();
    for vote in tx.list_succession_votes(dataset.uid)? {
        // Whoever lost the role since does not count any more.
        let signed = entitled
            .iter()
            .any(|person| person.actor == vote.voter && vote::holds(&vote, person));
        if signed {
            *votes.entry(vote.successor).or_default() += 1;
        }
    }
    let known = tx.list_successors(dataset.uid)?.into_iter();
    let mut candidates: Vec<Candidate> = known
        .map(|successor| {
            let count = votes.get(&successor.uid).copied().unwrap_or(0);
            Candidate {
                votes: count,
                chosen: 2 * count > entitled.len(),
                successor,
            }
        })
        .collect();
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.votes));
    Ok(Succession {
        entitled: entitled.len(),
        candidates,
    })
}

#[cfg(test)]
mod tests;

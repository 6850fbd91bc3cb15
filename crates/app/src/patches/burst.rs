//! Bursts: what one source sends in such a number that people cannot read it one by one is set aside into a group,
//! to be accepted or refused as a whole, so that the proposals of others are not drowned.

use rustine_domain::ids::PatchId;
use rustine_store::{PatchFilter, PatchRecord, StoreError, Tx};

use super::IN;
use super::care::{CareError, load};
use super::decide::{DecideError, Decided, Decision, decide, status_of};
use crate::App;
use crate::accounts::Person;

/// Over which time proposals are counted.
const WINDOW_SECONDS: i64 = 3600;

/// The burst of a new proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Its name.
    pub name: String,
    /// Whether it begins with this proposal: people are told of that one alone.
    pub first: bool,
}

/// The burst that a new proposal belongs to; `None` where its source sends no more than people can read.
///
/// A source is all visitors of this instance, or everybody on another one. People with an account here are known and
/// never set aside.
///
/// # Errors
/// Where the store fails.
pub fn of(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<Option<Joined>, StoreError> {
    let here = patch.proposer_host == app.host().as_str();
    if patch.direction != IN || here && patch.proposer.is_some() {
        return Ok(None);
    }
    let source = PatchFilter {
        dataset: Some(patch.dataset),
        direction: Some(IN.to_owned()),
        proposer_host: Some(patch.proposer_host.clone()),
        by_visitors: here.then_some(true),
        created_since: Some(app.clock.now().plus_seconds(1 - WINDOW_SECONDS)),
        ..PatchFilter::default()
    };
    if !tx.has_patches(&source, i64::from(app.settings.limits.burst_per_hour))? {
        return Ok(None);
    }
    let begun = PatchFilter {
        set_aside: Some(true),
        ..source
    };
    let last = tx.list_patches(&begun, None, 1)?.pop();
    let known = match last {
        Some(last) => tx.find_care(last.id)?.burst,
        None => None,
    };
    Ok(Some(Joined {
        first: known.is_none(),
        name: known.unwrap_or_else(|| app.entropy.uuid().to_string()),
    }))
}

/// What became of a burst.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Proposals that were decided as asked.
    pub decided: i64,
    /// Those that need a look of their own: they went back to the queue.
    pub returned: i64,
    /// Those that wait still, for the next time.
    pub left: i64,
}

/// Decides on a burst as a whole, at most `most` proposals in one go, the oldest first. A proposal that cannot be
/// accepted as it is goes back to the queue.
///
/// # Errors
/// [`DecideError`]; what was decided before stays.
pub fn decide_all(
    app: &App,
    burst: &str,
    by: &Person,
    decision: &Decision,
    most: i64,
) -> Result<Outcome, DecideError> {
    let mut outcome = Outcome::default();
    let waiting = waiting(burst);
    for patch in app
        .db
        .read(|tx| tx.list_oldest_patches(&waiting, None, most))?
    {
        match decide(app, patch.id, by, decision) {
            Ok(Decided { .. }) => outcome.decided += 1,
            Err(DecideError::Conflict(_) | DecideError::Problems(_) | DecideError::Final(_)) => {
                app.db.write(|tx| put_back(tx, patch.id))?;
                outcome.returned += 1;
            }
            Err(other) => return Err(other),
        }
    }
    outcome.left = app.db.read(|tx| tx.count_patches(&waiting))?;
    Ok(outcome)
}

/// The proposals of a burst that wait.
pub fn waiting(burst: &str) -> PatchFilter {
    PatchFilter {
        statuses: vec!["pending".to_owned(), "conflict".to_owned()],
        direction: Some(IN.to_owned()),
        burst: Some(burst.to_owned()),
        ..PatchFilter::default()
    }
}

/// Puts one proposal of a burst back into the queue.
///
/// # Errors
/// [`CareError`]
pub fn release(app: &App, id: PatchId, by: &Person) -> Result<(), CareError> {
    app.db.write(|tx| {
        let patch = load(app, tx, id, by)?;
        if !status_of(&patch).is_final() {
            put_back(tx, id)?;
        }
        Ok(())
    })
}

fn put_back(tx: &mut Tx<'_>, id: PatchId) -> Result<(), StoreError> {
    let mut care = tx.find_care(id)?;
    care.burst = None;
    tx.put_care(&care)
}

#[cfg(test)]
mod tests;

//! Deciding by a link of a letter: one person, one version of one proposal, one decision, seven days, no log-in.
//!
//! The link holds a random secret of which only the hash is kept. Opening it changes nothing, however often and by
//! whomever: programs that look at letters follow their links. Every condition is looked at again in the transaction
//! that decides.

use rustine_domain::ids::PatchId;
use rustine_domain::patch::Status;
use rustine_store::{DatasetRecord, DecisionLinkRecord, PatchRecord, StoreError, Tx};

use super::IN;
use super::decide::{self, DecideError, Decided, Decision, status_of};
use crate::App;
use crate::accounts::{Person, secret_hash};
use crate::reviews;

/// How long a link decides.
pub const LINK_SECONDS: i64 = 7 * 86_400;

/// Why a link does not decide (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// Somebody decided by it.
    Used,
    /// Its time is over.
    Expired,
    /// The proposal was answered otherwise, or taken back.
    Answered(Status),
    /// The proposal is not the one that the letter showed.
    Changed,
    /// The person may not decide any more.
    NotAllowed,
}

/// A link that is ours, and what it leads to.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Who decides by it.
    pub person: Option<Person>,
    /// The proposal as it is now.
    pub patch: PatchRecord,
    /// Its dataset.
    pub dataset: DatasetRecord,
    /// Why it does not decide; `None` where it does.
    pub spent: Option<Spent>,
}

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Not a link of ours.
    #[error("no such link")]
    Unknown,
    /// It decides nothing (any more).
    #[error("the link does not decide any more")]
    Spent(Spent),
    /// The decision itself did not go through; the link is as it was.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a link for a person to decide on a proposal as it is now; gives its address, whose secret is not kept.
///
/// # Errors
/// Where the store fails.
pub fn make(
    app: &App,
    tx: &mut Tx<'_>,
    user: i64,
    patch: &PatchRecord,
) -> Result<String, StoreError> {
    let token = app.entropy.token();
    let now = app.clock.now();
    tx.insert_decision_link(&DecisionLinkRecord {
        token_hash: secret_hash(&token),
        user_id: user,
        patch: patch.id,
        digest: patch.digest,
        created: now,
        expires: now.plus_seconds(LINK_SECONDS),
        used_at: None,
    })?;
    Ok(app.url(&format!("/decision/{token}")))
}

/// What a link leads to. Changes nothing.
///
/// # Errors
/// [`LinkError::Unknown`], and where the store fails.
pub fn open(app: &App, token: &str) -> Result<Opened, LinkError> {
    app.db.read(|tx| opened(app, tx, &secret_hash(token)))
}

fn opened(app: &App, tx: &mut Tx<'_>, hash: &[u8]) -> Result<Opened, LinkError> {
    let link = tx.find_decision_link(hash)?.ok_or(LinkError::Unknown)?;
    let patch = tx.find_patch(link.patch)?.ok_or(LinkError::Unknown)?;
    let dataset = tx.load_dataset(patch.dataset)?;
    let person = match tx.find_user(link.user_id)? {
        Some(user) => Person::load(tx, &user, app.clock.now())?,
        None => None,
    };
    let status = status_of(&patch);
    let may = person
        .as_ref()
        .is_some_and(|person| person.decides_on(&dataset));
    let spent = if !may {
        Some(Spent::NotAllowed)
    } else if link.used_at.is_some() {
        Some(Spent::Used)
    } else if status.is_final() {
        Some(Spent::Answered(status))
    } else if patch.digest != link.digest {
        Some(Spent::Changed)
    } else if link.expires <= app.clock.now() {
        Some(Spent::Expired)
    } else {
        None
    };
    Ok(Opened {
        person,
        patch,
        dataset,
        spent,
    })
}

/// Decides by a link and uses it up, in one transaction with the decision.
///
/// # Errors
/// [`LinkError`]; after [`DecideError::Conflict`] the link is used up and the proposal marked, otherwise nothing
/// changed.
pub fn decide(app: &App, token: &str, decision: &Decision) -> Result<Decided, LinkError> {
    let hash = secret_hash(token);
    let outcome = app.db.write(|tx| {
        let opened = opened(app, tx, &hash)?;
        if let Some(spent) = opened.spent {
            return Err(LinkError::Spent(spent));
        }
        let Some(person) = opened.person else {
            return Err(LinkError::Spent(Spent::NotAllowed));
        };
        if !tx.use_decision_link(&hash, app.clock.now())? {
            return Err(LinkError::Spent(Spent::Used));
        }
        let id: PatchId = opened.patch.id;
        let role = person.role_on(opened.dataset.id);
        if opened.patch.direction != IN || !decide::may_decide(role, &opened.dataset) {
            return Ok(Ok(reviews::act::vote_in(app, tx, id, &person, decision)?));
        }
        Ok(decide::decide_in(app, tx, id, &person, decision)?)
    })?;
    Ok(outcome.map_err(DecideError::Conflict)?)
}

#[cfg(test)]
mod tests;

//! One way to act on a proposal for everybody who may: whoever decides alone decides, whoever is one of several votes,
//! and so does whoever looks after the queue of another instance.

use rustine_domain::ids::PatchId;
use rustine_domain::review::{Role, Verdict};
use rustine_store::Tx;

use super::ReviewError;
use super::cast::{Word, cast_in};
use super::receive::Taken;
use crate::App;
use crate::accounts::{Person, roles};
use crate::patches::IN;
use crate::patches::decide::{self, DecideError, Decided, Decision, status_of};

/// Decides, or votes. What is still open afterwards was voted on: an approval or an objection is on its way, or waits for
/// others.
///
/// # Errors
/// [`DecideError`]
pub fn act(
    app: &App,
    id: PatchId,
    by: &Person,
    decision: &Decision,
) -> Result<Decided, DecideError> {
    if !votes(app, id, by)? {
        return decide::alone(app, id, by, decision);
    }
    app.db.write(|tx| vote_in(app, tx, id, by, decision))
}

/// Votes, inside the caller's transaction.
///
/// # Errors
/// [`DecideError`]; the transaction must then be given up.
pub(crate) fn vote_in(
    app: &App,
    tx: &mut Tx<'_>,
    id: PatchId,
    by: &Person,
    decision: &Decision,
) -> Result<Decided, DecideError> {
    let word = match decision {
        Decision::Accept => Word::of(Verdict::Approve, None),
        Decision::Refuse(reason) => Word::of(Verdict::Reject, Some(reason.as_str())),
        // Approving nothing would be a refusal that gives no reason.
        Decision::Amend(ops) if ops.is_empty() => return Err(DecideError::NothingKept),
        Decision::Amend(ops) => Word {
            amended: Some(ops),
            ..Word::of(Verdict::Approve, None)
        },
    };
    match cast_in(app, tx, id, by, word).map_err(as_decision)? {
        Some(Taken::Decided(decided)) => Ok(decided),
        Some(Taken::Void(void)) => Err(DecideError::Void(void)),
        // The mark is worth keeping: the page shows it as such.
        Some(Taken::Conflict | Taken::Counted(_)) | None => {
            let patch = tx.load_patch(id)?;
            Ok(Decided {
                id,
                status: status_of(&patch),
                seq: None,
            })
        }
    }
}

/// True where this person's word on a proposal is one among several.
///
/// # Errors
/// Where the store fails, or the patch is unknown.
pub fn votes(app: &App, id: PatchId, by: &Person) -> Result<bool, DecideError> {
    app.db.read(|tx| {
        let patch = tx.find_patch(id)?.ok_or(DecideError::Unknown(id))?;
        let dataset = tx.load_dataset(patch.dataset)?;
        let role = roles::role_on(app, tx, by, dataset.id)?;
        Ok(if patch.direction == IN {
            role >= Role::Write && !decide::may_decide(role, &dataset)
        } else {
            role >= Role::Write
        })
    })
}

fn as_decision(error: ReviewError) -> DecideError {
    match error {
        ReviewError::Decide(error) => error,
        ReviewError::Final(status) => DecideError::Final(status),
        ReviewError::Unknown(id) => DecideError::Unknown(id),
        ReviewError::NotAllowed(name) => DecideError::NotAllowed(name),
        ReviewError::Void(void) => DecideError::Void(void),
        ReviewError::Append(error) => DecideError::Append(error),
        ReviewError::Store(error) => DecideError::Store(error),
        other => DecideError::Review(other.to_string()),
    }
}

//! A moderator decides: accept as offered, accept with other values, or refuse. The first decision stands.

mod decider;
mod entry;

use std::collections::BTreeSet;

use rustine_domain::check;
use rustine_domain::check::Conflict;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::{FieldName, Host, PatchId};
use rustine_domain::log::{EntryDraft, Kind};
use rustine_domain::merge::{self, Fresh, MergeError};
use rustine_domain::patch::{Forbidden, Reason, Status};
use rustine_domain::problem::Problem;
use rustine_domain::quorum::Void;
use rustine_domain::review::{self, Role};
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

pub use decider::{Decider, QUORUM};

use super::check::CurrentDataset;
use super::{IN, answers, ops_of, write_ops};
use crate::App;
use crate::accounts::{Person, roles};
use crate::log::append::{AppendError, append, schema_of};
use crate::log::rows::DatasetRows;
use crate::modlog::{self, Line};
use crate::reviews;
use crate::reviews::count::policy_of;

/// What a moderator decides.
#[derive(Debug, Clone)]
pub enum Decision {
    /// Apply as offered.
    Accept,
    /// Apply other values for some of the cells, or leave operations out.
    Amend(Vec<OfferedOp>),
    /// Do not apply.
    Refuse(Reason),
}

/// A decision that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The patch.
    pub id: PatchId,
    /// Its final status.
    pub status: Status,
    /// The entry that applied it.
    pub seq: Option<u64>,
}

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// No such patch here.
    #[error("no proposal {0} on this instance")]
    Unknown(PatchId),
    /// Another instance decides on it.
    #[error("{0} decides on this proposal, not this instance")]
    Elsewhere(String),
    /// The person may not decide on this dataset.
    #[error("{0} may not decide on this dataset: ask an operator")]
    NotAllowed(String),
    /// The vote counts for nothing.
    #[error("this review does not count: {0}")]
    Void(Void),
    /// The vote was not taken.
    #[error("{0}")]
    Review(String),
    /// It was decided, withdrawn or has expired.
    #[error("this proposal is {} already: the first decision stands", .0.as_str())]
    Final(Status),
    /// Its cells changed since; it is marked as a conflict now.
    #[error("{} of the cells changed since this was proposed: the proposal is marked as a conflict", .0.len())]
    Conflict(Vec<Conflict>),
    /// Every operation was left out.
    #[error(
        "nothing is left to apply: keep at least one operation, or refuse the proposal with a reason"
    )]
    NothingKept,
    /// What would be applied breaks the schema.
    #[error("{}", .0.iter().map(|problem| problem.located(rustine_domain::problem::Lang::En)).collect::<Vec<_>>().join("; "))]
    Problems(Vec<Problem>),
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Decides on a patch, or votes on it where this person's word is one of several: there the status is still open.
///
/// # Errors
/// [`DecideError`]; after a [`DecideError::Conflict`] the patch has the status `conflict`, otherwise nothing changed.
pub fn decide(
    app: &App,
    id: PatchId,
    by: &Person,
    decision: &Decision,
) -> Result<Decided, DecideError> {
    reviews::act::act(app, id, by, decision)
}

/// Decides on a patch alone: review, merge, log entry, answer to the proposer, all in one transaction.
///
/// # Errors
/// As [`decide`]; [`DecideError::NotAllowed`] where it takes more than one.
pub(crate) fn alone(
    app: &App,
    id: PatchId,
    by: &Person,
    decision: &Decision,
) -> Result<Decided, DecideError> {
    let outcome = app.db.write(|tx| decide_in(app, tx, id, by, decision))?;
    outcome.map_err(DecideError::Conflict)
}

/// As [`decide`], inside the caller's transaction. The inner error names conflicts: the patch is marked as one then,
/// which is worth committing.
///
/// # Errors
/// [`DecideError`]; the transaction must then be given up.
pub(super) fn decide_in(
    app: &App,
    tx: &mut Tx<'_>,
    id: PatchId,
    by: &Person,
    decision: &Decision,
) -> Result<Result<Decided, Vec<Conflict>>, DecideError> {
    let patch = tx.find_patch(id)?.ok_or(DecideError::Unknown(id))?;
    let mut dataset = tx.load_dataset(patch.dataset)?;
    if patch.direction != IN {
        return Err(DecideError::Elsewhere(dataset.host.clone()));
    }
    // Asked again here: a role may have ended since the page was opened.
    let role = roles::role_on(app, tx, by, dataset.id)?;
    if !may_decide(role, &dataset) {
        return Err(DecideError::NotAllowed(by.name.clone()));
    }
    let by = Decider::Person { person: by, role };
    match decision {
        Decision::Refuse(reason) => refuse(app, tx, &dataset, patch, by, reason).map(Ok),
        Decision::Accept => apply(app, tx, &mut dataset, patch, by, None),
        // Accepting nothing would be a refusal that gives no reason.
        Decision::Amend(ops) if ops.is_empty() => Err(DecideError::NothingKept),
        Decision::Amend(ops) => apply(app, tx, &mut dataset, patch, by, Some(ops)),
    }
}

/// Whether a person decides on a dataset now, alone or as one of several.
pub(crate) fn may(
    app: &App,
    tx: &mut Tx<'_>,
    by: &Person,
    dataset: &DatasetRecord,
) -> Result<bool, StoreError> {
    let role = roles::role_on(app, tx, by, dataset.id)?;
    Ok(role >= Role::Write)
}

/// Operators and maintainers decide alone; so does whoever reviews with effect, while one review is enough
/// (`protocol.md` §5).
pub fn may_decide(role: Role, dataset: &DatasetRecord) -> bool {
    review::decides_alone(role, true) || role >= Role::Write && policy_of(dataset).quorum == 1
}

fn forbidden(patch: &PatchRecord) -> impl Fn(Forbidden) -> DecideError {
    let status = status_of(patch);
    move |_| DecideError::Final(status)
}

/// The status of a stored patch.
pub fn status_of(patch: &PatchRecord) -> Status {
    patch.status.parse().unwrap_or(Status::Pending)
}

/// Refuses in the name of somebody, or of a rule, whose right to it the caller has looked at in this transaction.
///
/// # Errors
/// [`DecideError`]; the transaction must then be given up.
pub(crate) fn refuse(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    mut patch: PatchRecord,
    by: Decider<'_>,
    reason: &Reason,
) -> Result<Decided, DecideError> {
    let status = status_of(&patch)
        .refuse(reason)
        .map_err(forbidden(&patch))?;
    patch.reason = Some(reason.as_str().to_owned());
    close(app, &mut patch, by, status);
    tx.update_patch(&patch)?;
    tx.forget_corrections(patch.id)?;
    if let Some(from) = from(&patch) {
        let line = Line::Refused { from };
        modlog::write(app, tx, dataset, &by.in_modlog(&patch), line)?;
    }
    answers::decided(app, tx, dataset, &patch)?;
    Ok(Decided {
        id: patch.id,
        status,
        seq: None,
    })
}

fn close(app: &App, patch: &mut PatchRecord, by: Decider<'_>, status: Status) {
    let now = app.clock.now();
    status.as_str().clone_into(&mut patch.status);
    patch.updated = now;
    patch.decided_at = Some(now);
    patch.decided_by = Some(by.name(app));
}

/// Applies a patch, or what a moderator made of it, in the name of somebody, of votes or of a rule, whose right to it
/// the caller has looked at in this transaction. The inner error names conflicts, as in [`decide_in`].
///
/// # Errors
/// [`DecideError`]; the transaction must then be given up.
pub(crate) fn apply(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    mut patch: PatchRecord,
    by: Decider<'_>,
    amended: Option<&[OfferedOp]>,
) -> Result<Result<Decided, Vec<Conflict>>, DecideError> {
    let before = match (status_of(&patch), amended) {
        // The moderator decides on the values held now: that is the rebase (`protocol.md` §4).
        (Status::Conflict, Some(_)) => Status::Conflict.rebase().map_err(forbidden(&patch))?,
        (status, _) => status,
    };
    let status = if amended.is_some() {
        before.amend()
    } else {
        before.accept()
    }
    .map_err(forbidden(&patch))?;
    tx.lock_dataset(dataset.id)?;
    *dataset = tx.load_dataset(dataset.id)?;
    let offered = ops_of(&patch)?;
    let wanted = amended.unwrap_or(&offered);
    let schema = schema_of(dataset)?;
    let of = check::Dataset {
        uid: dataset.uid,
        schema: &schema,
    };
    let mut current = CurrentDataset(DatasetRows {
        tx,
        dataset: dataset.id,
    });
    let report = check::check(of, wanted, &mut current)?;
    if !report.problems.is_empty() {
        return Err(DecideError::Problems(report.problems));
    }
    let mut salt = || app.entropy.salt();
    let mut row = || app.entropy.row_id(app.clock.now_ms());
    let mut fresh = Fresh {
        salt: &mut salt,
        row: &mut row,
    };
    let mut ops = match merge::merge(of, wanted, &mut current, &mut fresh) {
        Ok(ops) => ops,
        Err(MergeError::Rows(error)) => return Err(error.into()),
        Err(MergeError::Conflicts(conflicts)) => {
            mark_conflict(app, tx, dataset, &mut patch, &conflicts)?;
            return Ok(Err(conflicts));
        }
    };
    super::undo::remember_deleted(tx, dataset.id, patch.id, wanted)?;
    let ordered = entry::place_last(tx, dataset, &mut ops)?;
    let meta = entry::meta(app, &patch, by, status, ordered);
    let mut draft = EntryDraft::with_ops(Kind::Patch, meta, ops);
    draft.nonce = patch.nonce;
    let appended = append(app, tx, dataset, draft)?;
    close(app, &mut patch, by, status);
    patch.result_seq = i64::try_from(appended.seq).ok();
    patch.result_entry = Some(appended.entry);
    patch.applied = amended.map(write_ops);
    tx.update_patch(&patch)?;
    tx.forget_corrections(patch.id)?;
    if let Some(from) = from(&patch) {
        let line = Line::Accepted {
            from,
            amended: status == Status::Amended,
            entry: (appended.seq, appended.entry),
        };
        modlog::write(app, tx, dataset, &by.in_modlog(&patch), line)?;
    }
    answers::decided(app, tx, dataset, &patch)?;
    Ok(Ok(Decided {
        id: patch.id,
        status,
        seq: Some(appended.seq),
    }))
}

/// The instance of the proposer.
fn from(patch: &PatchRecord) -> Option<Host> {
    patch.proposer_host.parse().ok()
}

fn mark_conflict(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &mut PatchRecord,
    conflicts: &[Conflict],
) -> Result<(), DecideError> {
    if let Ok(status) = status_of(patch).conflict() {
        status.as_str().clone_into(&mut patch.status);
        patch.updated = app.clock.now();
        patch.report = Some(serde_json::to_string(conflicts).unwrap_or_default());
        tx.update_patch(patch)?;
        reviews::hint::changed(app, tx, dataset, patch)?;
    }
    Ok(())
}

/// The patch's id: a URL on the proposer's instance.
pub fn patch_url(app: &App, patch: &PatchRecord) -> String {
    let scheme = app.settings.origin.scheme();
    format!("{scheme}://{}/patches/{}", patch.proposer_host, patch.id)
}

/// The operations without those that a moderator leaves out, by their places from 0.
///
/// # Errors
/// A place at which there is no operation.
pub fn without(ops: Vec<OfferedOp>, left_out: &BTreeSet<usize>) -> Result<Vec<OfferedOp>, usize> {
    if let Some(beyond) = left_out.iter().find(|place| **place >= ops.len()) {
        return Err(*beyond);
    }
    let places = ops.into_iter().enumerate();
    Ok(places
        .filter(|(place, _)| !left_out.contains(place))
        .map(|(_, op)| op)
        .collect())
}

/// The operations that a moderator's corrections make of what was offered: each named cell gets the other value.
///
/// # Errors
/// Where a correction names a field that the patch does not touch.
pub fn amended_ops(
    offered: &[OfferedOp],
    corrections: &[(FieldName, String)],
) -> Result<Vec<OfferedOp>, FieldName> {
    let mut ops = offered.to_vec();
    for (name, text) in corrections {
        let mut found = false;
        for op in &mut ops {
            match op {
                OfferedOp::Set { field, value, .. } if field == name => {
                    *value = Some(text.clone()).filter(|text| !text.is_empty());
                    found = true;
                }
                OfferedOp::Add { cells, .. } => {
                    if text.is_empty() {
                        cells.remove(name)
                    } else {
                        cells.insert(name.clone(), text.clone())
                    };
                    found = true;
                }
                _ => {}
            }
        }
        if !found {
            return Err(name.clone());
        }
    }
    Ok(ops)
}

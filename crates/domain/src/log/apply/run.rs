//! Running operations over rows: one pass, each commitment computed once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{ApplyError, Change, Missing, Rows, touched};
use crate::checks::Check;
use crate::commit;
use crate::ids::{DatasetUid, FieldName, Hash, RowId};
use crate::log::Refusal;
use crate::log::op::{NewCell, Op};
use crate::log::redact::{self, Redactions};
use crate::log::row::{CellState, RowState};

/// What operations come to.
pub(in crate::log) struct Outcome {
    /// The hash over the operations.
    pub(in crate::log) ops: Hash,
    pub(in crate::log) changes: Vec<Change>,
    pub(in crate::log) missing: Vec<Missing>,
}

/// A row at work.
struct Working {
    existed: bool,
    claim: Claim,
    state: Option<RowState>,
    /// The commitments of the state, kept beside it so that none is computed twice.
    commitments: BTreeMap<FieldName, Hash>,
    /// The row hash, where the row was added and so is not changed any more.
    hash: Option<Hash>,
}

/// What the entry has done to a row so far: at most one operation per cell, and none other on a row that
/// it adds or deletes.
enum Claim {
    Cells(BTreeSet<FieldName>),
    Whole,
}

/// Runs operations over the rows before them.
pub(in crate::log) fn run<R: Rows>(
    uid: DatasetUid,
    ops: &[Op],
    rows: &mut R,
    known: &Redactions,
) -> Result<Outcome, ApplyError<R::Error>> {
    let order = touched(ops);
    let held = rows.rows(&order).map_err(ApplyError::Rows)?;
    let mut run = Run {
        uid,
        known,
        work: HashMap::with_capacity(order.len()),
        missing: Vec::new(),
    };
    for (row, state) in order.iter().zip(held) {
        run.work.insert(*row, run.begin(*row, state));
    }
    let hashes: Vec<Hash> = ops
        .iter()
        .map(|op| run.op(op))
        .collect::<Result<_, Refusal>>()?;
    let changes = order.iter().filter_map(|row| run.finish(*row)).collect();
    Ok(Outcome {
        ops: commit::ops(&hashes),
        changes,
        missing: run.missing,
    })
}

struct Run<'r> {
    uid: DatasetUid,
    known: &'r Redactions,
    work: HashMap<RowId, Working>,
    missing: Vec<Missing>,
}

impl Run<'_> {
    fn begin(&self, row: RowId, state: Option<RowState>) -> Working {
        Working {
            existed: state.is_some(),
            claim: Claim::Cells(BTreeSet::new()),
            commitments: state
                .as_ref()
                .map(|state| state.commitments(self.uid, row))
                .unwrap_or_default(),
            state,
            hash: None,
        }
    }

    fn op(&mut self, op: &Op) -> Result<Hash, Refusal> {
        match op {
            Op::Set {
                row,
                field,
                base,
                new,
                ..
            } => self.set(*row, field, *base, new.as_ref()),
            Op::Add { row, state, .. } => self.add(*row, state),
            Op::Del { row, row_base } => self.del(*row, *row_base),
        }
    }

    fn working(&mut self, row: RowId) -> &mut Working {
        self.work
            .get_mut(&row)
            .expect("every row that an operation touches was begun")
    }

    fn set(
        &mut self,
        row: RowId,
        field: &FieldName,
        base: Option<Hash>,
        new: Option<&NewCell>,
    ) -> Result<Hash, Refusal> {
        if let Some(new) = new {
            check_opening(self.uid, row, field, new)?;
            note_missing(row, field, new, self.known, &mut self.missing);
        }
        let work = self.working(row);
        let fresh = match &mut work.claim {
            Claim::Cells(fields) => fields.insert(field.clone()),
            Claim::Whole => false,
        };
        if !fresh && Check::TwoOperations.stands() {
            return Err(Refusal::TwoOperations(row));
        }
        if work.state.is_none() && !Check::AbsentRow.stands() {
            work.state = Some(RowState::default());
        }
        let Some(state) = &mut work.state else {
            return Err(Refusal::AbsentRow(row));
        };
        if work.commitments.get(field) != base.as_ref() && Check::Base.stands() {
            let field = field.clone();
            return Err(Refusal::BaseNotHeld { row, field });
        }
        let commitment = new.map(|new| new.commitment);
        match new {
            None => {
                state.cells.remove(field);
                work.commitments.remove(field);
            }
            // The value is already there; it is not lost because this body lacks it.
            Some(new) if base == commitment && new.opening.is_none() => {}
            Some(new) => {
                state.cells.insert(field.clone(), cell(new));
                work.commitments.insert(field.clone(), new.commitment);
            }
        }
        let op = commit::op("set", row, Some(field), base.as_ref(), commitment.as_ref());
        Ok(op)
    }

    fn add(&mut self, row: RowId, state: &RowState) -> Result<Hash, Refusal> {
        let (uid, known) = (self.uid, self.known);
        let work = self.working(row);
        // An earlier operation on the row is named as such, not as a row that is there.
        if matches!(&work.claim, Claim::Cells(fields) if fields.is_empty())
            && work.existed
            && Check::PresentRow.stands()
        {
            return Err(Refusal::PresentRow(row));
        }
        work.claim_whole(row)?;
        // No other operation may follow on this row, so its single commitments are not kept.
        let hash = state.hash(uid, row);
        work.state = Some(state.clone());
        work.hash = Some(hash);
        note_gone(row, state, known, &mut self.missing);
        Ok(commit::op("add", row, None, None, Some(&hash)))
    }

    fn del(&mut self, row: RowId, row_base: Hash) -> Result<Hash, Refusal> {
        let uid = self.uid;
        let work = self.working(row);
        work.claim_whole(row)?;
        if work.state.is_none() && Check::AbsentRow.stands() {
            return Err(Refusal::AbsentRow(row));
        }
        if row_hash(uid, row, &work.commitments) != row_base && Check::RowBase.stands() {
            return Err(Refusal::RowBaseNotHeld(row));
        }
        work.state = None;
        Ok(commit::op("del", row, None, Some(&row_base), None))
    }

    fn finish(&mut self, row: RowId) -> Option<Change> {
        let work = self.work.remove(&row)?;
        let hash = work.state.as_ref().map(|_| {
            work.hash
                .unwrap_or_else(|| row_hash(self.uid, row, &work.commitments))
        });
        let mut after = work.state;
        if let Some(state) = &mut after {
            redact::row(state, self.uid, row, self.known);
        }
        Some(Change {
            row,
            existed: work.existed,
            after,
            hash,
        })
    }
}

impl Working {
    fn claim_whole(&mut self, row: RowId) -> Result<(), Refusal> {
        match &self.claim {
            Claim::Cells(fields) if fields.is_empty() => {
                self.claim = Claim::Whole;
                Ok(())
            }
            _ if !Check::TwoOperations.stands() => Ok(()),
            _ => Err(Refusal::TwoOperations(row)),
        }
    }
}

/// The hash of one operation without the rows, its values checked against their commitments.
pub(super) fn detached(
    uid: DatasetUid,
    op: &Op,
    known: &Redactions,
    missing: &mut Vec<Missing>,
) -> Result<Hash, Refusal> {
    Ok(match op {
        Op::Set {
            row,
            field,
            base,
            new,
            ..
        } => {
            if let Some(new) = new {
                check_opening(uid, *row, field, new)?;
                note_missing(*row, field, new, known, missing);
            }
            let commitment = new.as_ref().map(|new| &new.commitment);
            commit::op("set", *row, Some(field), base.as_ref(), commitment)
        }
        Op::Add { row, state, .. } => {
            note_gone(*row, state, known, missing);
            commit::op("add", *row, None, None, Some(&state.hash(uid, *row)))
        }
        Op::Del { row, row_base } => commit::op("del", *row, None, Some(row_base), None),
    })
}

fn row_hash(uid: DatasetUid, row: RowId, commitments: &BTreeMap<FieldName, Hash>) -> Hash {
    let cells = commitments
        .iter()
        .map(|(field, commitment)| (field.as_str(), *commitment));
    commit::row(uid, row, cells)
}

fn cell(new: &NewCell) -> CellState {
    match &new.opening {
        Some((salt, value)) => CellState::Held {
            value: value.clone(),
            salt: *salt,
        },
        None => CellState::Gone {
            commitment: new.commitment,
        },
    }
}

fn check_opening(
    uid: DatasetUid,
    row: RowId,
    field: &FieldName,
    new: &NewCell,
) -> Result<(), Refusal> {
    match &new.opening {
        Some((salt, value))
            if commit::cell(uid, row, field, salt, value) != new.commitment
                && Check::CellHash.stands() =>
        {
            let field = field.clone();
            Err(Refusal::CellHash { row, field })
        }
        _ => Ok(()),
    }
}

fn note_missing(
    row: RowId,
    field: &FieldName,
    new: &NewCell,
    known: &Redactions,
    missing: &mut Vec<Missing>,
) {
    if new.opening.is_none() && !known.names_cell(row, field, &new.commitment) {
        missing.push(Missing::Cell {
            row,
            field: field.clone(),
            cell: new.commitment,
        });
    }
}

fn note_gone(row: RowId, state: &RowState, known: &Redactions, missing: &mut Vec<Missing>) {
    for (field, cell) in &state.cells {
        if let CellState::Gone { commitment } = cell
            && !known.names_cell(row, field, commitment)
        {
            missing.push(Missing::Cell {
                row,
                field: field.clone(),
                cell: *commitment,
            });
        }
    }
}

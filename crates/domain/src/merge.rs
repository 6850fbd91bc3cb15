//! Turning an offer into the operations of a log entry: compare-and-swap, all or nothing (`protocol.md` §4).
//!
//! Same value: written down as a no-op. The base the proposer saw still holds: applied. Anything else is a
//! conflict, and one conflict keeps the whole patch back. Constraints are [`crate::check`]'s part and are asked
//! in the same transaction; keys are asked here too, because another row may have taken one meanwhile.

use crate::check::{Conflict, CurrentRows, Dataset, Fit, Outcomes, collisions};
use crate::commit::OfferedOp;
use crate::ids::{FieldName, Hash, RowId, Salt};
use crate::log::{CellState, Op, RowState, Rows};
use crate::patch::repeated_operations;

/// Where the origin's fresh values come from.
pub struct Fresh<'a> {
    /// 16 random bytes, never the same twice.
    pub salt: &'a mut dyn FnMut() -> Salt,
    /// The id of a new row, never used before in the log.
    pub row: &'a mut dyn FnMut() -> RowId,
}

/// Why an offer was not turned into operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeError<E> {
    /// It no longer fits; all conflicts are listed.
    Conflicts(Vec<Conflict>),
    /// The rows could not be read.
    Rows(E),
}

/// What a moderator's decision puts into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The operations of the entry.
    pub ops: Vec<Op>,
    /// True where they are not exactly those offered.
    pub amended: bool,
}

/// The operations that accept an offer as it is, in its order. The same inputs give the same operations.
pub fn merge<C: CurrentRows>(
    dataset: Dataset<'_>,
    offered: &[OfferedOp],
    current: &mut C,
    fresh: &mut Fresh<'_>,
) -> Result<Vec<Op>, MergeError<C::Error>> {
    let outcomes = Outcomes::of(dataset, offered, current).map_err(MergeError::Rows)?;
    let mut conflicts = outcomes.conflicts(dataset, offered);
    // Two operations on one cell could not stand in one entry, whatever a check said before.
    conflicts.extend(
        repeated_operations(offered)
            .into_iter()
            .map(|(op, problem)| {
                let held = None;
                Conflict { op, held, problem }
            }),
    );
    let taken = collisions(dataset.schema, &outcomes, current).map_err(MergeError::Rows)?;
    conflicts.extend(taken.iter().map(|collision| Conflict {
        op: collision.op,
        held: None,
        problem: collision.as_conflict(),
    }));
    if !conflicts.is_empty() {
        conflicts.sort_by_key(|conflict| conflict.op);
        return Err(MergeError::Conflicts(conflicts));
    }
    Ok(offered
        .iter()
        .zip(outcomes.fits())
        .map(|(op, fit)| operation(dataset, op, *fit, &outcomes, fresh))
        .collect())
}

/// The operations of a decision in which a moderator may have changed, dropped or added operations; those
/// must have the bases that the moderator saw.
pub fn amend<C: CurrentRows>(
    dataset: Dataset<'_>,
    offered: &[OfferedOp],
    decided: &[OfferedOp],
    current: &mut C,
    fresh: &mut Fresh<'_>,
) -> Result<Merged, MergeError<C::Error>> {
    Ok(Merged {
        ops: merge(dataset, decided, current, fresh)?,
        amended: decided != offered,
    })
}

/// The same operations on what the dataset holds now, for whoever resolves a conflict. Operations on rows that
/// are gone are left out; those whose value is there already stay, and apply as no-ops.
pub fn rebase<R: Rows>(
    dataset: Dataset<'_>,
    offered: &[OfferedOp],
    current: &mut R,
) -> Result<Vec<OfferedOp>, R::Error> {
    let outcomes = Outcomes::of(dataset, offered, current)?;
    let rebased = |op: &OfferedOp| {
        Some(match op {
            OfferedOp::Set {
                row, field, value, ..
            } => OfferedOp::Set {
                row: *row,
                field: field.clone(),
                base: outcomes.held(*row)?.commitment(dataset.uid, *row, field),
                value: value.clone(),
            },
            OfferedOp::Add { .. } => op.clone(),
            OfferedOp::Del { row, .. } => OfferedOp::Del {
                row: *row,
                row_base: outcomes.held(*row)?.hash(dataset.uid, *row),
            },
        })
    };
    Ok(offered.iter().filter_map(rebased).collect())
}

fn operation(
    dataset: Dataset<'_>,
    op: &OfferedOp,
    fit: Fit,
    outcomes: &Outcomes,
    fresh: &mut Fresh<'_>,
) -> Op {
    match op {
        OfferedOp::Add { label, cells } => Op::add(
            (fresh.row)(),
            (fresh.salt)(),
            cells.clone(),
            Some(label.clone()),
        ),
        OfferedOp::Del { row, row_base } => Op::del(*row, *row_base),
        OfferedOp::Set {
            row,
            field,
            base,
            value,
        } => {
            let state = outcomes.held(*row);
            let held = state.and_then(|state| state.commitment(dataset.uid, *row, field));
            let opening = match (fit, value) {
                (_, None) => None,
                // A no-op repeats the commitment held, so it copies the salt beside the value.
                (Fit::Noop, Some(value)) => copied(state, field).map(|salt| (salt, value.clone())),
                (_, Some(value)) => Some(((fresh.salt)(), value.clone())),
            };
            let set = Op::set(dataset.uid, *row, field.clone(), held, opening);
            with_seen(set, *base)
        }
    }
}

fn copied(state: Option<&RowState>, field: &FieldName) -> Option<Salt> {
    match state?.cells.get(field)? {
        CellState::Held { salt, .. } => Some(*salt),
        CellState::Gone { .. } => None,
    }
}

/// The base that the offer named stands in the operation where it is not the one held, so that readers can
/// recompute the offer's digest (`protocol.md` §3.4).
fn with_seen(op: Op, offered: Option<Hash>) -> Op {
    match op {
        Op::Set {
            row,
            field,
            base,
            new,
            ..
        } => Op::Set {
            row,
            field,
            base,
            new,
            seen: (offered != base).then_some(offered),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests;

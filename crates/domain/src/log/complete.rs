//! Completing a body with what another source holds of it (`protocol.md` §3.4, what is *missing*).

use super::body::Body;
use super::op::Op;
use super::row::{CellState, RowState};
use crate::ids::{FieldName, Hash, RowId, Salt};

/// A value that was missing and is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The row.
    pub row: RowId,
    /// The field.
    pub field: FieldName,
    /// The commitment.
    pub commitment: Hash,
    /// The salt that opens it.
    pub salt: Salt,
    /// The value.
    pub value: String,
}

/// Brings `ours` to what both bodies hold together, and names the values that it lacked. Both belong to one header
/// and were verified against it; what is known to be redacted was erased from both.
pub fn complete(ours: &mut Body, mut theirs: Body) -> Vec<Opened> {
    let mut opened = Vec::new();
    // Where theirs has everything its nonce proves the labels too, so it is what stays.
    for (mine, other) in ours.ops.iter().zip(&mut theirs.ops) {
        op(mine, other, &mut opened);
    }
    if theirs.meta.is_none() {
        theirs.meta = ours.meta.take();
    }
    if theirs.nonce.is_none() && theirs.meta.is_some() {
        theirs.nonce = ours.nonce;
    }
    *ours = theirs;
    opened
}

fn op(mine: &Op, other: &mut Op, opened: &mut Vec<Opened>) {
    match (mine, other) {
        (
            Op::Set {
                row,
                field,
                new: Some(mine),
                ..
            },
            Op::Set {
                new: Some(other), ..
            },
        ) => match (&mine.opening, &other.opening) {
            (None, Some((salt, value))) => opened.push(Opened {
                row: *row,
                field: field.clone(),
                commitment: mine.commitment,
                salt: *salt,
                value: value.clone(),
            }),
            (Some(_), None) => other.opening.clone_from(&mine.opening),
            _ => {}
        },
        (
            Op::Add {
                row, state: mine, ..
            },
            Op::Add { state: other, .. },
        ) => cells(*row, mine, other, opened),
        _ => {}
    }
}

fn cells(row: RowId, mine: &RowState, other: &mut RowState, opened: &mut Vec<Opened>) {
    for (field, held) in &mine.cells {
        let Some(found) = other.cells.get_mut(field) else {
            continue;
        };
        match (held, &*found) {
            (CellState::Gone { commitment }, CellState::Held { value, salt }) => {
                opened.push(Opened {
                    row,
                    field: field.clone(),
                    commitment: *commitment,
                    salt: *salt,
                    value: value.clone(),
                });
            }
            (CellState::Held { .. }, CellState::Gone { .. }) => *found = held.clone(),
            _ => {}
        }
    }
    if other.op_salt.is_none() {
        other.op_salt = mine.op_salt;
    }
}

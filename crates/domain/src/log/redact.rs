//! Erasing values that redact headers name (`protocol.md` §3.5).
//!
//! A replica learns the targets of every redact header it has verified, whatever its number, and applies
//! them to whatever it takes in or already keeps.

use std::collections::{HashMap, HashSet};

use super::body::Body;
use super::header::{Header, Kind, Target};
use super::op::Op;
use super::row::{CellState, RowState};
use crate::ids::{DatasetUid, FieldName, Hash, RowId};

/// The redactions of one dataset that are known: all of them, or those that concern the rows at hand.
#[derive(Debug, Clone, Default)]
pub struct Redactions {
    cells: HashMap<RowId, HashSet<(FieldName, Hash)>>,
    metas: HashSet<u64>,
}

impl Redactions {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one target.
    pub fn insert(&mut self, target: &Target) {
        match target {
            Target::Cell {
                row, field, cell, ..
            } => {
                let cells = self.cells.entry(*row).or_default();
                cells.insert((field.clone(), *cell));
            }
            Target::Meta { seq } => {
                self.metas.insert(*seq);
            }
        }
    }

    /// Adds the targets of a header that has been verified; other kinds have none.
    pub fn learn(&mut self, header: &Header) {
        if let Kind::Redact(targets) = &header.kind {
            targets.iter().for_each(|target| self.insert(target));
        }
    }

    /// True where some target names a cell of this row.
    pub fn names_row(&self, row: RowId) -> bool {
        self.cells.contains_key(&row)
    }

    /// True where some target names this commitment in this cell.
    pub fn names_cell(&self, row: RowId, field: &FieldName, cell: &Hash) -> bool {
        self.cells
            .get(&row)
            .is_some_and(|cells| cells.contains(&(field.clone(), *cell)))
    }

    /// True where some target names the meta of this entry.
    pub fn names_meta(&self, seq: u64) -> bool {
        self.metas.contains(&seq)
    }

    /// True where some target takes away what this one does.
    pub fn names(&self, target: &Target) -> bool {
        match target {
            Target::Cell {
                row, field, cell, ..
            } => self.names_cell(*row, field, cell),
            Target::Meta { seq } => self.names_meta(*seq),
        }
    }

    /// True where nothing is known to be redacted.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.metas.is_empty()
    }
}

impl FromIterator<Target> for Redactions {
    fn from_iter<I: IntoIterator<Item = Target>>(targets: I) -> Self {
        let mut known = Self::new();
        targets.into_iter().for_each(|target| known.insert(&target));
        known
    }
}

/// Erases from the body of entry `seq` what is named; with the first erasure its nonce goes too. True
/// where anything was erased, so the body must be written again.
pub fn body(body: &mut Body, uid: DatasetUid, seq: u64, known: &Redactions) -> bool {
    let mut erased = false;
    if known.names_meta(seq) && body.meta.take().is_some() {
        erased = true;
    }
    for op in &mut body.ops {
        erased |= self::op(op, uid, known);
    }
    if erased {
        body.nonce = None;
    }
    erased
}

fn op(op: &mut Op, uid: DatasetUid, known: &Redactions) -> bool {
    match op {
        Op::Set {
            row,
            field,
            new: Some(new),
            ..
        } if new.opening.is_some() && known.names_cell(*row, field, &new.commitment) => {
            new.opening = None;
            true
        }
        Op::Add { row, state, .. } if known.names_row(*row) => {
            let erased = cells(state, uid, *row, known);
            if erased {
                // It yields the salts of the erased cells, and so a way to guess them.
                state.op_salt = None;
            }
            erased
        }
        _ => false,
    }
}

/// Erases from a current row, or from a row of a snapshot, what is named. The op salt goes as soon as any
/// target names the row, even for a value that the row no longer has. True where anything changed.
pub fn row(state: &mut RowState, uid: DatasetUid, row: RowId, known: &Redactions) -> bool {
    if !known.names_row(row) {
        return false;
    }
    let had_salt = state.op_salt.take().is_some();
    cells(state, uid, row, known) || had_salt
}

fn cells(state: &mut RowState, uid: DatasetUid, row: RowId, known: &Redactions) -> bool {
    let mut erased = false;
    for (field, cell) in &mut state.cells {
        if matches!(cell, CellState::Gone { .. }) {
            continue;
        }
        let commitment = cell.commitment(uid, row, field);
        if known.names_cell(row, field, &commitment) {
            *cell = CellState::Gone { commitment };
            erased = true;
        }
    }
    erased
}

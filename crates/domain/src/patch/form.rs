//! What is wrong with a patch by itself, before any dataset is looked at.

use std::collections::BTreeSet;

use super::{MAX_BYTES, MAX_OPS};
use crate::commit::OfferedOp;
use crate::digest::is_label;
use crate::ids::{DatasetUid, FieldName, RowId};
use crate::log::origin_limits::{CELL_BYTES, ROW_BYTES};
use crate::problem::{Code, Place, Problem};

/// Problems of counts, sizes, labels, reserved fields and repeated operations.
pub fn form_problems(ops: &[OfferedOp]) -> Vec<Problem> {
    if ops.len() > MAX_OPS {
        // Told alone: the rest would only repeat itself hundreds of times.
        let problem = Problem::new(Code::TooManyOperations)
            .with("value", ops.len())
            .with("limit", MAX_OPS);
        return vec![problem];
    }
    let mut problems = size_problems(ops);
    problems.extend(repeated_operations(ops).into_iter().map(|(_, p)| p));
    for op in ops {
        let place = place(op);
        match op {
            OfferedOp::Set { field, value, .. } => {
                problems.extend(cell_problem(field, value.as_deref(), &place));
            }
            OfferedOp::Add { label, cells } => {
                problems.extend(row_problems(label, cells.iter(), &place));
            }
            OfferedOp::Del { .. } => {}
        }
    }
    problems
}

/// Operations on a cell or row that an earlier one already touches, by their place in the patch.
pub(crate) fn repeated_operations(ops: &[OfferedOp]) -> Vec<(usize, Problem)> {
    let mut touched = Touched::default();
    let repeated = |(at, op)| Some((at, touched.repeated(op)?));
    ops.iter().enumerate().filter_map(repeated).collect()
}

/// The place that an operation is about.
pub(crate) fn place(op: &OfferedOp) -> Place {
    match op {
        OfferedOp::Set { row, .. } | OfferedOp::Del { row, .. } => Place::Row(*row),
        OfferedOp::Add { label, .. } => Place::Label(label.clone()),
    }
}

fn size_problems(ops: &[OfferedOp]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if ops.is_empty() {
        problems.push(Problem::new(Code::EmptyPatch));
    }
    let bytes: usize = ops.iter().map(|op| op.to_json().to_string().len()).sum();
    if bytes > MAX_BYTES {
        let problem = Problem::new(Code::PatchTooLarge)
            .with("value", bytes)
            .with("limit", MAX_BYTES);
        problems.push(problem);
    }
    problems
}

/// What an offer may not put into a cell, whatever its field's type.
fn cell_problem(field: &FieldName, value: Option<&str>, place: &Place) -> Option<Problem> {
    let about = |code| {
        Problem::new(code)
            .about(field, field.as_str())
            .with("value", value.unwrap_or(""))
            .at(place.clone())
    };
    if field.as_str() == "_same" {
        let wrong = value.is_some_and(|value| !is_row_address(value));
        return wrong.then(|| about(Code::BadSame));
    }
    if field.is_ours() {
        return Some(about(Code::ReservedField));
    }
    value_problem(field, field.as_str(), value?).map(|problem| problem.at(place.clone()))
}

/// What no cell of any dataset may hold: U+0000, or more than 64 KiB. Imports ask this too.
pub fn value_problem(field: &FieldName, title: &str, value: &str) -> Option<Problem> {
    let code = if value.len() > CELL_BYTES {
        Code::CellTooLarge
    } else if value.contains('\0') {
        Code::ForbiddenCharacter
    } else {
        return None;
    };
    Some(Problem::new(code).about(field, title).with("value", value))
}

fn row_problems<'a>(
    label: &str,
    cells: impl Iterator<Item = (&'a FieldName, &'a String)> + Clone,
    place: &Place,
) -> Vec<Problem> {
    let mut problems: Vec<Problem> = cells
        .clone()
        .filter_map(|(field, value)| cell_problem(field, Some(value), place))
        .collect();
    let about = |code| Problem::new(code).with("value", label).at(place.clone());
    if !is_label(label) {
        problems.push(about(Code::BadLabel));
    }
    if cells.clone().all(|(_, value)| value.is_empty()) {
        problems.push(about(Code::EmptyRow));
    }
    let bytes: usize = cells.clone().map(|(_, value)| value.len()).sum();
    if bytes > ROW_BYTES
        && let Some((largest, _)) = cells.max_by_key(|(_, value)| value.len())
    {
        problems.push(about(Code::RowTooLarge).about(largest, largest.as_str()));
    }
    problems
}

/// `urn:uuid:…/rowId`: a row of a dataset, wherever it lives (`protocol.md` §3.1).
fn is_row_address(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(uid, row)| uid.parse::<DatasetUid>().is_ok() && row.parse::<RowId>().is_ok())
}

/// What the operations so far touch: at most one per cell, none beside an add or a del (`protocol.md` §3.4).
#[derive(Default)]
struct Touched<'a> {
    cells: BTreeSet<(RowId, &'a FieldName)>,
    rows: BTreeSet<RowId>,
    deleted: BTreeSet<RowId>,
    labels: BTreeSet<&'a str>,
}

impl<'a> Touched<'a> {
    fn repeated(&mut self, op: &'a OfferedOp) -> Option<Problem> {
        let fresh = match op {
            OfferedOp::Set { row, field, .. } => {
                self.rows.insert(*row);
                self.cells.insert((*row, field)) && !self.deleted.contains(row)
            }
            OfferedOp::Add { label, .. } => self.labels.insert(label),
            OfferedOp::Del { row, .. } => self.deleted.insert(*row) && !self.rows.contains(row),
        };
        let what = match op {
            OfferedOp::Set { field, .. } => field.to_string(),
            OfferedOp::Add { label, .. } => label.clone(),
            OfferedOp::Del { row, .. } => row.to_string(),
        };
        (!fresh).then(|| {
            Problem::new(Code::RepeatedOperation)
                .with("value", what)
                .at(place(op))
        })
    }
}

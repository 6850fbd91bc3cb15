//! A proposal as people read it: by row, each cell before and after, and what changed in between.

use std::collections::BTreeMap;

use rustine_app::log::rows::row_state;
use rustine_app::patches::ops_of;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::RowId;
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, PatchRecord, RowRecord, StoreError, Tx};

use super::history::{self, Held};
use super::row_link;
use crate::fields::name_of;
use crate::view::change::{ChangeKind, Operation};
use crate::view::{Clash, Standing};

/// A proposal with the rows that it touches.
pub struct Read {
    /// What it does, by row.
    pub operations: Vec<Operation>,
    /// Cells and rows that are no longer what the proposer saw; only while it is open.
    pub conflicts: Vec<Clash>,
    /// The offered operations.
    pub ops: Vec<OfferedOp>,
    /// The rows as they stand.
    pub rows: BTreeMap<RowId, RowRecord>,
}

/// Reads a proposal against the rows as they stand, or, once it was applied, against the log.
pub fn read(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    schema: &Schema,
    patch: &PatchRecord,
) -> Result<Read, StoreError> {
    let ops = match &patch.applied {
        Some(applied) => rustine_app::patches::parse_ops(applied)?,
        None => ops_of(patch)?,
    };
    let ids: Vec<RowId> = ops.iter().filter_map(row_of).collect();
    let rows: BTreeMap<RowId, RowRecord> = tx
        .find_rows(dataset.id, &ids)?
        .into_iter()
        .map(|row| (row.row_id, row))
        .collect();
    let open = Standing::find(&patch.status).is_some_and(|status| status.is_open());
    let conflicts = if open {
        clashes(dataset, schema, &ops, &rows)?
    } else {
        Vec::new()
    };
    let before = before(tx, dataset, patch, &rows)?;
    let operations = grouped(dataset, schema, &ops, &rows, &before);
    Ok(Read {
        operations,
        conflicts,
        ops,
        rows,
    })
}

fn row_of(op: &OfferedOp) -> Option<RowId> {
    match op {
        OfferedOp::Set { row, .. } | OfferedOp::Del { row, .. } => Some(*row),
        OfferedOp::Add { .. } => None,
    }
}

/// Values before an applied proposal, from the step of the log that applied it; else the values of now.
fn before(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
    rows: &BTreeMap<RowId, RowRecord>,
) -> Result<BTreeMap<(RowId, String), Held>, StoreError> {
    let mut before = BTreeMap::new();
    for (id, row) in rows {
        for (field, text) in &row.cells {
            before.insert((*id, field.clone()), Held::Text(text.clone()));
        }
        for field in row.gone.keys() {
            before.insert((*id, field.clone()), Held::Gone);
        }
        let Some(seq) = patch.result_seq else {
            continue;
        };
        let steps = history::steps(tx, dataset, row)?;
        let applied = steps.into_iter().find(|step| step.seq == seq);
        for (field, was, _) in applied.into_iter().flat_map(|step| step.cells) {
            before.insert((*id, field), was);
        }
    }
    Ok(before)
}

fn grouped(
    dataset: &DatasetRecord,
    schema: &Schema,
    ops: &[OfferedOp],
    rows: &BTreeMap<RowId, RowRecord>,
    before: &BTreeMap<(RowId, String), Held>,
) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    let mut last_set: Option<RowId> = None;
    let empty = BTreeMap::new();
    let link = |row: RowId| {
        let cells = rows.get(&row).map_or(&empty, |row| &row.cells);
        Some(row_link(dataset, schema, row, cells))
    };
    for op in ops {
        match op {
            OfferedOp::Set {
                row, field, value, ..
            } => {
                let was = before
                    .get(&(*row, field.to_string()))
                    .cloned()
                    .unwrap_or_default();
                let will = value.clone().map_or(Held::Nothing, Held::Text);
                let cell = history::diff(schema, field.as_str(), &was, &will);
                match operations.last_mut() {
                    Some(operation) if last_set == Some(*row) => operation.cells.push(cell),
                    _ => operations.push(Operation {
                        kind: ChangeKind::Set,
                        row: link(*row),
                        cells: vec![cell],
                    }),
                }
                last_set = Some(*row);
            }
            OfferedOp::Add { cells, .. } => {
                let named = |field: &rustine_domain::schema::Field| {
                    let text = cells.get(&field.name)?;
                    Some(history::diff(
                        schema,
                        field.name.as_str(),
                        &Held::Nothing,
                        &Held::Text(text.clone()),
                    ))
                };
                let cells = schema.fields.iter().filter_map(named).collect();
                operations.push(Operation {
                    kind: ChangeKind::Add,
                    row: None,
                    cells,
                });
                last_set = None;
            }
            OfferedOp::Del { row, .. } => {
                operations.push(Operation {
                    kind: ChangeKind::Del,
                    row: link(*row),
                    cells: Vec::new(),
                });
                last_set = None;
            }
        }
    }
    operations
}

/// Cells whose commitment is no longer the proposer's base, unless they hold the proposed value already.
fn clashes(
    dataset: &DatasetRecord,
    schema: &Schema,
    ops: &[OfferedOp],
    rows: &BTreeMap<RowId, RowRecord>,
) -> Result<Vec<Clash>, StoreError> {
    let mut clashes = Vec::new();
    for op in ops {
        let OfferedOp::Set {
            row,
            field,
            base,
            value,
        } = op
        else {
            continue;
        };
        let state = rows.get(row).map(row_state).transpose()?;
        let now = state
            .as_ref()
            .and_then(|state| state.commitment(dataset.uid, *row, field));
        let current = state
            .as_ref()
            .and_then(|state| state.value(field.as_str()))
            .map(str::to_owned);
        if state.is_some() && (now == *base || current == *value) {
            continue;
        }
        clashes.push(Clash {
            field: schema
                .field(field.as_str())
                .map_or_else(|| field.to_string(), name_of),
            current,
            proposed: value.clone(),
        });
    }
    Ok(clashes)
}

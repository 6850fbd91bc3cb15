//! From changes as they are typed to operations as they are offered.

use std::collections::BTreeMap;

use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::{FieldName, RowId};
use rustine_domain::log::Rows as _;
use rustine_store::{DatasetRecord, Tx};

use super::propose::{ProposeError, ProposedOp};
use crate::log::rows::DatasetRows;

/// Looks bases up, leaves out what changes nothing, and names added rows.
pub(super) fn offered_ops(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    proposed: &[ProposedOp],
) -> Result<Vec<OfferedOp>, ProposeError> {
    let mut ops = Vec::with_capacity(proposed.len());
    let mut labels = 0;
    for op in proposed {
        match op {
            ProposedOp::Set {
                row,
                field,
                value,
                base,
            } => {
                let held = held(tx, dataset, *row)?;
                let value = value.clone().filter(|value| !value.is_empty());
                let unchanged =
                    held.value(field.as_str()).filter(|held| !held.is_empty()) == value.as_deref();
                if unchanged
                    && !matches!(
                        held.cells.get(field),
                        Some(rustine_domain::log::CellState::Gone { .. })
                    )
                {
                    continue;
                }
                let base = base.unwrap_or_else(|| held.commitment(dataset.uid, *row, field));
                ops.push(OfferedOp::Set {
                    row: *row,
                    field: field.clone(),
                    base,
                    value,
                });
            }
            ProposedOp::Add { cells } => {
                labels += 1;
                let cells: BTreeMap<FieldName, String> = cells
                    .iter()
                    .filter(|(_, value)| !value.is_empty())
                    .map(|(f, v)| (f.clone(), v.clone()))
                    .collect();
                ops.push(OfferedOp::Add {
                    label: format!("_:{labels}"),
                    cells,
                });
            }
            ProposedOp::Del { row, base } => {
                let row_base = match base {
                    Some(base) => *base,
                    None => held(tx, dataset, *row)?.hash(dataset.uid, *row),
                };
                ops.push(OfferedOp::Del {
                    row: *row,
                    row_base,
                });
            }
        }
    }
    if ops.is_empty() {
        Err(ProposeError::Nothing)
    } else {
        Ok(ops)
    }
}

fn held(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    row: RowId,
) -> Result<rustine_domain::log::RowState, ProposeError> {
    let found = DatasetRows {
        tx,
        dataset: dataset.id,
    }
    .row(row)?;
    found.ok_or(ProposeError::UnknownRow(row))
}

//! The constraints of the cells that a patch sets.

use super::outcome::{Fit, Outcomes, RowOutcome, is_value, told};
use crate::cell;
use crate::commit::OfferedOp;
use crate::ids::FieldName;
use crate::problem::{Code, Problem};
use crate::schema::{Field, Schema};

/// Problems of every cell that the patch really changes, and of required cells that an added row lacks.
pub(super) fn problems(schema: &Schema, ops: &[OfferedOp], outcomes: &Outcomes) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (op, fit) in ops.iter().zip(outcomes.fits()) {
        match op {
            OfferedOp::Set { field, value, .. } if *fit != Fit::Noop => {
                problems.extend(cell_problems(schema, op, field, value.as_deref()));
            }
            OfferedOp::Add { cells, .. } => {
                for (field, value) in cells {
                    problems.extend(cell_problems(schema, op, field, Some(value)));
                }
            }
            OfferedOp::Set { .. } | OfferedOp::Del { .. } => {}
        }
    }
    let added = outcomes.rows.iter().filter(|row| row.is_added());
    problems.extend(added.flat_map(|row| lacking(schema, row)));
    problems
}

fn cell_problems(
    schema: &Schema,
    op: &OfferedOp,
    name: &FieldName,
    value: Option<&str>,
) -> Vec<Problem> {
    // Fields of ours have no schema; their form is the patch's matter.
    if name.is_ours() {
        return Vec::new();
    }
    let place = crate::patch::place(op);
    let Some(field) = schema.field(name.as_str()) else {
        // A cell that a removed field left behind may still be taken away.
        let unknown = value.map(|value| {
            told(schema, Code::UnknownField, op)
                .about(name, name.as_str())
                .with("value", value)
        });
        return unknown.into_iter().collect();
    };
    match cell::check(field, value) {
        Err(problems) => problems.into_iter().map(|p| p.at(place.clone())).collect(),
        Ok(typed) if !is_value(&typed) && schema.requires(name) => {
            vec![required(field).at(place)]
        }
        Ok(_) => Vec::new(),
    }
}

/// Required fields that an added row does not even name; those it names empty are already told.
fn lacking(schema: &Schema, row: &RowOutcome) -> Vec<Problem> {
    schema
        .fields
        .iter()
        .filter(|field| schema.requires(&field.name) && !row.sets.contains_key(&field.name))
        .map(|field| required(field).at(row.place.clone()))
        .collect()
}

fn required(field: &Field) -> Problem {
    Problem::new(Code::Required)
        .about(&field.name, field.shown_name())
        .with("value", "")
}

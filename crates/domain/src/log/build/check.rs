//! What binds the origin before it signs (`protocol.md` §3.3, "What binds the origin alone").

use serde_json::Value;

use super::{Body, BuildProblem, Change, Kind, Op, Refusal};
use crate::ids::FieldName;
use crate::json::{self, JsonProblem, canonical};
use crate::key::commitment_of;
use crate::log::chain::Chain;
use crate::log::op::NewCell;
use crate::log::origin_limits as limits;
use crate::log::row::{CellState, RowState};

/// Operations: their number, their place, and the values they bring.
pub(super) fn ops(kind: &Kind, ops: &[Op]) -> Result<(), BuildProblem> {
    if !ops.is_empty() && !kind.has_operations() {
        return Err(Refusal::Operations(kind.name().to_owned()).into());
    }
    count(ops.len())?;
    let patch = matches!(kind, Kind::Patch);
    for op in ops {
        match op {
            Op::Set { seen: Some(_), .. } if !patch => return Err(Refusal::SeenOutsidePatch.into()),
            Op::Add { label: Some(_), .. } if !patch => {
                return Err(Refusal::LabelOutsidePatch.into());
            }
            Op::Set { new: Some(new), .. } => value(new)?,
            Op::Add { state, .. } => values(state)?,
            Op::Set { new: None, .. } | Op::Del { .. } => {}
        }
    }
    Ok(())
}

fn value(new: &NewCell) -> Result<(), BuildProblem> {
    match &new.opening {
        Some((_, value)) => text(value),
        None => Err(Refusal::CellsDoNotFit.into()),
    }
}

fn values(state: &RowState) -> Result<(), BuildProblem> {
    for cell in state.cells.values() {
        match cell {
            CellState::Held { value, .. } => text(value)?,
            CellState::Gone { .. } => return Err(Refusal::CellsDoNotFit.into()),
        }
    }
    Ok(())
}

fn text(value: &str) -> Result<(), BuildProblem> {
    if value.contains('\0') {
        return Err(Refusal::Json(JsonProblem::NullCharacter).into());
    }
    within("a cell", value.len(), limits::CELL_BYTES)
}

/// Rows as they would be after the entry.
pub(super) fn rows(changes: &[Change]) -> Result<(), BuildProblem> {
    for state in changes.iter().filter_map(|change| change.after.as_ref()) {
        // Fields of ours come on top of those of the schema.
        let fields = state.cells.keys().filter(|field| !field.is_ours());
        let bytes = state.cells.values().map(|cell| match cell {
            CellState::Held { value, .. } => value.len(),
            CellState::Gone { .. } => 0,
        });
        row_size(fields.count(), bytes.sum())?;
    }
    Ok(())
}

/// The values of one row that an import adds.
pub(super) fn added(cells: &[(&FieldName, &str)]) -> Result<(), BuildProblem> {
    for (_, value) in cells {
        text(value)?;
    }
    let fields = cells.iter().filter(|(field, _)| !field.is_ours());
    row_size(
        fields.count(),
        cells.iter().map(|(_, value)| value.len()).sum(),
    )
}

fn row_size(fields: usize, bytes: usize) -> Result<(), BuildProblem> {
    within("a row", fields, limits::FIELDS)?;
    within("a row", bytes, limits::ROW_BYTES)
}

/// How many operations an entry may have.
pub(super) fn count(ops: usize) -> Result<(), BuildProblem> {
    within("the entry", ops, limits::OPS)
}

/// How long the text of a body may be.
pub(super) fn length(text: &str) -> Result<(), BuildProblem> {
    within("the body", text.len(), limits::BODY_BYTES)
}

/// The body without its operations.
pub(super) fn documents(kind: &Kind, body: &Body) -> Result<(), BuildProblem> {
    let has_policy = matches!(kind, Kind::Policy(_));
    if body.schema.is_some() != kind.has_schema() {
        return Err(Refusal::SchemaHash.into());
    }
    if body.policy.is_some() != has_policy {
        return Err(Refusal::PolicyHash.into());
    }
    // Read as a reader would, without the operations, which were checked one by one.
    let documents = Body {
        ops: Vec::new(),
        meta: body.meta.clone(),
        schema: body.schema.clone(),
        policy: body.policy.clone(),
        nonce: body.nonce,
    };
    Body::parse(&documents.to_json(), kind)?;
    if let Some(schema) = &body.schema {
        document("the schema", schema, limits::SCHEMA_BYTES)?;
        let fields = schema.get("fields").and_then(Value::as_array);
        within("the schema", fields.map_or(0, Vec::len), limits::FIELDS)?;
    }
    if let Some(meta) = &body.meta {
        let content = Value::Object(meta.content.clone());
        document("the meta", &content, limits::META_BYTES)?;
    }
    Ok(())
}

fn document(what: &'static str, value: &Value, limit: usize) -> Result<(), BuildProblem> {
    json::check(value).map_err(Refusal::from)?;
    within(what, canonical(value).len(), limit)
}

/// A recovery key must never have been a log key: readers need not refuse it, but whoever stole that log
/// key could rotate.
pub(super) fn announced(kind: &Kind, chain: &Chain) -> Result<(), BuildProblem> {
    let Some(handover) = kind.handover() else {
        return Ok(());
    };
    let former = |key| commitment_of(key) == handover.next;
    if chain.keys.iter().any(former) || commitment_of(&handover.by) == handover.next {
        return Err(BuildProblem::NextIsLogKey);
    }
    Ok(())
}

fn within(what: &'static str, size: usize, limit: usize) -> Result<(), BuildProblem> {
    if size > limit {
        return Err(BuildProblem::TooLarge { what, size, limit });
    }
    Ok(())
}

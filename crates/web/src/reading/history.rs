//! What happened to a row, read back from the bodies of the log.
//!
//! A body may hold 10,000 operations, so only those of the row are read; what was erased or is not held here shows
//! as such. Who did it is a role and an instance, never a name.

use std::collections::BTreeMap;

use rustine_domain::ids::RowId;
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, EntryRecord, RowRecord, StoreError, Tx};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::fields::name_of;
use crate::view::change::{CellDiff, Change, ChangeKind, Role, Side};

/// Entries of one row that are read at most; older ones are left out.
const MOST: usize = 300;

/// A step of a row's history, as data.
#[derive(Debug, Clone)]
pub struct Step {
    /// The entry.
    pub seq: i64,
    /// When the origin recorded it.
    pub at: Timestamp,
    /// What happened.
    pub kind: ChangeKind,
    /// Who caused it.
    pub role: Role,
    /// The instance it came from, when it is not the origin.
    pub host: Option<String>,
    /// Field name, before, after; what is gone has no text.
    pub cells: Vec<(String, Held, Held)>,
    /// Something of this step is not held here.
    pub incomplete: bool,
}

/// A value at a point in time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Held {
    /// No cell.
    #[default]
    Nothing,
    /// A cell with this text.
    Text(String),
    /// A cell whose value is erased or not here.
    Gone,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    ops: Vec<&'a RawValue>,
    #[serde(borrow)]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Meta {
    content: Content,
}

#[derive(Deserialize)]
struct Content {
    proposer: Option<String>,
    visitor: Option<String>,
    patch: Option<Patch>,
}

#[derive(Deserialize)]
struct Patch {
    id: String,
}

/// An operation as it stands in a body, whole or redacted (`protocol.md` §3.4).
#[derive(Deserialize)]
struct RowOp {
    op: String,
    row: String,
    field: Option<String>,
    new: Option<String>,
    value: Option<String>,
    #[serde(default)]
    cells: BTreeMap<String, String>,
    #[serde(default)]
    gone: BTreeMap<String, String>,
}

/// The steps of a row, oldest first.
pub fn steps(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    row: &RowRecord,
) -> Result<Vec<Step>, StoreError> {
    let mut seqs = tx.list_row_changes(dataset.id, row.row_id)?;
    seqs.push(row.added_seq);
    seqs.sort_unstable();
    seqs.dedup();
    let skipped = seqs.len().saturating_sub(MOST);
    let mut cells = BTreeMap::new();
    let mut steps = Vec::new();
    for seq in seqs.into_iter().skip(skipped) {
        let Some(entry) = tx.find_entry(dataset.id, seq)? else {
            continue;
        };
        let body = tx.find_body(dataset.id, seq)?;
        steps.push(step(
            &entry,
            body.as_deref(),
            row.row_id,
            dataset,
            &mut cells,
        ));
    }
    Ok(steps)
}

fn step(
    entry: &EntryRecord,
    body: Option<&str>,
    row: RowId,
    dataset: &DatasetRecord,
    cells: &mut BTreeMap<String, Held>,
) -> Step {
    let mut step = Step {
        seq: entry.seq,
        at: entry.time,
        kind: ChangeKind::Set,
        role: Role::Unknown,
        host: None,
        cells: Vec::new(),
        incomplete: false,
    };
    let Some(body) = body.and_then(|body| serde_json::from_str::<Body>(body).ok()) else {
        step.incomplete = true;
        return step;
    };
    (step.role, step.host) = author(entry, body.meta, dataset);
    let row = row.to_string();
    for raw in body.ops.into_iter().filter(|raw| raw.get().contains(&row)) {
        let Ok(op) = serde_json::from_str::<RowOp>(raw.get()) else {
            step.incomplete = true;
            continue;
        };
        if op.row == row {
            follow(op, cells, &mut step);
        }
    }
    step.incomplete |= step.cells.iter().any(|(_, _, after)| *after == Held::Gone);
    step
}

fn follow(op: RowOp, cells: &mut BTreeMap<String, Held>, step: &mut Step) {
    match op.op.as_str() {
        "add" => {
            step.kind = ChangeKind::Add;
            let gone = op.gone.into_keys().map(|field| (field, Held::Gone));
            let held = op
                .cells
                .into_iter()
                .map(|(field, text)| (field, Held::Text(text)));
            for (field, held) in held.chain(gone) {
                put(field, held, cells, step);
            }
        }
        "del" => step.kind = ChangeKind::Del,
        _ => {
            let held = match (op.new, op.value) {
                (None, _) => Held::Nothing,
                (Some(_), Some(text)) => Held::Text(text),
                (Some(_), None) => Held::Gone,
            };
            if let Some(field) = op.field {
                put(field, held, cells, step);
            }
        }
    }
}

fn put(field: String, after: Held, cells: &mut BTreeMap<String, Held>, step: &mut Step) {
    let before = cells
        .insert(field.clone(), after.clone())
        .unwrap_or_default();
    // `_order` and the others of ours move rows about; they say nothing to a reader.
    if !field.starts_with('_') {
        step.cells.push((field, before, after));
    }
}

fn author(
    entry: &EntryRecord,
    meta: Option<&RawValue>,
    dataset: &DatasetRecord,
) -> (Role, Option<String>) {
    if entry.kind != "patch" {
        return (Role::Import, None);
    }
    let content = meta
        .and_then(|meta| serde_json::from_str::<Meta>(meta.get()).ok())
        .map(|meta| meta.content);
    let Some(content) = content else {
        return (Role::Unknown, None);
    };
    let role = match (&content.proposer, &content.visitor) {
        (Some(_), _) => Role::Member,
        (None, Some(_)) => Role::Visitor,
        (None, None) => Role::Keeper,
    };
    let host = |text: &str| {
        url::Url::parse(text)
            .ok()
            .map(|url| rustine_app::context::host_of(&url))
    };
    let origin = host(&dataset.url);
    let from = content.patch.and_then(|patch| host(&patch.id));
    (role, from.filter(|from| Some(from) != origin.as_ref()))
}

/// A step as a page shows it; a step that moved the row and nothing else is none.
pub fn change(step: Step, schema: &Schema) -> Option<Change> {
    if step.cells.is_empty() && step.kind == ChangeKind::Set && !step.incomplete {
        return None;
    }
    let order = |name: &str| {
        schema
            .fields
            .iter()
            .position(|field| field.name.as_str() == name)
    };
    let mut cells = step.cells;
    cells.sort_by_key(|(name, ..)| order(name).unwrap_or(usize::MAX));
    Some(Change {
        at: step.at,
        kind: step.kind,
        role: step.role,
        host: step.host,
        cells: cells
            .iter()
            .map(|(name, before, after)| diff(schema, name, before, after))
            .collect(),
        erased: step.incomplete,
    })
}

/// The change of one cell under the title of its field.
pub fn diff(schema: &Schema, name: &str, before: &Held, after: &Held) -> CellDiff {
    let title = schema.field(name).map_or_else(|| name.to_owned(), name_of);
    let text = |held: &Held| match held {
        Held::Text(text) => Some(text.clone()),
        _ => None,
    };
    let mut diff = CellDiff::new(&title, text(before).as_deref(), text(after).as_deref());
    if *before == Held::Gone {
        diff.before = Side::Erased;
    }
    if *after == Held::Gone {
        diff.after = Side::Erased;
    }
    diff
}

//! What a proposal changes, as plain words for letters: row, field, before, after.
//!
//! Before is what stands in the row now, so for a proposal that was applied there is none to tell.

use std::collections::BTreeMap;

use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::RowId;
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use super::{ops_of, parse_ops};
use crate::log::append::schema_of;

/// Words that begin or end the name of the field that people call a row by, best first.
const NAMES: [&str; 6] = ["nom", "name", "titre", "title", "libelle", "label"];

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Cells get other values.
    Set,
    /// A row comes.
    Add,
    /// A row goes.
    Del,
}

/// A cell before and after; `None` is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// Title of the field.
    pub field: String,
    /// What stands there now.
    pub before: Option<String>,
    /// What was offered.
    pub after: Option<String>,
    /// What became of it instead, where a moderator changed or left out this cell.
    pub instead: Option<Instead>,
}

/// What a moderator made of an offered cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instead {
    /// Another value, or none.
    Value(Option<String>),
    /// Nothing: the cell stayed as it was.
    LeftOut,
}

/// What a proposal does to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// What it does.
    pub what: What,
    /// What people call the row.
    pub title: String,
    /// The row; none for a new one.
    pub row: Option<RowId>,
    /// Its cells.
    pub cells: Vec<CellChange>,
}

/// Reads what a proposal changes, row by row in its own order.
///
/// # Errors
/// Where the store fails or the record is damaged.
pub fn read(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<Vec<RowChange>, StoreError> {
    let schema = schema_of(dataset).map_err(|error| StoreError::Other(error.to_string()))?;
    let offered = ops_of(patch)?;
    let applied = patch.applied.as_deref().map(parse_ops).transpose()?;
    let ids: Vec<RowId> = offered.iter().filter_map(row_of).collect();
    let rows: BTreeMap<RowId, BTreeMap<String, String>> = tx
        .find_rows(dataset.id, &ids)?
        .into_iter()
        .map(|row| (row.row_id, row.cells.clone()))
        .collect();
    let mut changes: Vec<RowChange> = Vec::new();
    for op in &offered {
        let empty = BTreeMap::new();
        let held = row_of(op).and_then(|row| rows.get(&row)).unwrap_or(&empty);
        let change = change(&schema, op, held, applied.as_deref());
        match changes.last_mut() {
            Some(last)
                if last.row == change.row && last.what == What::Set && change.what == What::Set =>
            {
                last.cells.extend(change.cells);
            }
            _ => changes.push(change),
        }
    }
    Ok(changes)
}

fn row_of(op: &OfferedOp) -> Option<RowId> {
    match op {
        OfferedOp::Set { row, .. } | OfferedOp::Del { row, .. } => Some(*row),
        OfferedOp::Add { .. } => None,
    }
}

fn change(
    schema: &Schema,
    op: &OfferedOp,
    held: &BTreeMap<String, String>,
    applied: Option<&[OfferedOp]>,
) -> RowChange {
    let what = match op {
        OfferedOp::Set { .. } => What::Set,
        OfferedOp::Add { .. } => What::Add,
        OfferedOp::Del { .. } => What::Del,
    };
    let cell = |name: &str, before: Option<String>, after: Option<String>| CellChange {
        field: field_title(schema, name),
        before,
        instead: instead(op, name, after.as_deref(), applied),
        after,
    };
    let (title, cells) = match op {
        OfferedOp::Set { field, value, .. } => {
            let name = field.as_str();
            let cells = vec![cell(name, held.get(name).cloned(), value.clone())];
            (row_title(schema, held), cells)
        }
        OfferedOp::Del { .. } => (row_title(schema, held), Vec::new()),
        OfferedOp::Add { cells, .. } => {
            let texts: BTreeMap<String, String> = cells
                .iter()
                .map(|(name, text)| (name.to_string(), text.clone()))
                .collect();
            let ordered = schema.fields.iter().filter_map(|field| {
                let text = texts.get(field.name.as_str())?;
                Some(cell(field.name.as_str(), None, Some(text.clone())))
            });
            (row_title(schema, &texts), ordered.collect())
        }
    };
    RowChange {
        what,
        title,
        row: row_of(op),
        cells,
    }
}

/// What was applied to a cell in place of what was offered.
fn instead(
    op: &OfferedOp,
    name: &str,
    after: Option<&str>,
    applied: Option<&[OfferedOp]>,
) -> Option<Instead> {
    let value = applied?.iter().find_map(|other| match (op, other) {
        (
            OfferedOp::Set { row, .. },
            OfferedOp::Set {
                row: same,
                field,
                value,
                ..
            },
        ) if row == same && field.as_str() == name => Some(value.clone()),
        (OfferedOp::Add { label, .. }, OfferedOp::Add { label: same, cells }) if label == same => {
            let cell = cells.iter().find(|(field, _)| field.as_str() == name);
            Some(cell.map(|(_, text)| text.clone()))
        }
        _ => None,
    });
    match value {
        Some(value) if value.as_deref() == after => None,
        Some(value) => Some(Instead::Value(value)),
        None => Some(Instead::LeftOut),
    }
}

fn field_title(schema: &Schema, name: &str) -> String {
    let of = schema.field(name);
    let title = of.map(|field| field.label.as_deref().unwrap_or(&field.title).trim());
    match title {
        Some(title) if !title.is_empty() => title.to_owned(),
        _ => name.to_owned(),
    }
}

/// The text that people call a row by; empty where it has none.
fn row_title(schema: &Schema, cells: &BTreeMap<String, String>) -> String {
    let has_word = |name: &str, word: &str| {
        let mut parts = name.split('_');
        name == word || parts.next() == Some(word) || parts.next_back() == Some(word)
    };
    let names = || schema.fields.iter().map(|field| field.name.as_str());
    let named = NAMES
        .iter()
        .find_map(|word| names().find(|name| has_word(name, word)));
    let own = named.into_iter().chain(names());
    let mut texts = own.filter_map(|name| cells.get(name));
    texts
        .find(|text| !text.trim().is_empty())
        .cloned()
        .unwrap_or_default()
}

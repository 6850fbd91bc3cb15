//! A small dataset in memory for the tests of checking and merging, written as CSV.
//!
//! The first column numbers the rows: row `1` has the id that [`row_id`] makes of 1. Operations are written
//! `set 1 name=Anna`, `set 1 name` (take the cell away), `add name=Zoé`, `del 1`; a set or del ending in
//! ` @stale` has a base that no longer holds.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use serde_json::{Value, json};

use super::{CurrentRows, Dataset};
use crate::commit::OfferedOp;
use crate::ids::{DatasetUid, FieldName, Hash, RowId, Salt};
use crate::log::{CellState, Op, RowState, Rows};
use crate::matching::fold;
use crate::merge::Fresh;
use crate::schema::Schema;

pub(crate) struct Table {
    pub(crate) schema: Schema,
    pub(crate) rows: BTreeMap<RowId, RowState>,
    fields: Vec<FieldName>,
}

pub(crate) fn row_id(number: u32) -> RowId {
    let text = format!("00000000-0000-4000-8000-{number:012}");
    text.parse().expect("a UUID v4")
}

pub(crate) fn name(text: &str) -> FieldName {
    text.parse().expect("a field name")
}

const UID: &str = "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371";

impl Table {
    /// A table of this CSV; `definitions` gives fields that are not plain strings, and keys.
    pub(crate) fn new(csv: &str, definitions: Value) -> Self {
        let mut lines = csv.lines().map(|line| line.split(','));
        let header: Vec<&str> = lines.next().expect("a header").skip(1).collect();
        let mut document = definitions.clone();
        let fields: Vec<Value> = header
            .iter()
            .map(|header| {
                let mut field = definitions["fields"][header].clone();
                if field.is_null() {
                    field = json!({});
                }
                field["name"] = json!(header);
                field
            })
            .collect();
        document["fields"] = json!(fields);
        let mut table = Self {
            schema: Schema::parse(&document).expect("a schema"),
            rows: BTreeMap::new(),
            fields: header.iter().map(|h| name(h)).collect(),
        };
        for mut line in lines {
            let number: u32 = line.next().expect("a number").parse().expect("a number");
            let cells = table
                .fields
                .iter()
                .cloned()
                .zip(line.map(str::to_owned))
                .filter(|(_, value)| !value.is_empty());
            let salt = Salt([u8::try_from(number).expect("few rows"); 16]);
            let row = RowState::added(salt, cells.collect());
            table.rows.insert(row_id(number), row);
        }
        table
    }

    pub(crate) fn uid(&self) -> DatasetUid {
        UID.parse().expect("a uid")
    }

    pub(crate) fn dataset<'s>(&self, schema: &'s Schema) -> Dataset<'s> {
        Dataset {
            uid: self.uid(),
            schema,
        }
    }

    /// Operations from their short form, with the bases of the table as it is.
    pub(crate) fn ops(&self, text: &str) -> Vec<OfferedOp> {
        let lines = text.split(';').map(str::trim).filter(|l| !l.is_empty());
        lines
            .enumerate()
            .map(|(at, line)| self.op(at, line))
            .collect()
    }

    fn op(&self, at: usize, line: &str) -> OfferedOp {
        let (line, stale) = match line.strip_suffix(" @stale") {
            Some(line) => (line, true),
            None => (line, false),
        };
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        if verb == "add" {
            let cells = rest
                .split_whitespace()
                .filter_map(|pair| pair.split_once('='));
            return OfferedOp::Add {
                label: format!("_:{}", at + 1),
                cells: cells.map(|(f, v)| (name(f), v.to_owned())).collect(),
            };
        }
        let (number, change) = rest.split_once(' ').unwrap_or((rest, ""));
        let row = row_id(number.parse().expect("a row number"));
        let state = self.rows.get(&row);
        if verb == "del" {
            let held = state.map(|s| s.hash(self.uid(), row)).unwrap_or(Hash::ZERO);
            let row_base = if stale { Hash([9; 32]) } else { held };
            return OfferedOp::Del { row, row_base };
        }
        let (field, value) = match change.split_once('=') {
            Some((field, value)) => (name(field), Some(value.to_owned())),
            None => (name(change), None),
        };
        let held = state.and_then(|s| s.commitment(self.uid(), row, &field));
        let base = if stale { Some(Hash([9; 32])) } else { held };
        OfferedOp::Set {
            row,
            field,
            base,
            value,
        }
    }

    /// Forgets a value but not its commitment.
    pub(crate) fn erase(&mut self, number: u32, field: &str) {
        let (uid, row) = (self.uid(), row_id(number));
        let state = self.rows.get_mut(&row).expect("a row");
        let commitment = state.commitment(uid, row, &name(field)).expect("a cell");
        state.op_salt = None;
        state
            .cells
            .insert(name(field), CellState::Gone { commitment });
    }

    /// Puts operations into the table, as a reader of the log would.
    pub(crate) fn apply(&mut self, ops: &[Op]) {
        for op in ops {
            match op {
                Op::Set {
                    row, field, new, ..
                } => {
                    let state = self.rows.get_mut(row).expect("a row");
                    let opening = new.as_ref().and_then(|new| new.opening.clone());
                    match opening {
                        Some((salt, value)) => {
                            state
                                .cells
                                .insert(field.clone(), CellState::Held { value, salt });
                        }
                        None => {
                            state.cells.remove(field);
                        }
                    }
                }
                Op::Add { row, state, .. } => {
                    self.rows.insert(*row, state.clone());
                }
                Op::Del { row, .. } => {
                    self.rows.remove(row);
                }
            }
        }
    }

    /// The table as CSV; erased values are `?`.
    pub(crate) fn csv(&self) -> String {
        let header: Vec<&str> = self.fields.iter().map(FieldName::as_str).collect();
        let mut lines = vec![format!("id,{}", header.join(","))];
        for (row, state) in &self.rows {
            let id = row.to_string();
            let number = id[24..].trim_start_matches('0').to_owned();
            let cell = |field: &FieldName| match state.cells.get(field) {
                None => String::new(),
                Some(CellState::Held { value, .. }) => value.clone(),
                Some(CellState::Gone { .. }) => "?".to_owned(),
            };
            let cells: Vec<String> = self.fields.iter().map(cell).collect();
            lines.push(format!("{number},{}", cells.join(",")));
        }
        lines.join("\n")
    }
}

impl Rows for Table {
    type Error = Infallible;

    fn row(&mut self, row: RowId) -> Result<Option<RowState>, Infallible> {
        Ok(self.rows.get(&row).cloned())
    }
}

impl CurrentRows for Table {
    fn taken(
        &mut self,
        fields: &[FieldName],
        values: &[String],
        except: &BTreeSet<RowId>,
    ) -> Result<Option<RowId>, Infallible> {
        let holds = |state: &RowState| {
            let mut pairs = fields.iter().zip(values);
            pairs.all(|(f, v)| state.value(f.as_str()).is_some_and(|held| fold(held) == *v))
        };
        let other = |(row, state): &(&RowId, &RowState)| !except.contains(row) && holds(state);
        Ok(self.rows.iter().find(other).map(|(row, _)| *row))
    }
}

/// Fresh values that count: salts from 100, rows from 900.
pub(crate) fn with_fresh<T>(take: impl FnOnce(&mut Fresh<'_>) -> T) -> T {
    let (mut salts, mut rows) = (100_u8, 900);
    let mut salt = || {
        salts += 1;
        Salt([salts; 16])
    };
    let mut row = || {
        rows += 1;
        row_id(rows)
    };
    take(&mut Fresh {
        salt: &mut salt,
        row: &mut row,
    })
}

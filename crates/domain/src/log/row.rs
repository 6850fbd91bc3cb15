//! A row as the log holds it: values with their salts, or bare commitments where a value is gone.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Refusal;
use super::members::{A_FIELD, A_HASH, A_SALT, Members};
use crate::checks::Check;
use crate::commit;
use crate::ids::{DatasetUid, FieldName, Hash, RowId, Salt};

/// One cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellState {
    /// The value is held.
    Held {
        /// The value, exactly as received.
        value: String,
        /// The salt of its commitment.
        salt: Salt,
    },
    /// The value was erased, or has not reached us: only its commitment is known.
    Gone {
        /// The commitment.
        commitment: Hash,
    },
}

impl CellState {
    /// The cell's commitment: stored where the value is gone, recomputed where it is held.
    pub fn commitment(&self, uid: DatasetUid, row: RowId, field: &FieldName) -> Hash {
        self.commitment_by(&mut commit::Cells::new(uid, row), field)
    }

    fn commitment_by(&self, cells: &mut commit::Cells, field: &FieldName) -> Hash {
        match self {
            Self::Held { value, salt } => cells.cell(field, salt, value),
            Self::Gone { commitment } => *commitment,
        }
    }
}

/// A row: its cells, and the salt of the operation that added it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowState {
    /// The cells that exist.
    pub cells: BTreeMap<FieldName, CellState>,
    /// The salt of the add; `None` once anything in the row was redacted, since it yields the salts of
    /// all the fields that the add had.
    pub op_salt: Option<Salt>,
}

/// The parts that are written out for a row: values, salts that cannot be derived, and what is gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowParts {
    /// The values held.
    pub cells: BTreeMap<FieldName, String>,
    /// The salt of the add, if it is still kept.
    pub op_salt: Option<Salt>,
    /// Salts by field: of later sets only where `op_salt` is kept, else of every value.
    pub salts: BTreeMap<FieldName, Salt>,
    /// Commitments to values that are gone.
    pub gone: BTreeMap<FieldName, Hash>,
}

impl RowState {
    /// The row that an add makes.
    pub fn added(op_salt: Salt, cells: BTreeMap<FieldName, String>) -> Self {
        let held = |(field, value)| {
            let salt = commit::derived_salt(&op_salt, &field);
            (field, CellState::Held { value, salt })
        };
        Self {
            cells: cells.into_iter().map(held).collect(),
            op_salt: Some(op_salt),
        }
    }

    /// Puts a row together from the parts that are kept of it; refuses parts that do not fit: a value
    /// without a salt, a salt without a value, a field both present and gone, `gone` beside an op salt.
    pub fn from_parts(parts: RowParts) -> Result<Self, Refusal> {
        let RowParts {
            cells,
            op_salt,
            mut salts,
            gone,
        } = parts;
        if op_salt.is_some() && !gone.is_empty() && Check::RowParts.stands() {
            return Err(Refusal::SaltBesideSalts);
        }
        let held = |(field, value): (FieldName, String)| {
            let own = salts.remove(&field);
            let salt = own.or_else(|| op_salt.map(|salt| commit::derived_salt(&salt, &field)));
            let salt = salt.ok_or(Refusal::CellsDoNotFit)?;
            Ok((field, CellState::Held { value, salt }))
        };
        let cells: Result<BTreeMap<_, _>, Refusal> = cells.into_iter().map(held).collect();
        let mut cells = cells?;
        let all = cells.len() + gone.len();
        let gone = gone.into_iter();
        cells.extend(gone.map(|(field, commitment)| (field, CellState::Gone { commitment })));
        if (!salts.is_empty() || cells.len() != all) && Check::RowParts.stands() {
            return Err(Refusal::CellsDoNotFit);
        }
        Ok(Self { cells, op_salt })
    }

    /// The parts to keep or to serve. A row with anything gone shows every salt and no op salt.
    pub fn parts(&self) -> RowParts {
        let gone = |cell: &CellState| matches!(cell, CellState::Gone { .. });
        let op_salt = self.op_salt.filter(|_| !self.cells.values().any(gone));
        let mut parts = RowParts {
            op_salt,
            ..RowParts::default()
        };
        for (field, cell) in &self.cells {
            match cell {
                CellState::Held { value, salt } => {
                    parts.cells.insert(field.clone(), value.clone());
                    if op_salt.map(|it| commit::derived_salt(&it, field)) != Some(*salt) {
                        parts.salts.insert(field.clone(), *salt);
                    }
                }
                CellState::Gone { commitment } => {
                    parts.gone.insert(field.clone(), *commitment);
                }
            }
        }
        parts
    }

    /// The commitments of all cells, by field.
    pub fn commitments(&self, uid: DatasetUid, row: RowId) -> BTreeMap<FieldName, Hash> {
        let mut cells = commit::Cells::new(uid, row);
        self.cells
            .iter()
            .map(|(field, cell)| (field.clone(), cell.commitment_by(&mut cells, field)))
            .collect()
    }

    /// The commitment of one cell; `None` where there is no cell.
    pub fn commitment(&self, uid: DatasetUid, row: RowId, field: &FieldName) -> Option<Hash> {
        let cell = self.cells.get(field)?;
        Some(cell.commitment(uid, row, field))
    }

    /// The row hash.
    pub fn hash(&self, uid: DatasetUid, row: RowId) -> Hash {
        let mut cells = commit::Cells::new(uid, row);
        let commitments = self
            .cells
            .iter()
            .map(|(field, cell)| (field.as_str(), cell.commitment_by(&mut cells, field)));
        commit::row(uid, row, commitments)
    }

    /// The value of a cell, if the cell exists and its value is held.
    pub fn value(&self, field: &str) -> Option<&str> {
        match self.cells.get(field)? {
            CellState::Held { value, .. } => Some(value),
            CellState::Gone { .. } => None,
        }
    }

    /// The object that stands for a row in a snapshot (`protocol.md` §3.6).
    pub fn to_snapshot(&self) -> Value {
        let parts = self.parts();
        let mut row = Map::new();
        row.insert("cells".into(), json!(parts.cells));
        match parts.op_salt {
            Some(salt) => {
                row.insert("salt".into(), json!(salt));
                if !parts.salts.is_empty() {
                    row.insert("own".into(), json!(parts.salts));
                }
            }
            None => {
                row.insert("salts".into(), json!(parts.salts));
                if !parts.gone.is_empty() {
                    row.insert("gone".into(), json!(parts.gone));
                }
            }
        }
        Value::Object(row)
    }

    /// Reads the object that stands for a row in a snapshot.
    pub fn from_snapshot(value: &Value) -> Result<Self, Refusal> {
        let members = Members::of("row", value)?;
        if members.has("salt") && members.has("salts") {
            return Err(Refusal::SaltBesideSalts);
        }
        let whole = members.has("salt");
        if whole {
            members.only(&["cells", "salt"], &["own"])?;
        } else {
            members.only(&["cells", "salts"], &["gone"])?;
        }
        let salts = if whole { "own" } else { "salts" };
        let optional = |member: &'static str| -> Result<Option<&Map<String, Value>>, Refusal> {
            members
                .has(member)
                .then(|| members.object(member))
                .transpose()
        };
        Self::from_parts(RowParts {
            cells: fields(members.object("cells")?, text)?,
            op_salt: whole.then(|| members.salt("salt")).transpose()?,
            salts: fields(optional(salts)?.unwrap_or(&Map::new()), salt)?,
            gone: fields(optional("gone")?.unwrap_or(&Map::new()), hash)?,
        })
    }
}

/// Reads an object whose keys are field names.
pub(super) fn fields<T>(
    map: &Map<String, Value>,
    read: fn(&Value) -> Result<T, Refusal>,
) -> Result<BTreeMap<FieldName, T>, Refusal> {
    map.iter()
        .map(|(field, value)| Ok((field_name(field)?, read(value)?)))
        .collect()
}

pub(super) fn field_name(text: &str) -> Result<FieldName, Refusal> {
    text.parse().map_err(|_| wrong("field", A_FIELD))
}

pub(super) fn text(value: &Value) -> Result<String, Refusal> {
    let text = value.as_str().ok_or(wrong("value", "a text"))?;
    Ok(text.to_owned())
}

pub(super) fn salt(value: &Value) -> Result<Salt, Refusal> {
    let text = value.as_str().unwrap_or_default();
    text.parse().map_err(|_| wrong("salt", A_SALT))
}

pub(super) fn hash(value: &Value) -> Result<Hash, Refusal> {
    let text = value.as_str().unwrap_or_default();
    text.parse().map_err(|_| wrong("commitment", A_HASH))
}

fn wrong(member: &'static str, expected: &'static str) -> Refusal {
    Refusal::WrongForm {
        place: "row",
        member,
        expected,
    }
}

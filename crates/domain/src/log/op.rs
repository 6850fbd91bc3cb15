//! Operations of a body, whole or redacted (`protocol.md` §3.4).

use std::collections::BTreeMap;

use serde_json::Value;

use super::members::Members;
use super::row::{self, CellState, RowParts, RowState, fields};
use super::{Kind, Refusal};
use crate::checks::Check;
use crate::commit;
use crate::digest::{OfferedOp, is_label};
use crate::ids::{DatasetUid, FieldName, Hash, RowId, Salt};
use crate::json::Canon;

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Gives a cell another value, or takes it away.
    Set {
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
        /// The commitment before; `None` where there was no cell.
        base: Option<Hash>,
        /// The cell after; `None` takes it away.
        new: Option<NewCell>,
        /// The base that the offer named, where it differs; `Some(None)` is "no cell".
        seen: Option<Option<Hash>>,
    },
    /// Adds a row. Redacted once the op salt is gone.
    Add {
        /// The new row's id.
        row: RowId,
        /// Its cells.
        state: RowState,
        /// The name the offer used for it.
        label: Option<String>,
    },
    /// Deletes a row.
    Del {
        /// The row.
        row: RowId,
        /// Its hash before.
        row_base: Hash,
    },
}

/// What a set puts into a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCell {
    /// The commitment.
    pub commitment: Hash,
    /// Salt and value; `None` where redacted, withheld or missing.
    pub opening: Option<(Salt, String)>,
}

impl Op {
    /// A set by the origin: `new` is a fresh salt and the value, or `None` to take the cell away.
    pub fn set(
        uid: DatasetUid,
        row: RowId,
        field: FieldName,
        base: Option<Hash>,
        new: Option<(Salt, String)>,
    ) -> Self {
        let new = new.map(|(salt, value)| NewCell {
            commitment: commit::cell(uid, row, &field, &salt, &value),
            opening: Some((salt, value)),
        });
        Self::Set {
            row,
            field,
            base,
            new,
            seen: None,
        }
    }

    /// An add by the origin, with a fresh salt.
    pub fn add(
        row: RowId,
        salt: Salt,
        cells: BTreeMap<FieldName, String>,
        label: Option<String>,
    ) -> Self {
        Self::Add {
            row,
            state: RowState::added(salt, cells),
            label,
        }
    }

    /// A delete by the origin.
    pub fn del(row: RowId, row_base: Hash) -> Self {
        Self::Del { row, row_base }
    }

    /// The row that the operation touches.
    pub fn row(&self) -> RowId {
        match self {
            Self::Set { row, .. } | Self::Add { row, .. } | Self::Del { row, .. } => *row,
        }
    }

    /// True where every value that the operation commits to is there.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Set { new: Some(new), .. } => new.opening.is_some(),
            Self::Add { state, .. } => {
                let held = |cell: &CellState| matches!(cell, CellState::Held { .. });
                state.cells.values().all(held)
            }
            Self::Set { new: None, .. } | Self::Del { .. } => true,
        }
    }

    /// The operation as the offer had it; `None` where a value or a label is missing. The origin adds
    /// `_order` to new rows, so it is left out of an add when `order_was_added` (`protocol.md` §3.3).
    pub fn offered(&self, order_was_added: bool) -> Option<OfferedOp> {
        Some(match self {
            Self::Set {
                row,
                field,
                base,
                new,
                seen,
            } => OfferedOp::Set {
                row: *row,
                field: field.clone(),
                base: seen.unwrap_or(*base),
                value: match new {
                    Some(new) => Some(new.opening.as_ref()?.1.clone()),
                    None => None,
                },
            },
            Self::Add { state, label, .. } => {
                let mut cells = BTreeMap::new();
                for (field, cell) in &state.cells {
                    let CellState::Held { value, .. } = cell else {
                        return None;
                    };
                    if !(order_was_added && field.as_str() == "_order") {
                        cells.insert(field.clone(), value.clone());
                    }
                }
                OfferedOp::Add {
                    label: label.clone()?,
                    cells,
                }
            }
            Self::Del { row, row_base } => OfferedOp::Del {
                row: *row,
                row_base: *row_base,
            },
        })
    }

    /// Reads an operation of an entry of the given kind.
    pub fn parse(value: &Value, kind: &Kind) -> Result<Self, Refusal> {
        let members = Members::of("operation", value)?;
        let op = match members.text("op")? {
            "set" => read_set(members)?,
            "add" => read_add(members)?,
            "del" => {
                members.only(&["op", "row", "rowBase"], &[])?;
                Self::del(row_id(members)?, members.hash("rowBase")?)
            }
            other => {
                let name = other.chars().take(80).collect();
                return Err(Refusal::UnknownOperation(name));
            }
        };
        let patch = matches!(kind, Kind::Patch) || !Check::PatchMembers.stands();
        match &op {
            Self::Set { seen: Some(_), .. } if !patch => Err(Refusal::SeenOutsidePatch),
            Self::Add { label: Some(_), .. } if !patch => Err(Refusal::LabelOutsidePatch),
            _ => Ok(op),
        }
    }

    /// Writes the operation as canonical JSON; members stand in the order of their names.
    pub(super) fn write(&self, canon: &mut Canon) {
        match self {
            Self::Set {
                row,
                field,
                base,
                new,
                seen,
            } => {
                canon.raw("{\"base\":");
                canon.hash_or_null(base.as_ref());
                canon.raw(",\"field\":");
                canon.text(field.as_str());
                canon.raw(",\"new\":");
                canon.hash_or_null(new.as_ref().map(|new| &new.commitment));
                canon.raw(",\"op\":\"set\",\"row\":");
                canon.row_id(*row);
                let opening = new.as_ref().and_then(|new| new.opening.as_ref());
                if let Some((salt, _)) = opening {
                    canon.raw(",\"salt\":");
                    canon.salt(salt);
                }
                if let Some(seen) = seen {
                    canon.raw(",\"seen\":");
                    canon.hash_or_null(seen.as_ref());
                }
                if let Some((_, value)) = opening {
                    canon.raw(",\"value\":");
                    canon.text(value);
                }
                canon.raw("}");
            }
            Self::Add { row, state, label } => write_add(canon, *row, state, label.as_deref()),
            Self::Del { row, row_base } => {
                canon.raw("{\"op\":\"del\",\"row\":");
                canon.row_id(*row);
                canon.raw(",\"rowBase\":");
                canon.hash_text(row_base);
                canon.raw("}");
            }
        }
    }
}

fn row_id(members: Members<'_>) -> Result<RowId, Refusal> {
    members.parsed("row", "a lower-case UUID v4 or v7")
}

fn read_set(members: Members<'_>) -> Result<Op, Refusal> {
    members.only(
        &["op", "row", "field", "base", "new"],
        &["salt", "value", "seen"],
    )?;
    let opening = match (members.has("salt"), members.has("value")) {
        (false, false) => None,
        _ => Some((members.salt("salt")?, members.text("value")?.to_owned())),
    };
    let new = match (members.hash_or_null("new")?, opening) {
        (Some(commitment), opening) => Some(NewCell {
            commitment,
            opening,
        }),
        (None, None) => None,
        (None, Some(_)) => return members.wrong("new", "the commitment to the value beside it"),
    };
    Ok(Op::Set {
        row: row_id(members)?,
        field: members.field("field")?,
        base: members.hash_or_null("base")?,
        new,
        seen: members
            .has("seen")
            .then(|| members.hash_or_null("seen"))
            .transpose()?,
    })
}

fn read_add(members: Members<'_>) -> Result<Op, Refusal> {
    if members.has("salt") && members.has("salts") && Check::RowParts.stands() {
        return Err(Refusal::SaltBesideSalts);
    }
    let parts = if members.has("salts") {
        members.only(&["op", "row", "cells", "salts", "gone"], &["label"])?;
        let salts = fields(members.object("salts")?, row::salt)?;
        let gone = fields(members.object("gone")?, row::hash)?;
        RowParts {
            salts,
            gone,
            ..RowParts::default()
        }
    } else {
        members.only(&["op", "row", "salt", "cells"], &["label"])?;
        RowParts {
            op_salt: Some(members.salt("salt")?),
            ..RowParts::default()
        }
    };
    let label = members.has("label").then(|| members.text("label"));
    let label = label.transpose()?.map(str::to_owned);
    if !label.as_deref().is_none_or(is_label) {
        return members.wrong("label", "_: and 1 to 32 letters and digits");
    }
    Ok(Op::Add {
        row: row_id(members)?,
        state: RowState::from_parts(RowParts {
            cells: fields(members.object("cells")?, row::text)?,
            ..parts
        })?,
        label,
    })
}

fn write_add(canon: &mut Canon, row: RowId, state: &RowState, label: Option<&str>) {
    let held = || {
        state.cells.iter().filter_map(|(field, cell)| match cell {
            CellState::Held { value, salt } => Some((field, (value.as_str(), salt))),
            CellState::Gone { .. } => None,
        })
    };
    if let Some(salt) = &state.op_salt {
        let values = held().map(|(field, (value, _))| (field, value));
        return write_whole_add(canon, row, salt, values, label);
    }
    let gone = state.cells.iter().filter_map(|(field, cell)| match cell {
        CellState::Held { .. } => None,
        CellState::Gone { commitment } => Some((field, commitment)),
    });
    canon.raw("{\"cells\":");
    write_fields(canon, held(), |canon, (value, _)| canon.text(value));
    canon.raw(",\"gone\":");
    write_fields(canon, gone, |canon, commitment| canon.hash_text(commitment));
    write_label(canon, label);
    canon.raw(",\"op\":\"add\",\"row\":");
    canon.row_id(row);
    canon.raw(",\"salts\":");
    write_fields(canon, held(), |canon, (_, salt)| canon.salt(salt));
    canon.raw("}");
}

/// Writes an add of which nothing is gone; the cells stand in the order of their names.
pub(super) fn write_whole_add<'s>(
    canon: &mut Canon,
    row: RowId,
    salt: &Salt,
    cells: impl Iterator<Item = (&'s FieldName, &'s str)>,
    label: Option<&str>,
) {
    canon.raw("{\"cells\":");
    write_fields(canon, cells, Canon::text);
    write_label(canon, label);
    canon.raw(",\"op\":\"add\",\"row\":");
    canon.row_id(row);
    canon.raw(",\"salt\":");
    canon.salt(salt);
    canon.raw("}");
}

fn write_label(canon: &mut Canon, label: Option<&str>) {
    if let Some(label) = label {
        canon.raw(",\"label\":");
        canon.text(label);
    }
}

fn write_fields<'s, T>(
    canon: &mut Canon,
    fields: impl Iterator<Item = (&'s FieldName, T)>,
    write: fn(&mut Canon, T),
) {
    canon.raw("{");
    for (at, (field, item)) in fields.enumerate() {
        if at > 0 {
            canon.raw(",");
        }
        canon.text(field.as_str());
        canon.raw(":");
        write(canon, item);
    }
    canon.raw("}");
}

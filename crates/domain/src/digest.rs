//! What an offer proposes, operation by operation, and the digest that names it (`protocol.md` §3.2).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::ids::{DatasetUid, FieldName, Hash, RowId, Salt};
use crate::json;

/// One operation of an offer, before the origin has chosen salts and row ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferedOp {
    /// Gives a cell another value; `None` stands for "no cell".
    Set {
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
        /// The commitment that the proposer saw.
        base: Option<Hash>,
        /// The value proposed.
        value: Option<String>,
    },
    /// Adds a row.
    Add {
        /// The proposer's name for the row within the offer, such as `_:1`.
        label: String,
        /// Its cells.
        cells: BTreeMap<FieldName, String>,
    },
    /// Deletes a row.
    Del {
        /// The row.
        row: RowId,
        /// The row hash that the proposer saw.
        row_base: Hash,
    },
}

/// An offered operation that does not have the form of `protocol.md` §3.2; with what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an offered operation is malformed: {0}")]
pub struct OfferedOpProblem(String);

impl OfferedOp {
    /// The exact JSON that the digest covers.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Set {
                row,
                field,
                base,
                value,
            } => json!({"op": "set", "row": row, "field": field, "base": base, "value": value}),
            Self::Add { label, cells } => json!({"op": "add", "row": label, "cells": cells}),
            Self::Del { row, row_base } => json!({"op": "del", "row": row, "rowBase": row_base}),
        }
    }

    /// Reads an operation, refusing members it does not know.
    pub fn from_json(value: &Value) -> Result<Self, OfferedOpProblem> {
        let Some(map) = value.as_object() else {
            return Err(problem("it is no object"));
        };
        json::check(value).map_err(|error| OfferedOpProblem(error.to_string()))?;
        match text(map, "op")? {
            "set" => {
                only(map, &["op", "row", "field", "base", "value"])?;
                Ok(Self::Set {
                    row: parsed(map, "row")?,
                    field: parsed(map, "field")?,
                    base: nullable(map, "base", |_| parsed(map, "base"))?,
                    value: nullable(map, "value", |_| text(map, "value").map(str::to_owned))?,
                })
            }
            "add" => {
                only(map, &["op", "row", "cells"])?;
                let label = text(map, "row")?;
                if !is_label(label) {
                    return Err(problem("its row is no label such as _:1"));
                }
                Ok(Self::Add {
                    label: label.to_owned(),
                    cells: cells(map)?,
                })
            }
            "del" => {
                only(map, &["op", "row", "rowBase"])?;
                Ok(Self::Del {
                    row: parsed(map, "row")?,
                    row_base: parsed(map, "rowBase")?,
                })
            }
            other => Err(OfferedOpProblem(format!("{other:?} is no operation"))),
        }
    }
}

impl OfferedOp {
    /// True where both are about one cell, one new row or one row that goes, whatever they make of it.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Set { row, field, .. },
                Self::Set {
                    row: other_row,
                    field: other_field,
                    ..
                },
            ) => row == other_row && field == other_field,
            (Self::Add { label, .. }, Self::Add { label: other, .. }) => label == other,
            (Self::Del { row, .. }, Self::Del { row: other, .. }) => row == other,
            _ => false,
        }
    }
}

/// True where `amended` is what a moderator may make of an offer: its operations in their order, some left out but not all,
/// with other values. Whatever is about another cell or row would be a proposal of the moderator's own.
pub fn corrects(offered: &[OfferedOp], amended: &[OfferedOp]) -> bool {
    let mut rest = offered.iter();
    !amended.is_empty()
        && amended
            .iter()
            .all(|op| rest.any(|offered| offered.is_about_the_same(op)))
}

/// The digest of an offer: what is idempotent, reviewed and decided.
pub fn offer_digest(nonce: &Salt, uid: DatasetUid, schema: &Hash, ops: &[OfferedOp]) -> Hash {
    let ops: Vec<Value> = ops.iter().map(OfferedOp::to_json).collect();
    json::hash(&json!(["rustine1/patch", nonce, uid, schema, ops]))
}

/// True for `_:` and 1 to 32 ASCII letters and digits.
pub fn is_label(text: &str) -> bool {
    text.strip_prefix("_:").is_some_and(|name| {
        (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

fn problem(text: &str) -> OfferedOpProblem {
    OfferedOpProblem(text.to_owned())
}

fn only(map: &Map<String, Value>, members: &[&str]) -> Result<(), OfferedOpProblem> {
    if let Some(unknown) = map.keys().find(|key| !members.contains(&key.as_str())) {
        return Err(OfferedOpProblem(format!("{unknown:?} is not known")));
    }
    match members.iter().find(|member| !map.contains_key(**member)) {
        Some(missing) => Err(OfferedOpProblem(format!("{missing} is missing"))),
        None => Ok(()),
    }
}

fn text<'m>(map: &'m Map<String, Value>, member: &str) -> Result<&'m str, OfferedOpProblem> {
    map.get(member)
        .and_then(Value::as_str)
        .ok_or_else(|| OfferedOpProblem(format!("{member} is no text")))
}

fn parsed<T: std::str::FromStr<Err = crate::ids::InvalidId>>(
    map: &Map<String, Value>,
    member: &str,
) -> Result<T, OfferedOpProblem> {
    text(map, member)?
        .parse()
        .map_err(|error| OfferedOpProblem(format!("{member}: {error}")))
}

fn nullable<T>(
    map: &Map<String, Value>,
    member: &str,
    read: impl FnOnce(&Value) -> Result<T, OfferedOpProblem>,
) -> Result<Option<T>, OfferedOpProblem> {
    match map.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value).map(Some),
    }
}

fn cells(map: &Map<String, Value>) -> Result<BTreeMap<FieldName, String>, OfferedOpProblem> {
    let Some(cells) = map.get("cells").and_then(Value::as_object) else {
        return Err(problem("its cells are no object"));
    };
    cells
        .iter()
        .map(|(field, value)| {
            let field = field
                .parse()
                .map_err(|error| OfferedOpProblem(format!("{error}")))?;
            let value = value
                .as_str()
                .ok_or_else(|| problem("a value is no text"))?;
            Ok((field, value.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "15aafc3d-bb02-40fa-a635-820df82cbaf9";

    #[test]
    fn an_operation_reads_back_as_it_was_written() {
        let ops = [
            OfferedOp::Set {
                row: ROW.parse().unwrap(),
                field: "nom".parse().unwrap(),
                base: Some(Hash([1; 32])),
                value: None,
            },
            OfferedOp::Add {
                label: "_:1".into(),
                cells: BTreeMap::from([("nom".parse().unwrap(), String::new())]),
            },
            OfferedOp::Del {
                row: ROW.parse().unwrap(),
                row_base: Hash([2; 32]),
            },
        ];
        for op in ops {
            assert_eq!(OfferedOp::from_json(&op.to_json()), Ok(op));
        }
    }

    #[test]
    fn malformed_operations_are_refused() {
        let hash = Hash::ZERO.to_string();
        for bad in [
            json!([]),
            json!({"op": "set", "row": ROW, "field": "nom", "base": null}),
            json!({"op": "set", "row": ROW, "field": "nom", "base": null, "value": 1}),
            json!({"op": "set", "row": ROW, "field": "nom", "base": null, "value": "a\0"}),
            json!({"op": "set", "row": ROW, "field": "Nom", "base": null, "value": "a"}),
            json!({"op": "set", "row": ROW, "field": "nom", "base": null, "value": "a", "salt": "x"}),
            json!({"op": "add", "row": ROW, "cells": {}}),
            json!({"op": "add", "row": "_:é", "cells": {}}),
            json!({"op": "add", "row": "_:1", "cells": {"nom": null}}),
            json!({"op": "add", "row": "_:1"}),
            json!({"op": "del", "row": ROW}),
            json!({"op": "del", "row": ROW, "rowBase": format!("{hash}=")}),
            json!({"op": "drop", "row": ROW}),
        ] {
            assert!(OfferedOp::from_json(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_label_is_short_and_plain() {
        for good in ["_:1", "_:Row9"] {
            assert!(is_label(good), "{good}");
        }
        for bad in ["_:", "1", "_:a-b", "_:é", &format!("_:{}", "a".repeat(33))] {
            assert!(!is_label(bad), "{bad}");
        }
    }
}

//! Unique and foreign keys in which the cells of a patch take part.

use std::collections::BTreeSet;

use super::CurrentRows;
use super::outcome::{Outcomes, RowOutcome};
use crate::ids::{FieldName, RowId};
use crate::problem::{Code, Place, Problem};
use crate::schema::Schema;

/// A key that a row of the patch would share with another row.
pub(crate) struct Collision {
    /// The operation that brings the key.
    pub(crate) op: usize,
    place: Place,
    fields: Vec<FieldName>,
    titles: String,
    values: String,
    other: Option<RowId>,
}

impl Collision {
    /// As something wrong with the patch; `args["other"]` is the row that has the key, so that it can be linked.
    pub(crate) fn as_problem(&self) -> Problem {
        self.told(if self.fields.len() == 1 {
            Code::Unique
        } else {
            Code::UniqueKey
        })
    }
    /// As something that happened while the patch waited.
    pub(crate) fn as_conflict(&self) -> Problem {
        self.told(Code::KeyTaken)
    }
    fn told(&self, code: Code) -> Problem {
        let problem = Problem::new(code)
            .about(&self.fields[0], &self.titles)
            .with("value", &self.values)
            .at(self.place.clone());
        match self.other {
            Some(row) => problem.with("other", row),
            None => problem,
        }
    }
}

/// Every unique key that the patch would give to a second row. A row that keeps its key, however bad, and a
/// key with a missing value collide with nothing.
pub(crate) fn collisions<C: CurrentRows>(
    schema: &Schema,
    outcomes: &Outcomes,
    current: &mut C,
) -> Result<Vec<Collision>, C::Error> {
    let mut found = Vec::new();
    for fields in schema.keys() {
        let moved = moved_rows(outcomes, &fields);
        let keyed: Vec<(&RowOutcome, Vec<String>)> = outcomes
            .rows
            .iter()
            .filter(|row| !row.deleted && row.touches(&fields))
            .filter_map(|row| Some((row, row.key(schema, &fields)?)))
            .collect();
        for (row, key) in &keyed {
            if row.key_before(schema, &fields).as_ref() == Some(key) {
                continue;
            }
            let shared = keyed.iter().filter(|(_, other)| other == key).count() > 1;
            let other = current.taken(&fields, key, &moved)?;
            if shared || other.is_some() {
                let collision = collision(schema, row, fields.clone());
                found.push(Collision { other, ..collision });
            }
        }
    }
    Ok(found)
}

/// Self-references of the patch that point to no row. References to other tables are kept by the schema and
/// checked by whoever holds that table.
pub(super) fn dangling<C: CurrentRows>(
    schema: &Schema,
    outcomes: &Outcomes,
    current: &mut C,
) -> Result<Vec<Problem>, C::Error> {
    let mut found = Vec::new();
    let own = schema.foreign_keys.iter().filter(|k| k.resource.is_none());
    for key in own {
        let references: Option<Vec<FieldName>> = key
            .references
            .iter()
            .map(|name| name.parse().ok())
            .collect();
        let Some(references) = references else {
            continue;
        };
        let moved = moved_rows(outcomes, &references);
        for row in &outcomes.rows {
            if row.deleted || !row.touches(&key.fields) {
                continue;
            }
            let Some(values) = row.key(schema, &key.fields) else {
                continue;
            };
            let brought = outcomes.rows.iter().any(|other| {
                !other.deleted && other.key(schema, &references).as_ref() == Some(&values)
            });
            if !brought && current.taken(&references, &values, &moved)?.is_none() {
                let problem = collision(schema, row, key.fields.clone()).told(Code::ForeignKey);
                found.push(problem);
            }
        }
    }
    Ok(found)
}

/// Rows whose stored key no longer counts, because the patch changes or deletes it.
fn moved_rows(outcomes: &Outcomes, fields: &[FieldName]) -> BTreeSet<RowId> {
    outcomes
        .rows
        .iter()
        .filter(|row| row.deleted || row.touches(fields))
        .filter_map(RowOutcome::row_id)
        .collect()
}

fn collision(schema: &Schema, row: &RowOutcome, fields: Vec<FieldName>) -> Collision {
    let title = |name: &FieldName| {
        let field = schema.field(name.as_str());
        field.map_or_else(|| name.to_string(), |f| f.shown_name().to_owned())
    };
    let titles: Vec<String> = fields.iter().map(title).collect();
    let values: Vec<&str> = fields.iter().filter_map(|name| row.value(name)).collect();
    Collision {
        op: row.op,
        place: row.place.clone(),
        other: None,
        titles: titles.join(" + "),
        values: values.join(" + "),
        fields,
    }
}

//! Whether a patch fits a dataset: its constraints, its keys, and what its cells hold by now.
//!
//! Only the cells that a patch sets are checked: an old bad cell never blocks the correction of another, and
//! a cell that the patch leaves as it is counts as not set (`protocol.md` §4). The same is asked at submission,
//! shown at review, and asked again in the transaction that decides.

mod cells;
mod keys;
mod outcome;
mod scan;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::commit::OfferedOp;
use crate::ids::{DatasetUid, FieldName, Hash, RowId};
use crate::log::Rows;
use crate::patch::form_problems;
use crate::problem::{Code, Problem};
use crate::schema::Schema;

pub(crate) use self::keys::collisions;
pub(crate) use self::outcome::{Fit, Outcomes};
pub use self::scan::Scan;

/// The dataset that a patch is for.
#[derive(Debug, Clone, Copy)]
pub struct Dataset<'a> {
    /// Its uid, which every commitment covers.
    pub uid: DatasetUid,
    /// Its schema now.
    pub schema: &'a Schema,
}

/// The rows of the dataset as they are now, and who holds a key.
pub trait CurrentRows: Rows {
    /// The row, other than `except`, whose `fields` hold `values`. The values are folded by
    /// [`crate::matching::fold`], and so must be what they are compared with.
    fn taken(
        &mut self,
        fields: &[FieldName],
        values: &[String],
        except: &BTreeSet<RowId>,
    ) -> Result<Option<RowId>, Self::Error>;
}

/// Something that changed under a patch since it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The place of the operation in the patch, from 0.
    pub op: usize,
    /// What the cell or row holds now: the base of a rebased operation. `None` where nothing is held.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub held: Option<Hash>,
    /// Row, field and sentence.
    pub problem: Problem,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// What is wrong with the patch: it cannot be applied as it is.
    pub problems: Vec<Problem>,
    /// What changed meanwhile: it must be rebased.
    pub conflicts: Vec<Conflict>,
    /// The operations, by their place from 0, whose value is there already.
    pub noops: Vec<usize>,
}

impl Report {
    /// True where the patch could be applied now.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.conflicts.is_empty()
    }
}

/// Checks a patch against the dataset as it is now. Fails only where rows cannot be read.
pub fn check<C: CurrentRows>(
    dataset: Dataset<'_>,
    ops: &[OfferedOp],
    current: &mut C,
) -> Result<Report, C::Error> {
    let mut problems = form_problems(ops);
    if problems.iter().any(|p| p.code == Code::TooManyOperations) {
        return Ok(Report {
            problems,
            ..Report::default()
        });
    }
    let outcomes = Outcomes::of(dataset, ops, current)?;
    problems.extend(cells::problems(dataset.schema, ops, &outcomes));
    for collision in keys::collisions(dataset.schema, &outcomes, current)? {
        problems.push(collision.as_problem());
    }
    problems.extend(keys::dangling(dataset.schema, &outcomes, current)?);
    Ok(Report {
        problems,
        conflicts: outcomes.conflicts(dataset, ops),
        noops: outcomes.noops(),
    })
}

/// Conflicts of a pending patch that was made for an older schema: it goes on only if every field it touches
/// is still defined identically (`protocol.md` §4).
pub fn schema_conflicts(made_for: &Schema, now: &Schema, ops: &[OfferedOp]) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for (at, op) in ops.iter().enumerate() {
        let fields: Vec<FieldName> = match op {
            OfferedOp::Set { field, .. } => vec![field.clone()],
            OfferedOp::Add { cells, .. } => cells.keys().cloned().collect(),
            OfferedOp::Del { .. } => Vec::new(),
        };
        for field in made_for.changed_fields(now, fields) {
            let title = made_for
                .field(field.as_str())
                .map_or("", |f| f.shown_name());
            let problem = Problem::new(Code::FieldChanged)
                .about(&field, title)
                .with("value", &field)
                .at(crate::patch::place(op));
            conflicts.push(Conflict {
                op: at,
                held: None,
                problem,
            });
        }
    }
    conflicts
}

#[cfg(test)]
pub(crate) mod table;
#[cfg(test)]
mod tests;

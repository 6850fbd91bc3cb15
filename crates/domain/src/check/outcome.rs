//! What a patch would make of the rows it touches, compared with what they hold (`protocol.md` §4).

use std::collections::BTreeMap;

use super::{Conflict, Dataset};
use crate::cell::TypedValue;
use crate::commit::OfferedOp;
use crate::ids::{FieldName, Hash, RowId};
use crate::log::{CellState, RowState, Rows};
use crate::matching::fold;
use crate::patch::place;
use crate::problem::{Code, Place, Problem};
use crate::schema::Schema;

/// How one operation fits what the dataset holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The base holds, or nothing was there to compare: it applies.
    Applies,
    /// The value is there already.
    Noop,
    /// The row is absent.
    RowGone,
    /// The cell or row holds something else than the proposer saw.
    Changed(Option<Hash>),
}

/// The operations of a patch with the rows they touch.
pub(crate) struct Outcomes {
    fits: Vec<Fit>,
    held: BTreeMap<RowId, Option<RowState>>,
    /// What becomes of each touched row, in the order of the patch.
    pub(super) rows: Vec<RowOutcome>,
}

/// One row as the patch would leave it.
pub(super) struct RowOutcome {
    pub(super) place: Place,
    /// The first operation that touches it.
    pub(super) op: usize,
    before: Option<RowState>,
    /// The cells set or added; those left as they are do not count.
    pub(super) sets: BTreeMap<FieldName, Option<String>>,
    pub(super) deleted: bool,
}

impl Outcomes {
    pub(crate) fn of<R: Rows>(
        dataset: Dataset<'_>,
        ops: &[OfferedOp],
        current: &mut R,
    ) -> Result<Self, R::Error> {
        let mut ids: Vec<RowId> = ops.iter().filter_map(row_of).collect();
        ids.sort_unstable();
        ids.dedup();
        let states = current.rows(&ids)?;
        let held: BTreeMap<RowId, Option<RowState>> = ids.into_iter().zip(states).collect();
        let mut outcomes = Self {
            fits: Vec::new(),
            held,
            rows: Vec::new(),
        };
        for (at, op) in ops.iter().enumerate() {
            let fit = fit(dataset, op, &outcomes);
            outcomes.fits.push(fit);
            outcomes.take(at, op, fit);
        }
        Ok(outcomes)
    }

    /// The row as it is held now.
    pub(crate) fn held(&self, row: RowId) -> Option<&RowState> {
        self.held.get(&row)?.as_ref()
    }

    /// How each operation fits, in the order of the patch.
    pub(crate) fn fits(&self) -> &[Fit] {
        &self.fits
    }

    pub(super) fn noops(&self) -> Vec<usize> {
        let noop = |(at, fit): (usize, &Fit)| (*fit == Fit::Noop).then_some(at);
        self.fits.iter().enumerate().filter_map(noop).collect()
    }

    pub(crate) fn conflicts(&self, dataset: Dataset<'_>, ops: &[OfferedOp]) -> Vec<Conflict> {
        let conflict = |(at, (fit, op)): (usize, (&Fit, &OfferedOp))| {
            let (code, held) = match (fit, op) {
                (Fit::Applies | Fit::Noop, _) => return None,
                (Fit::RowGone, _) => (Code::RowGone, None),
                (Fit::Changed(held), OfferedOp::Del { .. }) => (Code::RowChanged, *held),
                (Fit::Changed(held), _) => (Code::CellChanged, *held),
            };
            Some(Conflict {
                op: at,
                held,
                problem: told(dataset.schema, code, op),
            })
        };
        let fitted = self.fits.iter().zip(ops);
        fitted.enumerate().filter_map(conflict).collect()
    }

    fn take(&mut self, at: usize, op: &OfferedOp, fit: Fit) {
        let place = place(op);
        let index = match self.rows.iter().position(|row| row.place == place) {
            Some(index) => index,
            None => {
                let before = row_of(op).and_then(|row| self.held(row)).cloned();
                self.rows.push(RowOutcome {
                    place,
                    op: at,
                    before,
                    sets: BTreeMap::new(),
                    deleted: false,
                });
                self.rows.len() - 1
            }
        };
        let row = &mut self.rows[index];
        match op {
            OfferedOp::Set { .. } if fit == Fit::Noop => {}
            OfferedOp::Set { field, value, .. } => {
                row.sets.insert(field.clone(), value.clone());
            }
            OfferedOp::Add { cells, .. } => {
                let added = cells.iter().map(|(f, v)| (f.clone(), Some(v.clone())));
                row.sets.extend(added);
            }
            OfferedOp::Del { .. } => row.deleted = true,
        }
    }
}

impl RowOutcome {
    pub(super) fn is_added(&self) -> bool {
        matches!(self.place, Place::Label(_))
    }
    pub(super) fn row_id(&self) -> Option<RowId> {
        match self.place {
            Place::Row(row) => Some(row),
            Place::Line(_) | Place::Label(_) => None,
        }
    }
    /// The value of a cell once the patch is applied.
    pub(super) fn value(&self, field: &FieldName) -> Option<&str> {
        match self.sets.get(field) {
            Some(value) => value.as_deref(),
            None => self.before.as_ref()?.value(field.as_str()),
        }
    }
    /// True where the patch touches one of the fields.
    pub(super) fn touches(&self, fields: &[FieldName]) -> bool {
        self.is_added() || fields.iter().any(|field| self.sets.contains_key(field))
    }
    /// The folded values of some fields after the patch; `None` where one is missing or unknown, because a key
    /// with a hole in it is no key.
    pub(super) fn key(&self, schema: &Schema, fields: &[FieldName]) -> Option<Vec<String>> {
        fields
            .iter()
            .map(|field| folded(schema, field, self.value(field)?))
            .collect()
    }
    /// The same before the patch.
    pub(super) fn key_before(&self, schema: &Schema, fields: &[FieldName]) -> Option<Vec<String>> {
        let before = self.before.as_ref()?;
        fields
            .iter()
            .map(|field| folded(schema, field, before.value(field.as_str())?))
            .collect()
    }
}

fn folded(schema: &Schema, field: &FieldName, value: &str) -> Option<String> {
    let missing = match schema.field(field.as_str()) {
        Some(field) => field.is_missing(value),
        None => value.is_empty(),
    };
    (!missing).then(|| fold(value))
}

fn row_of(op: &OfferedOp) -> Option<RowId> {
    match op {
        OfferedOp::Set { row, .. } | OfferedOp::Del { row, .. } => Some(*row),
        OfferedOp::Add { .. } => None,
    }
}

/// Compare-and-swap on the commitment that the proposer saw.
fn fit(dataset: Dataset<'_>, op: &OfferedOp, outcomes: &Outcomes) -> Fit {
    match op {
        OfferedOp::Add { .. } => Fit::Applies,
        OfferedOp::Del { row, row_base } => match outcomes.held(*row) {
            None => Fit::RowGone,
            Some(state) => {
                let held = state.hash(dataset.uid, *row);
                if held == *row_base {
                    Fit::Applies
                } else {
                    Fit::Changed(Some(held))
                }
            }
        },
        OfferedOp::Set {
            row,
            field,
            base,
            value,
        } => {
            let Some(state) = outcomes.held(*row) else {
                return Fit::RowGone;
            };
            let same = match (state.cells.get(field), value) {
                (None, None) => true,
                (Some(CellState::Held { value: held, .. }), Some(value)) => held == value,
                _ => false,
            };
            let held = state.commitment(dataset.uid, *row, field);
            if same {
                Fit::Noop
            } else if held == *base {
                Fit::Applies
            } else {
                Fit::Changed(held)
            }
        }
    }
}

/// A problem about an operation: its row, its field by the name people know, the value proposed.
pub(super) fn told(schema: &Schema, code: Code, op: &OfferedOp) -> Problem {
    let problem = Problem::new(code).at(place(op));
    match op {
        OfferedOp::Set {
            row, field, value, ..
        } => {
            let title = schema.field(field.as_str()).map_or("", |f| f.shown_name());
            let shown = match (code, value) {
                (Code::RowGone, _) => row.to_string(),
                (_, value) => value.clone().unwrap_or_default(),
            };
            problem.about(field, title).with("value", shown)
        }
        OfferedOp::Add { label, .. } => problem.with("value", label),
        OfferedOp::Del { row, .. } => problem.with("value", row),
    }
}

/// True for a reading that is a value.
pub(super) fn is_value(typed: &TypedValue) -> bool {
    *typed != TypedValue::Missing
}

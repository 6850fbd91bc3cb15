//! The form of corrections: each operation with its values, and whether it is applied at all.

use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::FieldName;

use super::{Again, Opened, input_name, left_out};
use crate::fields::{self, name_of};
use crate::pages::review::{Heading, Part};
use crate::reading;
use crate::view::change::ChangeKind;
use crate::view::input::Input;
use crate::visit::Visit;

impl Opened {
    /// The operations as a moderator may correct them; none where there is nothing to correct and nothing to leave.
    pub(super) fn parts(&self, visit: &Visit, again: &Again) -> Vec<Part> {
        let several = self.read.ops.len() > 1;
        let left_out = left_out(&again.form);
        let mut last = None;
        let mut parts = Vec::new();
        for (place, op) in self.read.ops.iter().enumerate() {
            let heading = self.heading(op);
            let (leave_key, about) = self.leaving(op);
            let part = Part {
                place,
                heading: (last.as_ref() != Some(&heading)).then(|| heading.clone()),
                inputs: self.inputs(visit, again, place, op),
                optional: several,
                left_out: left_out.contains(&place),
                leave_key,
                about,
            };
            // Two new rows are two headings, though both say the same.
            last = heading.row.is_some().then_some(heading);
            if part.optional || !part.inputs.is_empty() {
                parts.push(part);
            }
        }
        parts
    }

    fn heading(&self, op: &OfferedOp) -> Heading {
        let (kind, row) = match op {
            OfferedOp::Set { row, .. } => (ChangeKind::Set, Some(*row)),
            OfferedOp::Del { row, .. } => (ChangeKind::Del, Some(*row)),
            OfferedOp::Add { .. } => (ChangeKind::Add, None),
        };
        let row = row.map(|row| {
            let held = self.read.rows.get(&row).map(|held| held.cells.clone());
            let cells = held.unwrap_or_default();
            reading::row_link(&self.dataset, &self.schema, row, &cells)
        });
        Heading {
            key: kind.proposed_key(),
            row,
        }
    }

    /// Key of the words beside the box, and what they are about.
    fn leaving(&self, op: &OfferedOp) -> (&'static str, String) {
        match op {
            OfferedOp::Set { field, .. } => {
                let known = self.schema.field(field.as_str());
                let title = known.map_or_else(|| field.to_string(), name_of);
                ("leave-out-set", title)
            }
            OfferedOp::Add { .. } => ("leave-out-add", String::new()),
            OfferedOp::Del { .. } => ("leave-out-del", String::new()),
        }
    }

    fn inputs(&self, visit: &Visit, again: &Again, place: usize, op: &OfferedOp) -> Vec<Input> {
        let input = |name: &FieldName, offered: &str| {
            let field = self.schema.field(name.as_str())?;
            let key = input_name(place, name);
            let typed = again.amending.then(|| again.form.cell_named(&key, field));
            let text = typed.unwrap_or_else(|| offered.to_owned());
            let made = fields::input(&self.schema, field, &text, visit.page.lang);
            Some(Input {
                name: key,
                error: again.refused.errors.get(name).cloned(),
                ..made
            })
        };
        match op {
            OfferedOp::Set { field, value, .. } => {
                input(field, value.as_deref().unwrap_or_default())
                    .into_iter()
                    .collect()
            }
            OfferedOp::Add { cells, .. } => cells
                .iter()
                .filter_map(|(name, text)| input(name, text))
                .collect(),
            OfferedOp::Del { .. } => Vec::new(),
        }
    }
}

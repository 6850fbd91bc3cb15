//! What a moderator sees beside the change itself: how far something moves, who sent it, who looks after it, what the
//! others noted, and what comes next.

use rustine_app::log::place::place_of;
use rustine_app::patches::care::{Problem, moderators};
use rustine_app::patches::expire::expires_at;
use rustine_app::patches::sender;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::RowId;
use rustine_store::{CareRecord, SenderRecord, StoreError, Tx};

use super::Opened;
use crate::pages::moderation::filters::problem_key;
use crate::pages::moderation::queue::Queue;
use crate::pages::review::{Beside, Known, Note};
use crate::reading;
use crate::view::shift::Shift;
use crate::view::{Choice, Standing};
use crate::visit::Visit;

impl Opened {
    /// Reads it in the transaction in which the proposal was read.
    pub(super) fn read_beside(&mut self, visit: &Visit, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let care = tx.find_care(self.patch.id)?;
        let datasets = reading::list(tx, visit.person.as_ref())?;
        let queue = Queue::asked(visit, tx, &datasets)?;
        let href = |id: Option<rustine_domain::ids::PatchId>| {
            id.map(|id| queue.href(&format!("/moderation/{id}"), &[]))
        };
        let known = sender::known(&visit.app, tx, &self.patch)?;
        let status = Standing::find(&self.patch.status).unwrap_or(Standing::Pending);
        let ours = self.dataset.is_local() && self.patch.direction == "in";
        let undone_by = tx.find_undoing(self.patch.id)?;
        let applied = matches!(status, Standing::Accepted | Standing::Amended);
        self.beside = Beside {
            shifts: self.shifts(),
            person: known.person.map(|record| self.known(&record, status)),
            instance: known.instance.map(|record| self.known(&record, status)),
            reported_key: care
                .problem
                .as_deref()
                .and_then(Problem::find)
                .map(problem_key),
            expires: (ours && status.is_open()).then(|| expires_at(&visit.app, self.patch.created)),
            assignee: assignee(tx, &care)?,
            hands: hands(visit, tx, &care, self.dataset.id)?,
            mine: care.assignee.is_some()
                && care.assignee == visit.person.as_ref().map(|person| person.id),
            notes: notes(tx, &self.patch.id)?,
            undoes: care.undoes.map(|id| id.to_string()),
            undone_by: undone_by.map(|id| id.to_string()),
            undoable: ours && applied && undone_by.is_none(),
            burst: care.burst.filter(|_| status.is_open()),
            previous: href(queue.previous(tx, &self.patch)?),
            next: href(queue.next(tx, &self.patch)?),
            queue: queue.href("/moderation", &[]),
            query: queue.href("", &[]),
        };
        Ok(())
    }

    /// This proposal does not count among the sender's earlier ones.
    fn known(&self, record: &SenderRecord, status: Standing) -> Known {
        let own = |statuses: &[Standing]| i64::from(statuses.contains(&status));
        let accepted = record.accepted - own(&[Standing::Accepted, Standing::Amended]);
        let refused = record.refused - own(&[Standing::Refused]);
        let decided = accepted + refused > 0;
        Known {
            accepted,
            refused,
            first: record
                .first
                .filter(|first| decided || *first < self.patch.created),
        }
    }

    /// The rows that move on the map.
    fn shifts(&self) -> Vec<Shift> {
        if !Standing::find(&self.patch.status).is_some_and(|status| status.is_open()) {
            // The rows are no longer as they were before.
            return Vec::new();
        }
        let rows = self.read.rows.iter();
        rows.filter_map(|(id, row)| {
            let before = place_of(&self.schema, |field| {
                row.cells.get(field).map(String::as_str)
            })?;
            let after = place_of(&self.schema, |field| self.after(*id, field))?;
            let link = reading::row_link(&self.dataset, &self.schema, *id, &row.cells);
            Shift::between(link, before, after)
        })
        .collect()
    }

    /// What a cell would hold.
    fn after(&self, id: RowId, name: &str) -> Option<&str> {
        let mut ops = self.read.ops.iter();
        let set = ops.find_map(|op| match op {
            OfferedOp::Set {
                row, field, value, ..
            } if *row == id && field.as_str() == name => Some(value.as_deref()),
            _ => None,
        });
        set.unwrap_or_else(|| {
            let row = self.read.rows.get(&id)?;
            row.cells.get(name).map(String::as_str)
        })
    }
}

fn assignee(tx: &mut Tx<'_>, care: &CareRecord) -> Result<Option<String>, StoreError> {
    match care.assignee {
        Some(id) => Ok(tx.find_user(id)?.map(|user| user.name)),
        None => Ok(None),
    }
}

/// To whom the proposal may be handed over.
fn hands(
    visit: &Visit,
    tx: &mut Tx<'_>,
    care: &CareRecord,
    dataset: i64,
) -> Result<Vec<Choice>, StoreError> {
    let own = visit.person.as_ref().map(|person| person.id);
    let all = moderators(&visit.app, tx, Some(dataset))?.into_iter();
    Ok(all
        .filter(|user| Some(user.id) != own && Some(user.id) != care.assignee)
        .map(|user| Choice::plain(&user.name, false))
        .collect())
}

fn notes(tx: &mut Tx<'_>, patch: &rustine_domain::ids::PatchId) -> Result<Vec<Note>, StoreError> {
    let records = tx.list_patch_notes(*patch)?;
    let mut notes = Vec::with_capacity(records.len());
    for record in records {
        let author = match record.author {
            Some(id) => tx.find_user(id)?.map(|user| user.name),
            None => None,
        };
        notes.push(Note {
            author,
            at: record.created,
            text: record.content,
        });
    }
    Ok(notes)
}

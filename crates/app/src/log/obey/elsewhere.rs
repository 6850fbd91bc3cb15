//! Erasing values outside of the log: from proposals, and from activities that wait to be sent or worked off
//! (`protocol.md` §3.5).

use std::collections::{BTreeMap, BTreeSet};

use rustine_domain::ids::{FieldName, RowId};
use rustine_domain::patch::Status;
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};
use serde_json::Value;

use crate::App;
use crate::patches::{IN, answers};

/// Texts shorter than this are not looked for in free text, where they would stand by chance.
const SHORTEST_IN_TEXT: usize = 4;
/// What the proposer of a waiting proposal is told.
const REASON: &str =
    "une valeur de cette proposition a été effacée / a value of this proposal was erased";

/// What an erasure takes away.
#[derive(Debug, Default)]
pub(super) struct Erased {
    /// The fields that it names, by row.
    pub(super) fields: BTreeMap<RowId, BTreeSet<FieldName>>,
    /// The values that were erased.
    pub(super) values: BTreeSet<(RowId, FieldName, String)>,
    /// The entries that held them.
    pub(super) bodies: BTreeSet<i64>,
}

impl Erased {
    fn names(&self, row: &str, field: &str) -> bool {
        let Ok(row) = row.parse::<RowId>() else {
            return false;
        };
        let fields = self.fields.get(&row);
        fields.is_some_and(|fields| fields.iter().any(|it| it.as_str() == field))
    }

    fn holds(&self, row: &str, field: &str, value: &str) -> bool {
        self.values.iter().any(|(of, named, erased)| {
            of.to_string() == row && named.as_str() == field && erased == value
        })
    }

    /// True for a value of this field in any row: proposals name new rows by labels of their own.
    fn holds_in_some_row(&self, field: &str, value: &str) -> bool {
        let mut values = self.values.iter();
        values.any(|(_, named, erased)| named.as_str() == field && erased == value)
    }

    fn stands_in(&self, text: &str) -> bool {
        let mut values = self.values.iter();
        values.any(|(_, _, value)| value.len() >= SHORTEST_IN_TEXT && text.contains(value.as_str()))
    }
}

/// Erases from everything beside the log.
pub(super) fn erase(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    erased: &Erased,
) -> Result<(), StoreError> {
    let bodies: Vec<i64> = erased.bodies.iter().copied().collect();
    for row in erased.fields.keys() {
        let row = row.to_string();
        for patch in tx.list_patches_touching(dataset.id, &row, &bodies)? {
            erase_patch(app, tx, dataset, patch, erased)?;
        }
        for (id, body) in tx.list_queued_bodies_with(&row)? {
            if has_value(&body, erased) {
                tx.drop_outbox(id, REASON)?;
            }
        }
        for (id, body) in tx.list_inbox_bodies_with(&row)? {
            if has_value(&body, erased) {
                tx.void_inbox(id, REASON)?;
            }
        }
    }
    Ok(())
}

fn erase_patch(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    mut patch: PatchRecord,
    erased: &Erased,
) -> Result<(), StoreError> {
    let its_own = patch
        .result_seq
        .is_some_and(|seq| erased.bodies.contains(&seq));
    let mut changed = strip_text(&mut patch.ops, erased, its_own);
    if let Some(applied) = &mut patch.applied {
        changed |= strip_text(applied, erased, its_own);
    }
    for text in [&mut patch.summary, &mut patch.reason, &mut patch.report] {
        if text.as_ref().is_some_and(|text| erased.stands_in(text)) {
            *text = None;
            changed = true;
        }
    }
    if !changed {
        return Ok(());
    }
    patch.nonce = None;
    patch.report = None;
    patch.updated = app.clock.now();
    let waits = [Status::Pending.as_str(), Status::Conflict.as_str()].contains(&&*patch.status);
    if waits && patch.direction == IN {
        // What is left of it is not what was proposed.
        Status::Refused.as_str().clone_into(&mut patch.status);
        patch.reason = Some(REASON.to_owned());
        patch.decided_at = Some(patch.updated);
        tx.update_patch(&patch)?;
        return answers::decided(app, tx, dataset, &patch);
    }
    tx.update_patch(&patch)
}

/// Takes operations and cells with erased values out of a list of operations; true where there were any.
fn strip_text(text: &mut String, erased: &Erased, its_own: bool) -> bool {
    let Ok(mut ops) = serde_json::from_str::<Vec<Value>>(text) else {
        return false;
    };
    let before = ops.len();
    let mut changed = false;
    ops.retain_mut(|op| {
        let text = |member: &str| op[member].as_str().unwrap_or_default().to_owned();
        let (row, field) = (text("row"), text("field"));
        if let Some(value) = op["value"].as_str() {
            let gone = erased.holds(&row, &field, value) || (its_own && erased.names(&row, &field));
            return !gone;
        }
        if let Some(cells) = op
            .get_mut("cells")
            .and_then(Value::as_object_mut)
            .filter(|_| its_own)
        {
            let count = cells.len();
            cells.retain(|field, value| {
                !erased.holds_in_some_row(field, value.as_str().unwrap_or_default())
            });
            changed |= cells.len() < count;
        }
        true
    });
    changed |= ops.len() < before;
    if changed {
        *text = Value::Array(ops).to_string();
    }
    changed
}

/// True where some operation in a document sets one of the erased values.
fn has_value(document: &str, erased: &Erased) -> bool {
    fn walk(value: &Value, erased: &Erased) -> bool {
        match value {
            Value::Array(items) => items.iter().any(|item| walk(item, erased)),
            Value::Object(members) => {
                is_erased_op(value, erased) || members.values().any(|it| walk(it, erased))
            }
            _ => false,
        }
    }
    serde_json::from_str(document).is_ok_and(|value| walk(&value, erased))
}

fn is_erased_op(op: &Value, erased: &Erased) -> bool {
    let Some(row) = op["row"].as_str() else {
        return false;
    };
    if let (Some(field), Some(value)) = (op["field"].as_str(), op["value"].as_str()) {
        return erased.holds(row, field, value);
    }
    let Some(cells) = op["cells"].as_object() else {
        return false;
    };
    cells.iter().any(|(field, value)| {
        value
            .as_str()
            .is_some_and(|value| erased.holds(row, field, value))
    })
}

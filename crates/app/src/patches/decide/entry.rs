//! What the entry of a decision holds beside the patch's own operations.

use rustine_domain::ids::FieldName;
use rustine_domain::log::{Meta, Op};
use rustine_domain::order;
use rustine_domain::patch::Status;
use rustine_store::{DatasetRecord, PatchRecord, Tx};
use serde_json::{Map, Value, json};

use super::{DecideError, Decider, patch_url};
use crate::App;

/// Added rows go to the end of the owner's order; true where that was done (`protocol.md` §3.3, `added`).
pub(super) fn place_last(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    ops: &mut [Op],
) -> Result<bool, DecideError> {
    let field: FieldName = "_order".parse().expect("a name of ours");
    let mut last = tx.last_order_key(dataset.id)?;
    let mut placed = false;
    for op in ops.iter_mut() {
        let Op::Add { row, state, label } = op else {
            continue;
        };
        let Some(key) = order::between(last.as_deref(), None) else {
            continue;
        };
        let Some(salt) = state.op_salt else { continue };
        let mut cells: std::collections::BTreeMap<FieldName, String> =
            state.parts().cells.into_iter().collect();
        if cells.contains_key(&field) {
            continue;
        }
        cells.insert(field.clone(), key.clone());
        *op = Op::add(*row, salt, cells, label.take());
        last = Some(key);
        placed = true;
    }
    Ok(placed)
}

/// All personal data of the entry (`protocol.md` §3.3): who proposed, what was offered, who decided.
pub(super) fn meta(
    app: &App,
    patch: &PatchRecord,
    by: Decider<'_>,
    status: Status,
    ordered: bool,
) -> Meta {
    let mut answered =
        json!({"id": patch_url(app, patch), "digest": patch.digest, "schema": patch.schema_hash});
    if ordered {
        answered["added"] = json!(["_order"]);
    }
    let mut content = Map::new();
    content.insert("patch".into(), answered);
    content.insert("decision".into(), by.decision(app));
    if let Decider::Quorum { reviews, .. } = by {
        content.insert("reviews".into(), json!(reviews));
    }
    if status == Status::Amended {
        content.insert("amended".into(), Value::Bool(true));
    }
    if let Some(summary) = &patch.summary {
        content.insert("summary".into(), json!(summary));
    }
    if let Some(proposer) = &patch.proposer {
        content.insert("proposer".into(), json!(proposer));
    }
    if let Some(visitor) = &patch.visitor {
        content.insert("visitor".into(), json!(visitor));
    }
    Meta {
        salt: app.entropy.salt(),
        content,
    }
}

//! The documents of proposals: what programs send, and what they read.

use std::collections::BTreeMap;

use rustine_app::App;
use rustine_app::accounts::Person;
use rustine_app::patches::ops_of;
use rustine_app::patches::propose::ProposedOp;
use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::{FieldName, Hash, PatchId, RowId};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, PatchRecord};
use serde::{Deserialize, Deserializer, Serialize};

use crate::failure::Failure;
use crate::reading;

/// What a program proposes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Offered {
    pub(super) ops: Vec<Op>,
    pub(super) summary: Option<String>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Op {
    Set {
        row: RowId,
        field: FieldName,
        value: Option<String>,
        /// Absent means "whatever is held now"; null means "no cell".
        #[serde(default, deserialize_with = "present")]
        base: Option<Option<Hash>>,
    },
    Add {
        cells: BTreeMap<FieldName, String>,
    },
    Del {
        row: RowId,
        #[serde(rename = "rowBase", alias = "base")]
        base: Option<Hash>,
    },
}

/// Tells a member that is null from one that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Hash>>, D::Error> {
    Option::<Hash>::deserialize(deserializer).map(Some)
}

impl From<Op> for ProposedOp {
    fn from(op: Op) -> Self {
        match op {
            Op::Set {
                row,
                field,
                value,
                base,
            } => Self::Set {
                row,
                field,
                value,
                base,
            },
            Op::Add { cells } => Self::Add { cells },
            Op::Del { row, base } => Self::Del { row, base },
        }
    }
}

/// A proposal as programs read it; values and messages only for those who may decide or who made it.
#[derive(Serialize)]
pub(super) struct Shown {
    id: PatchId,
    dataset: String,
    status: String,
    origin: String,
    created: Timestamp,
    decided: Option<Timestamp>,
    digest: Hash,
    seq: Option<i64>,
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ops: Option<Vec<ShownOp>>,
}

/// An operation as it was offered (`protocol.md` §3.2).
#[derive(Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum ShownOp {
    Set {
        row: RowId,
        field: FieldName,
        base: Option<Hash>,
        value: Option<String>,
    },
    Add {
        row: String,
        cells: BTreeMap<FieldName, String>,
    },
    Del {
        row: RowId,
        #[serde(rename = "rowBase")]
        row_base: Hash,
    },
}

impl From<OfferedOp> for ShownOp {
    fn from(op: OfferedOp) -> Self {
        match op {
            OfferedOp::Set {
                row,
                field,
                base,
                value,
            } => Self::Set {
                row,
                field,
                base,
                value,
            },
            OfferedOp::Add { label, cells } => Self::Add { row: label, cells },
            OfferedOp::Del { row, row_base } => Self::Del { row, row_base },
        }
    }
}

fn is_own(app: &App, patch: &PatchRecord, person: &Person) -> bool {
    patch.proposer.as_deref() == Some(app.url(&format!("/users/{}", person.name)).as_str())
}

pub(super) fn shown(
    app: &App,
    patch: PatchRecord,
    dataset: &DatasetRecord,
    person: Option<&Person>,
) -> Result<Shown, Failure> {
    let whole =
        person.is_some_and(|person| person.may_decide(dataset.id) || is_own(app, &patch, person));
    let ops = match whole {
        true => Some(ops_of(&patch)?.into_iter().map(ShownOp::from).collect()),
        false => None,
    };
    Ok(Shown {
        id: patch.id,
        dataset: reading::address(dataset),
        status: patch.status,
        origin: if patch.proposer_host.is_empty() {
            app.host().to_string()
        } else {
            patch.proposer_host
        },
        created: patch.created,
        decided: patch.decided_at,
        digest: patch.digest,
        seq: patch.result_seq,
        reason: patch.reason.filter(|_| whole),
        summary: patch.summary.filter(|_| whole),
        ops,
    })
}

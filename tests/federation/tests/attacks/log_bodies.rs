//! Bodies of a hostile origin: values and documents exchanged on their way, operations that do not fit the rows.

use rustine_domain::checks::Check;
use rustine_domain::commit;
use rustine_domain::ids::{Hash, RowId};
use rustine_domain::key::commitment_of;
use rustine_domain::log::{EntryDraft, Kind, Op, Signed};
use serde_json::{Value, json};

use crate::logs::Entry;
use crate::traps::{Table, Trap, any_key, field, meta, reseal, row_id, salt};

/// The entries.
pub fn table() -> Vec<Entry> {
    let mut all = values();
    all.extend(operations());
    all.extend(documents());
    all
}

fn values() -> Vec<Entry> {
    vec![
        Entry::new(
            "a value exchanged on its way",
            Check::CellHash,
            |_, _, body| {
                body["ops"][0]["value"] = json!("faux");
            },
        ),
        Entry::new(
            "a salt exchanged on its way",
            Check::CellHash,
            |_, _, body| {
                body["ops"][0]["salt"] = json!(salt().to_string());
            },
        ),
        Entry::new(
            "another commitment than the header's",
            Check::OpsHash,
            |trap, _, body| {
                let salt = salt();
                let cell = commit::cell(trap.uid, trap.row, &field("nom"), &salt, "faux");
                body["ops"][0]["new"] = json!(cell.to_string());
                body["ops"][0]["salt"] = json!(salt.to_string());
                body["ops"][0]["value"] = json!("faux");
            },
        )
        .behind(&[Check::StateRoot]),
        Entry::new(
            "operations dropped on their way",
            Check::OpsHash,
            |_, _, body| {
                body["ops"] = json!([]);
            },
        )
        .behind(&[Check::StateRoot]),
        Entry::new(
            "a summary exchanged on its way",
            Check::MetaHash,
            |_, _, body| {
                body["meta"]["content"]["summary"] = json!("autre");
            },
        ),
        Entry::new(
            "a proposer added on its way",
            Check::MetaHash,
            |_, _, body| {
                body["meta"]["content"]["proposer"] = json!("https://victim.test/users/alice");
            },
        ),
        Entry::new("a meta with another salt", Check::MetaHash, |_, _, body| {
            body["meta"]["salt"] = json!(salt().to_string());
        }),
        Entry::new(
            "another state than the rows'",
            Check::StateRoot,
            |trap, header, _| {
                header["state"] = json!(Hash([5; 32]).to_string());
                reseal(header, &trap.key.log());
            },
        ),
    ]
}

/// Puts operations into an entry, with the header's hash over them.
pub fn rework(trap: &Trap, header: &mut Value, body: &mut Value, ops: &[(Value, Hash)]) {
    body["ops"] = ops.iter().map(|(op, _)| op.clone()).collect();
    let hashes: Vec<Hash> = ops.iter().map(|(_, hash)| *hash).collect();
    header["ops"] = json!(commit::ops(&hashes).to_string());
    reseal(header, &trap.key.log());
}

/// A set of the name, as JSON and as hash.
pub fn set(trap: &Trap, row: RowId, base: Option<Hash>, value: &str) -> (Value, Hash, Hash) {
    let (salt, name) = (salt(), field("nom"));
    let new = commit::cell(trap.uid, row, &name, &salt, value);
    let op = json!({
        "op": "set", "row": row, "field": "nom", "base": base.map(|base| base.to_string()),
        "new": new.to_string(), "salt": salt.to_string(), "value": value,
    });
    let hash = commit::op("set", row, Some(&name), base.as_ref(), Some(&new));
    (op, hash, new)
}

fn del(row: RowId, base: Hash) -> (Value, Hash) {
    let op = json!({"op": "del", "row": row, "rowBase": base.to_string()});
    (op, commit::op("del", row, None, Some(&base), None))
}

fn operations() -> Vec<Entry> {
    const ROOT: &[Check] = &[Check::StateRoot];
    vec![
        Entry::new(
            "a base that nobody held",
            Check::Base,
            |trap, header, body| {
                let (op, hash, _) = set(trap, trap.row, Some(Hash([8; 32])), "neuf");
                rework(trap, header, body, &[(op, hash)]);
            },
        )
        .behind(ROOT),
        Entry::new(
            "an empty base where there is a value",
            Check::Base,
            |trap, header, body| {
                let (op, hash, _) = set(trap, trap.row, None, "neuf");
                rework(trap, header, body, &[(op, hash)]);
            },
        )
        .behind(ROOT),
        Entry::new(
            "a row deleted on another state of it",
            Check::RowBase,
            |trap, header, body| {
                rework(trap, header, body, &[del(trap.row, Hash([8; 32]))]);
            },
        )
        .behind(ROOT),
        Entry::new(
            "a row deleted that is not there",
            Check::AbsentRow,
            |trap, header, body| {
                rework(trap, header, body, &[del(row_id(), Hash([8; 32]))]);
            },
        )
        .behind(&[Check::RowBase, Check::StateRoot]),
        Entry::new(
            "a cell set in a row that is not there",
            Check::AbsentRow,
            |trap, header, body| {
                let (op, hash, _) = set(trap, row_id(), None, "neuf");
                rework(trap, header, body, &[(op, hash)]);
            },
        )
        .behind(ROOT),
        Entry::new(
            "a row added that is there",
            Check::PresentRow,
            |trap, header, body| {
                add(trap, header, body, trap.row);
            },
        )
        .behind(ROOT),
        Entry::new(
            "one cell set twice",
            Check::TwoOperations,
            |trap, header, body| {
                let (first, one, new) = set(trap, trap.row, trap.held("nom"), "neuf");
                let (second, two, _) = set(trap, trap.row, Some(new), "encore");
                rework(trap, header, body, &[(first, one), (second, two)]);
            },
        )
        .behind(ROOT),
        Entry::new(
            "a row set and deleted",
            Check::TwoOperations,
            |trap, header, body| {
                let (first, one, _) = set(trap, trap.row, trap.held("nom"), "neuf");
                rework(
                    trap,
                    header,
                    body,
                    &[(first, one), del(trap.row, trap.row_hash())],
                );
            },
        )
        .behind(&[Check::RowBase, Check::StateRoot]),
        Entry::new(
            "an unknown member of an operation",
            Check::UnknownMember,
            |_, _, body| {
                body["ops"][0]["note"] = json!("x");
            },
        ),
        Entry::new(
            "an unknown member of a body",
            Check::UnknownMember,
            |_, _, body| {
                body["note"] = json!("x");
            },
        ),
        Entry::new(
            "an unknown member of a meta",
            Check::UnknownMember,
            |_, _, body| {
                body["meta"]["note"] = json!("x");
            },
        ),
        Entry::new(
            "salts beside the salt of a row",
            Check::RowParts,
            |_, _, body| {
                body["ops"][0]["salts"] = json!({"nom": salt().to_string()});
                body["ops"][0]["gone"] = json!({});
            },
        )
        .of(addition)
        .behind(&[Check::UnknownMember, Check::OpsHash, Check::StateRoot]),
    ]
}

/// An honest new row.
fn addition(trap: &Trap) -> (Signed, Table) {
    let cells = [(field("nom"), "trois".to_owned())].into_iter().collect();
    let op = Op::add(row_id(), salt(), cells, None);
    trap.stage(EntryDraft::with_ops(Kind::Patch, meta(), vec![op]))
}

fn add(trap: &Trap, header: &mut Value, body: &mut Value, row: RowId) {
    let (op_salt, name) = (salt(), field("nom"));
    let cell = commit::cell(
        trap.uid,
        row,
        &name,
        &commit::derived_salt(&op_salt, &name),
        "neuf",
    );
    let new = commit::row(trap.uid, row, [("nom", cell)]);
    let op =
        json!({"op": "add", "row": row, "salt": op_salt.to_string(), "cells": {"nom": "neuf"}});
    let hash = commit::op("add", row, None, None, Some(&new));
    rework(trap, header, body, &[(op, hash)]);
}

fn import(trap: &Trap) -> (Signed, Table) {
    let cells = [(field("nom"), "quatre".to_owned())].into_iter().collect();
    let op = Op::add(row_id(), salt(), cells, None);
    trap.stage(EntryDraft::with_ops(
        Kind::Import { batch: None },
        meta(),
        vec![op],
    ))
}

fn schema(trap: &Trap) -> (Signed, Table) {
    let schema = json!({"fields": [{"name": "nom", "type": "string"}, {"name": "lieu", "type": "string"}], "title": "T"});
    (
        trap.sign(EntryDraft::schema(schema, meta())),
        trap.table.clone(),
    )
}

fn policy(trap: &Trap) -> (Signed, Table) {
    let policy = json!({"quorum": 1, "instances": 1});
    (
        trap.sign(EntryDraft::policy(policy, meta())),
        trap.table.clone(),
    )
}

fn documents() -> Vec<Entry> {
    vec![
        Entry::new("a label in an import", Check::PatchMembers, |_, _, body| {
            body["ops"][0]["label"] = json!("_:1");
        })
        .of(import),
        Entry::new("a nonce in an import", Check::PatchMembers, |_, _, body| {
            body["nonce"] = json!(salt().to_string());
        })
        .of(import)
        .behind(&[Check::UnknownMember]),
        Entry::new(
            "a nonce that answers no offer",
            Check::PatchMembers,
            |_, _, body| {
                body["nonce"] = json!(salt().to_string());
            },
        ),
        Entry::new(
            "operations that are not the offer's",
            Check::BodyDigest,
            |trap, header, body| {
                let answered = json!({
                    "id": "https://victim.test/patches/1",
                    "digest": Hash([2; 32]).to_string(),
                    "schema": header["schema"],
                });
                body["nonce"] = json!(salt().to_string());
                body["meta"]["content"]["patch"] = answered;
                let meta_salt = body["meta"]["salt"].as_str().unwrap_or_default();
                let meta_salt = meta_salt.parse().expect("an honest salt");
                let content = &body["meta"]["content"];
                header["meta"] = json!(commit::meta(&meta_salt, content).to_string());
                reseal(header, &trap.key.log());
            },
        ),
        Entry::new(
            "a schema exchanged on its way",
            Check::SchemaHash,
            |_, _, body| {
                body["schema"]["fields"][0]["type"] = json!("integer");
            },
        )
        .of(schema),
        Entry::new(
            "a policy exchanged on its way",
            Check::PolicyHash,
            |_, _, body| {
                body["policy"]["quorum"] = json!(0);
            },
        )
        .of(policy),
        Entry::new("a second genesis", Check::Genesis, |trap, header, _| {
            header["kind"] = json!("genesis");
            header["key"] = json!(any_key().multikey());
            header["next"] = json!(commitment_of(&any_key().multikey()).to_string());
            reseal(header, &trap.key.log());
        })
        .of(schema),
    ]
}

//! What binds the origin alone.

use serde_json::{Value, json};

use super::super::*;
use super::origin::{Origin, cells, log_key, meta};
use crate::ids::Salt;
use crate::json::JsonProblem;
use crate::key::commitment_of;
use build::{BuildProblem, StageError};

fn stage(origin: &mut Origin, ops: Vec<Op>) -> Result<(), BuildProblem> {
    let draft = EntryDraft::with_ops(Kind::Patch, meta(json!({})), ops);
    match draft.stage(origin.chain.uid, &mut origin.table) {
        Ok(_) => Ok(()),
        Err(StageError::Problem(problem)) => Err(problem),
        Err(StageError::Rows(never)) => match never {},
    }
}

fn too_large(result: Result<(), BuildProblem>, thing: &str) {
    match result {
        Err(BuildProblem::TooLarge { what, size, limit }) => {
            assert_eq!(what, thing);
            assert!(size > limit);
        }
        other => panic!("{thing}: {other:?}"),
    }
}

#[test]
fn an_origin_keeps_entries_small() {
    let mut origin = Origin::new();
    let row = origin.row_id();
    let add = |pairs: &[(&str, &str)]| Op::add(row, Salt([1; 16]), cells(pairs), None);
    let long = "x".repeat(origin_limits::CELL_BYTES);
    assert_eq!(stage(&mut origin, vec![add(&[("a", &long)])]), Ok(()));
    let longer = format!("{long}x");
    too_large(stage(&mut origin, vec![add(&[("a", &longer)])]), "a cell");
    let five: Vec<(&str, &str)> = ["a", "b", "c", "d", "e"].map(|name| (name, &*long)).into();
    too_large(stage(&mut origin, vec![add(&five)]), "a row");
    let names: Vec<String> = (0..=origin_limits::FIELDS)
        .map(|n| format!("f{n}"))
        .collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "1")).collect();
    too_large(stage(&mut origin, vec![add(&many)]), "a row");
    let ops = vec![add(&[]); origin_limits::OPS + 1];
    too_large(stage(&mut origin, ops), "the entry");
    let zero = stage(&mut origin, vec![add(&[("a", "\0")])]);
    let refusal = Refusal::Json(JsonProblem::NullCharacter);
    assert_eq!(zero, Err(BuildProblem::Refused(refusal)));
}

#[test]
fn an_origin_keeps_documents_small() {
    let origin = Origin::new();
    let sign = |draft: EntryDraft| {
        let signed = draft.sign(&origin.chain, origin.now(), &origin.key);
        signed.map(|_| ())
    };
    let long = "x".repeat(origin_limits::SCHEMA_BYTES);
    let schema = |schema: Value| sign(EntryDraft::schema(schema, meta(json!({}))));
    assert_eq!(schema(json!({"title": "x"})), Ok(()));
    too_large(schema(json!({"title": long})), "the schema");
    let fields = vec![json!({}); origin_limits::FIELDS + 1];
    too_large(schema(json!({"fields": fields})), "the schema");
    let grant = EntryDraft::new(Kind::Patch, meta(json!({"summary": long})));
    too_large(sign(grant), "the meta");
    // What stands in a body at all is checked as a reader would.
    let refused = |draft: EntryDraft| matches!(sign(draft), Err(BuildProblem::Refused(_)));
    assert!(refused(EntryDraft::new(Kind::Schema, meta(json!({})))));
    assert!(refused(EntryDraft::new(Kind::Grant, meta(json!({})))));
    assert!(refused(EntryDraft::new(
        Kind::Patch,
        meta(json!({"a": 0.5}))
    )));
    let mut policy = EntryDraft::policy(json!({"quorum": 1}), meta(json!({})));
    assert_eq!(sign(policy.clone()), Ok(()));
    policy.policy = Some(json!({"quorum": 2}));
    assert_eq!(
        sign(policy),
        Err(BuildProblem::Refused(Refusal::PolicyHash))
    );
}

#[test]
fn labels_and_seen_stand_in_patches_only() {
    let mut origin = Origin::new();
    let op = Op::add(
        origin.row_id(),
        Salt([1; 16]),
        cells(&[]),
        Some("_:1".into()),
    );
    assert_eq!(stage(&mut origin, vec![op.clone()]), Ok(()));
    let draft = EntryDraft::with_ops(Kind::Import { batch: None }, meta(json!({})), vec![op]);
    let refusal = BuildProblem::Refused(Refusal::LabelOutsidePatch);
    let staged = draft.stage(origin.chain.uid, &mut origin.table);
    assert_eq!(staged.map(|_| ()), Err(StageError::Problem(refusal)));
}

#[test]
fn a_log_key_never_becomes_the_recovery_key() {
    let origin = Origin::new();
    let rotate = |next| {
        let handover = Handover {
            key: log_key(2).multikey(),
            by: origin.recovery.multikey(),
            next,
        };
        let draft = EntryDraft::new(Kind::Rotate(handover), meta(json!({})));
        let signed = draft.sign(&origin.chain, origin.now(), &origin.recovery);
        signed.map(|_| ())
    };
    assert_eq!(rotate(commitment_of(&log_key(102).multikey())), Ok(()));
    for key in [&origin.key, &origin.recovery] {
        let result = rotate(commitment_of(&key.multikey()));
        assert_eq!(result, Err(BuildProblem::NextIsLogKey));
    }
    let own = rotate(commitment_of(&log_key(2).multikey()));
    let refusal = BuildProblem::Refused(Refusal::KeyIsRecoveryKey);
    assert_eq!(own, Err(refusal));
}

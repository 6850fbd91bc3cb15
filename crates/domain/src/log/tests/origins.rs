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

/// Rows as an import has them: id, salt and cells.
type Rows = Vec<(
    crate::ids::RowId,
    Salt,
    std::collections::BTreeMap<crate::ids::FieldName, String>,
)>;

fn added(origin: &Origin, rows: &Rows) -> Result<(build::Added, String), BuildProblem> {
    let meta = Meta {
        salt: Salt([9; 16]),
        content: serde_json::Map::new(),
    };
    let mut additions = build::Additions::new(origin.chain.uid, None, meta, 0)?;
    for (row, salt, cells) in rows {
        let cells: Vec<_> = cells
            .iter()
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        additions.add(*row, salt, &cells)?;
    }
    additions.finish()
}

#[test]
fn rows_added_one_by_one_make_the_entry_that_their_operations_make() {
    let mut origin = Origin::new();
    let rows: Rows = (0..3)
        .map(|n| {
            let value = format!("\"é\u{1f600}\n{n}");
            let pairs = [("_order", "V"), ("nom", &*value), ("vide", "")];
            (origin.row_id(), Salt([n; 16]), cells(&pairs))
        })
        .collect();
    let (streamed, text) = added(&origin, &rows).expect("an entry");
    let meta = Meta {
        salt: Salt([9; 16]),
        content: serde_json::Map::new(),
    };
    let ops = rows.iter().cloned();
    let ops = ops.map(|(row, salt, cells)| Op::add(row, salt, cells, None));
    let draft = EntryDraft::with_ops(Kind::Import { batch: None }, meta, ops.collect());
    let staged = draft.stage(origin.chain.uid, &mut origin.table);
    let staged = staged.expect("an entry");
    let hashes: Vec<_> = staged
        .changes
        .iter()
        .map(|change| (change.row, change.hash))
        .collect();
    let expected: Vec<_> = streamed
        .rows
        .iter()
        .map(|(row, hash)| (*row, Some(*hash)))
        .collect();
    assert_eq!(hashes, expected);
    let state = crate::tree::empty_root();
    let now = origin.now();
    let plain = staged
        .sign(&origin.chain, state, now, &origin.key)
        .expect("signed");
    let (header, chain) = streamed
        .sign(&origin.chain, state, now, &origin.key)
        .expect("signed");
    assert_eq!(text, plain.text);
    assert_eq!(text, plain.entry.body.to_text());
    assert_eq!(header, plain.entry.header);
    assert_eq!(chain, plain.chain);
}

#[test]
fn rows_added_one_by_one_are_held_to_the_same_limits() {
    let mut origin = Origin::new();
    let mut one =
        |pairs: &[(&str, &str)]| -> Rows { vec![(origin.row_id(), Salt([1; 16]), cells(pairs))] };
    let long = "x".repeat(origin_limits::CELL_BYTES);
    let longer = format!("{long}x");
    let five: Vec<(&str, &str)> = ["a", "b", "c", "d", "e"].map(|name| (name, &*long)).into();
    let names: Vec<String> = (0..=origin_limits::FIELDS)
        .map(|n| format!("f{n}"))
        .collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "1")).collect();
    let cases = [
        (one(&[("a", &longer)]), "a cell"),
        (one(&five), "a row"),
        (one(&many), "a row"),
    ];
    let zero = one(&[("a", "\0")]);
    let row = one(&[("a", &long)]);
    let mut twice = row.clone();
    twice.extend(row.clone());
    let body: Rows = (0..=origin_limits::BODY_BYTES / origin_limits::CELL_BYTES)
        .map(|_| one(&[("a", &long)]).remove(0))
        .collect();
    let rows: Rows = (0..=origin_limits::OPS)
        .map(|_| one(&[]).remove(0))
        .collect();
    let origin = Origin::new();
    let add = |rows: &Rows| added(&origin, rows).map(|_| ());
    assert_eq!(add(&row), Ok(()));
    for (rows, what) in cases {
        too_large(add(&rows), what);
    }
    too_large(add(&body), "the body");
    too_large(add(&rows), "the entry");
    let refusal = Refusal::Json(JsonProblem::NullCharacter);
    assert_eq!(add(&zero), Err(BuildProblem::Refused(refusal)));
    let refusal = Refusal::TwoOperations(twice[0].0);
    assert_eq!(add(&twice), Err(BuildProblem::Refused(refusal)));
}

use std::collections::BTreeMap;

use super::*;
use crate::ids::{FieldName, RowId};
use crate::problem::Code;

const ROW: &str = "15aafc3d-bb02-40fa-a635-820df82cbaf9";
const UID: &str = "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371";

fn set(value: &str) -> OfferedOp {
    OfferedOp::Set {
        row: ROW.parse::<RowId>().unwrap(),
        field: "nom".parse::<FieldName>().unwrap(),
        base: None,
        value: Some(value.to_owned()),
    }
}

fn add(label: &str, value: &str) -> OfferedOp {
    OfferedOp::Add {
        label: label.to_owned(),
        cells: BTreeMap::from([("nom".parse().unwrap(), value.to_owned())]),
    }
}

fn patch(ops: Vec<OfferedOp>) -> Patch {
    let id = ROW.parse().unwrap();
    Patch::new(id, UID.parse().unwrap(), Hash([1; 32]), Salt([2; 16]), ops)
}

fn check(ops: &[OfferedOp], expected: &[Code]) {
    let codes: Vec<Code> = form_problems(ops).iter().map(|p| p.code).collect();
    assert_eq!(codes, expected);
}

#[test]
fn a_patch_verifies_its_own_digest_and_no_other() {
    let good = patch(vec![set("Gare")]);
    assert_eq!(good.clone().verify(), Ok(good.clone()));
    let mut forged = good;
    forged.ops = vec![set("Garage")];
    assert_eq!(forged.verify(), Err(WrongDigest));
}

#[test]
fn a_rebased_patch_keeps_its_id_and_changes_its_digest() {
    let old = patch(vec![set("Gare")]).with_summary("  orthographe ");
    let new = old.clone().rebased(Hash([3; 32]), old.ops.clone());
    assert_eq!(
        (new.id, new.nonce, new.summary.as_deref()),
        (old.id, old.nonce, Some("orthographe"))
    );
    assert_ne!(new.digest, old.digest);
    assert!(new.verify().is_ok());
    assert_eq!(patch(Vec::new()).with_summary(" ").summary, None);
}

#[test]
fn the_form_of_a_patch_is_limited() {
    check(&[], &[Code::EmptyPatch]);
    check(&vec![set("x"); MAX_OPS + 1], &[Code::TooManyOperations]);
    let label = |n: usize| format!("_:{n}");
    let wide: Vec<OfferedOp> = (0..5)
        .map(|n| add(&label(n), &"x".repeat(60_000)))
        .collect();
    check(&wide, &[Code::PatchTooLarge]);
    check(&[set(&"x".repeat(65_536))], &[]);
    check(&[set(&"x".repeat(65_537))], &[Code::CellTooLarge]);
    check(&[set("a\0b")], &[Code::ForbiddenCharacter]);
}

#[test]
fn a_label_has_its_form_and_is_used_once() {
    check(&[add("_:1", "a"), add("_:abcDEF9", "b")], &[]);
    check(&[add("1", "a")], &[Code::BadLabel]);
    check(&[add("_:", "a")], &[Code::BadLabel]);
    check(
        &[add("_:1", "a"), add("_:1", "b")],
        &[Code::RepeatedOperation],
    );
    check(&[add("_:1", "")], &[Code::EmptyRow]);
}

#[test]
fn a_row_has_at_most_256_kib() {
    let cells = (0..5).map(|n| (format!("f{n}").parse().unwrap(), "x".repeat(60_000)));
    let wide = OfferedOp::Add {
        label: "_:1".to_owned(),
        cells: cells.collect(),
    };
    check(&[wide], &[Code::PatchTooLarge, Code::RowTooLarge]);
}

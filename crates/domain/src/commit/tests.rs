//! Each commitment against its array, written down as plain JSON and hashed by other means. Written once here and once in
//! the code: a change of one byte would cut every node off from every log that exists.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::*;

const UID: &str = "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371";
const ROW: &str = "226cc6c9-53e0-4b8a-ab80-d5637d592fcd";
const LATER: &str = "35e41f7f-7234-4d3b-a03e-0693ab4a245b";
const SALT: &str = "CQkJCQkJCQkJCQkJCQkJCQ";

fn uid() -> DatasetUid {
    UID.parse().unwrap()
}

fn row_id(text: &str) -> RowId {
    text.parse().unwrap()
}

fn salt() -> Salt {
    Salt([9; 16])
}

fn name(text: &str) -> FieldName {
    text.parse().unwrap()
}

/// The hash that another implementation would compute.
fn by_hand(array: &Value) -> Hash {
    let text = serde_json_canonicalizer::to_vec(array).unwrap();
    Hash(Sha256::digest(text).into())
}

#[test]
fn a_cell_is_committed_to_with_its_place_and_salt() {
    for value in [
        "",
        "L'\u{c9}tincelle",
        "a \"b\" \\ \u{1}\n\u{10000}",
        &"x".repeat(300),
    ] {
        let array = json!(["rustine1/cell", UID, ROW, "nom", SALT, value]);
        assert_eq!(
            cell(uid(), row_id(ROW), &name("nom"), &salt(), value),
            by_hand(&array)
        );
    }
}

#[test]
fn one_row_after_another_cell_is_committed_to_alike() {
    let mut cells = Cells::new(uid(), row_id(ROW));
    for (field, value) in [
        ("nom", "a longer value than the next"),
        ("places", "7"),
        ("nom", "b"),
    ] {
        let one = cell(uid(), row_id(ROW), &name(field), &salt(), value);
        assert_eq!(cells.cell(&name(field), &salt(), value), one);
    }
}

#[test]
fn a_row_is_the_list_of_its_cells() {
    let (one, other) = (Hash([1; 32]), Hash([0xfe; 32]));
    let pairs = [("nom", one), ("places", other), ("x", one)];
    for count in 0..=pairs.len() {
        let listed: Vec<Value> = pairs[..count]
            .iter()
            .map(|(field, hash)| json!([field, hash]))
            .collect();
        let array = json!(["rustine1/row", UID, ROW, listed]);
        assert_eq!(
            row(uid(), row_id(ROW), pairs[..count].iter().copied()),
            by_hand(&array)
        );
    }
}

#[test]
fn a_derived_salt_is_the_start_of_a_hash() {
    let bytes = [&b"rustine1/salt\0"[..], &[9; 16], b"nom"].concat();
    assert_eq!(
        derived_salt(&salt(), &name("nom")).0,
        Sha256::digest(bytes)[..16]
    );
}

#[test]
fn operations_are_hashed_alone_and_together() {
    let (base, new) = (Hash([2; 32]), Hash([3; 32]));
    let field = name("nom");
    for (word, field, base, new) in [
        ("set", Some(&field), Some(&base), Some(&new)),
        ("set", Some(&field), None, None),
        ("add", None, None, Some(&new)),
        ("del", None, Some(&base), None),
    ] {
        let array = json!(["rustine1/op", word, ROW, field, base, new]);
        assert_eq!(op(word, row_id(ROW), field, base, new), by_hand(&array));
    }
    for hashes in [&[][..], &[base], &[base, new, base]] {
        assert_eq!(ops(hashes), by_hand(&json!(["rustine1/ops", hashes])));
    }
}

#[test]
fn documents_are_hashed_under_their_own_words() {
    let document = json!({"b": [1, "\u{e9}"], "a": null});
    assert_eq!(
        schema(&document),
        by_hand(&json!(["rustine1/schema", document]))
    );
    assert_eq!(
        policy(&document),
        by_hand(&json!(["rustine1/policy", document]))
    );
    assert_eq!(
        meta(&salt(), &document),
        by_hand(&json!(["rustine1/meta", SALT, document]))
    );
}

#[test]
fn a_bucket_lists_its_rows_and_grows_to_the_same_hash() {
    let rows = [(row_id(ROW), Hash([4; 32])), (row_id(LATER), Hash([5; 32]))];
    let mut growing = GrowingBucket::new();
    assert_eq!((bucket(&[]), growing.hash()), (Hash::ZERO, Hash::ZERO));
    for count in 1..=rows.len() {
        let array = json!(["rustine1/bucket", rows[..count]]);
        assert_eq!(bucket(&rows[..count]), by_hand(&array));
        let (row, hash) = &rows[count - 1];
        assert!(growing.push(*row, hash));
        assert_eq!(growing.hash(), by_hand(&array));
    }
    for (row, _) in rows {
        assert!(
            !growing.push(row, &Hash::ZERO),
            "a place that is not at the end"
        );
    }
    assert_eq!(growing.hash(), bucket(&rows));
}

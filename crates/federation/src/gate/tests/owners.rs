//! Step 8: whose things an activity touches.

use serde_json::{Value, json};

use super::{LEA, Letter, passed, refused_by};
use crate::gate::{Kind, Step};

const BOB: &str = "https://b.example/users/bob";

fn about(kind: &str, object: Value) -> Value {
    json!({"id": "https://b.example/activities/1", "type": kind, "actor": LEA, "object": object})
}

#[track_caller]
fn open(activity: &Value) {
    passed(Letter::of(activity).judged());
}

#[track_caller]
fn closed(activity: &Value, step: Step) {
    refused_by(&Letter::of(activity), step);
    assert_eq!(step.status(), 403);
}

#[test]
fn nobody_speaks_in_another_name() {
    for kind in ["Create", "Offer", "Update"] {
        let said = |by: Value| {
            about(
                kind,
                json!({"id": "https://b.example/notes/1", "type": "Note", "attributedTo": by}),
            )
        };
        open(&said(json!(LEA)));
        for by in [
            json!("https://victim.example/users/eve"),
            json!(BOB),
            json!(1),
            json!([LEA]),
            json!([LEA, BOB]),
            json!({"id": LEA}),
            json!(null),
            json!(format!("{LEA}/")),
            json!("lea"),
        ] {
            let step = match (kind, &by) {
                ("Update", _) => Step::Owner,
                _ => Step::Attribution,
            };
            closed(&said(by), step);
        }
    }
    let mut outer = about("Follow", json!("https://a.example/datasets/lieux"));
    outer["attributedTo"] = json!(BOB);
    closed(&outer, Step::Attribution);
}

#[test]
fn nothing_of_another_server_is_created_or_changed() {
    for kind in ["Create", "Offer", "Update", "Delete", "Undo"] {
        for id in [
            "https://a.example/datasets/lieux",
            "https://victim.example/1",
            "http://b.example/1",
            "note",
        ] {
            closed(
                &about(kind, json!({"id": id, "attributedTo": LEA, "actor": LEA})),
                Step::Origin,
            );
            closed(&about(kind, json!(id)), Step::Origin);
        }
    }
}

#[test]
fn being_on_the_same_server_is_not_enough() {
    for (kind, object) in [
        (
            "Update",
            json!({"id": BOB, "type": "Person", "publicKey": {}}),
        ),
        (
            "Update",
            json!({"id": BOB, "type": "Group", "attributedTo": LEA}),
        ),
        (
            "Update",
            json!({"id": "https://b.example/notes/1", "type": "Note"}),
        ),
        (
            "Update",
            json!({"id": "https://b.example/notes/1", "type": "Note", "attributedTo": BOB}),
        ),
        ("Update", json!({"type": "Note"})),
        (
            "Update",
            json!({"id": "https://b.example/notes/1", "type": "Note", "actor": BOB}),
        ),
        ("Delete", json!({"id": BOB, "type": "Person"})),
        (
            "Delete",
            json!({"id": "https://b.example/patches/1", "type": "DataPatch", "attributedTo": BOB}),
        ),
        (
            "Delete",
            json!({"id": "https://b.example/patches/1", "attributedTo": [LEA]}),
        ),
        ("Delete", json!({})),
        (
            "Undo",
            json!({"id": "https://b.example/follows/1", "type": "Follow", "actor": BOB}),
        ),
        ("Undo", json!({"type": "Follow"})),
        ("Move", json!(BOB)),
        ("Move", json!({"id": BOB})),
    ] {
        closed(&about(kind, object), Step::Owner);
    }
    for kind in ["Update", "Delete", "Undo", "Move"] {
        closed(&about(kind, json!([LEA])), Step::Origin);
    }
}

#[test]
fn owners_change_delete_and_undo_what_is_theirs() {
    for (kind, object) in [
        ("Update", json!({"id": LEA, "type": "Person"})),
        ("Update", json!({"id": LEA})),
        (
            "Update",
            json!({"id": "https://b.example/notes/1", "attributedTo": LEA}),
        ),
        ("Update", json!("https://b.example/notes/1")),
        (
            "Update",
            json!({"id": "https://b.example/notes/1", "type": "Note", "attributedTo": LEA}),
        ),
        ("Delete", json!("https://b.example/notes/1")),
        (
            "Delete",
            json!({"id": "https://b.example/notes/1", "type": "Tombstone"}),
        ),
        ("Undo", json!("https://b.example/follows/1")),
        (
            "Undo",
            json!({"id": "https://b.example/follows/1", "type": "Follow", "actor": LEA}),
        ),
        (
            "Undo",
            json!({"type": "Follow", "actor": LEA, "object": "https://a.example/x"}),
        ),
        ("Move", json!(LEA)),
        (
            "Accept",
            json!({"id": "https://a.example/follows/1", "type": "Follow", "actor": "https://a.example/actor"}),
        ),
        ("Announce", json!("https://c.example/notes/1")),
        ("Like", json!("https://a.example/notes/1")),
        ("Flag", json!(["https://a.example/notes/1"])),
    ] {
        open(&about(kind, object));
    }
}

#[test]
fn every_known_type_has_its_name() {
    for name in [
        "Accept", "Add", "Announce", "Create", "Delete", "Flag", "Follow", "Grant", "Like", "Move",
        "Offer", "Reject", "Revoke", "Undo", "Update",
    ] {
        assert_eq!(Kind::of(name).map(Kind::as_str), Some(name));
    }
    assert_eq!(Kind::of("accept"), None);
}

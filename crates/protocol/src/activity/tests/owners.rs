use serde_json::{Value, json};

use super::*;
use crate::object::Tombstone;

#[test]
fn nobody_undoes_updates_or_deletes_for_another() {
    use ActivityProblem::*;
    let act = |kind: &str, object: Value| {
        Activity::parse(
            &json!({"id": id().as_str(), "type": kind, "actor": lea().as_str(), "object": object}),
        )
    };
    let eves = json!({"id": "https://b.example/x", "type": "Follow", "actor": "https://b.example/users/eve"});
    for kind in ["Undo", "Update", "Delete"] {
        assert_eq!(
            act(kind, eves.clone()),
            Err(NotTheOwner { member: "object" }),
            "{kind}"
        );
        assert_eq!(
            act(kind, json!("https://c.example/x")),
            Err(OtherOrigin { member: "object" }),
            "{kind}"
        );
        assert!(act(kind, json!("https://b.example/x")).is_ok(), "{kind}");
    }
    let eve = json!({"id": "https://b.example/users/eve", "type": "Person"});
    assert_eq!(
        act("Update", eve.clone()),
        Err(NotTheOwner { member: "object" })
    );
    assert_eq!(act("Move", eve), Err(NotTheOwner { member: "object" }));
    let note = json!({"id": "https://b.example/n", "type": "Note", "attributedTo": "https://b.example/users/eve", "content": ""});
    assert_eq!(
        act("Create", note),
        Err(NotTheOwner {
            member: "object.attributedTo"
        })
    );
}

#[test]
fn a_delete_of_a_dataset_leaves_a_tombstone() {
    let tombstone = Tombstone {
        id: lieux(),
        former_type: "Group".into(),
        deleted: "2026-11-20T10:00:00Z".parse().unwrap(),
    };
    let document = Delete::dataset(answer_id(), tombstone, false).to_json();
    let Ok(Activity::Delete(read)) = Activity::parse(&document) else {
        panic!("it is a Delete");
    };
    assert!(read.is_of_actor());
    assert_eq!(read.keep, Some(false));
    assert_eq!(read.object.kind.as_deref(), Some("Group"));
    assert_eq!(
        document["cc"],
        json!(["https://a.example/datasets/lieux/followers"])
    );
}

#[test]
fn an_update_carries_the_actor_but_reads_only_its_id() {
    let document = json!({"id": lieux().as_str(), "type": "Group"});
    let update = Update::actor(answer_id(), lieux(), document.clone()).to_json();
    assert_eq!(update["object"], document);
    let Ok(Activity::Update(read)) = Activity::parse(&update) else {
        panic!("it is an Update");
    };
    assert_eq!((read.object.id, read.document), (lieux(), None));
}

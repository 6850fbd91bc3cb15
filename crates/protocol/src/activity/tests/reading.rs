use serde_json::{Value, json};

use super::*;
use crate::limits;
use crate::testing::{fixture, fixtures};

#[test]
fn what_we_have_no_use_for_is_unknown_rather_than_wrong() {
    for (kind, object) in [
        ("Like", json!("https://a.example/x")),
        (
            "Offer",
            json!({"type": "Group", "id": "https://a.example/x"}),
        ),
        ("Add", json!("https://a.example/x")),
        ("Create", json!({"type": "Page", "attributedTo": 1})),
        ("Whatever", Value::Null),
    ] {
        let document =
            json!({"id": id().as_str(), "type": kind, "actor": lea().as_str(), "object": object});
        let activity = Activity::parse(&document).unwrap();
        assert!(matches!(activity, Activity::Unknown(_)), "{kind}");
        assert_eq!(activity.kind(), kind);
        assert_eq!((activity.id(), activity.actor()), (&id(), &lea()));
    }
}

#[test]
fn the_common_members_are_single_texts() {
    for (member, wrong) in [
        ("type", json!(["Follow"])),
        ("actor", json!({"id": lea().as_str()})),
        ("actor", json!([lea().as_str()])),
        ("id", Value::Null),
        ("id", json!("6f1c")),
        ("object", json!(7)),
    ] {
        let mut document = Follow::new(id(), lea(), lieux()).to_json();
        document[member] = wrong;
        assert!(
            matches!(
                Activity::parse(&document),
                Err(ActivityProblem::Document(_))
            ),
            "{document}"
        );
    }
    for document in [json!([]), json!(null), json!("Follow")] {
        assert_eq!(
            Activity::parse(&document).unwrap_err().to_string(),
            "the document is not a JSON object"
        );
    }
}

#[test]
fn the_audience_is_read_in_all_its_spellings() {
    let mut document = Follow::new(id(), lea(), lieux()).to_json();
    document["to"] = json!("as:Public");
    document["cc"] = json!([{"id": lea().as_str()}, 3, "Public", "not an address"]);
    let activity = Activity::parse(&document).unwrap();
    assert_eq!(activity.envelope().to, [Uri::public()]);
    assert_eq!(activity.envelope().cc, [lea(), Uri::public()]);
    document["to"] = json!(vec!["https://a.example/x"; limits::RECIPIENTS + 1]);
    assert!(Activity::parse(&document).is_err());
}

#[test]
fn every_document_of_other_servers_is_read_or_refused() {
    let mut kinds = std::collections::BTreeMap::new();
    for (name, document) in fixtures() {
        match Activity::parse(&document) {
            Ok(activity) => *kinds.entry(activity.kind().to_owned()).or_insert(0) += 1,
            // Only documents that are no activities may be refused, for want of an actor.
            Err(problem) => {
                assert!(document.get("actor").is_none(), "{name}: {problem}");
                assert_eq!(problem.to_string(), refusal(&document), "{name}");
            }
        }
    }
    if !kinds.is_empty() {
        assert!(
            kinds.contains_key("Follow")
                && kinds.contains_key("Undo")
                && kinds.contains_key("Flag"),
            "{kinds:?}"
        );
    }
}

/// What is missing in an object that is taken for an activity.
fn refusal(document: &Value) -> &'static str {
    if document.get("id").is_none() {
        "id is missing"
    } else {
        "actor is missing"
    }
}

#[test]
fn the_accept_of_mitra_names_only_the_follow() {
    let Some(document) = fixture("lemmyrepo-mitra-accept.json") else {
        return;
    };
    let Ok(Activity::Accept(accept)) = Activity::parse(&document) else {
        panic!("it is an Accept");
    };
    let Accepted::Follow { follow, head, .. } = accept.accepted else {
        panic!("it grants a Follow");
    };
    assert_eq!(follow.id.as_str(), document["object"]);
    assert_eq!((follow.kind, head), (None, None));
}

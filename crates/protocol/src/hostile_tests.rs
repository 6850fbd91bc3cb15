//! Documents in which one member is replaced by something hostile: read or refused, never a panic, and what
//! is read keeps the promises of its type.

use serde_json::{Value, json};

use crate::activity::{Activity, Follow};
use crate::object::{LogHead, Note, Proposal, RemoteActor, WebFinger, collection};
use crate::testing::{fixtures, uri};

fn hostile() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("https://evil.example/x"),
        json!("https://ds9.lemmy.ml:443@evil.example"),
        json!("\u{0}\u{202e}"),
        json!("x".repeat(200_000)),
        json!([]),
        json!([[[]], {}, 1, "as:Public"]),
        json!({}),
        json!({"id": {"id": []}, "type": ["Follow"], "@id": "https://evil.example/x"}),
    ]
}

/// The pointers of all members and entries of a document, with the document itself.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (member, value) in map {
                let member = member.replace('~', "~0").replace('/', "~1");
                pointers(value, &format!("{at}/{member}"), all);
            }
        }
        Value::Array(list) => {
            for (number, value) in list.iter().enumerate() {
                pointers(value, &format!("{at}/{number}"), all);
            }
        }
        _ => {}
    }
}

fn check(document: &Value) -> usize {
    let mut read = 0;
    if let Ok(activity) = Activity::parse(document) {
        assert!(activity.id().same_origin(activity.actor()), "{document}");
        assert_eq!(Some(activity.kind()), document["type"].as_str());
        read += 1;
    }
    if let Ok(actor) = RemoteActor::parse(document) {
        assert!(actor.inbox.same_origin(&actor.id), "{document}");
        assert!(actor.delivery_inbox().same_origin(&actor.id), "{document}");
        assert!(
            actor.public_key.owner == actor.id && actor.public_key.id.same_origin(&actor.id),
            "{document}"
        );
        assert!(
            actor
                .multikeys
                .iter()
                .all(|method| method.id.same_origin(&actor.id)),
            "{document}"
        );
        read += 1;
    }
    if let Ok(note) = Note::parse(document) {
        assert_eq!(
            Some(note.attributed_to.as_str()),
            document["attributedTo"].as_str()
        );
        read += 1;
    }
    read += usize::from(WebFinger::parse(document).is_ok());
    read += usize::from(collection::read_ids(document).is_ok());
    read += usize::from(Proposal::parse(document).is_ok() || LogHead::parse(document).is_ok());
    read
}

#[test]
fn any_member_may_be_anything() {
    let follow = Follow::new(
        uri("https://b.example/activities/1"),
        uri("https://b.example/users/lea"),
        uri("https://a.example/datasets/lieux"),
    );
    let mut documents = vec![follow.to_json()];
    documents.extend(fixtures().into_iter().map(|(_, document)| document));
    for document in documents {
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        let untouched = check(&document);
        let mut refused = 0;
        for pointer in all {
            for value in hostile() {
                let mut changed = document.clone();
                if let Some(place) = changed.pointer_mut(&pointer) {
                    *place = value;
                }
                refused += usize::from(check(&changed) < untouched);
            }
        }
        assert!(
            untouched == 0 || refused > 0,
            "nothing was refused in {document}"
        );
    }
}

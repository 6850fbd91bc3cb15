//! Documents of other servers (`protocol`).

use rustine_domain::json;
use rustine_protocol::Activity;
use rustine_protocol::object::{LogHead, Note, Proposal, RemoteActor, WebFinger, collection};
use serde_json::Value;

/// What is read keeps the promises of its type, and what we would say of it is read again as the same.
pub fn run(data: &[u8]) {
    let Ok(document) = json::parse_document(data) else {
        return;
    };
    if let Ok(activity) = Activity::parse(&document) {
        assert!(activity.id().same_origin(activity.actor()), "{document}");
        assert_eq!(Some(activity.kind()), document["type"].as_str());
        if let Some(ours) = written(&activity) {
            // Twice: other servers' spellings of one thing become ours at the first writing.
            let again = Activity::parse(&ours).expect("our own activity");
            assert_eq!(written(&again).as_ref(), Some(&ours), "{document}");
            assert_eq!(
                (again.id(), again.actor()),
                (activity.id(), activity.actor())
            );
        }
    }
    if let Ok(actor) = RemoteActor::parse(&document) {
        assert!(actor.inbox.same_origin(&actor.id), "{document}");
        assert!(actor.delivery_inbox().same_origin(&actor.id), "{document}");
        assert!(actor.public_key.owner == actor.id && actor.public_key.id.same_origin(&actor.id));
        assert!(
            actor
                .multikeys
                .iter()
                .all(|method| method.id.same_origin(&actor.id))
        );
    }
    if let Ok(note) = Note::parse(&document) {
        assert_eq!(
            Some(note.attributed_to.as_str()),
            document["attributedTo"].as_str()
        );
    }
    if let Ok(head) = LogHead::parse(&document) {
        assert_eq!(LogHead::parse(&head.to_json()).as_ref(), Ok(&head));
    }
    if let Ok(proposal) = Proposal::parse(&document) {
        assert_eq!(Proposal::parse(&proposal.to_json()).as_ref(), Ok(&proposal));
    }
    // These two promise no more than to read or to refuse.
    let _ = WebFinger::parse(&document);
    let _ = collection::read_ids(&document);
}

fn written(activity: &Activity) -> Option<Value> {
    Some(match activity {
        Activity::Follow(it) => it.to_json(),
        Activity::Accept(it) => it.to_json(),
        Activity::Reject(it) => it.to_json(),
        Activity::Undo(it) => it.to_json(),
        Activity::OfferPatch(it) => it.to_json(),
        Activity::OfferReview(it) => it.to_json(),
        Activity::OfferGrant(it) => it.to_json(),
        Activity::Grant(it) => it.to_json(),
        Activity::Revoke(it) => it.to_json(),
        Activity::Add(it) => it.to_json(),
        Activity::Create(it) => it.to_json(),
        Activity::Announce(it) => it.to_json(),
        Activity::Update(it) => it.to_json(),
        Activity::Delete(it) => it.to_json(),
        Activity::Flag(it) => it.to_json(),
        Activity::Move(it) => it.to_json(),
        Activity::Unknown(_) => return None,
    })
}

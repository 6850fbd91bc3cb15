//! What is said about roles: requests, notices, and reviews signed under them (`protocol::activity`).

use rustine_domain::json;
use rustine_domain::review::Role;
use rustine_protocol::Activity;

/// Whoever speaks of a role speaks for herself, of a dataset that is named twice alike; and what we would say of it is read
/// again as the same.
pub fn run(data: &[u8]) {
    let Ok(document) = json::parse_document(data) else {
        return;
    };
    let object = &document["object"];
    let ours = match Activity::parse(&document) {
        Ok(Activity::OfferGrant(asked)) => {
            assert!(asked.id.same_origin(&asked.envelope.actor), "{document}");
            assert_eq!(object["attributedTo"].as_str(), Some(asked.envelope.actor.as_str()));
            assert_eq!(object["context"].as_str(), Some(asked.target.as_str()));
            assert!(matches!(Role::from_word(&asked.role), Role::None) || asked.role.len() < 9);
            asked.to_json()
        }
        Ok(Activity::Grant(given)) => {
            assert_eq!(document["context"].as_str(), Some(given.envelope.actor.as_str()));
            given.to_json()
        }
        Ok(Activity::Revoke(ended)) => {
            assert!(ended.grant.same_origin(&ended.envelope.actor), "{document}");
            ended.to_json()
        }
        Ok(Activity::OfferReview(said)) => {
            let review = &said.review;
            assert_eq!(review.attributed_to, said.envelope.actor, "{document}");
            assert!(review.id.same_origin(&said.envelope.actor), "{document}");
            // The proof covers these members, so not one of them may be touched.
            assert_eq!(&review.to_json(), object);
            said.to_json()
        }
        _ => return,
    };
    let again = Activity::parse(&ours).expect("our own activity");
    let written = match again {
        Activity::OfferGrant(it) => it.to_json(),
        Activity::Grant(it) => it.to_json(),
        Activity::Revoke(it) => it.to_json(),
        Activity::OfferReview(it) => it.to_json(),
        other => panic!("{} became {}", document["type"], other.kind()),
    };
    assert_eq!(written, ours);
}

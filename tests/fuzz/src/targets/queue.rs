//! A line of the queue of another instance (`protocol::object::Queued`).

use rustine_domain::digest::offer_digest;
use rustine_domain::json;
use rustine_protocol::object::Queued;

/// A proposal that was read has the digest that it names, and is read again as the same.
pub fn run(data: &[u8]) {
    let Ok(document) = json::parse_document(data) else {
        return;
    };
    let Ok(line) = Queued::parse(&document) else {
        return;
    };
    let patch = &line.patch;
    let digest = offer_digest(&patch.nonce, patch.uid, &patch.schema, &patch.ops);
    assert_eq!(digest, patch.digest, "{document}");
    for (said, review) in document["reviews"].as_array().into_iter().flatten().zip(&line.reviews) {
        assert_eq!(&review.to_json(), said, "a signed document was touched");
    }
    let ours = line.to_json();
    assert_eq!(Queued::parse(&ours).as_ref(), Ok(&line), "{document}");
}

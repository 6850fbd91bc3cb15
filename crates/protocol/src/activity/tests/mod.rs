//! Activities written and read back, activities refused, activities of other servers.

mod offers;
mod owners;
mod reading;
mod reviews;
mod round_trip;

use rustine_domain::commit::OfferedOp;
use rustine_domain::ids::{Hash, Salt};
use serde_json::Value;

use super::*;
use crate::object::{DataPatch, EntryReference};
use crate::testing::uri;

const ROW: &str = "497e7641-4f87-4fb9-ab37-409f48d48333";

pub(super) fn id() -> Uri {
    uri("https://b.example/activities/6f1c0000-0000-4000-8000-000000000001")
}
pub(super) fn lea() -> Uri {
    uri("https://b.example/users/lea")
}
pub(super) fn lieux() -> Uri {
    uri("https://a.example/datasets/lieux")
}
pub(super) fn answer_id() -> Uri {
    uri("https://a.example/activities/6f1c0000-0000-4000-8000-000000000002")
}
pub(super) fn patch_id() -> Uri {
    uri("https://b.example/patches/9ab20000-0000-4000-8000-000000000003")
}
pub(super) fn entry() -> EntryReference {
    EntryReference {
        id: uri("https://a.example/datasets/lieux/log/7"),
        seq: 7,
        entry: Some(Hash([7; 32])),
    }
}

pub(super) fn patch() -> DataPatch {
    DataPatch {
        id: patch_id(),
        attributed_to: lea(),
        context: lieux(),
        uid: "urn:uuid:dd16066f-9dc2-4f17-a097-32417499fb67"
            .parse()
            .unwrap(),
        published: "2026-11-20T10:00:00Z".parse().unwrap(),
        summary: Some("Nouveaux horaires".into()),
        schema: Hash([4; 32]),
        nonce: Salt([5; 16]),
        digest: Hash::ZERO,
        ops: vec![
            OfferedOp::Set {
                row: ROW.parse().unwrap(),
                field: "horaires".parse().unwrap(),
                base: Some(Hash([6; 32])),
                value: Some("Mo-Fr 09:00-12:00".into()),
            },
            OfferedOp::Add {
                label: "_:1".into(),
                cells: [("nom".parse().unwrap(), "Café numérique".into())].into(),
            },
        ],
        visitor: None,
    }
    .sealed()
}

pub(super) fn offer() -> Value {
    OfferPatch::new(id(), patch()).to_json()
}

/// Reads what was written, and compares.
#[track_caller]
pub(super) fn reads_back(document: &Value, expected: &Activity) {
    assert_eq!(
        Activity::parse(document).as_ref(),
        Ok(expected),
        "{document}"
    );
    assert_eq!(document["@context"][0], crate::vocabulary::ACTIVITY_STREAMS);
    assert_eq!(document["type"], expected.kind());
}

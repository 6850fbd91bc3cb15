//! Documents written and read back, and documents of other servers.

mod documents;
mod remote;
mod served;
mod webfinger;

use rustine_domain::ids::{DatasetUid, Hash};
use rustine_domain::time::Timestamp;
use serde_json::Value;

use super::*;
use crate::testing::{keys, site};

pub(super) fn published() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub(super) fn instance() -> Value {
    InstanceActor {
        site: &site(),
        name: "Hub <A>",
        summary: None,
        keys: &keys(),
        published: Some(published()),
    }
    .to_json()
}

pub(super) fn dataset() -> Value {
    DatasetActor {
        site: &site(),
        name: &"lieux".parse().unwrap(),
        title: "Lieux d'inclusion",
        description: Some("Une ligne & <b>une autre</b>\n\nfin"),
        keys: &keys(),
        uid: "urn:uuid:dd16066f-9dc2-4f17-a097-32417499fb67"
            .parse::<DatasetUid>()
            .unwrap(),
        genesis: Hash([1; 32]),
        license: Some("ODbL-1.0"),
        audience: "public",
        published: Some(published()),
        moved_to: None,
        also_known_as: &[],
    }
    .to_json()
}

pub(super) fn person() -> Value {
    PersonActor {
        site: &site(),
        username: &"lea".parse().unwrap(),
        name: "Léa",
        summary: None,
        keys: &keys(),
        published: None,
    }
    .to_json()
}

pub(super) fn scribe() -> Value {
    ScribeActor {
        site: &site(),
        name: "Hub A",
        summary: None,
        keys: &keys(),
        published: None,
    }
    .to_json()
}

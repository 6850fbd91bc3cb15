//! The instance itself: an `Application` at `/actor` (`protocol.md` §2).

use rustine_domain::time::Timestamp;
use serde_json::Value;

use super::actor::{ActorKeys, Common, implements};
use crate::site::Site;

/// What the instance actor says; it signs our fetches, peers with others and offers for anonymous visitors.
#[derive(Debug, Clone)]
pub struct InstanceActor<'a> {
    /// Where it lives.
    pub site: &'a Site,
    /// Shown name of the instance.
    pub name: &'a str,
    /// Plain text.
    pub summary: Option<&'a str>,
    /// RSA, and the Ed25519 key that signs receipts.
    pub keys: &'a ActorKeys,
    /// When it was set up.
    pub published: Option<Timestamp>,
}

impl InstanceActor<'_> {
    /// The document at `/actor`, and at `/` for an ActivityPub `Accept`.
    pub fn to_json(&self) -> Value {
        let mut map = Common {
            site: self.site,
            id: self.site.actor(),
            kind: "Application",
            inbox: self.site.inbox(),
            username: Site::INSTANCE,
            name: self.name,
            summary: self.summary,
            keys: self.keys,
            published: self.published,
            // A Follow between instance actors asks for a peering, which a person approves.
            approves_followers: true,
            discoverable: false,
        }
        .to_map();
        map.insert("url".into(), format!("{}/", self.site.origin()).into());
        map.insert("implements".into(), implements());
        Value::Object(map)
    }
}

//! A person of this instance (`protocol.md` §2), in the shape that Mastodon gives its own.

use rustine_domain::ids::ActorName;
use rustine_domain::time::Timestamp;
use serde_json::Value;

use super::actor::{ActorKeys, Common};
use super::dataset::inbox;
use crate::site::Site;

/// What a person's actor says: a name and keys. No e-mail, no role: rights are never read from a document.
#[derive(Debug, Clone)]
pub struct PersonActor<'a> {
    /// Where it lives.
    pub site: &'a Site,
    /// `preferredUsername`, the last part of the id.
    pub username: &'a ActorName,
    /// Shown name.
    pub name: &'a str,
    /// Plain text.
    pub summary: Option<&'a str>,
    /// RSA, and the Ed25519 key that signs reviews.
    pub keys: &'a ActorKeys,
    /// When the account was made.
    pub published: Option<Timestamp>,
}

impl PersonActor<'_> {
    /// The document at `/users/{name}`.
    pub fn to_json(&self) -> Value {
        let id = self.site.person(self.username);
        let common = Common {
            site: self.site,
            inbox: inbox(&id),
            id,
            kind: "Person",
            username: self.username.as_str(),
            name: self.name,
            summary: self.summary,
            keys: self.keys,
            published: self.published,
            approves_followers: false,
            // People moderate here; being listed in the directories of other servers is not what they came for.
            discoverable: false,
        };
        Value::Object(common.to_map())
    }
}

//! The scribe: the `Service` that writes digests for servers that want a person (`protocol.md` §2).

use rustine_domain::time::Timestamp;
use serde_json::Value;

use super::actor::{ActorKeys, Common};
use super::dataset::inbox;
use crate::site::Site;

/// What the scribe's actor says; there is one on each instance, under a reserved name.
#[derive(Debug, Clone)]
pub struct ScribeActor<'a> {
    /// Where it lives.
    pub site: &'a Site,
    /// Shown name, such as the instance's.
    pub name: &'a str,
    /// Plain text.
    pub summary: Option<&'a str>,
    /// RSA; it signs nothing else.
    pub keys: &'a ActorKeys,
    /// When the instance was set up.
    pub published: Option<Timestamp>,
}

impl ScribeActor<'_> {
    /// The document at `/users/scribe`.
    pub fn to_json(&self) -> Value {
        let id = self.site.scribe();
        let common = Common {
            site: self.site,
            inbox: inbox(&id),
            id,
            kind: "Service",
            username: Site::SCRIBE,
            name: self.name,
            summary: self.summary,
            keys: self.keys,
            published: self.published,
            approves_followers: false,
            discoverable: true,
        };
        Value::Object(common.to_map())
    }
}

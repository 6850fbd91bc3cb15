//! A dataset: a `Group` that others follow (`protocol.md` §2).

use rustine_domain::ids::{ActorName, DatasetUid, Hash};
use rustine_domain::time::Timestamp;
use serde_json::{Value, json};

use super::actor::{ActorKeys, Common, implements};
use crate::site::Site;
use crate::uri::Uri;
use crate::vocabulary::PUBLIC;

/// What a dataset's actor says; it repeats the log, never the reverse.
#[derive(Debug, Clone)]
pub struct DatasetActor<'a> {
    /// Where it lives.
    pub site: &'a Site,
    /// `preferredUsername`, the last part of its id.
    pub name: &'a ActorName,
    /// Title of the schema.
    pub title: &'a str,
    /// Description of the schema, plain text.
    pub description: Option<&'a str>,
    /// RSA for HTTP signatures, and the current log key.
    pub keys: &'a ActorKeys,
    /// The identity of the log.
    pub uid: DatasetUid,
    /// Entry hash of the genesis.
    pub genesis: Hash,
    /// SPDX id or URL.
    pub license: Option<&'a str>,
    /// The schema's `audience` word.
    pub audience: &'a str,
    /// Time of the genesis.
    pub published: Option<Timestamp>,
    /// Where a `move` entry sent it.
    pub moved_to: Option<&'a Uri>,
    /// Where it lived before a move; the other half of the confirmation that followers' servers ask for.
    pub also_known_as: &'a [Uri],
}

impl DatasetActor<'_> {
    /// The document at `/datasets/{name}` for an ActivityPub `Accept`.
    ///
    /// It has no `attributedTo`: Lemmy would read one as the list of moderators.
    pub fn to_json(&self) -> Value {
        let id = self.site.dataset(self.name);
        let mut map = Common {
            site: self.site,
            inbox: inbox(&id),
            id,
            kind: "Group",
            username: self.name.as_str(),
            name: self.title,
            summary: self.description,
            keys: self.keys,
            published: self.published,
            approves_followers: false,
            discoverable: self.audience == "public",
        }
        .to_map();
        let mut put = |member: &str, value: Value| {
            map.insert(member.to_owned(), value);
        };
        put("uid", self.uid.to_string().into());
        put("genesis", self.genesis.to_string().into());
        put("log", (&self.site.log(self.name)).into());
        put("replicas", (&self.site.replicas(self.name)).into());
        // ActivityStreams has this member for addresses; readers of JSON-LD stumble over a word.
        let audience = if self.audience == "public" {
            PUBLIC
        } else {
            self.audience
        };
        put("audience", audience.into());
        put("postingRestrictedToMods", true.into());
        put(
            "generator",
            json!({
                "id": self.site.actor().as_str(),
                "type": "Application",
                "name": "Rustine",
                "implements": implements(),
            }),
        );
        if let Some(license) = self.license {
            put("license", license.into());
        }
        if let Some(moved_to) = self.moved_to {
            put("movedTo", moved_to.into());
        }
        if !self.also_known_as.is_empty() {
            put(
                "alsoKnownAs",
                self.also_known_as.iter().map(Value::from).collect(),
            );
        }
        Value::Object(map)
    }
}

/// The inbox of a person or a dataset.
pub(super) fn inbox(id: &Uri) -> Uri {
    format!("{id}/inbox")
        .parse()
        .expect("an address of ours and a path make an address")
}

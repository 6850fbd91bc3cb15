//! What the four kinds of actors that we serve have in common (`protocol.md` §2).

use rustine_domain::key::Multikey;
use rustine_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::context;
use crate::site::Site;
use crate::uri::Uri;
use crate::vocabulary::RUSTINE_V1;

/// The public keys of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorKeys {
    /// RSA key in PEM (SubjectPublicKeyInfo): verifies HTTP signatures.
    pub rsa_pem: String,
    /// Ed25519 keys (`z6Mk…`): the log key of a dataset, the receipt key of an instance, the review
    /// key of a person.
    pub multikeys: Vec<Multikey>,
}

/// Members that every actor has; texts are plain and become HTML here.
pub(super) struct Common<'a> {
    pub site: &'a Site,
    pub id: Uri,
    pub kind: &'static str,
    pub inbox: Uri,
    pub username: &'a str,
    pub name: &'a str,
    pub summary: Option<&'a str>,
    pub keys: &'a ActorKeys,
    pub published: Option<Timestamp>,
    /// Whether a person answers each Follow.
    pub approves_followers: bool,
    /// Whether other servers may list and index it.
    pub discoverable: bool,
}

impl Common<'_> {
    /// The document; the caller adds what is particular to its kind.
    ///
    /// `type` is a single text, all addresses have one host and `publicKey.owner` is the id, or Mastodon, Lemmy
    /// and GoToSocial refuse the actor.
    pub fn to_map(&self) -> Map<String, Value> {
        let id = &self.id;
        let mut map = Map::new();
        let mut put = |member: &str, value: Value| {
            map.insert(member.to_owned(), value);
        };
        put("@context", context::actor());
        put("id", id.into());
        put("type", self.kind.into());
        put("preferredUsername", self.username.into());
        put("name", self.name.into());
        put("inbox", (&self.inbox).into());
        put("outbox", format!("{id}/outbox").into());
        put("followers", format!("{id}/followers").into());
        put(
            "endpoints",
            json!({"sharedInbox": self.site.inbox().as_str()}),
        );
        put("url", id.into());
        put(
            "webfinger",
            format!("{}@{}", self.username, self.site.host()).into(),
        );
        put("manuallyApprovesFollowers", self.approves_followers.into());
        put("discoverable", self.discoverable.into());
        put("indexable", self.discoverable.into());
        put(
            "publicKey",
            json!({"id": format!("{id}#main-key"), "owner": id.as_str(), "publicKeyPem": self.keys.rsa_pem}),
        );
        if let Some(summary) = self.summary {
            put("summary", paragraphs(summary).into());
        }
        if let Some(published) = self.published {
            put("published", published.to_string().into());
        }
        if !self.keys.multikeys.is_empty() {
            let methods = self.keys.multikeys.iter().map(|key| multikey(id, key));
            put("assertionMethod", methods.collect());
        }
        map
    }
}

/// A verification method (FEP-521a); its fragment names the key, so that a proof of a log entry names it too
/// (`protocol.md` §3.3).
fn multikey(owner: &Uri, key: &Multikey) -> Value {
    json!({
        "id": format!("{owner}#ed25519-{key}"),
        "type": "Multikey",
        "controller": owner.as_str(),
        "publicKeyMultibase": key.to_string(),
    })
}

/// What says that we speak version 1 of `protocol.md`.
pub(super) fn implements() -> Value {
    json!([{"href": RUSTINE_V1, "name": "Rustine 1"}])
}

/// Plain text as HTML: one paragraph for each line that is not blank.
pub(crate) fn paragraphs(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| format!("<p>{}</p>", escape(line)))
        .collect()
}

/// Text for HTML content and for quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

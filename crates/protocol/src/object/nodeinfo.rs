//! NodeInfo 2.1: what software an instance runs, for statistics and for other servers.

use serde_json::{Value, json};

use crate::site::Site;

/// Counts and settings of this instance; no name of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeInfo<'a> {
    /// Version of the software.
    pub version: &'a str,
    /// Name of the instance.
    pub name: &'a str,
    /// By which rules contributions are read here; empty where the operator wrote none.
    pub charter: &'a str,
    /// Whether anybody may open an account.
    pub open_registrations: bool,
    /// Accounts.
    pub users: u64,
    /// Published datasets.
    pub datasets: u64,
}

/// Schema of the document, and the end of its address.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/2.1";

impl NodeInfo<'_> {
    /// `Content-Type` of the document.
    pub const CONTENT_TYPE: &'static str =
        "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"";

    /// The document at `/nodeinfo/2.1`.
    pub fn to_json(&self) -> Value {
        let mut document = json!({
            "version": "2.1",
            "software": {"name": "rustine", "version": self.version},
            "protocols": ["activitypub"],
            "services": {"inbound": [], "outbound": ["atom1.0"]},
            "openRegistrations": self.open_registrations,
            "usage": {"users": {"total": self.users}},
            "metadata": {"nodeName": self.name, "datasets": self.datasets},
        });
        if !self.charter.is_empty() {
            document["metadata"]["charter"] = self.charter.into();
        }
        document
    }

    /// The document at `/.well-known/nodeinfo`; the second link names the instance actor (FEP-2677).
    pub fn discovery(site: &Site) -> Value {
        json!({"links": [
            {"rel": SCHEMA, "href": format!("{}/nodeinfo/2.1", site.origin())},
            {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": site.actor().as_str()},
        ]})
    }
}

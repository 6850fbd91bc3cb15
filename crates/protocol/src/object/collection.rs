//! Ordered collections: followers, outbox, replicas, log.

use serde_json::{Map, Value, json};

use super::log_head::LogHead;
use crate::problem::DocumentProblem;
use crate::read::{self, Members};
use crate::uri::Uri;
use crate::{context, limits};

/// An `OrderedCollection` that stands in one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// Its address.
    pub id: Uri,
    /// How many entries there are.
    pub total_items: u64,
    /// The entries, newest first; `None` where only the number is public, as for followers.
    pub items: Option<Vec<Value>>,
}

impl Collection {
    /// Only the number: who follows a dataset is nobody's business.
    pub fn counted(id: Uri, total_items: u64) -> Self {
        Self {
            id,
            total_items,
            items: None,
        }
    }

    /// Ids or documents, all of them.
    pub fn of(id: Uri, items: Vec<Value>) -> Self {
        Self {
            id,
            total_items: items.len() as u64,
            items: Some(items),
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("@context".into(), context::plain());
        map.insert("id".into(), (&self.id).into());
        map.insert("type".into(), "OrderedCollection".into());
        map.insert("totalItems".into(), self.total_items.into());
        if let Some(items) = &self.items {
            map.insert("orderedItems".into(), items.clone().into());
        }
        Value::Object(map)
    }
}

/// `{log}`: where the parts of a log are read (`protocol.md` §3.6). The entries themselves are streamed from
/// `{log}/entries`, because pages of a collection are limited to 1 MiB by many readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCollection {
    /// Address of the log, on the origin or on a replica.
    pub id: Uri,
    /// Where this copy stands.
    pub head: LogHead,
}

impl LogCollection {
    /// The document; `totalItems` counts entries from the genesis on.
    pub fn to_json(&self) -> Value {
        let id = &self.id;
        json!({
            "@context": context::extended(),
            "id": id.as_str(),
            "type": "OrderedCollection",
            "totalItems": self.head.seq.saturating_add(1),
            "head": self.head.to_json(),
            "entries": format!("{id}/entries"),
            "snapshot": format!("{id}/snapshot"),
        })
    }
}

/// The ids in a fetched collection, such as `replicas`; entries without a readable id are passed over.
pub fn read_ids(document: &Value) -> Result<Vec<Uri>, DocumentProblem> {
    let members = Members::document(document)?;
    let member = if members.get("orderedItems").is_some() {
        "orderedItems"
    } else {
        "items"
    };
    let mut ids = Vec::new();
    for item in members.one_or_many(member, limits::ITEMS)? {
        let id = item.get("id").unwrap_or(item);
        ids.extend(read::uri(id, String::new).ok());
    }
    Ok(ids)
}

//! What remains under the address of something deleted.

use rustine_domain::time::Timestamp;
use serde_json::{Value, json};

use crate::context;
use crate::uri::Uri;

/// Served with status 410, and embedded in `Delete`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The address.
    pub id: Uri,
    /// The type that stood there, such as `Group`.
    pub former_type: String,
    /// When it went.
    pub deleted: Timestamp,
}

impl Tombstone {
    /// The document.
    pub fn to_json(&self) -> Value {
        let mut value = self.embedded();
        value["@context"] = context::plain();
        value
    }

    /// The same inside an activity.
    pub(crate) fn embedded(&self) -> Value {
        json!({
            "id": self.id.as_str(),
            "type": "Tombstone",
            "formerType": self.former_type,
            "deleted": self.deleted.to_string(),
        })
    }
}

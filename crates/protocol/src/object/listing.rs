//! `/actor/datasets`: the datasets that an instance publishes, for partners and for catalogues.

use rustine_domain::ids::ActorName;
use serde_json::{Value, json};

use super::log_head::LogHead;
use crate::uri::Uri;

/// Entries of a list that are read at most.
pub const MOST_LISTED: usize = 500;

/// A dataset in the list of its own instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDataset {
    /// Its actor.
    pub id: Uri,
    /// Its name.
    pub name: ActorName,
    /// What people call it.
    pub title: String,
    /// What it holds; empty where nobody said.
    pub description: String,
    /// Its terms.
    pub license: Option<String>,
    /// How many rows.
    pub rows: u64,
    /// Where its log stands.
    pub head: LogHead,
}

impl ListedDataset {
    /// An entry of the collection.
    pub fn to_json(&self) -> Value {
        let mut entry = json!({
            "id": self.id.as_str(),
            "type": "Group",
            "preferredUsername": self.name.to_string(),
            "name": self.title,
            "summary": self.description,
            "rows": self.rows,
            "head": self.head.to_json(),
        });
        if let Some(license) = &self.license {
            entry["license"] = license.as_str().into();
        }
        entry
    }

    /// Reads an entry of the list of the instance at `origin` (`https://host[:port]`). `None` for what cannot be
    /// read, and for a dataset of somebody else: an instance speaks for its own only.
    pub fn read(entry: &Value, origin: &Uri) -> Option<Self> {
        let text = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
        let id: Uri = entry["id"].as_str()?.parse().ok()?;
        let name: ActorName = entry["preferredUsername"].as_str()?.parse().ok()?;
        if !id.same_origin(origin) || id.as_str() != format!("{origin}/datasets/{name}") {
            return None;
        }
        Some(Self {
            head: LogHead::parse(&entry["head"]).ok()?,
            title: text("name"),
            description: text("summary"),
            license: entry["license"].as_str().map(str::to_owned),
            rows: entry["rows"].as_u64().unwrap_or_default(),
            id,
            name,
        })
    }

    /// The list that an instance serves: its datasets, and how many entries were left out.
    pub fn read_all(document: &Value, origin: &Uri) -> (Vec<Self>, usize) {
        let items = document["orderedItems"].as_array();
        let items = items.map_or(&[][..], Vec::as_slice);
        let read = items.iter().take(MOST_LISTED);
        let listed: Vec<Self> = read.filter_map(|item| Self::read(item, origin)).collect();
        let left_out = items.len() - listed.len();
        (listed, left_out)
    }
}

#[cfg(test)]
mod tests {
    use rustine_domain::ids::Hash;

    use super::*;

    fn listed(name: &str) -> ListedDataset {
        ListedDataset {
            id: format!("https://b.example/datasets/{name}")
                .parse()
                .unwrap(),
            name: name.parse().unwrap(),
            title: "Lieux".to_owned(),
            description: String::new(),
            license: Some("ODbL-1.0".to_owned()),
            rows: 12,
            head: LogHead {
                genesis: Hash::ZERO,
                seq: 3,
                entry: Hash::ZERO,
                bodies_from: 0,
            },
        }
    }

    #[test]
    fn an_instance_lists_its_own_datasets_only() {
        let origin: Uri = "https://b.example".parse().unwrap();
        let own = listed("lieux");
        let mut foreign = own.to_json();
        foreign["id"] = "https://a.example/datasets/lieux".into();
        let mut elsewhere = own.to_json();
        elsewhere["id"] = "https://b.example/users/lieux".into();
        let mut headless = own.to_json();
        headless["head"] = Value::Null;
        let items = [own.to_json(), foreign, elsewhere, headless, Value::Null];
        let (read, left_out) = ListedDataset::read_all(&json!({"orderedItems": items}), &origin);
        assert_eq!((read, left_out), (vec![own], 4));
    }

    #[test]
    fn a_list_without_end_is_read_so_far_only() {
        let origin: Uri = "https://b.example".parse().unwrap();
        let items = vec![listed("lieux").to_json(); MOST_LISTED + 7];
        let (read, left_out) = ListedDataset::read_all(&json!({"orderedItems": items}), &origin);
        assert_eq!((read.len(), left_out), (MOST_LISTED, 7));
        assert_eq!(
            ListedDataset::read_all(&json!("x"), &origin),
            (Vec::new(), 0)
        );
    }
}

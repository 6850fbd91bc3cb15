//! What an instance says about itself, as people read it before they agree to a peering.

use rustine_domain::ids::Hash;
use serde::{Deserialize, Serialize};

/// Datasets of one instance that are listed at most.
pub const MOST_DATASETS: usize = 500;
/// Longest text that is kept of another instance, in characters.
pub const MOST_TEXT: usize = 4_000;

/// An instance in its own words; plain texts of a stranger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub name: String,
    /// Its charter, where its operator wrote one.
    pub charter: String,
    /// What it runs, such as `rustine`.
    pub software: String,
    /// The version of that.
    pub version: String,
    /// The fingerprint of its key.
    pub key: String,
    /// The datasets that it publishes.
    #[serde(skip)]
    pub datasets: Vec<Listed>,
    /// Datasets in its list that are not its own, or cannot be read: left out.
    pub left_out: usize,
}

/// A dataset that an instance lists as its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name there.
    pub name: String,
    /// The URL of its actor.
    pub url: String,
    /// What people call it.
    pub title: String,
    /// What it holds; empty where nobody said.
    pub description: String,
    /// Its terms.
    pub license: Option<String>,
    /// How many rows.
    pub rows: i64,
    /// Its head.
    pub seq: i64,
    /// The hash of that entry.
    pub entry: Option<Hash>,
}

/// A text of a stranger, cut to what is kept, without control characters.
pub fn cut(text: &str) -> String {
    let plain = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .take(MOST_TEXT);
    plain.collect::<String>().trim().to_owned()
}

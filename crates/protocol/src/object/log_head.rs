//! `{log}/head`: where a copy of a log stands (`protocol.md` §3.6).

use rustine_domain::ids::Hash;
use serde_json::{Value, json};

use crate::problem::DocumentProblem;
use crate::read::Members;

/// The last entry that an instance holds, and from where on it holds every body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHead {
    /// Entry hash of the genesis: which dataset this is.
    pub genesis: Hash,
    /// Number of the last entry.
    pub seq: u64,
    /// Its entry hash.
    pub entry: Hash,
    /// Lowest number from which every body is held.
    pub bodies_from: u64,
}

impl LogHead {
    /// `{genesis, seq, entry, bodiesFrom}`.
    pub fn to_json(&self) -> Value {
        json!({
            "genesis": self.genesis.to_string(),
            "seq": self.seq,
            "entry": self.entry.to_string(),
            "bodiesFrom": self.bodies_from,
        })
    }

    /// Reads a fetched head; members that version 1 does not know are passed over.
    pub fn parse(document: &Value) -> Result<Self, DocumentProblem> {
        Self::read(&Members::document(document)?)
    }

    pub(crate) fn read(members: &Members<'_>) -> Result<Self, DocumentProblem> {
        Ok(Self {
            genesis: members.parsed("genesis", "an entry hash")?,
            seq: members.number("seq")?,
            entry: members.parsed("entry", "an entry hash")?,
            bodies_from: members.number("bodiesFrom")?,
        })
    }
}
